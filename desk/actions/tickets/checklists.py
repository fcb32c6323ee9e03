"""Checklists on tickets: take one over, tick its steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import checklists
from desk.errors import Refused
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.text import _


def put(session: Session, ids: Sequence[str], name: str | None = None) -> Acted:
    """Copy the steps of a template into tickets; without a name, of the one that fits each best."""
    languages = session.config["desk.languages"]

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        templates = _templates(draft.snapshot)
        found = (
            checklists.named(name, ticket, templates, languages)
            if name
            else checklists.best(ticket, templates, languages)
        )
        if found is None and name:
            raise draft.snapshot.missing("checklist", name)
        if found is None:
            raise Refused(
                _(
                    "no checklist is for tickets such as {ticket} ({kind_of_work}, {department})",
                    ticket=ticket.id,
                    kind_of_work=ticket.kind_of_work,
                    department=ticket.department,
                ),
                _("name one with --from NAME; see: desk checklist list"),
            )
        return checklists.put(ticket, found, by=by, at=at)

    return act_on_tickets(session, ids, "checklist", one)


def _templates(snapshot: Snapshot) -> list[Checklist]:
    """All templates as committed."""
    rows = snapshot.index.rows("checklist", tail="ORDER BY id")
    return [cast("Checklist", snapshot.get("checklist", str(row["id"]))) for row in rows]


def check(session: Session, ids: Sequence[str], numbers: Sequence[int], *, done: bool = True) -> Acted:
    """Tick off steps, by their numbers from 1; or, not `done`, take the ticks back."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return checklists.check(ticket, numbers, by=by, at=at, done=done)

    return act_on_tickets(session, ids, "check" if done else "uncheck", one)
