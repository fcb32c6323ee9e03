"""The clocks of a ticket's service level: what starts, pauses, moves and ends each (docs/service-levels.md).

`follow` looks at a ticket before and after a change and sets its due times; no verb needs to know of it. Times once set
change only when something they depend on does, so the file tells what was promised, whatever desk.toml says later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from desk.domain.levels.calendar import NOTHING
from desk.domain.levels.policy import MESSAGE, NOW, Policies, Policy, Target
from desk.domain.model import due, plain
from desk.domain.model.change import Event
from desk.domain.model.due import BREACH, CLOCKS, Due
from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.record import Entry
from desk.domain.model.states import CLOSED, PENDING
from desk.domain.model.ticket import REPLY, Ticket
from desk.named import NamedTuple

Group = Callable[[Ticket], str | None]
"""The group of a ticket's requester."""


class ClockStep(NamedTuple):
    """One change of a ticket, and what applies to it before and after."""

    before: Ticket
    old: Target | None
    new: Target | None
    at: datetime


def follow(
    before: Ticket | None,
    after: Ticket,
    at: datetime,
    policies: Policies,
    group: Group,
    *,
    as_closed: Ticket | None = None,
) -> tuple[Ticket, tuple[Event, ...]]:
    """The ticket as the change leaves it, with its due times; and a breach that the change would have covered up.

    `as_closed` is a ticket that is opened again as it was when it was closed: its times are those of what was promised then.
    """
    policy = policies.at(after.created)
    if policy is None:
        return after, ()
    new = target_of(after, policy, group)
    try:
        if before is None:
            return start(after, new, at), ()
        old = target_of(as_closed or before, policy, group)
        before, after = _come_back(before, after, old, at, policies)
        moved = _moved(after, ClockStep(before, old, new, at), policy)
        return _with_missed(before, moved, at)
    except OverflowError:
        # A time near the year 9999, which only a hand edit gives: nothing can be due after it.
        return after, ()


def target_of(ticket: Ticket, policy: Policy, group: Group) -> Target | None:
    """What is promised to a ticket as it is."""
    return policy.target(plain.head(ticket), group(ticket))


def start(ticket: Ticket, target: Target | None, at: datetime) -> Ticket:
    """A new ticket's clocks, running from when it was registered."""
    return _paused(catch_up(ticket, target), at) if ticket.state != CLOSED else ticket


def catch_up(ticket: Ticket, target: Target | None) -> Ticket:
    """The times that a ticket should have and hasn't: of a new one, or of one that was imported or edited by hand."""
    if target is None:
        return ticket
    times = {
        "respond_by": None if ticket.responded else _from_created(ticket, target, "respond"),
        "due": _from_created(ticket, target, "resolve"),
        "update_by": _next_update(ticket, target, _update_since(ticket, target)),
    }
    missing: dict[str, Any] = {n: utc_text(at) for n, at in times.items() if at and not getattr(ticket, n)}
    return ticket.evolve(**missing)


def last_reply(ticket: Ticket) -> datetime | None:
    """When staff last replied."""
    return max((e.at for e in ticket.thread if _is_reply(e)), default=None)


def _come_back(
    before: Ticket, after: Ticket, target: Target | None, at: datetime, policies: Policies
) -> tuple[Ticket, Ticket]:
    """Both without the pause of a ticket whose day has come: its clocks run since then, whether a check has seen it or not."""
    if before.paused is None or before.pending_until is None:
        return before, after
    day = max(before.paused, policies.day_begins(before.pending_until))
    if day > at:
        return before, after
    responded = before.responded is not None
    running = shift_clocks(before, target, before.paused, day, responded=responded).evolve(paused=None)
    # Until a check opens it again it is pending all the same, since a day that is over.
    waits = after.state == PENDING and after.pending_until == before.pending_until
    taken: dict[str, Any] = {name: _text(getattr(running, name)) for name in CLOCKS.values()}
    return running, after.evolve(**taken, pauses=running.pauses, paused=_text(day) if waits else None)


def _update_since(ticket: Ticket, target: Target) -> datetime:
    """Since when the next reply is waited for: since the last one, or since a message of the requester's."""
    waiting = unanswered(ticket) if target.update_after == MESSAGE else None
    return waiting or last_reply(ticket) or ticket.created


def unanswered(ticket: Ticket) -> datetime | None:
    """When the requester first wrote since staff last replied; None where everything is answered."""
    last = max((n for n, e in enumerate(ticket.thread) if _is_reply(e)), default=-1)
    later = ticket.thread[last + 1 :]
    return next((e.at for e in later if e.kind == REPLY and e.by.startswith(USER_PREFIX)), None)


def _is_reply(entry: Entry) -> bool:
    return entry.kind == REPLY and not entry.by.startswith(USER_PREFIX)


def _moved(after: Ticket, step: ClockStep, policy: Policy) -> Ticket:
    ticket, at = after, step.at
    closes, opens = _closes(step.before, after), _opens(step.before, after)
    reclassified = after.state != CLOSED and _promise(step.old) != _promise(step.new)
    replied = last_reply(after) != last_reply(step.before)
    asked = unanswered(after) != unanswered(step.before)
    responded = step.before.responded is not None
    counts = replied and (not responded or bool(step.new and step.new.update))
    if opens:
        ticket = shift_clocks(ticket, step.old, step.before.closed or at, at, responded=responded)
    elif step.before.paused and (after.state != PENDING or reclassified or counts):
        ticket = shift_clocks(ticket, step.old, step.before.paused, at, responded=responded)
    if after.state != CLOSED and (step.new or step.old):
        if reclassified:
            ticket = _reclassified(ticket, step.new, policy, at)
        elif step.new and (opens or replied or (asked and step.new.update_after == MESSAGE)):
            ticket = ticket.evolve(update_by=_text(_next_update(ticket, step.new, at)))
    if closes:
        return ticket.evolve(update_by=None, paused=None)
    return _paused(ticket, at)


def _closes(before: Ticket, after: Ticket) -> bool:
    return before.state != CLOSED and after.state == CLOSED


def _opens(before: Ticket, after: Ticket) -> bool:
    return before.state == CLOSED and after.state != CLOSED


def _promise(target: Target | None) -> object:
    return target and target.promise


def shift_clocks(ticket: Ticket, target: Target | None, since: datetime, until: datetime, *, responded: bool) -> Ticket:
    """Clocks that had not run out move by the open time of a pause; the pause is noted for a later re-classification.

    `responded`: the first reply was there before, so its clock had ended.
    """
    since = max(since, ticket.created)
    if until <= since:
        return ticket
    values: dict[str, Any] = {"pauses": (*ticket.pauses, f"{utc_text(since)} {utc_text(until)}")}
    if target is not None and (gone := target.calendar.between(since, until)):
        for name in CLOCKS.values():
            value: datetime | None = getattr(ticket, name)
            if value is not None and value >= since and not (responded and name == "respond_by"):
                values[name] = utc_text(target.calendar.add(value, gone))
    return ticket.evolve(**values)


def _paused(ticket: Ticket, at: datetime) -> Ticket:
    """A pending ticket's clock stands still from now on; what was counted of a pause until now is counted."""
    if ticket.state != PENDING:
        return ticket.evolve(paused=None) if ticket.paused else ticket
    counted = pauses_of(ticket)
    since = max([ticket.paused or at, *(end for _, end in counted if ticket.paused)])
    return ticket.evolve(paused=utc_text(since))


def _reclassified(ticket: Ticket, target: Target | None, policy: Policy, at: datetime) -> Ticket:
    """New targets, counted from the registration with all pauses left out, or from now, as the policy says."""
    times: dict[str, datetime | None] = {"due": None, "update_by": None}
    if not ticket.responded:
        times["respond_by"] = None
    if target is not None:
        wanted = {"due": target.resolve, "respond_by": target.respond}
        for name in times.keys() & wanted.keys():
            amount = wanted[name]
            if amount is not None:
                now = policy.reclassify == NOW
                clock = "resolve" if name == "due" else "respond"
                times[name] = target.calendar.add(at, amount) if now else _from_created(ticket, target, clock)
        times["update_by"] = _next_update(ticket, target, at)
    values: dict[str, Any] = {name: _text(value) for name, value in times.items()}
    return ticket.evolve(**values)


def _from_created(ticket: Ticket, target: Target, clock: str) -> datetime | None:
    """When the time of a clock is up that runs from the registration and stands still in each pause."""
    amount = target.resolve if clock == "resolve" else target.respond
    if amount is None:
        return None
    found = target.calendar.add(ticket.created, amount)
    for since, until in pauses_of(ticket):
        if found < since:
            break
        gone = target.calendar.between(since, until)
        found = target.calendar.add(found, gone) if gone > NOTHING else found
    return found


def pauses_of(ticket: Ticket) -> list[tuple[datetime, datetime]]:
    """The pauses noted in the file, in order, as far as they lie after the registration."""
    pairs = [text.split(" ") for text in ticket.pauses]
    found = [(max(parse_time(since), ticket.created), parse_time(until)) for since, until in pairs]
    return [pair for pair in found if pair[0] < pair[1]]


def _next_update(ticket: Ticket, target: Target, since: datetime) -> datetime | None:
    """Replies are due again and again once there was a first one; from the beginning where none is asked for.

    Where each message is to be answered, nothing is due while nobody waits.
    """
    if target.update is None or (target.respond is not None and ticket.responded is None):
        return None
    if target.update_after == MESSAGE and ticket.responded is not None and unanswered(ticket) is None:
        return None
    return target.calendar.add(since, target.update)


def _text(value: datetime | None) -> str | None:
    return None if value is None else utc_text(value)


def _with_missed(before: Ticket, after: Ticket, at: datetime) -> tuple[Ticket, tuple[Event, ...]]:
    """A breach whose clock this change ends or moves is noted now: nobody could tell it from the file later."""
    rows = plain.head(before), plain.head(after)
    left = due.running(rows[1])
    gone = [d for d in due.list_recordable(rows[0], utc_text(at)) if d not in left and d in due.running(rows[0])]
    return with_lines(after, BREACH, gone)


def with_lines(ticket: Ticket, what: str, found: list[Due]) -> tuple[Ticket, tuple[Event, ...]]:
    """Warnings or breaches noted in the ticket, and the events that tell of them."""
    if not found:
        return ticket, ()
    lines = [*ticket.sla, *(due.line(what, d) for d in found)]
    return ticket.evolve(sla=lines), tuple(Event(what, None, f"{d.clock} {d.at}") for d in found)
