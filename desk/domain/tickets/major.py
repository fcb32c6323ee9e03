"""Major incidents: declared and ended, with a coordinator, and a review when all is over."""

from __future__ import annotations

from datetime import datetime

from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.fields import check_text
from desk.domain.model.organisation import INCIDENT
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves
from desk.domain.tickets.ownership import check_serves
from desk.errors import Refused, UsageFault
from desk.text import _, arranged


def declare(ticket: Ticket, coordinator: Staff, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Make an incident a major one, or give a major one another coordinator."""
    moves.after("major", ticket.state, ticket.id)
    if ticket.kind_of_work != INCIDENT:
        raise Refused(
            _("{ticket} is no incident, and only an incident can be a major one", ticket=ticket.id),
            _("first: desk ticket tag {ticket} {incident}", ticket=ticket.id, incident=INCIDENT),
        )
    check_serves(ticket, coordinator)
    if ticket.major and ticket.coordinator == coordinator.id:
        raise Refused(
            _(
                "{ticket} is a major incident already, coordinated by {coordinator}",
                ticket=ticket.id,
                coordinator=coordinator.id,
            ),
            _("another coordinator: desk ticket major {ticket} --coordinator WHO", ticket=ticket.id),
        )
    after = ticket.evolve(major=True, coordinator=coordinator.id)
    event = Event("major", ticket.coordinator, coordinator.id)
    return Change("major", by, at, (edit(ticket, after, event),), reason, coordinator.id)


def end(ticket: Ticket, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Say that an incident is no major one, or no longer."""
    moves.after("major-off", ticket.state, ticket.id)
    if not ticket.major:
        raise Refused(
            _("{ticket} is no major incident", ticket=ticket.id), _("see: desk ticket show {ticket}", ticket=ticket.id)
        )
    after = ticket.evolve(major=None, coordinator=None)
    return Change("major-off", by, at, (edit(ticket, after, Event("major-off", ticket.coordinator)),), reason)


def review(ticket: Ticket, text: str, *, by: Actor, at: datetime) -> Change:
    """Write down what was learnt from a major incident, once it is closed; a later one replaces it."""
    if not ticket.major:
        raise Refused(
            _("{ticket} is no major incident, and only those are reviewed", ticket=ticket.id),
            _("what is to be remembered otherwise: desk ticket note {ticket}", ticket=ticket.id),
        )
    moves.after("review", ticket.state, ticket.id)
    if not text.strip():
        raise UsageFault(
            _("the review is empty"), arranged("desk ticket review {ticket} --body TEXT", ticket=ticket.id)
        )
    if ticket.review == text:
        raise Refused(
            _("nothing in {ticket} was changed", ticket=ticket.id),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    try:
        after = ticket.evolve(review=check_text(text))
    except ValueError as error:
        raise UsageFault(str(error)) from None
    return Change("review", by, at, (edit(ticket, after, Event("review")),))


def owes_review(ticket: Ticket) -> bool:
    """Whether a major incident is over and nobody has written down what was learnt."""
    return states.owes_review(ticket.values)
