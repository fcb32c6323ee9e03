"""Who is on the line: found by whatever they say, shown on one screen, in the language of scripts as well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from desk.actions import requesters
from desk.domain.model.fields import parse_time
from desk.session.session import Session
from tests.cli.conftest import More, Refuses
from tests.conftest import NOW, Make, Runner, copy_of
from tests.terminals import said_last, spawn

CALLERS = (
    ("Anna Andreou", "anna@hospital.example", "+357 99 777123", "health-professional", "Nicosia General"),
    ("Άννα Νικολάου", "a.nikolaou@clinic.example", "22-123456", "patient", "Κλινική"),
    ("Joseph Borg", "desk@health.example.mt", "+356 2000 0000", "foreign-desk", "Malta desk"),
)


class Known(NamedTuple):
    """A desk that knows three requesters, and their ids, of the desk's choice."""

    top: Path
    ids: list[str]


@pytest.fixture(scope="module")
def callers(_starter: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    """What each test's desk is a copy of."""
    top = copy_of(_starter, tmp_path_factory.mktemp("callers"))
    maria = Session(str(top), environment, parse_time(NOW), who="maria")
    names = ("name", "email", "phone", "group", "organisation")
    made = [requesters.register(maria, dict(zip(names, caller, strict=True))) for caller in CALLERS]
    maria.store.close()
    return Known(top, [done.change.edits[0].record.id for done in made])


@pytest.fixture(scope="module")
def _template(callers: Known) -> Path:
    return callers.top


@pytest.fixture
def known(callers: Known) -> list[str]:
    return callers.ids


def test_whatever_they_say(desk: Runner, known: list[str]) -> None:
    for said, who in (
        ("andreou", 0),
        ("ANNA ANDR", 0),
        ("anna@hospital.example", 0),
        ("hospital", 0),
        ("+357 99 777123", 0),
        ("0035799777123", 0),
        ("099/777.123", 0),
        ("99\u00a0777\u2013123", 0),
        ("\uff19\uff19777123", 0),
        ("777123", 0),
        ("νικολαου", 1),
        ("ΝΙΚΟΛΆΟΥ άννα", 1),
        ("+357 22 123456", 1),
        ("(00357) 22123456", 1),
        ("borg", 2),
        ("Desk@Health.Example.MT", 2),
    ):
        data = desk("caller", *said.split(" "), "-f", "json").data
        assert (data["id"], data["name"]) == (known[who], CALLERS[who][0]), said
        assert desk("caller", said, "-f", "ids").out.split() == [known[who]], said


def test_one_of_several(desk: Runner, known: list[str], refuses: Refuses) -> None:
    error = refuses(4, "caller", "example")
    assert error["code"] == "ambiguous"
    assert known[0] in error["hint"]
    assert known[1] in error["hint"]
    assert desk("caller", known[1].upper(), "-f", "json").data["id"] == known[1]


def test_nobody(known: list[str], refuses: Refuses) -> None:
    assert known
    assert refuses(3, "caller", "andreuo")["hint"] == "did you mean Anna Andreou?"
    assert refuses(3, "caller", "ana@hospital.example")["hint"] == "did you mean anna@hospital.example?"
    new = refuses(3, "caller", "new@elsewhere.example")
    assert "is new" in new["message"]
    assert "--requester new@elsewhere.example" in new["hint"]
    assert "user list --search" in refuses(3, "caller", "zzz")["hint"]
    assert refuses(3, "caller", "12345678")["hint"]


def test_the_card(desk: Runner, known: list[str], make: Make, more: More) -> None:
    first = make("Call 0", "--requester", "andreou", "--service", "telepathy")
    ids = [first, *more(first, *(f"Call {n}" for n in range(1, 12)))]
    desk("ticket", "close", *ids[:5])
    desk("ticket", "pending", ids[11])
    make("Somebody else's", "--requester", "borg")
    desk(
        *(
            "kb",
            "create",
            "--topic",
            "known-errors",
            "--type",
            "known-error",
            "--title",
            "It stutters",
            "--slug",
            "stutters",
        ),
        *("--service", "telepathy", "--body", "Known.", "--language", "en"),
    )
    data = desk("caller", "andreou", "-f", "json").data
    states = [t["state"] for t in data["tickets"]]
    assert states[:7] == ["open"] * 6 + ["pending"]
    assert set(states[7:]) == {"closed"}
    assert 10 <= len(states) < 13  # all that are not closed, and the closed ones among the last ten
    assert {t["id"] for t in data["tickets"]} <= set(ids)
    assert data["known_errors"] == []
    desk("kb", "publish", "stutters", code=None)
    assert [e["id"] for e in desk("caller", "andreou", "-f", "json").data["known_errors"]] == ["stutters"]
    said = desk("caller", "andreou").out
    assert said.splitlines()[0] == f"Anna Andreou  {known[0]}"
    assert "Nicosia General, +357 99 777123, anna@hospital.example" in said.splitlines()[1]
    assert "It stutters" in said
    assert "No tickets yet." in desk("caller", "νικολαου").out
    make("Without a name", "--requester", "kiosk@hospital.example")
    head, rest = desk("caller", "kiosk").out.splitlines()[:2]
    assert head.startswith("kiosk@hospital.example  u-")
    assert "@" not in rest
    desk("user", "ban", "anna@hospital.example")
    desk("user", "edit", known[0], "--disabled")
    warned = desk("caller", "andreou", "-f", "json").json["warnings"]
    assert ["is banned" in warned[0], "is disabled" in warned[1]] == [True, True]


def test_tickets_of_departments_that_arent_mine_are_not_told(desk: Runner, known: list[str], make: Make) -> None:
    """Rule 1, as in every list: eleni serves legal alone."""
    assert known
    make("T", "--requester", "andreou", "--department", "technical")
    own = make("T", "--requester", "andreou", "--department", "legal")
    assert [t["id"] for t in desk("--as", "eleni", "caller", "andreou", "-f", "json").data["tickets"]] == [own]


def test_rows_are_at_hand(desk: Runner, known: list[str], make: Make) -> None:
    assert known
    ticket = make("T", "--requester", "andreou")
    here = {"DESK_TERMINAL": "here"}
    desk("caller", "andreou", env=here)
    assert desk("ticket", "show", "@1", "-f", "ids", env=here).out.strip() == ticket


def test_what_to_tell_the_caller(desk: Runner, known: list[str]) -> None:
    """One line beside the answer, for people alone."""
    assert known
    call = (
        "ticket",
        "create",
        "--title",
        "Nothing works",
        "--requester",
        "andreou",
        "--impact",
        "high",
        "--urgency",
        "high",
    )
    done = desk(*call)
    assert len(done.out.splitlines()) == 1
    [told] = [line for line in done.err.splitlines() if line.startswith("for ")]
    assert told.startswith("for Anna Andreou, an answer by ")
    assert ", solved by " in told
    assert len(done.err.splitlines()) <= 3
    assert desk(*call, "-f", "json").err == ""
    assert "an answer by" not in desk(*call, "--reply", "We look into it.").err
    assert "solved by" not in desk(*call, "--close").err
    assert desk("-q", *call).err == ""


def ask(home: Path, environment: dict[str, str], words: tuple[str, ...], answer: str) -> str:
    """A command at a terminal, and what is typed when it asks."""
    child = spawn(*words, cwd=home, env=environment, dimensions=(24, 100))
    child.sendline(answer)
    return said_last(child)


def test_a_terminal_asks_which_one(
    home: Path, environment: dict[str, str], known: list[str], desk: Runner, make: Callable[..., str]
) -> None:
    assert make()
    assert f"Άννα Νικολάου  {known[1]}" in ask(home, environment, ("caller", "example"), "3")
    assert "could be meant" in ask(home, environment, ("caller", "example"), "")
    said = ask(home, environment, ("ticket", "create", "--title", "T", "--requester", "example"), "1")
    assert "for Anna Andreou" in said
    assert desk("ticket", "list", "--requester", known[0], "-f", "ids").out.strip()
