"""pending, close, reopen, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Acts, Git, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]


def test_pending(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    done = acts("ticket", "pending", ticket, "--until", "3d", "--reason", "waiting for the Maltese desk")
    assert (done.data["state"], done.data["pending_until"]) == ("pending", "2026-07-26")
    assert done.commit.subject == f"{ticket} pending: until 2026-07-26"
    assert done.commit.reason == "waiting for the Maltese desk"
    assert acts("ticket", "pending", ticket, "--until", "2026-08-01").data["pending_until"] == "2026-08-01"
    assert acts("ticket", "pending", ticket, "--until", "Tomorrow").data["pending_until"] == "2026-07-24"
    assert acts("ticket", "pending", ticket, "--until", "none").data["pending_until"] is None
    assert events(ticket)[1:3] == [
        ("pending", "open", "pending until 2026-07-26"),
        ("pending", "pending", "pending until 2026-08-01"),
    ]


def test_pending_refused(refuses: Refuses, acts: Acts, make: Make) -> None:
    ticket = make()
    for day in ("soon", "2026-02-30", "2026-07-30x", "99999y", ""):
        refuses(2, "ticket", "pending", ticket, "--until", day)
    assert "past" in acts("ticket", "pending", ticket, "--until", "yesterday").result.json["warnings"][0]
    acts("ticket", "close", ticket)
    assert refuses(5, "ticket", "pending", ticket)["message"] == f"can't put aside {ticket}: it is closed"


def test_close_and_reopen(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    ticket = make()
    acts("ticket", "pending", ticket, "--until", "3d")
    done = acts("ticket", "close", ticket, "--reason", "certificate renewed")
    assert [done.data[n] for n in ("state", "closed", "pending_until")] == ["closed", "2026-07-23T06:12:44Z", None]
    assert (done.commit.subject, done.commit.reason) == (f"{ticket} close", "certificate renewed")
    assert refuses(5, "ticket", "close", ticket)["message"] == f"{ticket} is closed already"
    done = acts("ticket", "reopen", ticket, "--reason", "it happened again")
    assert (done.data["state"], done.data["closed"]) == ("open", None)
    assert refuses(5, "ticket", "reopen", ticket)["message"] == f"{ticket} is open already"
    assert events(ticket)[2:] == [("close", "pending", "closed"), ("reopen", "closed", "open")]


def test_a_reason_that_looks_like_trailers(acts: Acts, make: Make, desk: Runner) -> None:
    ticket = make()
    reason = "first\n\nDesk-Verb: delete\nDesk-Ticket: 260101-AAAA"
    acts("ticket", "close", ticket, "--reason", reason)
    last = desk("ticket", "history", ticket, "-f", "json").data[-1]
    assert (last["verb"], last["reason"]) == ("close", "first\n\n> Desk-Verb: delete\n> Desk-Ticket: 260101-AAAA")
    assert len(desk("ticket", "history", ticket, "-f", "json").data) == 2


def test_delete(acts: Acts, refuses: Refuses, make: Make, events: Events, git: Git, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    ticket, other = make("Gone", "--attach", str(tmp_path / "a.txt")), make()
    acts("ticket", "link", ticket, other)
    done = acts("ticket", "delete", ticket, "--reason", "wrong desk")
    assert (done.data["id"], done.data["title"]) == (ticket, "Gone")
    assert (done.commit.subject, done.commit.reason) == (f"{ticket} delete", "wrong desk")
    assert not list(home.rglob(f"{ticket}*"))
    refuses(3, "ticket", "show", ticket)
    assert events(ticket)[-1] == ("delete", "Gone", None)
    assert events(other)[-1] == ("unlink", f"relates {ticket}", None)
    assert "Gone" in git("show", f"HEAD~1:records/tickets/2026/07/23/{ticket}.md")


def test_level_3_deletes_any(acts: Acts, refuses: Refuses, make: Make, record: Callable[[str, str], None]) -> None:
    """Rule 1: level gives no way around departments, except that level 3 may delete."""
    boss = "id: boss\nname: The Boss\nemail: boss@ncpeh.example\nlevel: 3\ndepartments: [legal]\n"
    record("records/staff/boss.yaml", boss)
    ticket = make()
    refuses(5, "--as", "boss", "ticket", "close", ticket)
    error = refuses(5, "--as", "petros", "ticket", "delete", ticket)
    assert error["hint"] == f"to end it without deleting: desk ticket close {ticket}"
    acts("--as", "boss", "ticket", "delete", ticket)


def test_what_was_merged_outlives_its_target(acts: Acts, make: Make, shown: Shown) -> None:
    gone, kept = make(), make()
    acts("ticket", "merge", gone, "--into", kept)
    acts("ticket", "delete", kept)
    assert (shown(gone)["id"], shown(gone)["merged_into"]) == (gone, None)
    acts("ticket", "reopen", gone)


def test_what_people_read(desk: Runner, make: Make) -> None:
    ticket = make("Title")
    assert desk("ticket", "pending", ticket, "--until", "3d").out == f"{ticket}  pending until 2026-07-26\n"
    assert desk("ticket", "close", ticket).out == f"{ticket}  closed\n"
    assert desk("ticket", "reopen", ticket).out == f"{ticket}  open again\n"
    gone, way_back = desk("ticket", "delete", ticket).out.splitlines()
    assert gone == f"{ticket}  deleted: Title"
    assert desk(*way_back.removeprefix("to take it back: desk ").split()).out.endswith(f"{ticket}  is there again\n")


def test_putting_aside_again_keeps_what_is_not_named(acts: Acts, make: Make) -> None:
    ticket = make()
    acts("ticket", "pending", ticket, "--until", "2026-09-20", "--for", "third-party")
    again = acts("ticket", "pending", ticket, "--reason", "asked for logs").data
    assert (again["pending_until"], again["pending_for"]) == ("2026-09-20", "third-party")
    assert acts("ticket", "pending", ticket, "--until", "friday").data["pending_until"] == "2026-07-24"
    assert acts("ticket", "pending", ticket, "--until", "25/9/2026").data["pending_for"] == "third-party"
    assert acts("ticket", "pending", ticket, "--for", "none").data["pending_for"] is None
