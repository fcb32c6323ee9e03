"""The thread of a ticket: replies and notes, and who may edit them (docs/rules.md, requirement 1.5 and rule 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.fields import check_text
from desk.domain.model.record import NOTHING, Entry
from desk.domain.model.ticket import NOTE, Ticket, edit
from desk.domain.rights import moves
from desk.domain.tickets import lifecycle
from desk.errors import Refused, UsageFault
from desk.text import _, arranged

UNDELIVERED = "undelivered"
NOT_DELIVERED = _("Not delivered to {email} ({event}): {reason}")
CAME_BACK = _("Mail to {email} was not delivered: {how}")
"""What such a note says; kept in English, whoever the machine speaks to."""


def add_entry(
    ticket: Ticket,
    kind: str,
    text: str,
    *,
    by: Actor,
    at: datetime,
    attachments: Mapping[str, bytes | None] = NOTHING,
    meta: Mapping[str, Any] = NOTHING,
    resolution: str | None = None,
) -> Change:
    """A reply, or a note for staff only (rule 6). A resolution closes the ticket in the same action."""
    moves.after(kind, ticket.state, ticket.id)
    if not text.strip() and not attachments:
        raise UsageFault(
            _("the {kind} is empty", kind=kind),
            arranged("desk ticket {kind} {ticket} --body TEXT", kind=kind, ticket=ticket.id),
        )
    full = {**meta, "attachments": list(attachments)} if attachments else dict(meta)
    entry = Entry(kind, by.id, at, check_entry_text(text), full)
    after = ticket.evolve(thread=(*ticket.thread, entry))
    events = [Event(kind)]
    if resolution is not None:
        after, closing = lifecycle.close_record(after, at, resolution)
        events.append(closing)
    summary = events[-1].after or ""
    return Change(kind, by, at, (edit(ticket, after, *events, files=attachments),), summary=summary)


def add_undelivered(ticket: Ticket, who: str, text: str, *, by: Actor, at: datetime) -> Change:
    """A private note that a message about the ticket didn't reach somebody, whatever state it is in; `who` is their id."""
    entry = Entry(NOTE, by.id, at, check_entry_text(text))
    after = ticket.evolve(thread=(*ticket.thread, entry))
    return Change(UNDELIVERED, by, at, (edit(ticket, after, Event(UNDELIVERED, None, who)),), summary=who)


def is_undelivered(text: str) -> bool:
    """Whether a note says no more than that something wasn't delivered."""
    said = (re.sub(r"\\\{\w+\\\}", ".+", re.escape(str(one))) for one in (NOT_DELIVERED, CAME_BACK))
    return any(re.fullmatch(pattern, text.strip(), re.DOTALL) for pattern in said)


def check_entry_text(text: str) -> str:
    """A body or an entry's text as given; UsageFault for what no record can hold."""
    try:
        return check_text(text)
    except ValueError as error:
        raise UsageFault(str(error)) from None


def edit_reply(ticket: Ticket, number: int, text: str, *, by: Actor, at: datetime) -> Change:
    """Rule 6: only the author edits a reply or note, and only while it is the last one of an open ticket."""
    require_last(ticket, number, by.id)
    entry = ticket.thread[number - 1]
    if not text.strip():
        raise UsageFault(
            _("the {kind} is empty", kind=entry.kind),
            arranged("desk ticket edit {ticket} --entry {number} --body TEXT", ticket=ticket.id, number=number),
        )
    if entry.text == text:
        raise Refused(
            _("nothing in {ticket} was changed", ticket=ticket.id),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    after = ticket.evolve(thread=(*ticket.thread[:-1], entry._replace(text=check_entry_text(text))))
    what = f"{entry.kind} {number}"
    return Change("edit", by, at, (edit(ticket, after, Event("edit", None, what)),), summary=what)


def require_last(ticket: Ticket, number: int, author: str) -> None:
    """Refuse to edit an entry that isn't the author's, or isn't the last one (rule 6)."""
    moves.after("edit-reply", ticket.state, ticket.id)
    if not 1 <= number <= len(ticket.thread):
        raise UsageFault(
            _("{ticket} has no entry {number}", ticket=ticket.id, number=number),
            _("it has {n}: desk ticket show {ticket}", n=len(ticket.thread), ticket=ticket.id),
        )
    entry = ticket.thread[number - 1]
    if number != len(ticket.thread):
        raise Refused(
            _("entry {number} of {ticket} is not the last one", number=number, ticket=ticket.id),
            _("write a new one: desk ticket reply or note"),
        )
    if entry.by != author:
        raise Refused(
            _("entry {number} of {ticket} was written by {writer}", number=number, ticket=ticket.id, writer=entry.by),
            _("only its author may edit it"),
        )
