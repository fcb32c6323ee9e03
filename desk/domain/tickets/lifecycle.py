"""A ticket from its registration to its end: create, edit, pending, close, reopen, delete.

See docs/rules.md, requirements 1.3 and 1.6.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from desk.domain.model import states
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.person import USER_PREFIX, Staff
from desk.domain.model.record import NOTHING
from desk.domain.model.ticket import Ticket, edit
from desk.domain.rights import moves, rights
from desk.domain.rights.words import word
from desk.domain.tickets import relations
from desk.domain.tickets.classification import NO_MATRIX, Matrix
from desk.errors import Refused, Unchanged
from desk.text import _

_SCRIPTS = (
    (re.compile("[\u0370-\u03ff\u1f00-\u1fff]+"), ("el",)),
    (re.compile("[\u0400-\u052f]+"), ("bg", "uk", "sr", "mk", "ru")),
)
"""Letters of a script, and the languages written in it."""
_LETTERS = re.compile(r"[^\W\d_]+")


def language_of(text: str, known: Sequence[str]) -> str | None:
    """The language among the known ones in whose script most letters of a text are; None for a script of many."""
    letters = _count(_LETTERS, text)
    for script, languages in _SCRIPTS:
        if 2 * _count(script, text) > letters:
            return next((language for language in known if language.partition("-")[0] in languages), None)
    return None


def _count(runs: re.Pattern[str], text: str) -> int:
    """How many letters there are in such runs, of which there are fewer to be looked at than of letters."""
    return sum(map(len, runs.findall(text)))


def create(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime,
    files: Mapping[str, bytes | None] = NOTHING,
    matrix: Matrix = NO_MATRIX,
    reason: str | None = None,
) -> Change:
    """Register a new ticket; it has no owner until inspection assigns one (requirement 1.4).

    A priority other than the matrix gives takes a reason, and the history says which it was (requirement 1.2).
    """
    events = [Event("create", None, ticket.department)]
    if override := matrix.override(ticket, reason):
        events.append(Event("classify", None, f"priority={ticket.priority}{override}"))
    return Change("create", by, at, (edit(None, ticket, *events, files=files),), reason, ticket.title)


def rewrite(ticket: Ticket, after: Ticket, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Title, body and the other plain fields, as an editor or an option gave them."""
    moves.after("edit", ticket.state, ticket.id)
    changed = [n for n in Ticket.FIELDS if getattr(ticket, n) != getattr(after, n)]
    if ticket.body != after.body:
        changed.append("body")
    if not changed and dict(ticket.extra) == dict(after.extra):
        raise Unchanged(
            _("nothing in {ticket} was changed", ticket=ticket.id),
            _("see: desk ticket show {ticket}", ticket=ticket.id),
        )
    words = " ".join(changed)
    event = Event("edit", ticket.title, after.title) if words == "title" else Event("edit", None, words or None)
    return Change("edit", by, at, (edit(ticket, after, event),), reason, words)


def has_requester(ticket: Ticket) -> bool:
    """Whether it is known whom a ticket is about: whom it was registered for, or the user who wrote it."""
    return bool(ticket.requester or (ticket.author or "").startswith(USER_PREFIX))


def pending(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime,
    until: date | None = None,
    waits_for: str | None = None,
    reason: str | None = None,
    drop: Collection[str] = (),
) -> Change:
    """Wait for the requester, a third party or a day; of one that waits already, what isn't named stays, or is dropped."""
    state = moves.after("pending", ticket.state, ticket.id)
    if ticket.state == states.PENDING:
        # What isn't named again stays: a reason alone must not call a vendor's day off.
        until = until or (None if "until" in drop else ticket.pending_until)
        waits_for = waits_for or (None if "for" in drop else ticket.pending_for)
    if waits_for == states.REQUESTER and not has_requester(ticket):
        raise Refused(
            _("{ticket} has no requester to wait for", ticket=ticket.id),
            _(
                "somebody else: desk ticket pending {ticket} --for {third_party}",
                ticket=ticket.id,
                third_party=states.THIRD_PARTY,
            ),
        )
    after = ticket.evolve(state=state, pending_until=until.isoformat() if until else None, pending_for=waits_for)
    words = states.state_text(state, until=until, waits_for=waits_for)
    summary = words.removeprefix(state).strip()
    return Change("pending", by, at, (edit(ticket, after, Event("pending", ticket.state, words)),), reason, summary)


def close_record(ticket: Ticket, at: datetime, resolution: str = states.SOLVED) -> tuple[Ticket, Event]:
    """A ticket as closed, and the event of it. What it duplicates must be known."""
    state = moves.after("close", ticket.state, ticket.id)
    if resolution == states.DUPLICATE and not ticket.linked("duplicates"):
        raise Refused(
            _("{ticket} duplicates no other ticket yet", ticket=ticket.id),
            _(
                "name it: desk ticket close {ticket} --of OTHER; or: desk ticket merge {ticket} --into OTHER",
                ticket=ticket.id,
            ),
        )
    after = ticket.evolve(state=state, closed=utc_text(at), resolution=resolution, pending_until=None, pending_for=None)
    return after, Event("close", ticket.state, states.state_text(state, resolution=resolution))


def close(
    ticket: Ticket,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    resolution: str = states.SOLVED,
    original: Ticket | None = None,
) -> Change:
    """End the work on a ticket (requirement 1.6); `original` is the ticket it duplicates, and gets linked."""
    if ticket.state == states.CLOSED and ticket.resolution != resolution:
        raise Refused(
            _("{ticket} is closed already, and otherwise: {resolution}", ticket=ticket.id,
              resolution=word(ticket.resolution or "none")),
            _("see: desk ticket history {ticket}; or first: desk ticket reopen {ticket}", ticket=ticket.id),
        )  # fmt: skip
    moves.after("close", ticket.state, ticket.id)
    now, events, others = ticket, [], []
    if original is not None and original.id not in ticket.linked("duplicates"):
        here, there = relations.link(ticket, original, "duplicates", by=by, at=at).edits
        assert isinstance(here.after, Ticket)  # noqa: S101 - link edits both tickets
        now, events, others = here.after, list(here.events), [there]
    after, event = close_record(now, at, resolution)
    summary = "" if resolution == states.SOLVED else resolution
    return Change("close", by, at, (edit(ticket, after, event, *events), *others), reason, summary)


def reopen(ticket: Ticket, owner: Staff | None, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Take up a closed or pending ticket again; an owner who left, or no longer serves the department, is dropped (rule 3)."""
    if ticket.merged_into:
        raise Refused(
            _("{ticket} was merged into {merged_into}", ticket=ticket.id, merged_into=ticket.merged_into),
            _("go on there: desk ticket show {merged_into}", merged_into=ticket.merged_into),
        )
    state = moves.after("reopen", ticket.state, ticket.id)
    after = ticket.evolve(state=state, closed=None, resolution=None, pending_until=None, pending_for=None)
    events = [Event("reopen", ticket.state, state)]
    if ticket.owner is not None and (owner is None or ticket.department not in owner.departments):
        events.append(Event("unassign", ticket.owner))
        after = after.evolve(owner=None)
    return Change("reopen", by, at, (edit(ticket, after, *events),), reason)


def delete(ticket: Ticket, others: Iterable[Ticket], *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Remove a ticket and what leads to it from `others`; git keeps what it said.

    One that somebody owns is work in hand, and stays.
    """
    rights.require_unowned(ticket)
    files: dict[str, bytes | None] = dict.fromkeys(ticket.all_attachments)
    edits = [Edit(ticket, None, (Event("delete", ticket.title),), files)]
    for other in others:
        gone = [ln for ln in other.links if ln.endswith(" " + ticket.id)]
        after = other.evolve(links=[ln for ln in other.links if ln not in gone])
        if other.merged_into == ticket.id:
            gone.append(f"merged-into {ticket.id}")
            after = after.evolve(merged_into=None)
        if gone:
            edits.append(edit(other, after, Event("unlink", ", ".join(gone))))
    return Change("delete", by, at, tuple(edits), reason, ticket.title)
