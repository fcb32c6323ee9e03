"""A requester acts in person: registers, answers, closes and re-opens own tickets, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk.actions import acting, requesters
from desk.actions.acting import Acted
from desk.actions.draft import Draft
from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights
from desk.domain.tickets import thread
from desk.errors import NotFound, Refused
from desk.session.session import Session
from tests.cli.conftest import tip
from tests.conftest import Runner, copy_of

Git = Callable[..., str]
NOW = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)


class Known(NamedTuple):
    """A desk on which Anna is known, and a ticket that she has registered herself."""

    top: Path
    anna: str
    own: str


@pytest.fixture(scope="module")
def known(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    """What each test's desk is a copy of."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("known"))
    maria = Session(str(top), environment, NOW, who="maria")
    given = {"name": "Anna Georgiou", "email": "anna@clinic.example", "group": "patient"}
    anna = requesters.register(maria, given).change.edits[0].record.id
    session = Session(str(top), environment, NOW, requester=anna)
    new = NewTicket("I can't see my prescription", "Since Monday.")
    own = tickets.create(session, new).change.edits[0].record.id
    maria.store.close()
    session.store.close()
    return Known(top, anna, own)


@pytest.fixture(scope="module")
def _template(known: Known) -> Path:
    return known.top


@pytest.fixture
def anna(known: Known) -> str:
    return known.anna


@pytest.fixture
def own(known: Known) -> str:
    return known.own


@pytest.fixture
def session(home: Path, anna: str) -> Session:
    return Session(str(home), dict(os.environ), NOW, requester=anna)


def words(text: str) -> NewEntry:
    return NewEntry(lambda _: text)


def shown(desk: Runner, ticket: str) -> Any:
    return desk("ticket", "show", ticket, "-f", "json").data


def test_a_life_of_a_ticket(session: Session, own: str, anna: str, desk: Runner, git: Git) -> None:
    found = shown(desk, own)
    assert (found["author"], found["requester"], found["owner"], found["priority"]) == (anna, anna, None, "low")
    desk("ticket", "reply", own, "--body", "Which pharmacy?")
    tickets.reply(session, [own], words("The one in Larnaca."))
    tickets.close(session, [own], resolution="withdrawn")
    assert shown(desk, own)["state"] == "closed"
    with pytest.raises(Refused, match="words belong into the ticket"):
        tickets.reopen(session, [own], reason="it is back")
    tickets.reopen(session, [own])
    found = shown(desk, own)
    assert found["state"] == "open"
    assert [(e["kind"], e["by"], e["text"]) for e in found["thread"]] == [
        ("reply", "maria", "Which pharmacy?"),
        ("reply", anna, "The one in Larnaca."),
    ]
    assert git("log", "-1", "--format=%(trailers:key=Desk-Actor,valueonly)").strip() == anna
    assert git("log", "-1", "--format=%an <%ae>").strip() == f"{anna} <{anna}@users.desk.invalid>"
    assert "no fault" in desk("audit", "verify").out
    assert desk("doctor", "-f", "json").data == []


def test_a_forged_act_of_a_requester_is_caught(session: Session, anna: str, desk: Runner, git: Git, home: Path) -> None:
    """The commits of replies, with more in each than a reply; and one that is no commit of desk's."""
    forged = [
        ("priority: low", "priority: high", "may not change priority"),
        ("department: operation-services", "department: legal", "may not change department"),
        (f"{anna}, 2026-07-23T06:12:44Z\n\nMine", f"{anna}, 2026-07-23T06:12:44Z\n\nYours", ""),
        (f"## Reply by {anna}", f"## Note by {anna}", "notes"),
        (f"requester: {anna}", "requester: u-other", "may not change requester"),
        ("channel: ", "attachments: [scan.pdf]\nchannel: ", "may not change attachments"),
    ]
    given = {"title": "T", "state": "open", "priority": "low", "department": "operation-services", "channel": "email"}
    given |= {"record": "ticket", "requester": anna, "author": anna, "created": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    lines = [{**given, "id": f"260723-AAA{number}"} for number in range(len(forged))]
    desk("import", "-", "--strict", stdin="".join(json.dumps(line) + "\n" for line in lines))
    for line, (find, put, fault) in zip(lines, forged, strict=True):
        tickets.reply(session, [line["id"]], words("Mine"))
        path = home / Ticket.path_of(line["id"])
        text = path.read_text(encoding="utf-8")
        assert find in text
        path.write_text(text.replace(find, put), encoding="utf-8")
        who = ["--author", "Anna Georgiou <anna@clinic.example>"]
        kept = ["--amend", "--no-edit"] if fault else ["-m", git("log", "-1", "--format=%B")]
        git("commit", "-q", "-a", *kept, *who)
    found = [str(f) for f in desk("audit", "verify", "-f", "json", code=7).data["findings"]]
    for line, (_, _, fault) in zip(lines, forged, strict=True):
        assert [told for told in found if line["id"] in told and fault in told], (line, found)


def test_closing_late_is_no_fault(own: str, anna: str, home: Path, desk: Runner, git: Git) -> None:
    """Whatever ends a clock notes that it was late; the requester didn't do that, desk did."""
    late = Session(str(home), dict(os.environ), NOW.replace(month=9), requester=anna)
    tickets.close(late, [own], resolution="withdrawn")
    assert "breach" in git("log", "-1", "--format=%(trailers:key=Desk-Also,valueonly)").split()
    assert "no fault" in desk("audit", "verify", env={"DESK_NOW": "2026-09-23T06:12:45Z"}).out


def test_staff_hear_of_an_answer_and_of_no_reply_to_themselves(session: Session, own: str, desk: Runner) -> None:
    desk("ticket", "assign", own, "--to", "petros", code=None)
    owner = shown(desk, own)["owner"]
    tickets.reply(session, [own], words("Any news?"))
    told = desk("mail", "outbox", "-f", "json").data
    answers = [m for m in told if m["event"] == "answer"]
    assert answers
    assert all("anna@" not in m["to"] for m in answers)
    assert owner is None or any("petros@" in m["to"] for m in answers)


def test_never_a_note(session: Session, own: str) -> None:
    with pytest.raises(Refused, match="for staff"):
        tickets.note(session, [own], words("secret"))


def test_nothing_that_is_for_staff(session: Session, own: str, home: Path) -> None:
    before = tip(home)

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return thread.add_entry(ticket, "reply", "never written", by=by, at=at)

    for verb in sorted({*moves.MOVES, *rights.ON_TICKETS} - rights.REQUESTERS):
        with pytest.raises(Refused):
            acting.act_on_tickets(session, [own], verb, one)
        assert tip(home) == before, verb


ACTIONS: list[Callable[..., Acted]] = [
    lambda session, ids: tickets.reply(session, ids, words("mine too")),
    tickets.close,
    tickets.reopen,
]


def test_never_somebody_elses(session: Session, make: Callable[..., str], home: Path) -> None:
    other = make("Of somebody else", "--requester", "bob@clinic.example")
    before = tip(home)
    for action in ACTIONS:
        with pytest.raises(Refused, match="no ticket of u-") as refused:
            action(session, [other])
        # Nothing of the ticket is told: not its department, not its title.
        assert "technical" not in f"{refused.value.message}{refused.value.hint}"
    assert tip(home) == before


def test_what_only_staff_say(session: Session) -> None:
    said: list[dict[str, Any]] = [
        {"requester": "bob@clinic.example"},
        {"tags": ("incident",)},
        {"priority": "high", "reason": "I say so"},
        {"impact": "high"},
        {"urgency": "high"},
    ]
    for more in said:
        with pytest.raises(Refused, match="a requester doesn't say"):
            tickets.create(session, NewTicket("x", **more))


def test_a_private_department_is_closed_to_them(session: Session, desk: Runner) -> None:
    desk("department", "create", "audit-room", "--name", "Audit room", "--private")
    with pytest.raises(Refused, match="can't be in audit-room"):
        tickets.create(session, NewTicket("x", department="audit-room"))


@pytest.mark.parametrize(
    "barring",
    [("user", "ban", "ANNA@clinic.example"), ("user", "edit", "{id}", "--disabled")],
    ids=["banned", "disabled"],
)
def test_who_is_barred_does_nothing(
    session: Session, own: str, anna: str, desk: Runner, barring: tuple[str, ...]
) -> None:
    desk(*(word.format(id=anna) for word in barring))
    with pytest.raises(Refused, match="disabled, or its address banned"):
        tickets.create(session, NewTicket("again"))
    with pytest.raises(Refused, match="disabled, or its address banned"):
        tickets.reply(session, [own], words("again"))


def test_nobody_acts_as_a_requester_who_is_not_there(home: Path) -> None:
    with pytest.raises(NotFound):
        tickets.create(Session(str(home), dict(os.environ), NOW, requester="u-nobody"), NewTicket("x"))


def test_two_sessions_in_one_process(home: Path, session: Session, own: str, desk: Runner) -> None:
    """What one did, warned of or knows stays its own; the desk on disk is what they share."""
    staff = Session(str(home), dict(os.environ), NOW.replace(hour=8), who="maria")
    done = tickets.reply(staff, [own], words("We look into it."))
    tickets.close(session, [own])
    assert session.store is not staff.store
    assert (session.now.hour, staff.now.hour) == (6, 8)
    assert done.done.change.by.id == "maria"
    assert shown(desk, own)["state"] == "closed"
    with pytest.raises(Refused):
        tickets.reply(staff, [own], words("too late"))
