"""show and history."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.cli.conftest import Acts, Git, Refuses
from tests.conftest import Make, Runner


def test_ids_in_every_form(desk: Runner, make: Make) -> None:
    one, two = make(), make()
    for typed in (one, one.lower(), one[-4:], one[-4:].lower(), one[:10]):
        assert desk("ticket", "show", typed, "-f", "ids").out == f"{one}\n"
    for words in ([one, two], [f"{one},{two}"], ["-"], [one, two, one]):
        assert desk("ticket", "show", *words, "-f", "ids", stdin=f"{one}\n{two}\n").out == f"{one}\n{two}\n"


def test_ids_that_lead_nowhere(desk: Runner, refuses: Refuses, make: Make) -> None:
    make(), make()
    assert "fits 2 tickets" in refuses(4, "ticket", "show", "260723")["message"]
    for typed in ("ZZZZ", "../../etc/passwd", "-rf", "α", "CON", "%", "_", "x\x1b[2J"):
        refuses(3, "ticket", "show", "-", stdin=typed)
    refuses(2, "ticket", "show")
    for nothing in ("", " \n"):  # a pipeline's quiet day is no mistake
        assert desk("ticket", "show", "-", "-f", "json", stdin=nothing).data == []
    refuses(3, "ticket", "show", "-", stdin=b"\xff\xfe")


def test_every_format(desk: Runner, make: Make) -> None:
    one, two = make("Γεια, κόσμε", "--body", "a\nb"), make("=cmd|' /C calc'!A0")
    assert desk("ticket", "show", one, "-f", "json").json["kind"] == "ticket"
    several = desk("ticket", "show", one, two, "-f", "json").json
    assert (several["kind"], [t["id"] for t in several["data"]]) == ("tickets", [one, two])
    assert len(desk("ticket", "show", one, two, "-f", "jsonl").out.splitlines()) == 2
    assert yaml.safe_load(desk("ticket", "show", one, "-f", "yaml").out)["title"] == "Γεια, κόσμε"
    assert "'=cmd" in desk("ticket", "show", two, "-f", "csv").out
    assert desk("ticket", "show", one, "-f", "md").out.startswith("# Γεια, κόσμε\n")
    table = desk("ticket", "show", one).out
    assert table.startswith(f"{one}  Γεια, κόσμε\n")
    assert "maria (Maria Georgiou)" in table
    assert "2026-07-23 09:12" in table  # in the desk's time zone


def test_the_file_is_shown_as_it_is_now(desk: Runner, make: Make, home: Path) -> None:
    ticket = make("Before")
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Before", "After"), encoding="utf-8")
    assert desk("ticket", "show", ticket, "-f", "json").data["title"] == "After"
    conflict = desk("ticket", "close", ticket, "-f", "json", code=6).json["error"]
    assert conflict["code"] == "conflict"
    assert f"desk commit {path.relative_to(home)}" in conflict["hint"]
    path.write_text("---\ntitle: [\n", encoding="utf-8")
    broken = desk("ticket", "show", ticket, "-f", "json", code=7).json["error"]
    assert broken["code"] == "broken"
    assert f"{path.relative_to(home)}:" in broken["message"]


def test_history(desk: Runner, acts: Acts, make: Make, git: Git) -> None:
    ticket = make()
    acts("ticket", "close", ticket, "--reason", "done")
    created, closed = desk("ticket", "history", ticket, "-f", "json").data
    assert closed == {
        "id": ticket,
        "at": "2026-07-23T06:12:44Z",
        "by": "maria",
        "verb": "close",
        "from": "open",
        "to": "closed",
        "reason": "done",
        "commit": git("rev-parse", "HEAD").strip(),
        "by_hand": False,
        "changes": [],
    }
    assert (created["verb"], created["from"], created["reason"]) == ("create", None, None)
    table = desk("ticket", "history", ticket).out
    assert "2026-07-23 09:12  maria  close" in table


def test_history_of_several_and_of_the_deleted(desk: Runner, acts: Acts, refuses: Refuses, make: Make) -> None:
    one, two = make(), make()
    acts("ticket", "delete", one)
    rows = desk("ticket", "history", f"{one},{two}", "-f", "json").data
    assert [(r["id"], r["verb"]) for r in rows] == [(one, "create"), (one, "delete"), (two, "create")]
    assert desk("ticket", "history", one.lower(), "-f", "json").data[-1]["verb"] == "delete"
    refuses(3, "ticket", "history", "260101-AAAA")


def test_hand_edits_appear_in_history(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make()
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("priority: low", "priority: high"), encoding="utf-8")
    git("commit", "-qam", "raise it")
    last = desk("ticket", "history", ticket, "-f", "json").data[-1]
    assert (last["verb"], last["from"], last["to"], last["by_hand"]) == ("classify", "low", "high", True)


def test_escapes_are_seen_not_obeyed(desk: Runner, acts: Acts) -> None:
    body = "\x1b[2J\x1b]0;owned\x07 \u202eabc\u202c \x9b31m"
    ticket = acts("ticket", "create", "--title", "Right \u202e left", "--file", "-", stdin=body).data["id"]
    acts("ticket", "note", ticket, "--file", "-", stdin=body)
    for args in (("show", ticket), ("list",), ("show", ticket, "-f", "json"), ("history", ticket)):
        out = desk("ticket", *args).out
        assert not set(out) & set("\x1b\x07\x9b\u202e\u202c"), args
    assert desk("ticket", "show", ticket, "-f", "json").data["body"] == body
