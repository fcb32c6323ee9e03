"""Each field under each verb: what the table doesn't permit is a fault, whatever the message says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from desk.audit import table
from desk.checks.act import Act
from desk.domain.changes import truth
from desk.domain.changes.message import Happened
from desk.domain.model.actor import Desk
from desk.domain.model.article import Article
from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.store.handedits import MODIFIED, HandEdit

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
