"""Who hears of tickets: watch, unwatch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from desk.actions import requesters
from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import Department
from desk.domain.model.person import USER_PREFIX, Staff, User
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import watching
from desk.session.session import Session
from desk.store.snapshot import Snapshot


def watch(session: Session, ids: Sequence[str], who: str) -> Acted:
    """Have messages sent to a staff member, by handle, or to a requester, by id, when something happens to tickets."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        department = cast("Department", draft.snapshot.get("department", ticket.department))
        return watching.watch(ticket, _person(draft.snapshot, who), department, by=by, at=at)

    return act_on_tickets(session, ids, "watch", one)


def _person(snapshot: Snapshot, who: str) -> Staff | User:
    if not who.startswith(USER_PREFIX):
        return snapshot.staff(who)
    user = snapshot.get("user", who)
    requesters.refuse_barred(snapshot, user)
    return cast("User", user)


def unwatch(session: Session, ids: Sequence[str], who: str) -> Acted:
    """Have no more messages sent."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return watching.unwatch(ticket, who, by=by, at=at)

    return act_on_tickets(session, ids, "unwatch", one)
