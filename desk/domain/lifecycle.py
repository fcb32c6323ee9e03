"""A ticket from its registration to its end: create, edit, pending, close, reopen, delete (mission.md, rows 1.3 and 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from desk.domain import workflow
from desk.domain.fields import utc_text
from desk.domain.person import Staff
from desk.domain.record import NOTHING, Change, Edit, Event
from desk.domain.ticket import Ticket, edit
from desk.errors import Refused


def create(ticket: Ticket, *, by: Staff, at: datetime, files: Mapping[str, bytes | None] = NOTHING) -> Change:
    """Register a new ticket; it has no owner until inspection assigns one (row 1.4)."""
    event = Event("create", None, ticket.department)
    return Change("create", by, at, (edit(None, ticket, event, files=files),), summary=ticket.title)


def rewrite(ticket: Ticket, after: Ticket, *, by: Staff, at: datetime) -> Change:
    """Title, body and the other plain fields, as an editor or an option gave them."""
    workflow.after("edit", ticket.state, ticket.id)
    changed = [n for n in Ticket.FIELDS if getattr(ticket, n) != getattr(after, n)]
    if ticket.body != after.body:
        changed.append("body")
    if not changed and dict(ticket.extra) == dict(after.extra):
        raise Refused(f"nothing in {ticket.id} was changed", f"see: desk ticket show {ticket.id}")
    words = " ".join(changed)
    event = Event("edit", ticket.title, after.title) if words == "title" else Event("edit", None, words or None)
    return Change("edit", by, at, (edit(ticket, after, event),), summary=words)


def pending(ticket: Ticket, *, by: Staff, at: datetime, until: date | None = None, reason: str | None = None) -> Change:
    """Wait for the requester, a third party or a day."""
    state = workflow.after("pending", ticket.state, ticket.id)
    day = until.isoformat() if until else None
    after = ticket.evolve(state=state, pending_until=day)
    event = Event("pending", ticket.state, f"{state} until {day}" if day else state)
    return Change("pending", by, at, (edit(ticket, after, event),), reason, f"until {day}" if day else "")


def close(ticket: Ticket, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """End the work on a ticket (row 1.6)."""
    after, event = closed(ticket, at)
    return Change("close", by, at, (edit(ticket, after, event),), reason)


def closed(ticket: Ticket, at: datetime) -> tuple[Ticket, Event]:
    state = workflow.after("close", ticket.state, ticket.id)
    return ticket.evolve(state=state, closed=utc_text(at), pending_until=None), Event("close", ticket.state, state)


def reopen(ticket: Ticket, owner: Staff | None, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Take up a closed or pending ticket again; an owner who left, or no longer serves the department, is dropped (rule 3)."""
    if ticket.merged_into:
        raise Refused(
            f"{ticket.id} was merged into {ticket.merged_into}", f"go on there: desk ticket show {ticket.merged_into}"
        )
    state = workflow.after("reopen", ticket.state, ticket.id)
    after = ticket.evolve(state=state, closed=None, pending_until=None)
    events = [Event("reopen", ticket.state, state)]
    if ticket.owner is not None and (owner is None or ticket.department not in owner.departments):
        events.append(Event("unassign", ticket.owner))
        after = after.evolve(owner=None)
    return Change("reopen", by, at, (edit(ticket, after, *events),), reason)


def delete(ticket: Ticket, others: Iterable[Ticket], *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Remove a ticket and what leads to it from `others`; git keeps what it said."""
    files: dict[str, bytes | None] = dict.fromkeys(ticket.all_attachments)
    edits = [Edit(ticket, None, (Event("delete", ticket.title),), files)]
    for other in others:
        gone = [ln for ln in other.links if ln.endswith(" " + ticket.id)]
        after = other.evolve(links=[ln for ln in other.links if ln not in gone])
        if other.merged_into == ticket.id:
            gone.append(f"merged-into {ticket.id}")
            after = after.evolve(merged_into=None)
        if gone:
            edits.append(edit(other, after, Event("unlink", ", ".join(gone))))
    return Change("delete", by, at, tuple(edits), reason, ticket.title)
