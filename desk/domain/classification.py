"""How much a ticket matters and what it is about: classify, tag, untag (mission.md, rows 1.0-a and 1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.domain import workflow
from desk.domain.person import Staff
from desk.domain.record import Change, Event
from desk.domain.ticket import Ticket, edit
from desk.errors import Refused


def classify(
    ticket: Ticket,
    *,
    by: Staff,
    at: datetime,
    matrix: Mapping[str, Mapping[str, str]],
    priority: str | None = None,
    impact: str | None = None,
    urgency: str | None = None,
) -> Change:
    """Set impact and urgency; the matrix gives the priority unless one is named (row 1.2)."""
    workflow.after("classify", ticket.state, ticket.id)
    given: dict[str, Any] = {k: v for k, v in (("impact", impact), ("urgency", urgency)) if v is not None}
    after = ticket.evolve(**given)
    by_matrix = matrix.get(after.impact or "", {}).get(after.urgency or "") if impact or urgency else None
    after = after.evolve(priority=priority or by_matrix or ticket.priority)
    changed = [n for n in ("priority", "impact", "urgency") if getattr(ticket, n) != getattr(after, n)]
    if not changed:
        raise Refused(f"{ticket.id} already has these values", f"see: desk ticket show {ticket.id}")
    if changed == ["priority"]:
        event = Event("classify", ticket.priority, after.priority)
    else:
        event = Event("classify", _pairs(ticket, changed), _pairs(after, changed))
    return Change("classify", by, at, (edit(ticket, after, event),), summary=event.after or "")


def _pairs(ticket: Ticket, names: Iterable[str]) -> str:
    return " ".join(f"{n}={getattr(ticket, n) or 'none'}" for n in names)


def tag(ticket: Ticket, tags: Iterable[str], *, by: Staff, at: datetime) -> Change:
    """Put tags on; incident and problem decide the kind."""
    added = sorted(set(tags) - set(ticket.tags))
    workflow.after("tag", ticket.state, ticket.id)
    if not added:
        raise Refused(
            f"{ticket.id} already carries {', '.join(sorted(set(tags)))}", f"see: desk ticket show {ticket.id}"
        )
    event = Event("tag", None, " ".join(added))
    after = ticket.evolve(tags=[*ticket.tags, *added])
    return Change("tag", by, at, (edit(ticket, after, event),), summary=" ".join(added))


def untag(ticket: Ticket, tags: Iterable[str], *, by: Staff, at: datetime) -> Change:
    """Take tags off."""
    workflow.after("untag", ticket.state, ticket.id)
    removed = sorted(set(tags) & set(ticket.tags))
    if not removed:
        raise Refused(
            f"{ticket.id} doesn't carry {', '.join(sorted(set(tags)))}", f"it has: {', '.join(ticket.tags) or 'none'}"
        )
    after = ticket.evolve(tags=[t for t in ticket.tags if t not in removed])
    event = Event("untag", " ".join(removed))
    return Change("untag", by, at, (edit(ticket, after, event),), summary=" ".join(removed))
