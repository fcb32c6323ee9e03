"""desk handover: what one shift tells the next."""

from __future__ import annotations

from pathlib import Path

from desk.domain.figures import handover
from tests.cli.conftest import More
from tests.conftest import Make, Runner
from tests.levels import without_levels

LATER = {"DESK_NOW": "2026-07-24T06:00:00Z"}


def clocks(home: Path, desk: Runner, ticket: str, *lines: str) -> None:
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    head, rest = path.read_text(encoding="utf-8").split("author: ", 1)
    author, _, rest = rest.partition("\n")
    added = "\n".join(lines)
    path.write_text(f"{head}author: {author}\n{added}\n{rest}", encoding="utf-8")
    desk("commit", "--reason", "as it was promised")


def test_every_section(desk: Runner, make: Make, home: Path) -> None:
    without_levels(home)
    big, late, waits, over, foreign = make("Big", "--tag", "incident"), make("Late"), make("Waits"), make("Over", "--tag", "incident"), make("Foreign", "--department", "legal")  # fmt: skip
    desk("ticket", "major", big, "--coordinator", "petros")
    for ticket in (big, waits):
        desk("ticket", "assign", ticket, "--to", "petros")
    desk("ticket", "pending", waits, "--for", "third-party", "--until", "1d")
    desk("ticket", "major", over)
    desk("ticket", "close", over)
    clocks(home, desk, late, "respond_by: 2026-07-23T10:00:00Z", "due: 2026-07-30T10:00:00Z")
    clocks(home, desk, waits, "due: 2026-07-24T10:00:00Z", "paused: 2026-07-23T10:00:00Z")
    clocks(home, desk, big, "update_by: 2026-07-24T09:00:00Z")
    desk("ticket", "classify", foreign, "--priority", "high", env=LATER)
    data = desk("handover", "-f", "json", env=LATER).data
    assert [(r["id"], r["coordinator"], r["update_by"]) for r in data["majors"]] == [
        (big, "petros", "2026-07-24T09:00:00Z")
    ]
    assert [(r["id"], r["what"], r["overdue"]) for r in data["due"]] == [
        (late, "first reply", True),
        (big, "next reply", False),
    ]
    assert [r["id"] for r in data["new"]] == [foreign, late]  # the highest priority first
    assert [(r["id"], r["what"]) for r in data["changed"]] == [(foreign, "now high")]
    assert [(r["id"], r["pending_for"], r["due_back"]) for r in data["pending"]] == [(waits, "third-party", True)]
    assert [r["id"] for r in data["reviews"]] == [over]
    assert (data["since"], data["until"], data["departments"]) == ("2026-07-23T22:00:00Z", "2026-07-24T06:00:00Z", [])
    mine = desk("--as", "petros", "handover", "--since", "2d", "-f", "json", env=LATER).data
    assert {r["id"] for r in mine["changed"]} == {big, late, waits, over}
    legal = desk("handover", "--department", "legal", "-f", "json", env=LATER).data
    assert [r["id"] for r in legal["new"]] == [foreign]
    assert (legal["majors"], legal["departments"]) == ([], ["legal"])


def test_what_people_read(desk: Runner, make: Make, more: More) -> None:
    assert desk("handover").out.endswith("0 major, 0 overdue, 0 new, 0 changed, 0 pending\n\nNothing to hand over.\n")
    first = make()
    more(first, *(f"T{number}" for number in range(1, 14)))
    desk("ticket", "note", first, "--body", "x")
    out = desk("handover").out
    assert out.startswith("Handover 2026-07-23 01:12 to 2026-07-23 09:12\n0 major, 0 overdue, 14 new, 14 changed")
    assert out.count("and 2 more\n") == 2
    assert "private note added, registered in technical" in out
    text = desk("handover", "-f", "md").out
    assert text.startswith("# Handover 2026-07-23 01:12")
    assert "\n## New, and nobody's\n\n| ID " in text
    rows = desk("handover", "-f", "csv").out.splitlines()
    assert rows[0].startswith("section,id,title")
    assert len(rows) == 1 + 14 + 14
    desk("handover", "--since", "soon", code=2)
    desk("handover", "--department", "nowhere", code=3)


def test_what_is_due_next() -> None:
    row = {
        **dict.fromkeys(("id", "title", "priority", "department", "owner")),
        "state": "open",
        "paused": None,
        "responded": None,
        "respond_by": "2",
        "update_by": None,
        "due": "3",
    }

    def found(**other: str | None) -> list[tuple[str, str, bool]]:
        return [(r["at"], r["what"], r["overdue"]) for r in handover.upcoming([{**row, **other}], "25", "4")]

    assert found() == [("2", "first reply", True)]
    assert found(responded="1") == [("3", "resolution", False)]
    assert found(paused="1") == []
    assert found(state="closed") == []
    assert found(respond_by=None, due=None) == []
