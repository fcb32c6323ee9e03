"""desk log: the whole desk's history in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.domain.changes import message
from desk.domain.model.change import Change, Event
from desk.domain.model.fields import parse_time
from desk.domain.model.person import Staff
from tests.care.editing import by_hand, swap
from tests.cli.conftest import Git
from tests.conftest import Make, Runner

KEYS = [
    "at",
    "by",
    "kind",
    "id",
    "title",
    "verb",
    "from",
    "to",
    "reason",
    "commit",
    "by_hand",
    "changes",
    "name",
    "sentence",
]


DAY = ("--until", "2026-07-25")
"""Without the commits that git itself made, which have the machine's date."""


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


def test_newest_first_and_whole(desk: Runner, make: Make, git: Git) -> None:
    ticket = make("No summary")
    desk("ticket", "assign", ticket, "--to", "petros", env={"DESK_NOW": "2026-07-23T07:00:00Z"})
    rows = desk("log", "--since", "2026-07-23T09:30", *DAY, "-f", "json").data
    assert list(rows[0]) == KEYS
    assert rows[0] == {
        "at": "2026-07-23T07:00:00Z", "by": "maria", "kind": "ticket", "id": ticket, "title": "No summary",
        "verb": "assign", "from": None, "to": "petros", "reason": None, "commit": git("rev-parse", "HEAD").strip(),
        "by_hand": False, "changes": [], "name": "Maria Georgiou",
        "sentence": f"Maria Georgiou assigned {ticket} to petros",
    }  # fmt: skip
    assert len(rows) == 1
    line = desk("log", *DAY, "--limit", "1")
    assert f"2026-07-23 10:00  maria  assigned {ticket} to petros · No summary" in line.out
    assert "the newest 1" in line.err


def test_filters(desk: Runner, make: Make) -> None:
    one, two = make("One", "--tag", "incident"), make("Two", "--department", "semantic")
    desk("--as", "petros", "ticket", "note", one, "--body", "x")
    desk("ticket", "close", f"{one},{two}")
    desk("staff", "edit", "petros", "--away")

    def found(*args: str) -> list[tuple[str, str]]:
        return [(r["verb"], r["id"]) for r in desk("log", *DAY, *args, "-f", "json").data]

    assert found("--by", "petros") == [("note", one)]
    assert found("--by", "me", "--verb", "close,edit") == [("edit", "petros"), ("close", one), ("close", two)]
    assert found("--ticket", two, "--verb", "create") == [("create", two)]
    assert found("--kind", "incident", "--verb", "close") == [("close", one)]
    assert found("--kind", "staff", "--limit", "1") == [("edit", "petros")]
    assert found("--department", "semantic") == [("close", two), ("create", two)]
    assert found("--since", "2026-07-24") == []
    assert found("--by", "maria@ncpeh.example", "--limit", "1")
    assert desk("log", "--by", "petrso", "-f", "json", code=3).json["error"]["hint"] == "did you mean petros?"
    assert desk("log", "--by", "none", code=2)
    assert desk("log", "--ticket", "260101-AAAA", code=3)


def test_the_deleted_are_told(desk: Runner, make: Make) -> None:
    ticket = make("Gone")
    desk("ticket", "delete", ticket)
    desk("staff", "delete", "nikos")
    rows = desk("log", *DAY, "--limit", "2", "-f", "json").data
    assert [r["sentence"] for r in rows] == [
        "Maria Georgiou deleted staff nikos: Nikos Christou",
        f"Maria Georgiou deleted {ticket}: Gone",
    ]
    assert desk("log", "--ticket", ticket.lower(), "-f", "ids").out.split() == [ticket, ticket]


def test_settings_are_told_whoever_wrote_them(desk: Runner, home: Path, git: Git) -> None:
    desk("config", "set", "list.limit", "60")
    assert "Desk-Record: settings/list.limit\nDesk-From: 50\nDesk-To: 60\n" in git("log", "-1", "--format=%B")
    swap(home / "desk.toml", ("limit = 60", "limit = 70"))
    desk("commit")
    swap(home / "desk.toml", ("limit = 70", "limit = 80"))
    by_hand(git)
    (home / "desk.toml").write_text("[desk\n", encoding="utf-8")
    by_hand(git, "broken")
    git("revert", "-n", "HEAD")
    git("commit", "-qm", "mended")
    rows = [r for r in desk("log", "--kind", "settings", "-f", "json").data if r["id"] == "list.limit"]
    told = [(r["verb"], r["from"], r["to"], r["by_hand"]) for r in rows]
    assert told == [
        ("config", "50", "80", True),
        ("config", "80", "50", True),
        ("config", "70", "80", True),
        ("config", "60", "70", False),
        ("config", "50", "60", False),
    ]


def test_settings_in_a_message_come_back() -> None:
    by = Staff.new(id="maria", name="Maria", email="m@x.example", level=3)
    change = Change(
        "commit", by, parse_time("2026-07-23T07:00:00Z"), (), settings=(("a.b", Event("config", "1", "2")),)
    )
    found = message.parse(message.message(change))
    assert found.events == (message.Happened("settings", "a.b", "config", "1", "2"),)


def test_hand_edits_and_what_is_no_record(desk: Runner, home: Path, git: Git) -> None:
    swap(home / "records/staff/petros.yaml", ("level: 1", "level: 2"))
    by_hand(git, "promoted")
    (home / "notes.txt").write_text("x", encoding="utf-8")
    by_hand(git, "a file of no desk")
    other, hand = desk("log", "--limit", "2", "-f", "json").data
    assert (other["id"], other["sentence"], other["by_hand"]) == (None, "Maria Georgiou: a file of no desk", True)
    assert hand["changes"] == [{"field": "level", "from": "1", "to": "2"}]
    assert hand["sentence"] == "Maria Georgiou changed staff petros: level 1 → 2"
    assert "changed staff petros: level 1 → 2  by hand" in desk("log", "--limit", "2").out
