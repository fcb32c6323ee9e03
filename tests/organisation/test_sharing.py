"""Lists by custom field and by organisation; names of those who left; rules that an editor and a merge keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.beginnings import at_work
from tests.conftest import Runner, copy_of

Make = Callable[..., str]
Git = Callable[..., str]


class Known(NamedTuple):
    """A desk with a private department that the founder serves, and two tickets: an open one, and a closed one of Petros."""

    top: Path
    ours: str
    closed: str


@pytest.fixture(scope="module")
def known(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    top = copy_of(few_articles, tmp_path_factory.mktemp("sharing"))
    with at_work(top, environment) as desk:
        desk("department", "create", "board", "--name", "Board", "--private")
        desk("staff", "edit", "maria", "--department", "board", "--department", "technical")
        new = ("ticket", "create", "--title", "T", "--department", "technical", "-f", "ids")
        ours, closed = (desk(*new).out.strip() for _ in range(2))
        desk("ticket", "assign", closed, "--to", "petros")
        desk("ticket", "close", closed)
    return Known(top, ours, closed)


@pytest.fixture(scope="module")
def _template(known: Known) -> Path:
    return known.top


def ids(desk: Runner, *args: str) -> set[str]:
    return set(desk("ticket", "list", *args, "-f", "ids").out.split())


# -- custom fields -----------------------------------------------------------------------------------------------------


def test_tickets_by_custom_fields(desk: Runner, make: Make) -> None:
    desk("field", "create", "country", "--on", "ticket", "--type", "select", "--option", "MT", "--option", "CY")
    desk("field", "create", "cases", "--on", "ticket", "--type", "number")
    desk("field", "create", "urgent.call", "--on", "ticket", "--type", "bool")
    malta = make("M", "--field", "country=MT", "--field", "cases=3", "--field", "urgent.call=yes")
    cyprus = make("C", "--field", "country=CY", "--field", "cases=3")
    make("None")
    assert ids(desk, "--field", "country=mt") == {malta}
    assert ids(desk, "--field", "cases=3") == {malta, cyprus}
    assert ids(desk, "--field", "cases=3", "--field", "country=CY") == {cyprus}
    assert ids(desk, "--field", "urgent.call=true") == {malta}
    assert ids(desk, "--field", "urgent.call=no") == set()
    assert "cases: expected a number" in desk("ticket", "list", "--field", "cases=many", code=2).err
    assert "country" in desk("ticket", "list", "--field", "contry=MT", code=3).err
    rows = {r["id"]: r["fields"] for r in desk("ticket", "list", "-f", "json").data}
    assert rows[malta] == {"cases": 3, "country": "MT", "urgent.call": True}
    [row] = [r for r in csv.DictReader(io.StringIO(desk("ticket", "list", "-f", "csv").out)) if r["id"] == malta]
    assert (row["fields.country"], row["fields.cases"]) == ("MT", "3")
    desk("field", "delete", "country")
    assert ids(desk, "--field", "country=MT") == {malta}  # its data stays readable


def test_hostile_field_names(desk: Runner) -> None:
    for name in ('x"', "x' OR 1", "$.a", "../x"):
        desk("ticket", "list", "--field", f"{name}=1", code=3)


# -- organisations -----------------------------------------------------------------------------------------------------


def test_users_of_one_organisation(desk: Runner, make: Make) -> None:
    def user(name: str, organisation: str) -> str:
        options = ("--name", name, "--email", f"{name.lower()}@clinic.example", "--group", "patient")
        return desk("user", "create", *options, "--organisation", organisation, "-f", "ids").out.strip()

    anna, bob, eve = user("Anna", "Γενικό Νοσοκομείο"), user("Bob", "ΓΕΝΙΚΟ νοσοκομειο"), user("Eve", "Elsewhere")
    tickets = {who: make(who, "--requester", who) for who in (anna, bob, eve)}
    assert ids(desk, "--requester", anna) == {tickets[anna]}
    desk("config", "set", "users.share_organisation", "true")
    assert ids(desk, "--requester", anna) == {tickets[anna], tickets[bob]}
    assert ids(desk, "--requester", "eve@clinic.example") == {tickets[eve]}
    shown = desk("user", "show", bob, "-f", "json").data
    assert {t["requester"] for t in shown["tickets"]} == {anna, bob}
    assert shown["load"] == 2
    lonely = make("L", "--requester", "new@clinic.example")
    assert ids(desk, "--requester", "new@clinic.example") == {lonely}


# -- who left ----------------------------------------------------------------------------------------------------------


def test_names_of_deleted_staff_stay(desk: Runner, known: Known) -> None:
    ticket = known.ours
    desk("--as", "petros", "ticket", "note", ticket, "--body", "x")
    desk("staff", "delete", "petros")
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert shown["people"]["petros"] == "Petros Ioannou"
    assert "Petros Ioannou" in desk("ticket", "show", ticket).out


@pytest.mark.parametrize("gone", ["deleted", "elsewhere"])
def test_reopening_drops_an_owner_who_left(desk: Runner, known: Known, git: Git, gone: str) -> None:
    ticket = known.closed
    if gone == "deleted":
        desk("staff", "delete", "petros")
    else:
        desk("staff", "edit", "petros", "--department", "legal")
    assert "owner petros taken off" in desk("ticket", "reopen", ticket).out
    assert desk("ticket", "show", ticket, "-f", "json").data["owner"] is None
    events = desk("ticket", "history", ticket, "-f", "json").data
    assert [(e["verb"], e["from"]) for e in events[-2:]] == [("reopen", "closed"), ("unassign", "petros")]
    assert "Desk-Also: unassign" in git("log", "-1", "--format=%B")


def test_reopening_keeps_an_owner_who_serves(desk: Runner, known: Known) -> None:
    desk("ticket", "reopen", known.closed)
    assert desk("ticket", "show", known.closed, "-f", "json").data["owner"] == "petros"


# -- rule 4 ------------------------------------------------------------------------------------------------------------


def test_a_users_ticket_is_not_merged_into_a_private_one(desk: Runner, make: Make) -> None:
    theirs, ours = make("T", "--requester", "a@clinic.example"), make("O", "--department", "board")
    assert "user's ticket" in desk("ticket", "merge", theirs, "--into", ours, code=5).err
    desk("ticket", "merge", ours, "--into", theirs)


def test_nothing_is_made_of_a_users_ticket_that_went_astray(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make("T", "--requester", "a@clinic.example")
    desk("ticket", "note", ticket, "--body", "x")
    path = home / f"records/tickets/2026/07/23/{ticket}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("department: technical", "department: board"), encoding="utf-8"
    )
    git("commit", "-q", "-am", "by hand, without asking desk")
    for verb, *more in (("transfer",), ("split", "--at", "1")):
        assert "user's ticket" in desk("ticket", verb, ticket, *more, code=5).err


def test_an_editor_brings_no_user_into_a_private_department(
    desk: Runner, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ticket = make("T", "--department", "board")
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nsed -i "s/^requester:.*/requester: a@clinic.example/" "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr("desk.cli.editor.interactive", lambda _: True)
    done = desk("ticket", "edit", ticket, code=None, env={"EDITOR": str(script), "VISUAL": str(script)})
    assert "user's ticket" in done.out + done.err
    assert desk("ticket", "show", ticket, "-f", "json").data["requester"] is None


def test_names_are_found_however_they_were_composed(desk: Runner, make: Make) -> None:
    desk("tag", "create", "ιατρική")
    ticket = make("T", "--tag", "ιατρική")
    assert ids(desk, "--tag", "ιατρικη\u0301") == {ticket}
    assert ids(desk, "--tag", "ΙΑΤΡΙΚΗ\u0301") == {ticket}
