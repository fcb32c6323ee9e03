"""What holds of every merge: the same from both sides, nothing made up, nothing of a thread lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.codec import records
from desk.domain.merge.merging import RULES, meet
from desk.domain.merge.thread import gone_in
from desk.domain.merge.tree import merge
from desk.domain.model import fields, person, slafields
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Entry, Record, parse_value
from desk.domain.model.ticket import Ticket
from tests.merge.sides import AROUND, at, common, met, note, side, text

WORDS = st.sampled_from(["alpha", "beta", "γάμμα", "delta"])
TEXTS = st.lists(WORDS, max_size=4).map("\n".join)
IDS = st.sampled_from(["260723-0001", "260723-0002"])
VALUES: dict[fields.FieldType, st.SearchStrategy[Any]] = {
    fields.LINE: WORDS,
    fields.TEXT: TEXTS,
    fields.SLUG: WORDS,
    fields.TICKET: IDS,
    fields.EMAIL: WORDS.map(lambda w: f"{w}@x.example"),
    fields.EMAILS: st.lists(WORDS.map(lambda w: f"{w}@x.example"), max_size=3),
    fields.COLOUR: st.sampled_from(["#111111", "#222222"]),
    fields.INTEGER: st.integers(1, 3),
    fields.LEVEL: st.integers(1, 3),
    fields.FLAG: st.booleans(),
    fields.TIME: st.integers(0, 3).map(at).map(fields.utc_text),
    fields.DATE: st.integers(1, 3).map(lambda day: date(2026, 7, day).isoformat()),
    fields.SLUGS: st.lists(WORDS, max_size=3),
    fields.LINES: st.lists(WORDS, max_size=3),
    fields.NUMBERS: st.lists(WORDS, max_size=3),
    fields.KEYS: st.lists(
        st.integers(0, 9).map(lambda n: f"ssh-ed25519 {'AAAAC3NzaC1lZDI1NTE5AAAAI' * 3}{n}"), max_size=2
    ),
    fields.FOLLOW: st.sampled_from(["close", "close workaround", "pending requester 3d"]),
    person.DIGEST: st.sampled_from(["off", "hourly", "daily"]),
    fields.STEPS: st.lists(st.tuples(st.sampled_from(["[ ] ", "[x] "]), WORDS).map("".join), max_size=3),
    fields.LINKS: st.lists(IDS.map(lambda i: f"relates {i}"), max_size=2),
    fields.TITLES: st.dictionaries(st.sampled_from(["el", "en"]), WORDS, max_size=2),
    fields.VALUES: st.dictionaries(WORDS, st.integers(1, 3), max_size=3),
    slafields.PAUSES: st.lists(
        st.integers(0, 3).map(lambda n: f"{fields.utc_text(at(n))} {fields.utc_text(at(n + 2))}"), max_size=2
    ),
    slafields.RECORDS: st.lists(
        st.integers(0, 2).map(lambda n: f"breach respond {fields.utc_text(at(n))}"), max_size=2, unique=True
    ),
}
"""How each type of field is filled; a new type without a row fails the test below."""
PARSED = {type_: st.none() | values.map(type_.parse) for type_, values in VALUES.items()}
"""A value of each type as records have it, or none."""
BITS = st.binary(min_size=8, max_size=8).map(int.from_bytes)
"""One for each field of a record."""
MINUTES = st.tuples(st.integers(1, 3), st.integers(1, 3))


def test_every_type_of_field_is_tried() -> None:
    assert {field.type for cls in KINDS.values() for field in cls.FIELDS.values()} == VALUES.keys()


def some(draw: st.DrawFn, names: Iterable[str]) -> list[str]:
    """Half of them or so, by one draw: one for each would take longer than all the rest."""
    bits = draw(BITS)
    return [name for number, name in enumerate(names) if bits >> number & 1]


@st.composite
def values_of(draw: st.DrawFn, cls: type[Record]) -> Any:
    there = {*some(draw, cls.FIELDS), *(name for name, field in cls.FIELDS.items() if field.required)}
    given = {name: draw(VALUES[cls.FIELDS[name].type]) for name in cls.FIELDS if name in there and name != "id"}
    body = draw(TEXTS) if cls.suffix == ".md" else ""
    made = cls.new(id="260723-0001" if cls is Ticket else "thing", body=body, **given)
    return made.evolve(thread=draw(threads())) if cls is Ticket else made


@st.composite
def threads(draw: st.DrawFn, among: tuple[Entry, ...] = ()) -> tuple[Entry, ...]:
    fresh = draw(st.lists(st.builds(note, WORDS, st.integers(0, 5), st.sampled_from(["maria", "petros"])), max_size=3))
    kept = [e for e in among if draw(st.integers(0, 4))]
    kept = [e if draw(st.integers(0, 4)) else e._replace(text=draw(WORDS)) for e in kept]
    return (*kept, *sorted(fresh, key=lambda e: e.at))


@st.composite
def three(draw: st.DrawFn, cls: type[Record]) -> tuple[Record | None, Record, Record]:
    """A record as both knew it, and as each of them left it; sometimes neither knew it."""
    base = draw(values_of(cls))
    free = [name for name, field in cls.FIELDS.items() if name != "id" and not field.fixed]
    sides = []
    for _ in range(2):
        gone = {name for name in some(draw, free) if not cls.FIELDS[name].required}
        taken = {
            name: None if name in gone else parse_value(cls.FIELDS[name], draw(VALUES[cls.FIELDS[name].type]))
            for name in some(draw, free)
        }
        values = {**base.values, **taken}
        ordered = {name: values[name] for name in cls.FIELDS if values.get(name) is not None}
        body = draw(st.just(base.body) | TEXTS) if cls.suffix == ".md" else ""
        thread = draw(threads(base.thread)) if cls is Ticket else ()
        sides.append(cls(ordered, body=body, thread=thread))
    return (base if draw(st.integers(0, 5)) else None), sides[0], sides[1]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_of_every_kind(kind: str, data: st.DataObject) -> None:
    base, ours, theirs = data.draw(three(KINDS[kind]))
    one, two = data.draw(MINUTES)
    start = common(*([base] if base else []))
    left, right = side(common(ours), one, "maria", start), side(common(theirs), two, "petros", start)
    found = met(start, left, right)
    for leaf in found.files.values():
        if leaf is not None and leaf.record is not None:
            written = records.encode(leaf.record)
            assert records.encode(records.decode(written, leaf.path, leaf.record.kind)) == written
    assert text(merge(start, left, side(start, 0, "", start), AROUND)) == expected(start, left)
    assert text(merge(start, left, left, AROUND)) == expected(start, left)


def expected(base: Any, only: Any) -> dict[str, Any]:
    """The files where one side alone has changed anything."""
    paths = {leaf.path for tree in (base, only.tree) for leaf in tree.values()}
    there = {leaf.path: (leaf.mode, leaf.oid) for leaf in only.tree.values()}
    return {path: there.get(path) for path in paths}


@given(data=st.data())
def test_nothing_of_a_thread_is_lost(data: st.DataObject) -> None:
    base = data.draw(threads())
    ours, theirs = data.draw(threads(base)), data.draw(threads(base))
    ticket = Ticket.new(
        id="260723-0001",
        title="T",
        state="open",
        priority="low",
        department="technical",
        created=fields.utc_text(at(0)),
    )
    start = common(ticket.evolve(thread=base))
    sides = [
        side(common(ticket.evolve(thread=t)), n, w, start) for t, n, w in ((ours, 1, "maria"), (theirs, 2, "petros"))
    ]
    leaf = met(start, sides[0], sides[1]).files[ticket.path]
    assert leaf is not None
    assert leaf.record is not None
    thread = leaf.record.thread
    kept = {(e.kind, e.by, e.at) for e in thread}
    lost = {(e.kind, e.by, e.at) for e in (*gone_in(base, ours), *gone_in(base, theirs))}
    assert {(e.kind, e.by, e.at) for e in (*ours, *theirs)} <= kept | lost
    for one, other in ((ours, theirs), (theirs, ours)):
        for entry in one:
            if entry not in base:  # new, or edited: there, unless the other side edited the same one
                assert entry in thread or any((o.by, o.at, o.kind) == (entry.by, entry.at, entry.kind) for o in other)


@pytest.mark.parametrize("type_", VALUES, ids=lambda t: t.name)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_of_every_type(type_: fields.FieldType, data: st.DataObject) -> None:
    base, one, two = (data.draw(PARSED[type_]) or None for _ in range(3))
    value = meet(base, one, two, RULES[type_.merge]).value
    assert value is None or type_.parse(records.plain(value)) == value
    assert meet(base, one, base, RULES[type_.merge]).value == meet(base, base, one, RULES[type_.merge]).value == one
    assert meet(base, one, one, RULES[type_.merge]).value == one
