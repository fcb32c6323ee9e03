"""Every state × verb × level × department × author: it moves as the tables say, or is refused as they say."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from desk.domain.changes import truth, undo
from desk.domain.changes.message import Happened
from desk.domain.model import states
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.fields import parse_time
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights, verbs
from desk.domain.tickets import (
    checklists,
    classification,
    lifecycle,
    major,
    ownership,
    problems,
    relations,
    thread,
    watching,
)
from desk.domain.tickets.classification import Matrix
from desk.errors import Refused
from tests.conftest import NOW

AT = parse_time(NOW)
ID, OTHER = "260723-7K3Q", "260723-9ABC"
MARIA, PETROS = (
    Staff.new(id=n, name=n, email=f"{n}@desk.example", level=1, departments=["technical"]) for n in ("maria", "petros")
)
TECHNICAL = Department.new(id="technical", name="Technical")
LIST = Checklist.new(id="any.en", title="T", language="en", body="- [ ] Call\n")
MATRIX = Matrix({"high": {"high": "high"}})


def ticket(state: str, ticket_id: str = ID, **values: Any) -> Ticket:
    closed = {"closed": NOW, "resolution": "solved"} if state == states.CLOSED else {}
    given = {"title": "T", "priority": "low", "department": "technical", "author": "u-4f9x2", "created": NOW}
    made = Ticket.new(**{**given, **closed, "id": ticket_id, "state": state, **values})
    return made.evolve(thread=(Entry("reply", "maria", AT, "Seen."),))


DO: dict[str, tuple[Callable[..., Change], dict[str, Any]]] = {
    # verb: (what is done, what the ticket must be for it)
    "assign": (lambda t, **k: ownership.assign(t, PETROS, **k), {}),
    "unassign": (ownership.unassign, {"owner": "petros"}),
    "escalate": (lambda t, **k: ownership.escalate(t, PETROS, **k), {"owner": "maria"}),
    "escalate-up": (lambda t, **k: ownership.escalate_up(t, PETROS, **k), {}),
    "move": (lambda t, **k: ownership.move(t, "legal", None, **k), {}),
    "classify": (lambda t, **k: classification.classify(t, matrix=MATRIX, priority="high", **k), {}),
    "tag": (lambda t, **k: classification.tag(t, ["malta"], **k), {}),
    "untag": (lambda t, **k: classification.untag(t, ["malta"], **k), {"tags": ["malta"]}),
    "edit": (lambda t, **k: lifecycle.rewrite(t, t.evolve(title="U"), **k), {}),
    "edit-reply": (lambda t, **k: thread.edit_reply(t, 1, "Better.", **k), {}),
    "note": (lambda t, **k: thread.add_entry(t, "note", "x", **k), {}),
    "reply": (lambda t, **k: thread.add_entry(t, "reply", "x", **k), {}),
    "pending": (lambda t, **k: lifecycle.pending(t, waits_for="requester", **k), {}),
    "close": (lifecycle.close, {}),
    "reopen": (lambda t, **k: lifecycle.reopen(t, None, **k), {}),
    "major": (lambda t, **k: major.declare(t, PETROS, **k), {"tags": ["incident"]}),
    "major-off": (major.end, {"tags": ["incident"], "major": True}),
    "review": (lambda t, **k: major.review(t, "x", **k), {"tags": ["incident"], "major": True}),
    "checklist": (lambda t, **k: checklists.put(t, LIST, **k), {}),
    "check": (lambda t, **k: checklists.check(t, [1], **k), {"checklist": ["[ ] Call"]}),
    "uncheck": (lambda t, **k: checklists.check(t, [1], done=False, **k), {"checklist": ["[x] Call"]}),
    "transfer": (lambda t, **k: relations.transfer([t], ticket("open", OTHER, tags=["problem"]), None, **k), {}),
    "cause": (lambda t, **k: problems.cause(t, "x", **k), {"tags": ["problem"]}),
    "workaround": (lambda t, **k: problems.workaround(t, "x", **k), {"tags": ["problem"]}),
    "resolve": (lambda t, **k: problems.resolve(t, [], fix="x", **k), {"tags": ["problem"]}),
    "link": (lambda t, **k: relations.link(t, ticket("open", OTHER), "relates", **k), {}),
    "unlink": (lambda t, **k: relations.unlink(t, ticket("open", OTHER), **k), {"links": [f"relates {OTHER}"]}),
    "watch": (lambda t, **k: watching.watch(t, PETROS, TECHNICAL, **k), {}),
    "unwatch": (lambda t, **k: watching.unwatch(t, "petros", **k), {"watchers": ["petros"]}),
    "merge": (lambda t, **k: relations.merge(t, ticket("open", OTHER), relations.Around([], {}, ()), **k), {}),
    "split": (lambda t, **k: relations.split(t, 1, ticket("open", OTHER), {}, **k), {}),
    "undo": (lambda t, **k: undo.undo(_taken(t), **k), {}),
    "delete": (lambda t, **k: lifecycle.delete(t, [], **k), {}),
}


def _taken(now: Ticket) -> undo.Taken:
    pair = undo.Pair(now, now.evolve(title="Before"))
    return undo.Taken("3f2a8c1b9d00", "edit", "edit", (pair,), {})


def test_the_tables_know_the_same_verbs() -> None:
    assert set(DO) == set(moves.MOVES)
    assert set(rights.ON_TICKETS) == set(moves.MOVES) | {"create"}


@pytest.mark.parametrize("verb", moves.MOVES)
@pytest.mark.parametrize("state", states.STATES)
def test_every_move(state: str, verb: str) -> None:
    do, values = DO[verb]
    allowed, target = moves.MOVES[verb]
    before = ticket(state, **values)
    if state not in allowed:
        with pytest.raises(Refused) as refusal:
            do(before, by=MARIA, at=AT)
        hint = refusal.value.hint or ""
        assert state == target or all(word in hint for word in moves.moves(state))
        return
    [edit] = [e for e in do(before, by=MARIA, at=AT).edits if e.record.id == ID]
    assert edit.events[0].verb == {"edit-reply": "edit"}.get(verb, verb)
    if verb == "delete":
        assert edit.after is None
        return
    assert isinstance(edit.after, Ticket)
    assert edit.after.state == (target or state)
    assert (edit.after.resolution is not None) == (edit.after.state == states.CLOSED)
    assert (edit.after.closed is not None) == (edit.after.state == states.CLOSED)
    assert edit.after.pending_for is None or edit.after.state == states.PENDING


@pytest.mark.parametrize("verb", [v for v in moves.MOVES if v not in ("undo", "delete")])
def test_a_verb_changes_no_more_than_it_may(verb: str) -> None:
    """Of every ticket of its change; and whatever the event tells of a field is so."""
    do, values = DO[verb]
    change = do(ticket(moves.MOVES[verb][0][0], **values), by=MARIA, at=AT)
    tickets = {e.record.id: e.after for e in change.edits if e.after is not None}
    for edit in change.edits:
        told = tuple(Happened(Ticket.kind, edit.record.id, *event) for event in edit.events)
        case = truth.case(told, edit.before, edit.after, tickets)
        assert list(truth.find_untruths(case)) == []
        if edit.before is not None:
            may = {name: set(verbs.changing(Ticket.kind, name)) for name in case.changed}
            assert all(names & {e.verb for e in edit.events} for names in may.values()), may
            assert case.changed


def test_the_moves_that_a_refusal_names() -> None:
    assert moves.moves("open") == ["pending", "close", "resolve", "merge", "undo", "delete"]
    assert moves.moves("pending") == ["close", "reopen", "resolve", "merge", "undo", "delete"]
    assert moves.moves("closed") == ["reopen", "undo", "delete"]


@pytest.mark.parametrize("verb", moves.MOVES)
def test_every_right(verb: str) -> None:
    right = rights.ON_TICKETS[verb]
    for level, serves, wrote in itertools.product((1, 2, 3), (True, False), (True, False)):
        departments = ["technical"] if serves else ["legal"]
        by = Staff.new(id="anna", name="Anna", email="anna@desk.example", level=level, departments=departments)
        one = ticket("open", author="anna" if wrote else "maria")
        if right.allows(level, serves=serves, wrote=wrote):
            rights.require(by, one, verb)
        else:
            with pytest.raises(Refused) as refusal:
                rights.require(by, one, verb)
            assert refusal.value.hint


def test_what_the_next_tier_is() -> None:
    """The least loaded member present, one level up; closed tickets are no load, and of two alike the handle decides."""
    staff = [
        Staff.new(id=n, name=n, email=f"{n}@desk.example", level=level, departments=[d], away=away)
        for n, level, d, away in (
            ("zoe", 2, "technical", False),
            ("adam", 2, "technical", False),
            ("busy", 2, "technical", False),
            ("away", 2, "technical", True),
            ("lawyer", 2, "legal", False),
            ("chief", 3, "technical", False),
        )
    ]
    load = {"busy": 5, "zoe": 1, "adam": 1}
    one = ticket("open")
    assert ownership.next_tier(one, staff, load, above=1).id == "adam"
    assert ownership.next_tier(one, staff, {**load, "adam": 2}, above=1).id == "zoe"
    assert ownership.next_tier(one, staff, load, above=2).id == "chief"
    with pytest.raises(Refused):
        ownership.next_tier(one, staff, load, above=3)
