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
from desk.errors import Refused, Unchanged
from desk.text import _


def watch(ticket: Ticket, who: Staff | User, department: Department, *, by: Actor, at: datetime) -> Change:
    """Add somebody who hears of a ticket: staff who may act on it (rule 1), a requester where it is public (rule 4)."""
    moves.after("watch", ticket.state, ticket.id)
    if who.id in ticket.watchers:
        hint = _("to end that: desk ticket unwatch {ticket} --who {who}", ticket=ticket.id, who=who.id)
        raise Unchanged(_("{who} watches {ticket} already", who=who.id, ticket=ticket.id), hint)
    if isinstance(who, Staff) and not may_act(who, ticket):
        serves = ", ".join(who.departments) or "none"
        raise Refused(
            _(
                "{who} can't watch {ticket}: it is in {department}, {who} serves {serves}",
                who=who.id,
                ticket=ticket.id,
                department=ticket.department,
                serves=serves,
            ),
            _(
                "somebody of that department could: desk staff list --department {department}",
                department=ticket.department,
            ),
        )
    if isinstance(who, User) and department.private:
        raise Refused(
            _(
                "{who} can't watch {ticket}: {department} is private, for staff only",
                who=who.id,
                ticket=ticket.id,
                department=department.id,
            ),
            _("staff could: desk ticket watch ID --who HANDLE"),
        )
    after = ticket.evolve(watchers=(*ticket.watchers, who.id))
    return Change("watch", by, at, (edit(ticket, after, Event("watch", None, who.id)),), summary=who.id)


def unwatch(ticket: Ticket, who: str, *, by: Actor, at: datetime) -> Change:
    """Take a watcher off; somebody who was deleted may still be one."""
    moves.after("unwatch", ticket.state, ticket.id)
    if who not in ticket.watchers:
        raise Unchanged(
            _("{who} doesn't watch {ticket}", who=who, ticket=ticket.id),
            _("who does: {watchers}", watchers=", ".join(ticket.watchers) or _("nobody")),
        )
    after = ticket.evolve(watchers=[w for w in ticket.watchers if w != who])
    return Change("unwatch", by, at, (edit(ticket, after, Event("unwatch", who)),), summary=who)
