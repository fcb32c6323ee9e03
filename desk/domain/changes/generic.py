"""Create, change and delete: the verbs of records that have none of their own (groups, tags, custom fields …)."""

from __future__ import annotations

from datetime import datetime

from desk.domain.changes import compare
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.plain import label
from desk.domain.model.record import Record
from desk.errors import Refused
from desk.text import _


def create(record: Record, *, by: Actor, at: datetime, verb: str = "create") -> Change:
    """Add a record."""
    event = Event(verb, None, label(record) or None)
    return Change(verb, by, at, (Edit(None, record, (event,)),), summary=label(record))


def edit(before: Record, after: Record, *, by: Actor, at: datetime) -> Change:
    """Change a record; the history names the fields."""
    events = compare.events(before, after)
    if not events:
        raise Refused(
            _("nothing in {id} was changed", id=before.id),
            _("see: desk {noun} show {id}", noun=before.noun, id=before.id),
        )
    return Change("edit", by, at, (Edit(before, after, events),), summary=events[0].after or "")


def delete(record: Record, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Take a record away; git keeps what it said, and its id is never used again (rule 8)."""
    event = Event("delete", label(record) or None)
    return Change("delete", by, at, (Edit(record, None, (event,)),), reason, label(record))


def also(change: Change, *consequences: Change) -> Change:
    """A change with what follows from it, as one action: the verb, the reason and the summary stay the first one's."""
    edits = [edit for other in (change, *consequences) for edit in other.edits]
    return change._replace(edits=tuple(edits))
