"""Relations between tickets: link, unlink, merge, split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.domain.model import filenames
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.tickets import relations
from desk.errors import Broken, NotFound
from desk.session.session import Session
from desk.store.snapshot import Snapshot


def link(session: Session, ids: Sequence[str], other: str, relation: str) -> Acted:
    """Relate tickets to another one; the relation is written on both."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(other)
        rights.require_act(by, goal, "link")
        return relations.link(ticket, goal, relation, by=by, at=at)

    return act_on_tickets(session, ids, "link", one)


def unlink(session: Session, ids: Sequence[str], other: str) -> Acted:
    """Take every relation between two tickets away."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(other)
        rights.require_act(by, goal, "unlink")
        return relations.unlink(ticket, goal, by=by, at=at)

    return act_on_tickets(session, ids, "unlink", one)


def merge(session: Session, ids: Sequence[str], into: str) -> Acted:
    """Merge tickets into another one, which takes over their text, thread and attachments."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(into)
        rights.require_act(by, goal, "merge into")
        draft.require_public(ticket, goal.department)
        carried = _carry(draft.snapshot, ticket.id, ticket.all_attachments, goal.all_attachments)
        around = relations.Around(_linked(draft, ticket, goal), carried, session.config["ticket.priorities"])
        return relations.merge(ticket, goal, around, by=by, at=at)

    return act_on_tickets(session, ids, "merge", one)


def _linked(draft: Draft, ticket: Ticket, but: Ticket) -> list[Ticket]:
    """The tickets at the other end of a ticket's links, as far as they can be read."""
    found = []
    for other in dict.fromkeys(link.partition(" ")[2] for link in ticket.links):
        with suppress(NotFound, Broken):
            if other != but.id:
                found.append(draft.own(other))
    return found


def left_behind(acted: Acted) -> list[tuple[str, list[str]]]:
    """What merged tickets say otherwise than the one that goes on: their ids, and `name=value` each."""
    after = {e.record.id: e.after for e in acted.done.change.edits}
    found = []
    for one in acted.edits:
        gone = one.after
        into = after.get(gone.merged_into or "") if isinstance(gone, Ticket) else None
        if isinstance(gone, Ticket) and isinstance(into, Ticket) and (left := relations.left_behind(gone, into)):
            found.append((gone.id, left))
    return found


_KEPT = ("priority", "impact", "urgency", "department", "requester", "language", "channel")
"""What a ticket that is split off another one has of it."""


def split(session: Session, ids: Sequence[str], number: int, title: str | None = None) -> Acted:
    """Make the thread from entry `number` (from 1) on a ticket of its own, linked to the old one."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        draft.require_public(ticket)
        moved = [name for entry in ticket.thread[number - 1 :] for name in entry.attachments] if number > 0 else []
        new = Ticket.new(
            id=draft.snapshot.new_ticket_id(session.today),
            title=title or ticket.title,
            state="open",
            tags=list(ticket.tags),
            **{name: getattr(ticket, name) for name in _KEPT},
            created=session.now.isoformat(),
            author=by.id,
        )
        return relations.split(ticket, number, new, _carry(draft.snapshot, ticket.id, moved, ()), by=by, at=at)

    return act_on_tickets(session, ids, "split", one)


def _carry(snapshot: Snapshot, source: str, names: Iterable[str], taken: Iterable[str]) -> dict[str, tuple[str, bytes]]:
    """Attachments to take along: old name → name there, and content."""
    used = set(taken)
    found: dict[str, tuple[str, bytes]] = {}
    for name in names:
        new = filenames.attachment_name(name, used)
        used.add(new)
        found[name] = (new, snapshot.attachment(source, name))
    return found
