"""Columns, order and further filters of lists of tickets, and lists as they were."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from desk.view.look import Look
from desk.view.model import Column, Listing
from desk.view.table import table
from tests.cli.conftest import MALTA, Refuses
from tests.conftest import NOW, Begin, Make, Runner


@pytest.fixture
def calls(begin: Begin, make: Make) -> list[str]:
    """Four tickets that differ in everything a list can be asked for."""
    groups = [row["id"] for row in begin("group", "list", "-f", "json").data]
    begin("user", "create", "--name", "Anna Andreou", "--email", "anna@hospital.example", "--group", groups[0],
         "--organisation", "Γενικό Νοσοκομείο")  # fmt: skip
    made = [
        make("B", "--requester", "andreou", "--impact", "high", "--urgency", "high", "--channel", "email"),
        make(
            "a", "--requester", MALTA, "--language", "el", "--tag", "certificate", "--impact", "low", "--urgency", "low"
        ),
        make("c", "--impact", "low", "--urgency", "high", "--channel", "web"),
        make("D", "--requester", "andreou", "--impact", "high", "--urgency", "high"),
    ]
    begin("ticket", "close", made[3], env={"DESK_NOW": "2026-07-25T06:00:00Z"})
    return made


def ids(desk: Runner, *words: str) -> list[str]:
    return desk("ticket", "list", *words, "-f", "ids").out.split()


def test_order_by_several(desk: Runner, calls: list[str], refuses: Refuses) -> None:
    b, a, c, d = calls
    assert ids(desk, "--state", "any", "--sort", "-priority,title") == [b, d, c, a]
    assert ids(desk, "--state", "any", "--sort", "priority,-title") == [a, c, d, b]
    assert ids(desk, "--sort", "channel,-priority") == [b, a, c]
    assert ids(desk, "--sort", "language,title") == [a, b, c]
    assert ids(desk, "--sort", "due") == ids(desk, "--sort", "due,id")
    assert ids(desk, "--sort", "state,-created") == [c, a, b]
    assert "colour" in refuses(2, "ticket", "list", "--sort", "priority,colour")["message"]
    refuses(2, "ticket", "list", "--sort", ",")


FILTERS = (
    (("--language", "el"), "a"), (("--channel", "email,web"), "Bc"), (("--impact", "low"), "ac"),
    (("--not-tag", "certificate"), "Bc"), (("--organisation", "νοσοκομειο"), "B"),
    (("--organisation", "γενικο", "--state", "any"), "BD"), (("--organisation", "γενικο", "--requester", MALTA), ""),
    (("--closed", "2026-07-25"), "D"), (("--closed", "2026-07-26"), ""), (("--closed", "2026-07-01", "--state", "open"), ""),
    (("--updated", "2026-07-24", "--state", "any"), "D"), (("--updated", "2026-07-01"), "acB"), (("--updated", "2026-08-01"), ""),
)  # fmt: skip


def test_filters(desk: Runner, calls: list[str]) -> None:
    titles = dict(zip(calls, "BacD", strict=True))
    for words, which in FILTERS:
        assert sorted(titles[i] for i in ids(desk, *words)) == sorted(which), words


def test_group(desk: Runner, calls: list[str], refuses: Refuses) -> None:
    first = desk("group", "list", "-f", "json").data[0]["id"]
    assert ids(desk, "--group", first) == [calls[0]]
    for words in (("--group", "nobody"), ("--organisation", "zzz"), ("--not-tag", "zzz")):
        assert refuses(3, "ticket", "list", *words)["hint"]
    for words in (("--language", "xx"), ("--channel", "pigeon"), ("--impact", "cosmic"), ("--updated", "someday")):
        assert refuses(2, "ticket", "list", *words)["hint"]


def test_columns(desk: Runner, calls: list[str], refuses: Refuses) -> None:
    later = {"DESK_NOW": "2026-07-23T09:12:44Z"}
    lines = desk("ticket", "list", "--columns", "age,requester,title", "--sort", "created", env=later).out.splitlines()
    assert lines[0].split() == ["AGE", "REQUESTER", "TITLE"]
    assert min(line.split(None, 2) for line in lines[1:3])[:2] == ["3", "h"]
    assert "Anna Andreou" in "\n".join(lines)
    assert MALTA in "\n".join(lines)
    assert "did you mean title" in refuses(2, "ticket", "list", "--columns", "titel")["message"]
    desk("config", "set", "list.columns", "id,title")
    desk("config", "set", "list.sort", "title")
    assert desk("ticket", "list").out.splitlines()[0].split() == ["ID", "TITLE"]
    assert ids(desk) == [calls[1], calls[0], calls[2]]
    whole = desk("ticket", "list", "-f", "json").data[0]
    assert {"department", "tags", "requester"} <= set(whole)  # what the desk prefers changes nothing for scripts
    assert desk("ticket", "list", "--columns", "id,owner").out.splitlines()[0].split() == ["ID"]  # nobody owns any


def test_columns_for_programs(desk: Runner, calls: list[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(desk("ticket", "list", "--columns", "age,title,tags", "-f", "csv").out)))
    assert list(rows[0]) == ["id", "created", "title", "tags"]
    assert {row["tags"] for row in rows} == {"", "certificate"}
    assert set(desk("ticket", "list", "--columns", "due", "-f", "json").data[0]) == {"id", "next_due"}
    assert len(desk("ticket", "list", "--columns", "title", "-f", "ids").out.split()) == len(calls) - 1
    assert desk("ticket", "list", "--columns", "title", "--tag", "incident", "-f", "csv").out  # names, and no rows
    assert desk("ticket", "list", "--columns", "title,age", "-f", "md").out.startswith("| ")


def test_as_it_was(desk: Runner, calls: list[str]) -> None:
    assert calls[3] in ids(desk, "--as-of", "2026-07-24")
    assert calls[3] not in ids(desk, "--as-of", "2026-07-25")
    assert calls[3] not in ids(desk)
    said = desk("ticket", "list", "--as-of", "2026-07-24")
    assert "as it was 2026-07-23" in said.err
    # What was due, and how long ago something was, by the clock of that time, however late it is now.
    later = {"DESK_NOW": "2026-08-24T06:00:00Z"}
    then = desk("ticket", "list", "--as-of", "2026-07-24", "--columns", "id,age,due", env=later)
    assert then.out == desk("ticket", "list", "--as-of", "2026-07-24", "--columns", "id,age,due").out
    assert "overdue" not in then.out
    shown = desk("ticket", "show", calls[0], "--as-of", "2026-07-24", env=later).out
    assert "overdue" not in shown
    assert " d ago" not in shown
    assert {row["unread"] for row in desk("ticket", "list", "--as-of", "HEAD~1", "-f", "json").data} == {None}
    assert desk("ticket", "list", "--as-of", "2020-01-01", code=3).err
    assert desk("ticket", "list", "--as-of", "2026-07-24", "--unread", code=2).err


def test_headings_are_never_cut_and_the_last_named_goes_first() -> None:
    row = {
        "id": "260723-7K3Q",
        "department": "x",
        "owner": "a-rather-long-handle",
        "title": "A title that is long enough",
    }
    columns = (Column("id", "ID", "id"), Column("owner", "RESPONSIBLE", spare=1), Column("title", "TITLE", "title"),
               Column("department", "DEPARTMENT", spare=3))  # fmt: skip
    for width in (30, 50, 60, 80, 120):
        look = Look(width, color=False, tty=True, timezone="UTC", now=datetime.fromisoformat(NOW))
        head, line = (text.rstrip("\n") for text in table(Listing("tickets", [row], columns, ""), look))
        assert set(head.split()) <= {"ID", "RESPONSIBLE", "TITLE", "DEPARTMENT"}
        assert "TITLE" in head
        assert len(line) <= max(width, 11 + 2 + 6)
        assert ("DEPARTMENT" not in head) or ("RESPONSIBLE" in head)
