"""Problem management: what a problem takes over from its incidents, and the verbs on problems.

See docs/rules.md, requirements 1.7 and 1.9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from desk.domain.changes.compare import first_line
from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.organisation import INCIDENT, PROBLEM
from desk.domain.model.ticket import REPLY, Ticket, edit
from desk.domain.rights import moves
from desk.domain.tickets import lifecycle, thread
from desk.errors import Refused, UsageFault
from desk.text import _

CAUSE = "cause"
WORKAROUND = "workaround"
Ranks = Mapping[str, Sequence[str]]
"""Values of priority, impact and urgency from lowest to highest."""


def require(ticket: Ticket) -> None:
    """Refuse what only a problem takes."""
    if ticket.kind_of_work != PROBLEM:
        raise Refused(
            _("{ticket} is no problem but an incident", ticket=ticket.id)
            if ticket.kind_of_work == INCIDENT
            else _("{ticket} is no problem but a ticket", ticket=ticket.id),
            _("problems: desk problem list; to open one from it: desk ticket transfer {ticket}", ticket=ticket.id),
        )


# -- opening -----------------------------------------------------------------------------------------------------------


def problem_values(incidents: Sequence[Ticket], ranks: Ranks) -> dict[str, Any]:
    """What a problem starts with: what most of its incidents say, the highest impact and urgency, all tags.

    It has no requester: each of its incidents has its own, who is told through that one.
    """
    values: dict[str, Any] = {
        "title": incidents[0].title,
        "department": _most(i.department for i in incidents),
        "language": _most(i.language for i in incidents),
        "service": _most(i.service for i in incidents if i.service),
        "channel": _most(i.channel for i in incidents),
        "tags": sorted({tag for i in incidents for tag in i.tags if tag != INCIDENT} | {PROBLEM}),
    }
    for name in ("priority", "impact", "urgency"):
        values[name] = _highest([getattr(i, name) for i in incidents], ranks[name])
    return values


def _most(values: Iterable[str | None]) -> str | None:
    """The most common; of several, the first to come."""
    found = Counter(values).most_common(1)
    return found[0][0] if found else None


def _highest(values: Sequence[str | None], ranks: Sequence[str]) -> str | None:
    known = [v for v in values if v in ranks]
    return max(known, key=lambda v: list(ranks).index(str(v)), default=values[0])


def list_incident_texts(incidents: Sequence[Ticket]) -> str:
    """The text of a problem opened from several incidents; of one: its own."""
    if len(incidents) == 1:
        return incidents[0].body
    lines = (f"- {i.id} {i.title}" for i in incidents)
    return f"Opened from {len(incidents)} incidents:\n\n" + "\n".join(lines)


# -- what is known -----------------------------------------------------------------------------------------------------


def cause(problem: Ticket, text: str, *, by: Actor, at: datetime) -> Change:
    """Record the root cause (requirement 1.9)."""
    return _told(problem, CAUSE, text, by=by, at=at)


def workaround(problem: Ticket, text: str, *, by: Actor, at: datetime) -> Change:
    """Record what helps until the problem is solved (requirement 1.9)."""
    return _told(problem, WORKAROUND, text, by=by, at=at)


def _told(problem: Ticket, name: str, text: str, *, by: Actor, at: datetime) -> Change:
    moves.after(name, problem.state, problem.id)
    require(problem)
    before = getattr(problem, name)
    text = _checked(text, name, problem.id)
    if text == before:
        raise Refused(
            _("the {name} of {problem} reads so already", name=name, problem=problem.id),
            _("see: desk problem show {problem}", problem=problem.id),
        )
    event = Event(name, first_line(before), first_line(text))
    told: dict[str, Any] = {name: text}
    return Change(name, by, at, (edit(problem, problem.evolve(**told), event),), summary=event.after or "")


def _checked(text: str, name: str, ticket_id: str) -> str:
    text = thread.check_entry_text(text).strip("\n")
    if not text.strip():
        raise UsageFault(
            _("the {name} is empty", name=name),
            _("desk problem show {ticket_id} shows what is recorded", ticket_id=ticket_id),
        )
    return text


# -- the end -----------------------------------------------------------------------------------------------------------


def resolve(
    problem: Ticket,
    answers: Sequence[tuple[Ticket, str]],
    *,
    by: Actor,
    at: datetime,
    fix: str | None = None,
    reason: str | None = None,
) -> Change:
    """The problem is solved: close it, and answer and close each incident of `answers`, all as one action (requirement 1.9)."""
    moves.after("resolve", problem.state, problem.id)
    require(problem)
    told = problem.evolve(fix=_checked(fix, "fix", problem.id)) if fix is not None else problem
    after, closing = lifecycle.close_record(told, at, states.SOLVED)
    edits: list[Edit] = [edit(problem, after, Event("resolve", None, first_line(after.fix)), closing)]
    for incident, text in answers:
        edits += thread.add_entry(incident, REPLY, text, by=by, at=at, resolution=states.SOLVED).edits
    count = len(answers)
    summary = f"{count} incident{'s' if count != 1 else ''} answered and closed" if count else ""
    return Change("resolve", by, at, tuple(edits), reason, summary)
