"""One verb on one record or several, as one change and one commit: what every action on records that exist is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from desk.actions import identifiers
from desk.actions.draft import Draft, require_fresh, require_level
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.person import Staff
from desk.domain.model.record import NOTHING, Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights
from desk.errors import Refused, Unchanged, UsageFault
from desk.named import NamedTuple
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _

R = TypeVar("R", bound=Record)
TicketVerb = Callable[[Draft, Ticket, Actor, datetime], Change]


class Acted(NamedTuple):
    """The commit that an action made, and the tickets it was asked to act on.

    `settled`: those of them that were already as they should be, by id.
    """

    done: Committed
    ids: tuple[str, ...]
    settled: Mapping[str, Ticket] = NOTHING

    @property
    def edits(self) -> list[Edit]:
        """What became of those tickets, in the order asked; without an event for one that was so already."""
        found = {e.record.id: e for e in self.done.change.edits}
        found |= {i: Edit(ticket, ticket, ()) for i, ticket in self.settled.items()}
        return [found[i] for i in self.ids]


def act_on_tickets(session: Session, ids: Iterable[str], verb: str, one: TicketVerb) -> Acted:
    """Run a verb on every ticket, each once, as one commit; Refused where the actor has no right to it.

    A ticket that is already as it should be stops none of the others; Unchanged where all of them are.
    """
    acted: dict[str, None] = {}
    settled: dict[str, Ticket] = {}
    named = list(ids)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        acted.clear()
        settled.clear()
        refusals: list[Refused] = []
        same: list[Refused] = []
        for ticket_id in named:
            ticket = draft.ticket(ticket_id)
            if ticket.id in acted:
                continue
            acted[ticket.id] = None
            try:
                rights.require_act(by, ticket, verb)
                draft.take(one(draft, ticket, by, at))
            except Unchanged as unchanged:
                settled[ticket.id] = ticket
                same.append(unchanged)
            except Refused as refusal:
                refusals.append(refusal)
            except ValueError as error:
                raise UsageFault(str(error)) from None
        if refusals:
            raise _together(refusals, len(acted))
        if not draft.changes:
            raise (
                same[0] if len(same) == 1 else Unchanged("; ".join(one.message for one in same[:_SHOWN]), same[0].hint)
            )
        return join(draft.changes)

    return Acted(session.apply(plan), tuple(acted), settled)


_SHOWN = 10
"""Refusals of one command that are told in full."""


def _together(refusals: list[Refused], tickets: int) -> Refused:
    """All that stands in the way, at once: whoever gives forty tickets must not try forty times."""
    if len(refusals) == 1:
        return refusals[0]
    told = "; ".join(refusal.message for refusal in refusals[:_SHOWN])
    more = _("; and {n} more", n=len(refusals) - _SHOWN) if len(refusals) > _SHOWN else ""
    said = _(
        "{n} of {tickets} tickets stand in the way, and none was changed: {told}{more}",
        n=len(refusals),
        tickets=tickets,
        told=told,
        more=more,
    )
    return Refused(
        said,
        _("leave them out; of the first: {hint}", hint=refusals[0].hint) if refusals[0].hint else _("leave them out"),
    )


def require_tickets(session: Session, ids: Iterable[str], verb: str) -> None:
    """Before somebody starts to write: whether they may, and whether the state allows it. The commit asks again."""
    by = cast("Staff", session.store.read("staff", session.me()))
    for ticket_id in ids:
        ticket = cast("Ticket", session.store.read("ticket", ticket_id))
        rights.require_act(by, ticket, verb)
        moves.after(verb, ticket.state, ticket.id)


# -- records that have an id of their own ------------------------------------------------------------------------------


def create_record(
    session: Session, cls: type[R], values: Mapping[str, Any], build: Callable[[Draft, R, Actor, datetime], Change]
) -> Committed:
    """Add a record of a kind whose id the person chooses."""
    new = identifiers.checked_values(lambda: cls.new(**values))

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, cls.kind)
        draft = Draft(snapshot)
        require_fresh(draft, cls, new.id)
        return build(draft, new, by, at)

    return session.apply(plan)


def act_on_records(
    session: Session, cls: type[R], ids: Iterable[str], one: Callable[[Draft, R, Actor, datetime], Change]
) -> Committed:
    """Run a verb on every record named, as one change and one commit."""
    named = list(dict.fromkeys(ids))

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, cls.kind)
        draft = Draft(snapshot)
        for record_id in named:
            record = draft.get(cls, record_id)
            try:
                draft.take(one(draft, record, by, at))
            except ValueError as error:
                raise UsageFault(str(error)) from None
        return join(draft.changes)

    return session.apply(plan)
