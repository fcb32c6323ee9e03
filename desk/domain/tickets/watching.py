"""Watching a ticket: hearing of it without owning it."""

from __future__ import annotations

from datetime import datetime

from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves
from desk.domain.rights.rights import may_act
from desk.errors import Refused


def watch(ticket: Ticket, who: Staff | User, department: Department, *, by: Actor, at: datetime) -> Change:
    """Add somebody who hears of a ticket: staff who may act on it (rule 1), a requester where it is public (rule 4)."""
    moves.after("watch", ticket.state, ticket.id)
    if who.id in ticket.watchers:
        hint = f"to end that: desk ticket unwatch {ticket.id} --who {who.id}"
        raise Refused(f"{who.id} watches {ticket.id} already", hint)
    if isinstance(who, Staff) and not may_act(who, ticket):
        serves = ", ".join(who.departments) or "none"
        raise Refused(
            f"{who.id} can't watch {ticket.id}: it is in {ticket.department}, {who.id} serves {serves}",
            f"somebody of that department could: desk staff list --department {ticket.department}",
        )
    if isinstance(who, User) and department.private:
        raise Refused(
            f"{who.id} can't watch {ticket.id}: {department.id} is private, for staff only",
            "staff could: desk ticket watch ID --who HANDLE",
        )
    after = ticket.evolve(watchers=(*ticket.watchers, who.id))
    return Change("watch", by, at, (edit(ticket, after, Event("watch", None, who.id)),), summary=who.id)


def unwatch(ticket: Ticket, who: str, *, by: Actor, at: datetime) -> Change:
    """Take a watcher off; somebody who was deleted may still be one."""
    moves.after("unwatch", ticket.state, ticket.id)
    if who not in ticket.watchers:
        raise Refused(f"{who} doesn't watch {ticket.id}", f"who does: {', '.join(ticket.watchers) or 'nobody'}")
    after = ticket.evolve(watchers=[w for w in ticket.watchers if w != who])
    return Change("unwatch", by, at, (edit(ticket, after, Event("unwatch", who)),), summary=who)
