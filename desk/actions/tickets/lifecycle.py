"""Register, answer, put aside, close, re-open, delete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from desk.actions import identifiers, requesters
from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.actions.tickets.classification import matrix_of
from desk.actions.tickets.followup import NOTHING_MORE, FollowUp, carry_on
from desk.domain.model.actor import REQUESTER, Actor
from desk.domain.model.change import Change, Edit, join
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import User
from desk.domain.model.record import NOTHING
from desk.domain.model.states import SOLVED
from desk.domain.model.ticket import NOTE, REPLY, Ticket
from desk.domain.people import customfields
from desk.domain.rights import rights
from desk.domain.tickets import lifecycle, thread
from desk.errors import ConfigError, Refused
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import tickets
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _

# -- registering -------------------------------------------------------------------------------------------------------


class NewTicket(NamedTuple):
    """What is known of a ticket when it is registered; None where nothing was said. `files` are attachments by name.

    `then` is what is done with it at once.
    """

    title: str | None
    body: str = ""
    department: str | None = None
    requester: str | None = None
    channel: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    priority: str | None = None
    impact: str | None = None
    urgency: str | None = None
    service: str | None = None
    fields: Mapping[str, str] = NOTHING
    files: Mapping[str, bytes | None] = NOTHING
    reason: str | None = None
    then: FollowUp = NOTHING_MORE


FOR_STAFF = ("requester", "tags", "priority", "impact", "urgency")
"""What only staff say of a ticket: on whose behalf it is, and how it is classified."""


def create(session: Session, new: NewTicket) -> Committed:
    """Register a ticket, by staff on somebody's behalf or by a requester in person.

    It has no owner unless it is assigned at once, and priority low unless it is classified (requirement 1.2).
    """

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        if by.kind == REQUESTER:
            rights.require_requester(by, "create")
            _refuse_for_requester(new)
        ticket, user = build_ticket(session, snapshot, by, new)
        change = lifecycle.create(
            ticket, by=by, at=at, files=new.files, matrix=matrix_of(session.config), reason=new.reason
        )
        change = carry_on(Draft(snapshot), change, new.then, by, at)
        return change if user is None else change._replace(edits=(*change.edits, user))

    return session.apply(plan)


def _refuse_for_requester(new: NewTicket) -> None:
    named = [name for name in FOR_STAFF if getattr(new, name)]
    if named:
        raise Refused(_("a requester doesn't say {named} of a ticket", named=named[0]), _("leave it to the desk"))


def build_ticket(session: Session, snapshot: Snapshot, by: Actor, new: NewTicket) -> tuple[Ticket, Edit | None]:
    """The ticket that is to be registered; and the requester, if it makes one known."""
    config = session.config
    department = new.department.lower() if new.department else default_department(snapshot.index)
    snapshot.get("department", department)
    for name in new.tags:
        snapshot.get("tag", name)
    requester, user = (
        (by.id, None) if by.kind == REQUESTER else requesters.find_or_make(session, snapshot, new.requester)
    )
    by_matrix = matrix_of(config).priority(new.impact, new.urgency)
    raw: dict[str, Any] = {
        "title": new.title,
        "channel": new.channel or config["ticket.channel"],
        "language": new.language
        or _language(session, new, snapshot.find("user", requester) if requester and user is None else None),
        "tags": list(new.tags),
        "impact": new.impact,
        "urgency": new.urgency,
        "service": new.service,
        "id": snapshot.new_ticket_id(session.today),
        "state": "open",
        "priority": new.priority or by_matrix or config["ticket.priorities"][0],
        "department": department,
        "requester": requester,
        "author": by.id,
        "created": session.now.isoformat(),
        "attachments": list(new.files),
        "fields": customfields.check_values(Draft(snapshot).all(CustomField), "ticket", new.fields, department),
    }
    return identifiers.checked_values(lambda: Ticket.new(body=new.body, **raw)), user


def _language(session: Session, new: NewTicket, user: object) -> str:
    """The language of a ticket that names none: the requester's, else that of its script, else the desk's first."""
    known = session.config["desk.languages"]
    spoken = user.language if isinstance(user, User) else None
    written = lifecycle.language_of(f"{new.title} {new.body}", known)
    return str(spoken if spoken in known else written or known[0])


def default_department(index: Index) -> str:
    """Where a ticket goes of which nothing else was said."""
    rows = index.rows("department", '"default" = 1', tail="ORDER BY id")
    if not rows:
        raise ConfigError(
            _("no department is the default one"),
            _("name one with --department, or: desk department edit ID --default"),
        )
    return str(rows[0]["id"])


# -- answering ---------------------------------------------------------------------------------------------------------


class NewEntry(NamedTuple):
    """A reply or a note on each of several tickets.

    `text` is asked for each ticket, and so are `files`, where names that one has already are taken, and what is done with
    it `then`. `requester`: whose tickets they turn out to be, by whatever finds one, or an address that is new.
    """

    text: Callable[[Ticket], str]
    files: Callable[[Ticket], Mapping[str, bytes | None]] = lambda _: NOTHING
    meta: Mapping[str, Any] = NOTHING
    then: Callable[[Ticket], FollowUp] = lambda _: NOTHING_MORE
    requester: str | None = None


def reply(session: Session, ids: Sequence[str], entry: NewEntry) -> Acted:
    """Answer: staff to the requester, or a requester to the desk."""
    return _write(session, ids, REPLY, entry)


def note(session: Session, ids: Sequence[str], entry: NewEntry) -> Acted:
    """Write a private note, for staff alone (rule 6)."""
    return _write(session, ids, NOTE, entry)


def _write(session: Session, ids: Sequence[str], kind: str, entry: NewEntry) -> Acted:
    who: str | None = None

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        nonlocal who
        text, files = entry.text(ticket), entry.files(ticket)
        whose, user = ticket, None
        if entry.requester:
            if not draft.changes:  # once for all tickets
                who, user = requesters.find_or_make(session, draft.snapshot, entry.requester)
            whose = ticket.evolve(requester=who)
            draft.require_public(whose)
        written = thread.add_entry(whose, kind, text, by=by, at=at, attachments=files, meta=entry.meta)
        whole = carry_on(draft, written, entry.then(whose), by, at)
        summary = whole.edits[0].events[-1].after or ""
        if whose != ticket:
            whole = _with_requester(lifecycle.rewrite(ticket, whose, by=by, at=at), whole)
        return whole._replace(summary=summary, edits=whole.edits if user is None else (*whole.edits, user))

    return act_on_tickets(session, ids, kind, one)


def _with_requester(named: Change, whole: Change) -> Change:
    """An answer, with whose ticket it turned out to be behind it: one edit of the ticket, told by both events."""
    first, *others = whole.edits
    told = first._replace(before=named.edits[0].before, events=(*first.events, *named.edits[0].events))
    return whole._replace(edits=(told, *others))


# -- the state ---------------------------------------------------------------------------------------------------------


def put_aside(
    session: Session,
    ids: Sequence[str],
    *,
    until: date | None,
    waits_for: str | None,
    reason: str | None,
    drop: Collection[str] = (),
) -> Acted:
    """Let tickets wait for somebody, or for a day. `drop`: `until` or `for`, which one that waits already has no more."""

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return lifecycle.pending(ticket, by=by, at=at, until=until, waits_for=waits_for, reason=reason, drop=drop)

    return act_on_tickets(session, ids, "pending", one)


def close(
    session: Session,
    ids: Sequence[str],
    *,
    resolution: str = SOLVED,
    original: str | None = None,
    reason: str | None = None,
) -> Acted:
    """Close tickets; `original` is the id of the one that they duplicate, to which they are linked."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        other = draft.ticket(original) if original else None
        if other is not None:
            rights.require_act(by, other, "link")
        return lifecycle.close(ticket, by=by, at=at, reason=reason, resolution=resolution, original=other)

    return act_on_tickets(session, ids, "close", one)


def reopen(session: Session, ids: Sequence[str], *, reason: str | None = None) -> Acted:
    """Take up closed or pending tickets again."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return lifecycle.reopen(ticket, draft.owner(ticket), by=by, at=at, reason=reason)

    return act_on_tickets(session, ids, "reopen", one)


def delete(session: Session, ids: Sequence[str], *, reason: str | None = None) -> Committed:
    """Delete tickets, their attachments and the links to them; level 3 only (rule 1)."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        for ticket_id in ids:
            ticket = cast("Ticket", snapshot.get(Ticket.kind, ticket_id))
            rights.require_delete(by, ticket)
            others = [draft.own(i) for i in _leading(snapshot, ticket_id) if i not in ids]
            draft.take(lifecycle.delete(ticket, others, by=by, at=at, reason=reason))
        return join(draft.changes)

    return session.apply(plan)


def _leading(snapshot: Snapshot, ticket_id: str) -> list[str]:
    """Ids of the tickets that lead to this one: by a link, or because they were merged into it."""
    merged = snapshot.index.rows("ticket", "merged_into = ?", (ticket_id,), "ORDER BY id")
    return sorted({*tickets.linking(snapshot.index, ticket_id), *(str(row["id"]) for row in merged)})
