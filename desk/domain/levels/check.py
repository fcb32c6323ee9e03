"""What time alone does to a ticket: a pending one comes back on its day, warnings ahead, breaches when they happened.

`look` says from a row what there is to do, cheaply and for thousands; `act` does it to the ticket. What is done is noted
in the ticket, so a second check finds nothing more to do.
"""

from __future__ import annotations

from datetime import date, datetime

from desk.domain.levels import clocks
from desk.domain.levels.policy import REPLY, Policies, Target
from desk.domain.model import due, plain
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.due import BREACH, RENEW, RESUME, WARNING, Due, Row
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.person import Staff
from desk.domain.model.states import CLOSED, PENDING
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import lifecycle, ownership
from desk.named import NamedTuple


class Instant(NamedTuple):
    """When a check looks: the time, the day in the desk's time zone, and the policies."""

    at: datetime
    today: date
    policies: Policies


class Found(NamedTuple):
    """What there is to do on a ticket."""

    resume: bool = False
    renew: bool = False
    warnings: tuple[Due, ...] = ()
    breaches: tuple[Due, ...] = ()


def look(row: Row, group: str | None, moment: Instant) -> Found:
    """What there is to do on a ticket, given as the index or `data.head` has it."""
    if row["state"] == PENDING and row["pending_until"] and row["pending_until"] <= moment.today.isoformat():
        return Found(resume=True)
    target = target_of(row, group, moment.policies)
    if _behind(row, target):
        return Found(renew=True)
    now = utc_text(moment.at)
    return Found(
        warnings=tuple(_warnings(row, target, moment)) if target else (), breaches=tuple(due.list_recordable(row, now))
    )


def target_of(row: Row, group: str | None, policies: Policies) -> Target | None:
    """What is promised to a ticket."""
    policy = policies.at(parse_time(row["created"]))
    return policy.target(row, group) if policy else None


def _behind(row: Row, target: Target | None) -> bool:
    """Whether a hand edit or an import left a ticket without times that it should have."""
    if row["state"] == CLOSED:
        return bool(row["paused"])
    if bool(row["paused"]) != (row["state"] == PENDING) and (target or row["paused"]):
        return True
    if target is None:
        return False
    missing = {
        "respond_by": target.respond and not row["responded"],
        "due": target.resolve,
        "update_by": target.update and target.update_after == REPLY and (row["responded"] or not target.respond),
    }
    return any(wanted and not row[name] for name, wanted in missing.items())


def _warnings(row: Row, target: Target, moment: Instant) -> list[Due]:
    """Clocks of which only the last part of the target is left, and of which nobody was warned yet."""
    if row["paused"]:
        return []
    whole = {"respond": target.respond, "update": target.update, "resolve": target.resolve}
    found = []
    for one in due.running(row):
        amount, end = whole[one.clock], parse_time(one.at)
        if amount is None or end <= moment.at or due.line(WARNING, one) in row["sla"]:
            continue
        if target.calendar.between(moment.at, end) <= amount * (100 - moment.policies.warn) / 100:
            found.append(one)
    return found


class Doing(NamedTuple):
    """A ticket on the way through a check, and what has happened to it so far."""

    ticket: Ticket
    events: tuple[Event, ...] = ()

    def then(self, ticket: Ticket, *events: Event) -> Doing:
        return Doing(ticket, (*self.events, *events))


class TicketFacts(NamedTuple):
    """What a check must know of a ticket beside its file.

    `named` is whom the department escalates to; `since` and `until` are when, by the history, it was last put aside
    and last taken up again: for hand edits.
    """

    owner: Staff | None
    group: str | None
    named: Staff | None = None
    since: datetime | None = None
    until: datetime | None = None


def act(ticket: Ticket, facts: TicketFacts, moment: Instant, *, by: Actor) -> Change | None:
    """Everything that time has done to a ticket, as one change; None when there is nothing to do."""
    doing = _renewed(_resumed(Doing(ticket), facts, moment, by), facts, moment)
    found = look(plain.head(doing.ticket), facts.group, moment)
    for what, dues in ((WARNING, found.warnings), (BREACH, found.breaches)):
        after, events = clocks.with_lines(doing.ticket, what, list(dues))
        doing = doing.then(after, *events)
    doing = _escalated(doing, found, facts, moment, by)
    if not doing.events:
        return None
    edit = Edit(ticket, doing.ticket, doing.events)
    first = doing.events[0]
    reason = f"its day has come: {ticket.pending_until}" if first.verb == RESUME else None
    return Change(first.verb, by, moment.at, (edit,), reason, summary=first.after or "")


def _escalated(doing: Doing, found: Found, facts: TicketFacts, moment: Instant, by: Actor) -> Doing:
    """Who is named for the department is told ahead of a breach, or of one that nobody was warned of; once for each time."""
    ticket, named = doing.ticket, facts.named
    ahead = [one for one in found.warnings if one.clock != "update"]
    late = [one for one in found.breaches if due.line(WARNING, one) not in ticket.sla or one.clock == "update"]
    if named is None or ticket.state == CLOSED or ticket.department not in named.departments or not ahead + late:
        return doing
    edit = ownership.escalate_up(ticket, named, by=by, at=moment.at).edits[0]
    assert isinstance(edit.after, Ticket)  # noqa: S101 - escalate_up gives no other
    return doing.then(edit.after, *edit.events)


def _resumed(doing: Doing, facts: TicketFacts, moment: Instant, by: Actor) -> Doing:
    """A pending ticket whose day has come is open again; its clock runs since that day began, whenever the check comes."""
    ticket = doing.ticket
    if not look(plain.head(ticket), facts.group, moment).resume:
        return doing
    if ticket.paused is None and facts.since and moment.policies.at(ticket.created):
        ticket = ticket.evolve(paused=utc_text(facts.since))
    change = lifecycle.reopen(ticket, facts.owner, by=by, at=moment.at)
    opened, (first, *rest) = change.edits[0].after, change.edits[0].events
    assert isinstance(opened, Ticket)  # noqa: S101 - reopen gives no other
    after, more = clocks.follow(ticket, opened, moment.at, moment.policies, lambda _: facts.group)
    return doing.then(after, Event(RESUME, first.before, first.after), *rest, *more)


def _renewed(doing: Doing, facts: TicketFacts, moment: Instant) -> Doing:
    """Times that an import or a hand edit left out or behind."""
    ticket = doing.ticket
    target = target_of(plain.head(ticket), facts.group, moment.policies)
    if not _behind(plain.head(ticket), target):
        return doing
    try:
        after = _caught_up(ticket, target, facts, moment)
    except OverflowError:  # a date near the year 9999, given by hand
        return doing
    if after == ticket:
        return doing
    gone = ticket.due if ticket.due != after.due else None
    return doing.then(after, Event(RENEW, utc_text(gone) if gone else None, utc_text(after.due) if after.due else None))


def _caught_up(ticket: Ticket, target: Target | None, facts: TicketFacts, moment: Instant) -> Ticket:
    if ticket.paused and ticket.state != PENDING:
        end = min(ticket.closed or facts.until or moment.at, moment.at)
        ticket = clocks.shift_clocks(ticket, target, ticket.paused, end, responded=False).evolve(paused=None)
    if ticket.state == CLOSED:
        return ticket
    if ticket.state == PENDING and ticket.paused is None:
        ticket = ticket.evolve(paused=utc_text(max(facts.since or moment.at, ticket.created)))
    return clocks.catch_up(ticket, target)
