"""Events in plain English."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.changes import compare, sentences
from desk.domain.model.change import Changed
from desk.domain.model.fields import parse_time
from desk.domain.model.organisation import Department
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, recordverbs, verbs
from desk.domain.rights.rights import RIGHTS
from desk.domain.rights.verb import ANY
from tests.store.texts import MODERATE

TICKET = "260723-7K3Q"
SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"verb": "assign", "to": "petros"}, "Maria assigned 260723-7K3Q to petros"),
    ({"verb": "unassign", "from": "petros"}, "Maria took the owner petros off 260723-7K3Q"),
    ({"verb": "move", "from": "technical", "to": "legal"}, "Maria moved 260723-7K3Q from technical to legal"),
    ({"verb": "classify", "from": "low", "to": "high"}, "Maria classified 260723-7K3Q as high (was low)"),
    ({"verb": "classify", "to": "high"}, "Maria classified 260723-7K3Q as high"),
    ({"verb": "close", "from": "open", "to": "closed", "reason": "it\nworks"}, "Maria closed 260723-7K3Q (it works)"),
    ({"verb": "close", "to": "closed (workaround)"}, "Maria closed 260723-7K3Q (workaround)"),
    ({"verb": "major", "to": "petros"}, "Maria made 260723-7K3Q a major incident, coordinated by petros"),
    ({"verb": "major", "from": "petros"}, "Maria took the coordinator petros off 260723-7K3Q"),
    ({"verb": "merge", "to": "260723-AAAA"}, "Maria merged 260723-7K3Q into 260723-AAAA"),
    ({"verb": "merge", "from": "260723-AAAA"}, "Maria had 260723-7K3Q take over 260723-AAAA"),
    ({"verb": "edit", "from": "T", "to": "U"}, "Maria renamed 260723-7K3Q: U (was: T)"),
    ({"verb": "edit", "to": "channel body"}, "Maria changed 260723-7K3Q: channel body"),
    (
        {"verb": "edit", "to": "channel", "changes": [{"field": "channel", "from": "phone", "to": None}]},
        "Maria changed 260723-7K3Q: channel phone → nothing",
    ),
    ({"verb": "create", "kind": "staff", "id": "eleni", "to": "Ελένη"}, "Maria created staff eleni: Ελένη"),
    ({"verb": "delete", "kind": "tag", "id": "malta"}, "Maria deleted tag malta"),
    ({"verb": "config", "kind": "settings", "id": "list.limit", "from": "50", "to": "60"}, "Maria set list.limit to 60 (was 50)"),
    ({"verb": "promote {x}", "from": "1", "to": "{2}"}, "Maria promote {x} 260723-7K3Q: 1 → {2}"),
    ({"verb": "assign", "to": "{what}"}, "Maria assigned 260723-7K3Q to {what}"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "text"), SENTENCES)
def test_sentences(row: dict[str, Any], text: str) -> None:
    assert sentences.sentence({"kind": "ticket", "id": TICKET, "by": "maria", **row}, "Maria") == text


def test_what_became_of_it() -> None:
    assert sentences.describe_outcome("assign", None, "petros") == "assigned to petros"
    assert sentences.describe_outcome("edit", "T", "U") == "now called: U"
    assert sentences.describe_outcome("sing", None, None) == "sing"
    assert sentences.describe_outcome("sing", "a", "b") == "sing: a → b"


def test_every_verb_has_words() -> None:
    """Of their own, or those of the verbs by which history tells it."""
    assert set(moves.MOVES) - {"edit-reply"} <= set(sentences.TICKET)
    own = {v for r in RIGHTS if r.kind not in ("ticket", "sla", "history", "desk") for v in r.verbs}
    assert own - {"purge"} <= set(sentences.RECORD)
    for verb in verbs.VERBS:
        if verb.words is None:
            assert verb.told_as is not None, verb.name
            every = {*sentences.TICKET, *sentences.RECORD}
            assert set(verb.told_as) - {ANY} <= every, verb.name


def test_a_verb_of_several_kinds_reads_the_same() -> None:
    """Only articles and tickets are told of by kind; of anything else the verb alone decides."""
    for verb in recordverbs.ROWS:
        assert verb.words is None or verb.words == sentences.RECORD[verb.name], (verb.kinds, verb.name)


texts = st.one_of(st.none(), st.text())


@MODERATE
@given(st.sampled_from([*sentences.TICKET, "unknown"]), texts, texts, st.sampled_from(["ticket", "staff"]))
def test_any_values_are_told(verb: str, before: str | None, after: str | None, kind: str) -> None:
    text = sentences.describe_act(verb, before, after, kind=kind, what="X")
    assert "X" in text
    assert sentences.describe_outcome(verb, before, after, kind=kind) is not None


WHEN = parse_time("2026-07-23T07:00:00Z")
BASE = Ticket.new(
    id=TICKET, title="T", state="open", priority="low", department="d", created="2026-07-23T06:12:44Z", body="a\nb"
)


def test_fields_that_changed() -> None:
    after = BASE.evolve(
        channel="phone", tags=["a", "b"], fields={"country": "MT", "n": 3}, cause="x\ny", major=True,
        body="b\nc\nd", thread=(Entry("reply", "maria", WHEN, "hello"),),
    )  # fmt: skip
    found = compare.fields(BASE, after)
    assert found == [
        Changed("major", None, "yes"),
        Changed("tags", None, "a, b"),
        Changed("channel", None, "phone"),
        Changed("fields.country", None, "MT"),
        Changed("fields.n", None, "3"),
        Changed("cause", None, "+2 -0 lines"),
        Changed("body", None, "+2 -1 lines"),
        Changed("reply 1", None, "+1 -0 lines"),
    ]
    assert compare.fields(after, after) == []
    back = {c.field: (c.before, c.after) for c in compare.fields(after, BASE)}
    assert back["fields.country"] == ("MT", None)
    assert back["channel"] == ("phone", None)


def test_fields_of_something_new_and_gone() -> None:
    department = Department.new(id="legal", name="Legal")
    assert Changed("name", None, "Legal") in compare.fields(None, department)
    assert Changed("name", "Legal", None) in compare.fields(department, None)
    assert compare.fields(None, None) == []


def test_the_clocks_of_a_service_level_in_words() -> None:
    assert (
        sentences.describe_outcome("breach", None, "respond 2026-07-23T06:42:44Z")
        == "missed: first reply, due 2026-07-23T06:42:44Z"
    )
    told = sentences.describe_act("warning", None, "update 2026-07-23T06:42:44Z", kind="ticket", what="260723-7K3Q")
    assert told == "warned that 260723-7K3Q is due soon: next reply, due 2026-07-23T06:42:44Z"
    assert sentences.describe_act("breach", None, "odd", kind="ticket", what="x") == "noted what was missed on x: odd"
