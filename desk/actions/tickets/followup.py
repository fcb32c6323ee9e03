"""What is done with a ticket in the same breath as it is registered or answered: given to somebody, tagged, put aside, closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import cast

from desk.actions import identifiers
from desk.actions.draft import Draft
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, join
from desk.domain.model.ticket import REPLY, Ticket
from desk.domain.rights import rights
from desk.domain.tickets import classification, lifecycle, ownership, thread
from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import _

Step = Callable[[Ticket], Change]


class Wait(NamedTuple):
    """That a ticket waits: until a day, for somebody, or both."""

    until: date | None = None
    waits_for: str | None = None


class FollowUp(NamedTuple):
    """What follows, None where nothing does. `owner` is a handle; `reply` goes to the requester."""

    reply: str | None = None
    owner: str | None = None
    wait: Wait | None = None
    resolution: str | None = None
    tags: tuple[str, ...] = ()


NOTHING_MORE = FollowUp()


def carry_on(draft: Draft, first: Change, then: FollowUp, by: Actor, at: datetime) -> Change:
    """A change of one ticket with what follows it, as one action: each step asks its right and keeps its rules."""
    return join([first, *follow(draft, cast("Ticket", first.edits[0].after), then, by, at)])


def follow(draft: Draft, ticket: Ticket, then: FollowUp, by: Actor, at: datetime) -> list[Change]:
    """The changes of one ticket that follow, in their order.

    Somebody who owns the ticket already stays its owner, and a tag that it carries stays: that is what was asked for.
    """
    if then.wait and then.resolution:
        raise UsageFault(_("a ticket can't both wait and be closed"), _("leave out --close, or --pending and --until"))
    changes = list[Change]()
    for verb, step in _steps(draft, ticket, then, by, at):
        rights.require_act(by, ticket, verb)
        changes.append(step(ticket))
        ticket = cast("Ticket", changes[-1].edits[0].after)
    return changes


def _steps(draft: Draft, ticket: Ticket, then: FollowUp, by: Actor, at: datetime) -> Iterator[tuple[str, Step]]:
    if then.owner is not None and then.owner != ticket.owner:
        to = draft.snapshot.staff(then.owner)
        yield "assign", lambda one: ownership.assign(one, to, by=by, at=at)
    tags = [identifiers.normalise_id(name) for name in then.tags]
    for name in tags:
        draft.snapshot.get("tag", name)
    if set(tags) - set(ticket.tags):
        yield "tag", lambda one: classification.tag(one, tags, by=by, at=at)
    if then.reply is not None:
        text = then.reply
        yield REPLY, lambda one: thread.add_entry(one, REPLY, text, by=by, at=at)
    if then.wait is not None:
        until, waits_for = then.wait
        yield "pending", lambda one: lifecycle.pending(one, by=by, at=at, until=until, waits_for=waits_for)
    if then.resolution is not None:
        resolution = then.resolution
        yield "close", lambda one: lifecycle.close(one, by=by, at=at, resolution=resolution)
