"""Who is responsible for a ticket: assign, unassign, escalate, move (docs/rules.md, requirements 1.3 and 1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves
from desk.errors import Refused, Unchanged
from desk.text import _


def assign(ticket: Ticket, to: Staff, *, by: Actor, at: datetime) -> Change:
    """Give an unowned ticket to someone who serves its department (rule 3)."""
    moves.after("assign", ticket.state, ticket.id)
    if ticket.owner is not None:
        whom = "WHO" if ticket.owner == to.id else to.id
        refusal = Unchanged if ticket.owner == to.id else Refused
        raise refusal(
            _("{ticket} is already owned by {owner}", ticket=ticket.id, owner=ticket.owner),
            _(
                "hand it on: desk ticket escalate {ticket} --to {whom}; or first: desk ticket unassign {ticket}",
                ticket=ticket.id,
                whom=whom,
            ),
        )
    check_serves(ticket, to)
    return Change(
        "assign", by, at, (edit(ticket, ticket.evolve(owner=to.id), Event("assign", None, to.id)),), summary=to.id
    )


def check_serves(ticket: Ticket, to: Staff) -> None:
    """Rule 3: the assignee must serve the ticket's department."""
    if ticket.department not in to.departments:
        raise Refused(
            _(
                "{who} doesn't serve {department}, the department of {ticket}",
                who=to.id,
                department=ticket.department,
                ticket=ticket.id,
            ),
            _("who does: desk staff list --department {department}", department=ticket.department),
        )


def unassign(ticket: Ticket, *, by: Actor, at: datetime) -> Change:
    """Take the owner off."""
    moves.after("unassign", ticket.state, ticket.id)
    if ticket.owner is None:
        raise Unchanged(
            _("{ticket} has no owner", ticket=ticket.id),
            _("to give it one: desk ticket assign {ticket} --to WHO", ticket=ticket.id),
        )
    return Change("unassign", by, at, (edit(ticket, ticket.evolve(owner=None), Event("unassign", ticket.owner)),))


def escalate(ticket: Ticket, to: Staff, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Hand a ticket, owned or not, to a specific person (requirement 1.4)."""
    moves.after("escalate", ticket.state, ticket.id)
    check_serves(ticket, to)
    if ticket.owner == to.id:
        raise Unchanged(
            _("{ticket} is already owned by {who}", ticket=ticket.id, who=to.id), _("name somebody else with --to")
        )
    event = Event("escalate", ticket.owner, to.id)
    return Change("escalate", by, at, (edit(ticket, ticket.evolve(owner=to.id), event),), reason, to.id)


def escalate_up(ticket: Ticket, to: Staff, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Tell who is named for the department: they watch from now on, and the owner goes on with the work (requirement 1.4)."""
    moves.after("escalate-up", ticket.state, ticket.id)
    check_serves(ticket, to)
    watchers = ticket.watchers if to.id in (ticket.owner, *ticket.watchers) else (*ticket.watchers, to.id)
    event = Event("escalate-up", ticket.owner, to.id)
    return Change("escalate-up", by, at, (edit(ticket, ticket.evolve(watchers=watchers), event),), reason, to.id)


def next_tier(ticket: Ticket, staff: Iterable[Staff], load: Mapping[str, int], *, above: int) -> Staff:
    """Whom to escalate to when nobody is named: the least loaded present member of the department, next level up."""
    able = [s for s in staff if ticket.department in s.departments and not s.away and s.id != ticket.owner]
    higher = [s for s in able if s.level > above]
    if not higher:
        raise Refused(
            _("nobody present in {department} has a level above {above}", department=ticket.department, above=above),
            _("name a person: desk ticket escalate {ticket} --to WHO", ticket=ticket.id),
        )
    tier = min(s.level for s in higher)
    return min((s for s in higher if s.level == tier), key=lambda s: (load.get(s.id, 0), s.id))


def release(ticket: Ticket, who: str, *, by: Actor, at: datetime) -> Change:
    """Take somebody who can't go on with a ticket off it: as its owner, as the coordinator of a major incident."""
    events, after = [], ticket
    if ticket.owner == who:
        events.append(Event("unassign", who))
        after = after.evolve(owner=None)
    if ticket.coordinator == who:
        events.append(Event("major", who))
        after = after.evolve(coordinator=None)
    return Change("unassign", by, at, (edit(ticket, after, *events),))


def move(
    ticket: Ticket, to: str, owner: Staff | None, coordinator: Staff | None = None, *, by: Actor, at: datetime
) -> Change:
    """To another department; an owner who doesn't serve it is dropped, and the history says so (rule 3).

    So is the coordinator of a major incident.
    """
    moves.after("move", ticket.state, ticket.id)
    if ticket.department == to:
        raise Unchanged(
            _("{ticket} is already in {to}", ticket=ticket.id, to=to), _("departments: desk department list")
        )
    events = [Event("move", ticket.department, to)]
    after = ticket.evolve(department=to)
    if ticket.owner is not None and (owner is None or to not in owner.departments):
        events.append(Event("unassign", ticket.owner))
        after = after.evolve(owner=None)
    if ticket.coordinator is not None and (coordinator is None or to not in coordinator.departments):
        events.append(Event("major", ticket.coordinator))
        after = after.evolve(coordinator=None)
    return Change("move", by, at, (edit(ticket, after, *events),), summary=to)
