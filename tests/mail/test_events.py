"""Who hears of each event of a ticket that several people follow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.mail.conftest import Known, Told, take

Make = Callable[..., str]


class Busy(NamedTuple):
    """A desk, a ticket with an owner, a requester, and two watchers; and the ids of the people."""

    top: Path
    ticket: str
    people: dict[str, str]


@pytest.fixture(scope="module")
def busy(known: Known, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Busy:
    top = copy_of(known.top, tmp_path_factory.mktemp("busy"))
    with at_work(top, environment) as desk:
        options = ("--name", "Bob", "--email", "bob@clinic.example", "--group", "patient")
        bob = desk("user", "create", *options, "-f", "ids").out.strip()
        desk("staff", "edit", "eleni", "--department", "technical")
        create = ("ticket", "create", "--title", "T", "--department", "technical", "--tag", "incident")
        ticket = desk(*create, "--requester", known.anna, "-f", "ids").out.strip()
        desk("staff", "edit", "nikos", "--department", "technical")
        desk("department", "edit", "technical", "--escalation", "nikos")
        desk("ticket", "assign", ticket, "--to", "petros")
        desk("ticket", "watch", ticket, "--who", "eleni")
        desk("ticket", "watch", ticket, "--who", "bob@clinic.example")
    take(top)
    return Busy(top, ticket, {"anna": known.anna, "bob": bob})


@pytest.fixture(scope="module")
def _template(busy: Busy) -> Path:
    return busy.top


EVENTS = {
    # event: (command, who hears of it by which text); maria acts, petros owns, anna asked, eleni and bob watch
    "reply": (("reply", "--body", "x"), {"anna": "reply-sent", "eleni": "ticket-watched", "bob": "ticket-watched"}),
    "note": (("note", "--body", "x"), {"petros": "ticket-noted", "eleni": "ticket-noted"}),
    "pending": (("pending",), {"anna": "ticket-pending", "eleni": "ticket-watched", "bob": "ticket-watched"}),
    "close": (("close",), {"anna": "ticket-closed", "eleni": "ticket-watched", "bob": "ticket-watched"}),
    "escalate": (("escalate", "--to", "eleni"), {"eleni": "ticket-assigned"}),
    "escalate-up": (("escalate", "--up"), {"nikos": "ticket-escalated"}),
    "major": (("major",), {"petros": "ticket-major", "eleni": "ticket-major", "nikos": "ticket-major"}),
    "move": (("move", "--to", "semantic"), {"petros": "ticket-moved"}),
    "both": (
        ("reply", "--body", "x", "--close"),
        {"anna": "reply-sent", "eleni": "ticket-watched", "bob": "ticket-watched"},
    ),
    "tag": (("classify", "--priority", "high"), {}),
    "unassign": (("unassign",), {}),
    "watch": (("watch",), {}),
    "edit": (("edit", "--title", "U"), {}),
}


@pytest.mark.parametrize("event", EVENTS)
def test_events(desk: Runner, busy: Busy, told: Told, event: str) -> None:
    ticket, people = busy.ticket, busy.people
    (verb, *more), expected = EVENTS[event]
    desk("ticket", verb, ticket, *more)
    assert told() == {(people.get(who, who), text) for who, text in expected.items()}


def test_reopened(desk: Runner, busy: Busy, told: Told) -> None:
    ticket, people = busy.ticket, busy.people
    desk("ticket", "close", ticket)
    told()
    desk("ticket", "reopen", ticket)
    watchers = {(who, "ticket-watched") for who in ("petros", "eleni", people["bob"])}
    assert told() == {(people["anna"], "ticket-reopened"), *watchers}


def test_merged(desk: Runner, busy: Busy, make: Make, told: Told) -> None:
    ticket, people = busy.ticket, busy.people
    other = make("Other")
    told()
    desk("ticket", "merge", ticket, "--into", other)
    assert told() == {(people["anna"], "ticket-merged"), ("eleni", "ticket-watched"), (people["bob"], "ticket-watched")}
    assert desk("ticket", "show", other, "-f", "json").data["watchers"] == ["eleni"]  # requesters don't come along
