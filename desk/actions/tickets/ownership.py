"""Owner and department: assign, unassign, escalate, move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.person import Staff
from desk.domain.model.query import Query
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.tickets import ownership
from desk.errors import NotFound, Refused
from desk.queries import tickets
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.text import _

_TOP = 3
"""The highest level."""


def assign(session: Session, ids: Sequence[str], to: str) -> Acted:
    """Give tickets that nobody owns to a staff member, by handle, who serves their department."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return ownership.assign(ticket, draft.snapshot.staff(to), by=by, at=at)

    return act_on_tickets(session, ids, "assign", one)


def take_next(session: Session, query: Query) -> Acted:
    """Take the first ticket that fits a query: chosen under the lock, so that no two people get the same one.

    NotFound where none fits.
    """
    taken: list[str] = []

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        rows = tickets.tickets(snapshot.index, query._replace(limit=1)).rows
        if not rows:
            raise NotFound(_("nothing waits for an owner in your departments"), _("what you have: desk"))
        ticket = snapshot.ticket(rows[0]["id"])
        rights.require_act(by, ticket, "assign")
        taken[:] = [ticket.id]
        return ownership.assign(ticket, snapshot.staff(by.id), by=by, at=at)

    return Acted(session.apply(plan), tuple(taken))


def unassign(session: Session, ids: Sequence[str]) -> Acted:
    """Take the owner off."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return ownership.unassign(ticket, by=by, at=at)

    return act_on_tickets(session, ids, "unassign", one)


def escalate(session: Session, ids: Sequence[str], to: str | None = None, *, reason: str | None = None) -> Acted:
    """Hand tickets, owned or not, to a staff member; without a handle, to the next tier of their department."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        target = draft.snapshot.staff(to) if to else _next_tier(draft.snapshot, ticket, by)
        return ownership.escalate(ticket, target, by=by, at=at, reason=reason)

    return act_on_tickets(session, ids, "escalate", one)


def escalate_up(session: Session, ids: Sequence[str], *, reason: str | None = None) -> Acted:
    """Tell who is named for the tickets' department; the owner stays."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        named = require_named(draft.snapshot, ticket.department)
        return ownership.escalate_up(ticket, named, by=by, at=at, reason=reason)

    return act_on_tickets(session, ids, "escalate-up", one)


def require_named(snapshot: Snapshot, department: str) -> Staff:
    """Who is told when a ticket of a department is escalated upwards; Refused where nobody is."""
    record = snapshot.get("department", department)
    who = record.values.get("escalation")
    if not who:
        raise Refused(
            _("nobody is named for escalations of {department}", department=department),
            _("level 3 names somebody: desk department edit {department} --escalation WHO", department=department),
        )
    return snapshot.staff(str(who))


def _next_tier(snapshot: Snapshot, ticket: Ticket, by: Actor) -> Staff:
    index = snapshot.index
    staff = [snapshot.staff(str(row["id"])) for row in index.rows("staff", tail="ORDER BY id")]
    owner = next((s for s in staff if s.id == ticket.owner), None)
    # What nobody owns stands with whoever inspects it; above the highest level there is none, so its own members take it.
    above = owner.level if owner else min(by.level, _TOP - 1)
    return ownership.next_tier(ticket, staff, tickets.load(index), above=above)


def move(session: Session, ids: Sequence[str], department: str) -> Acted:
    """Move tickets to another department; an owner who doesn't serve it is dropped (rule 3)."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return draft.moved(ticket, department, by, at)

    return act_on_tickets(session, ids, "move", one)
