"""Each field under each verb: what the table doesn't permit is a fault, whatever the message says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from desk.audit import records, rights, table, trailers
from desk.audit.moment import Moment, edits
from desk.audit.walk import Step
from desk.audit.world import PastWorld
from desk.checks.act import Act
from desk.codec.records import encode
from desk.domain.changes import truth
from desk.domain.changes.message import Happened
from desk.domain.model.actor import Desk
from desk.domain.model.article import Article
from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import Department, Machine
from desk.domain.model.person import Staff, User
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.git.diff import Delta
from desk.git.objects import Blobs
from desk.git.place import Place
from desk.store.handedits import MODIFIED, HandEdit
from tests.audit.forge import said

AT = "2026-07-23T06:12:44Z"
NOW = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
RECORDS: tuple[Record, ...] = (
    Ticket.new(id="260723-7K3Q", title="One", state="open", priority="low", department="technical", created=AT),
    Article.new(id="one", title="One", topic="faq", language="en"),
    Staff.new(id="one", name="One", email="one@x.example", level=1),
    Department.new(id="one", name="One"),
)
SAMPLES: tuple[Any, ...] = (
    "2027-01-01T00:00:00Z", "2027-01-01", "260723-AAAA", ["x"], ["relates 260723-AAAA"], ["[ ] step"], True, 3,
    {"x": "y"}, [f"{AT} 2027-01-01T00:00:00Z"], [f"breach resolve {AT}"], "other@x.example", "other", "daily",
    [f"ssh-ed25519 {'AAAAC3NzaC1lZDI1NTE5AAAAI' * 3}"],
)  # fmt: skip
"""One of them is another value of any field."""


def _changed(record: Record, name: str) -> Record | None:
    if name == table.BODY:
        return record.evolve(body="other words")
    if name == table.THREAD:
        entry = Entry("note", "one", record.values["created"], "x")
        return record.evolve(thread=(entry,))
    for sample in SAMPLES:
        try:
            other = record.evolve(**{name: sample})
        except ValueError:
            continue
        if other != record:
            return other
    return None


ROWS = [row for row in table.permitted() if any(row.kind == record.kind for record in RECORDS) and row.field != "id"]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.kind}-{row.field}" for row in ROWS])
def test_a_verb_changes_what_the_table_says(row: table.Permitted) -> None:
    old = next(record for record in RECORDS if record.kind == row.kind)
    new = _changed(old, row.field)
    assert new is not None, f"no sample is a value of {row.field}"
    untold = f"{row.field} was changed, and the message doesn't tell"
    edit = HandEdit(old.path, MODIFIED, row.kind, old.id, b"", b"", old, new)
    for name in sorted({verb.name for verb in verbs.VERBS if not verb.whole} - {truth.UNDO}):
        event = Happened(row.kind, old.id, name, None, row.field if name == "edit" else None)
        act = Act(Desk("desk", ""), NOW, [edit], {(row.kind, old.id): (event,)}, name)
        if not truth.known(event):
            assert not act.is_told(edit)  # it gives no right: what was changed is judged as by hand
            continue
        found = list(truth.find_untruths(truth.case((event,), old, new, {})))
        if name == "edit":
            fixed = not row.verbs  # found by looking at the record
            assert fixed or act.is_told(edit) == ("edit" in row.verbs)
            assert found == []
        elif name not in row.verbs and row.field not in truth.FOLLOWS:
            assert untold in found, (name, found)


def test_every_field_has_its_row() -> None:
    rows = {(row.kind, row.field) for row in table.permitted()}
    assert rows >= {(kind, name) for kind, cls in KINDS.items() for name in cls.FIELDS}
    assert {field for kind, field in table.EVIDENCE if kind == Ticket.kind} - {table.THREAD} <= set(Ticket.FIELDS)
    assert table.EVIDENCE.keys() <= rows


# -- by whom -------------------------------------------------------------------------------------------------------------

ADDRESSES = {"requester": "u-aaaa@users.desk.invalid", "disabled": "u-bbbb@users.desk.invalid"}
NAMES = {"level 1": "one", "level 2": "two", "level 3": "three", "another department": "four", "requester": "u-aaaa",
         "disabled": "u-bbbb", "desk": "desk", "machine": "gate"}  # fmt: skip
AROUND: tuple[Record, ...] = (
    *(
        Staff.new(id=name, name=name, email=f"{name}@x.example", level=level, departments=[department])
        for name, level, department in (
            ("one", 1, "technical"),
            ("two", 2, "technical"),
            ("three", 3, "technical"),
            ("four", 3, "legal"),
        )
    ),
    User.new(id="u-aaaa", name="A", email="a@y.example"),
    User.new(id="u-bbbb", name="B", email="b@y.example", disabled=True),
    Department.new(id="technical", name="T", default=True),
    Department.new(id="legal", name="L"),
    Machine.new(id="gate", may=["relay"]),
)


def _ticket(person: str) -> Ticket:
    requester = NAMES[person] if person in ADDRESSES else None
    of = {"requester": requester} if requester else {}
    return Ticket.new(
        id="260723-7K3Q",
        title="One",
        state="open",
        priority="low",
        department="technical",
        created=AT,
        author="one",
        **of,
    )


def _targets(person: str) -> tuple[Record, ...]:
    return (_ticket(person), *(one for one in RECORDS if one.kind in ("article", "department")), AROUND[0])


def _world(records: tuple[Record, ...]) -> PastWorld:
    """The desk with these records, in no repository: everything was read ahead."""
    world = PastWorld(cast("Place", None), cast("Blobs", None))
    files = {record.path: encode(record) for record in records} | {"desk.toml": b'[desk]\nname = "D"\n'}
    world.contents = {f"0{path}": content for path, content in files.items()}
    world.move("0" * 40, [Delta(path, "", "100644", "", f"0{path}") for path in files])
    return world


def _is_fault(world: PastWorld, old: Record, new: Record, verb: str, field: str, person: str) -> bool:
    """Whether the audit says anything when somebody changes a record so, under that verb."""
    name = NAMES[person]
    after = f"1{field} of {new.path}"
    if after not in world.contents:
        world.contents[after] = encode(new)
    kind = f"Desk-Ticket: {old.id}" if old.kind == "ticket" else f"Desk-Record: {old.kind}/{old.id}"
    named = (f"Desk-To: {field}",) if verb == "edit" else ()
    email = ADDRESSES.get(person, f"{name}@x.example")
    at = int(NOW.timestamp())
    deltas = (Delta(old.path, "100644", "100644", f"0{old.path}", after),)
    step = Step("1" * 40, ("0" * 40,), "", at, name, email, at, email, verb, said(verb, name, kind, *named), deltas)
    staff = world.find("staff", name)
    moment = Moment(step, world, tuple(edits(step, world)), name, None, staff if isinstance(staff, Staff) else None)
    checks = (rights.actors, rights.rights, trailers.trailers, records.records)
    found = any(f.level == "fault" for check in checks for f in check(moment))
    world.judged.clear()
    return found


@pytest.mark.parametrize("person", table.PEOPLE)
def test_nobody_else_changes_it(person: table.Person) -> None:
    """Each field of a kind, under each of its verbs and one that there isn't: a fault, but for what the table allows."""
    permitted = {(one.kind, one.verb): one for one in table.allowed()}
    mine = {kind for (kind, _verb), one in permitted.items() if person in one.people and person not in ADDRESSES}
    targets = _targets(person)
    world = _world((*AROUND, *targets))
    seen = 0
    for old in targets:
        rows = [one for one in table.permitted() if one.kind == old.kind and one.field != "id"]
        for field, by, fixed in (
            (row.field, row.verbs, not row.verbs and row.beside == "never changes") for row in rows
        ):
            new = _changed(old, field)
            assert new is not None
            for verb in sorted({verb for kind, verb in permitted if kind == old.kind} | {"bless"}):
                one = permitted.get((old.kind, verb))
                if one is not None and field in one.fields and person in one.people:
                    continue
                by_hand = verb == "bless" or (verb == "edit" and "edit" not in by and not fixed)
                if by_hand and old.kind in mine:
                    continue  # judged as if it had been edited by hand
                seen += 1
                assert _is_fault(world, old, new, verb, field, person), (old.kind, field, verb)
    assert seen > 400
