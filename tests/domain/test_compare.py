"""Two versions of a record, told in verbs."""

from __future__ import annotations

from typing import Any

import pytest

from desk.domain.changes import compare
from desk.domain.model.change import Event
from desk.domain.model.fields import parse_time
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket

WHEN = parse_time("2026-07-23T07:00:00Z")
BASE = Ticket.new(
    id="260723-7K3Q", title="T", state="open", priority="low", department="technical", created="2026-07-23T06:12:44Z"
)
REPLY = Entry("reply", "maria", WHEN, "x")
NOTE = Entry("note", "maria", WHEN, "y")

CASES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[Any, ...]]]] = [
    ({}, {}, []),
    ({}, {"owner": "maria"}, [("assign", None, "maria")]),
    ({"owner": "maria"}, {"owner": "petros"}, [("escalate", "maria", "petros")]),
    ({"owner": "maria"}, {}, [("unassign", "maria", None)]),
    ({}, {"department": "legal"}, [("move", "technical", "legal")]),
    ({}, {"priority": "high"}, [("classify", "low", "high")]),
    (
        {},
        {"priority": "high", "impact": "high"},
        [("classify", "priority=low impact=none", "priority=high impact=high")],
    ),
    ({"tags": ["a", "b"]}, {"tags": ["b", "c"]}, [("untag", "a", None), ("tag", None, "c")]),
    ({}, {"links": ["relates 260723-AAAA"]}, [("link", None, "relates 260723-AAAA")]),
    ({}, {"title": "U"}, [("edit", "T", "U")]),
    ({}, {"title": "U", "body": "b"}, [("edit", None, "title body")]),
    ({}, {"body": "b"}, [("edit", None, "body")]),
    ({"closed": "2026-07-23T07:00:00Z"}, {"closed": "2026-07-23T08:00:00Z"}, [("edit", None, "closed")]),
    ({}, {"thread": (REPLY, NOTE)}, [("reply", None, None), ("note", None, None)]),
    ({"thread": (REPLY,)}, {"thread": (NOTE,)}, [("edit", None, "thread")]),
    ({"thread": (REPLY,)}, {}, [("edit", None, "thread")]),
    ({}, {"state": "closed", "closed": "2026-07-23T07:00:00Z"}, [("close", "open", "closed")]),
    ({"state": "closed"}, {}, [("reopen", "closed", "open")]),
    ({}, {"state": "pending", "pending_until": "2026-07-30"}, [("pending", "open", "pending until 2026-07-30")]),
    ({}, {"state": "pending"}, [("pending", "open", "pending")]),
]


@pytest.mark.parametrize(("old", "new", "wanted"), CASES)
def test_verbs(old: dict[str, Any], new: dict[str, Any], wanted: list[tuple[Any, ...]]) -> None:
    found = compare.events(BASE.evolve(**old), BASE.evolve(**new))
    assert [tuple(e) for e in found] == wanted


def test_birth_and_death() -> None:
    assert compare.events(None, BASE) == (Event("create", None, "technical"),)
    assert compare.events(BASE, None) == (Event("delete", "T"),)
    assert compare.events(None, None) == ()


def test_other_kinds_are_edited() -> None:
    tag: Record = KINDS["tag"].new(id="a", description="x")
    assert compare.events(tag, tag.evolve(description="y")) == (Event("edit", None, "description"),)
    assert compare.events(None, tag) == (Event("create"),)
    assert compare.events(tag, tag) == ()


def test_keys_nobody_declared_are_seen() -> None:
    other = Ticket(BASE.values, extra={"x": 1})
    assert compare.events(BASE, other) == (Event("edit", None, "x"),)
