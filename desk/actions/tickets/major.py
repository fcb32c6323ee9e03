"""Major incidents: declare, end, review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import major
from desk.session.session import Session


def declare(
    session: Session, ids: Sequence[str], coordinator: str | None = None, *, reason: str | None = None
) -> Acted:
    """Declare major incidents, or name another coordinator; by default who coordinates, owns, or declares it."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        who = coordinator or ticket.coordinator or ticket.owner or by.id
        return major.declare(ticket, draft.snapshot.staff(who), by=by, at=at, reason=reason)

    return act_on_tickets(session, ids, "major", one)


def end(session: Session, ids: Sequence[str], *, reason: str | None = None) -> Acted:
    """They are no major incidents, or no longer."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return major.end(ticket, by=by, at=at, reason=reason)

    return act_on_tickets(session, ids, "major-off", one)


def review(session: Session, ids: Sequence[str], text: str) -> Acted:
    """Write the review of closed major incidents; a later one replaces an earlier one."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return major.review(ticket, text, by=by, at=at)

    return act_on_tickets(session, ids, "review", one)
