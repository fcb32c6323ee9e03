"""How a ticket ends and whom it waits for: resolutions, pending for somebody, major incidents and their reviews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk.domain.model.states import RESOLUTIONS
from tests.cli.conftest import MALTA, Acts, Refuses
from tests.conftest import Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]


def test_resolutions(acts: Acts, make: Make, events: Events) -> None:
    ticket = make()
    for code in (code for code in RESOLUTIONS if code != "duplicate"):
        done = acts("ticket", "close", ticket, "--resolution", code)
        assert done.data["resolution"] == code, code
        silent = code == "solved"
        assert done.commit.subject == f"{ticket} close" + ("" if silent else f": {code}"), code
        assert events(ticket)[-1] == ("close", "open", "closed" if silent else f"closed ({code})"), code
        assert acts("ticket", "reopen", ticket).data["resolution"] is None, code


def test_a_duplicate_names_its_original(acts: Acts, refuses: Refuses, make: Make, events: Events, shown: Shown) -> None:
    original, first, second = make(), make(), make()
    assert "--of OTHER" in refuses(5, "ticket", "close", first, "--resolution", "duplicate")["hint"]
    refuses(2, "ticket", "close", first, "--of", original, "--resolution", "solved")
    refuses(5, "ticket", "close", original, "--of", original)
    done = acts("ticket", "close", first, second, "--of", original)
    assert [(d["resolution"], d["links"]) for d in done.data] == [("duplicate", [f"duplicates {original}"])] * 2
    assert shown(original)["links"] == sorted(f"duplicated-by {t}" for t in (first, second))
    assert events(first)[1:] == [("close", "open", "closed (duplicate)"), ("link", None, f"duplicates {original}")]
    acts("ticket", "reopen", first)
    acts("ticket", "close", first, "--resolution", "duplicate")  # it is known by now
    merged = make()
    acts("ticket", "merge", merged, "--into", original)
    assert merged in Path(f"records/tickets/2026/07/23/{merged}.md").read_text(encoding="utf-8")
    assert "resolution: duplicate" in Path(f"records/tickets/2026/07/23/{merged}.md").read_text(encoding="utf-8")


def test_a_reply_may_close_with_a_resolution(acts: Acts, refuses: Refuses, make: Make) -> None:
    ticket = make()
    refuses(2, "ticket", "reply", ticket, "--body", "x", "--resolution", "workaround")
    done = acts("ticket", "reply", ticket, "--body", "x", "--close", "--resolution", "workaround")
    assert (done.data["state"], done.data["resolution"]) == ("closed", "workaround")
    assert done.commit.subject == f"{ticket} reply: closed (workaround)"


def test_pending_for_somebody(acts: Acts, refuses: Refuses, make: Make, events: Events) -> None:
    ticket, own = make("T", "--requester", MALTA), make()
    done = acts("ticket", "pending", ticket, "--for", "requester", "--until", "3d")
    assert (done.data["pending_for"], done.commit.subject) == (
        "requester",
        f"{ticket} pending: for requester until 2026-07-26",
    )
    assert events(ticket)[-1] == ("pending", "open", "pending for requester until 2026-07-26")
    assert "no requester" in refuses(5, "ticket", "pending", own, "--for", "requester")["message"]
    assert acts("ticket", "pending", own, "--for", "third-party").data["pending_for"] == "third-party"
    assert acts("ticket", "reopen", ticket).data["pending_for"] is None
    assert acts("ticket", "close", own).data["pending_for"] is None


def test_what_a_state_says_goes_with_it(desk: Runner, make: Make, home: Path, events: Events) -> None:
    """Hand edits: a resolution of an open ticket, or a word nobody knows, is refused with its line."""
    ticket = make()
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("state: open\n", "state: open\nresolution: solved\n"), encoding="utf-8")
    assert f"{ticket}.md:5: resolution: only a closed ticket has one" in desk("commit", code=5).err
    path.write_text(text.replace("state: open\n", "state: pending\npending_for: nobody\n"), encoding="utf-8")
    assert "known: requester, third-party" in desk("commit", code=7).err
    closed = "state: closed\nclosed: 2026-07-23T06:12:44Z\nresolution: withdrawn\n"
    path.write_text(text.replace("state: open\n", closed), encoding="utf-8")
    desk("commit")
    assert events(ticket)[-1] == ("close", "open", "closed (withdrawn)")
    path.write_text(text.replace("state: open\n", closed.replace("withdrawn", "workaround")), encoding="utf-8")
    desk("commit")
    assert events(ticket)[-1] == ("edit", None, "resolution")


def test_a_major_incident(acts: Acts, refuses: Refuses, make: Make, events: Events, desk: Runner) -> None:
    ticket = make()
    assert "tag" in refuses(5, "ticket", "major", ticket)["hint"]
    acts("ticket", "tag", ticket, "incident")
    refuses(5, "ticket", "major", ticket, "--coordinator", "eleni")
    refuses(2, "ticket", "major", ticket, "--coordinator", "none")
    done = acts("ticket", "major", ticket, "--reason", "every country")
    assert (done.data["major"], done.data["coordinator"]) == (True, "maria")
    acts("ticket", "major", ticket, "--coordinator", "petros")
    assert events(ticket)[-2:] == [("major", None, "maria"), ("major", "maria", "petros")]
    refuses(5, "ticket", "major", ticket)  # petros coordinates it already
    assert "the tag incident stays" in refuses(5, "ticket", "untag", ticket, "incident")["message"]
    assert "MAJOR INCIDENT" in desk("ticket", "show", ticket).out
    assert " MAJOR " in desk("ticket", "list", "--major").out
    other = make()
    assert "major" in refuses(5, "ticket", "merge", ticket, "--into", other)["message"]
    assert other not in desk("ticket", "list", "--major", "-f", "ids").out
    acts("ticket", "move", ticket, "--to", "legal")  # petros doesn't serve it
    assert events(ticket)[-1] == ("major", "petros", None)
    refuses(2, "ticket", "major", ticket, "--off", "--coordinator", "maria")
    done = acts("ticket", "major", ticket, "--off")
    assert (done.data["major"], done.data["coordinator"]) == (False, None)
    refuses(5, "ticket", "major", ticket, "--off")


def test_the_review_of_a_major_incident(acts: Acts, refuses: Refuses, make: Make, desk: Runner) -> None:
    ticket = make("T", "--tag", "incident")
    refuses(5, "ticket", "review", ticket, "--body", "x")
    acts("ticket", "major", ticket)
    assert "first: desk ticket close" in refuses(5, "ticket", "review", ticket, "--body", "x")["hint"]
    closed = acts("ticket", "close", ticket)
    assert "its review is owed" in closed.result.json["warnings"][0]
    assert "its review is owed" in desk("ticket", "show", ticket).out
    assert "the review of this major incident is owed" in desk("doctor").out
    for text in ("", " \n"):
        refuses(2, "ticket", "review", ticket, "--body", text)
    done = acts("ticket", "review", ticket, "--body", "The certificate ran out.\n\nWe watch it now.")
    assert done.data["review"].endswith("We watch it now.")
    refuses(5, "ticket", "review", ticket, "--body", "The certificate ran out.\n\nWe watch it now.")
    assert "owed" not in desk("ticket", "show", ticket).out
    assert "We watch it now." in desk("ticket", "show", ticket).out
    assert "## Review" in desk("ticket", "show", ticket, "-f", "md").out
    assert "owed" not in desk("doctor").out


def test_a_coordinator_who_leaves(desk: Runner, make: Make, shown: Shown, events: Events) -> None:
    ticket = make("T", "--tag", "incident")
    desk("ticket", "assign", ticket, "--to", "petros")
    desk("ticket", "major", ticket)
    assert shown(ticket)["coordinator"] == "petros"
    desk("staff", "delete", "petros")
    assert (shown(ticket)["coordinator"], shown(ticket)["owner"], shown(ticket)["major"]) == (None, None, True)
    assert events(ticket)[-2:] == [("unassign", "petros", None), ("major", "petros", None)]


def test_escalations(desk: Runner, make: Make) -> None:
    ticket = make()
    assert "never escalated" in desk("ticket", "escalations", ticket).err
    desk("department", "edit", "technical", "--escalation", "maria")
    desk("ticket", "escalate", ticket, "--to", "petros", "--reason", "knows the gateway")
    desk("ticket", "escalate", ticket, "--up", "--reason", "not before noon")
    desk("staff", "delete", "petros")
    rows = desk("ticket", "escalations", ticket, "-f", "json").data
    assert [[r[n] for n in ("type", "from", "to", "level", "reason")] for r in rows] == [
        ["functional", None, "petros", 1, "knows the gateway"],
        ["hierarchical", "petros", "maria", 3, "not before noon"],
    ]
    desk("ticket", "escalations", "260101-ZZZZ", code=3)


def test_an_owned_ticket_is_not_deleted(desk: Runner, make: Make, refuses: Refuses) -> None:
    ticket = make()
    desk("ticket", "assign", ticket, "--to", "maria")
    refuses(5, "ticket", "delete", ticket)
    assert f"desk ticket unassign {ticket}" in desk("ticket", "delete", ticket, code=5).err
    desk("ticket", "unassign", ticket)
    desk("ticket", "delete", ticket)
