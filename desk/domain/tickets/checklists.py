"""Checklists: the steps copied from a template into a ticket, and ticked there.

A ticket keeps its own copy, so a template that changes later changes no ticket.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.checklist import Checklist
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves
from desk.errors import Refused, UsageFault
from desk.text import _

STEPS_MAX = 100
OPEN, DONE = "[ ] ", "[x] "


def best(ticket: Ticket, templates: Iterable[Checklist], languages: Iterable[str]) -> Checklist | None:
    """The template that says most of a ticket; of one in several languages the ticket's, else the desk's first."""
    order = [ticket.language, *languages]

    def rank(template: Checklist) -> tuple[int, int, str]:
        place = order.index(template.language) if template.language in order else len(order)
        return -template.closeness, place, template.id

    return min((t for t in templates if t.fits(ticket)), key=rank, default=None)


def named(name: str, ticket: Ticket, templates: Iterable[Checklist], languages: Iterable[str]) -> Checklist | None:
    """The template of a name, in the ticket's language if there is one in it; or the one of this very id."""
    order = [ticket.language, *languages]
    wanted = name.lower()
    fitting = [t for t in templates if wanted in (t.name, t.id)]
    return min(
        fitting,
        key=lambda t: (t.id != wanted, order.index(t.language) if t.language in order else len(order)),
        default=None,
    )


def put(ticket: Ticket, template: Checklist, *, by: Actor, at: datetime) -> Change:
    """Copy a template's steps into a ticket, behind those that it has; the same step isn't copied twice."""
    moves.after("checklist", ticket.state, ticket.id)
    event, after = with_steps(ticket, template)
    return Change("checklist", by, at, (edit(ticket, after, event),), summary=event.after or "")


def with_steps(ticket: Ticket, template: Checklist) -> tuple[Event, Ticket]:
    """The ticket with a template's steps, and the event of it."""
    known = {step[len(OPEN) :] for step in ticket.checklist}
    fresh = [step for step in dict.fromkeys(template.steps) if step not in known]
    if not fresh:
        raise Refused(
            _("{ticket} has every step of {template} already", ticket=ticket.id, template=template.name),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    if len(ticket.checklist) + len(fresh) > STEPS_MAX:
        raise Refused(
            _("a checklist has at most {most} steps", most=STEPS_MAX), _("it has {n} now", n=len(ticket.checklist))
        )
    after = ticket.evolve(checklist=[*ticket.checklist, *(OPEN + step for step in fresh)])
    noun = "step" if len(fresh) == 1 else "steps"
    return Event("checklist", None, f"{template.name} ({len(fresh)} {noun})"), after


def check(ticket: Ticket, numbers: Iterable[int], *, by: Actor, at: datetime, done: bool = True) -> Change:
    """Tick steps off, or take ticks back; they count from 1."""
    verb, mark = ("check", DONE) if done else ("uncheck", OPEN)
    moves.after(verb, ticket.state, ticket.id)
    steps, events = list(ticket.checklist), []
    for number in dict.fromkeys(numbers):
        step = _step(ticket, number)
        if ticket.checklist[number - 1].startswith(mark):
            raise Refused(
                _(
                    "step {number} of {ticket} is {state} already: {step}",
                    number=number,
                    ticket=ticket.id,
                    state=_("done") if done else "open",
                    step=step,
                ),
                _("see: desk ticket show {ticket}", ticket=ticket.id),
            )
        steps[number - 1] = mark + step
        words = f"{number} {step}"
        events.append(Event(verb, None if done else words, words if done else None))
    summary = events[0].after or events[0].before or "" if len(events) == 1 else f"{len(events)} steps"
    return Change(verb, by, at, (edit(ticket, ticket.evolve(checklist=steps), *events),), summary=summary)


def _step(ticket: Ticket, number: int) -> str:
    if not ticket.checklist:
        raise Refused(
            _("{ticket} has no checklist", ticket=ticket.id),
            _("to give it one: desk ticket checklist {ticket}", ticket=ticket.id),
        )
    if not 1 <= number <= len(ticket.checklist):
        raise UsageFault(
            _("{ticket} has no step {number}", ticket=ticket.id, number=number),
            _("it has {n}: desk ticket show {ticket}", n=len(ticket.checklist), ticket=ticket.id),
        )
    return ticket.checklist[number - 1][len(OPEN) :]


def open_steps(ticket: Ticket) -> int:
    """How many steps are still to be taken."""
    return sum(step.startswith(OPEN) for step in ticket.checklist)
