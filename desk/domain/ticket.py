"""A ticket, and every verb that changes one.

A verb takes the ticket and what it needs, who acts and when, and returns a Change; it refuses with an error that
carries a hint. Rights are checked by `policy` before a verb is called, legal moves by `workflow` inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from desk.domain import workflow
from desk.domain.fields import (
    DATE,
    LINE,
    LINES,
    LINK_TYPES,
    LINKS,
    SLUG,
    SLUGS,
    TICKET,
    TIME,
    VALUES,
    Field,
    check_text,
    utc_text,
)
from desk.domain.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.person import Staff
from desk.domain.record import NOTHING, Change, Edit, Entry, Event, Record
from desk.errors import Refused, UsageFault

REPLY = "reply"
NOTE = "note"


class Ticket(Record):
    kind = "ticket"
    plural = "tickets"
    folder = "records/tickets"
    suffix = ".md"

    id = Field[str](TICKET, "date of creation and four characters, never reused", required=True, fixed=True)
    title = Field[str](LINE, "what it is about, in one line", required=True)
    state = Field[str](SLUG, "open, pending or closed", required=True)
    priority = Field[str](SLUG, "how soon it is worked on", required=True, setting="ticket.priorities")
    impact = Field[str | None](SLUG, "how much is affected", setting="ticket.impacts")
    urgency = Field[str | None](SLUG, "how soon it hurts", setting="ticket.urgencies")
    department = Field[str](SLUG, "who looks after it", required=True, ref="department")
    owner = Field[str | None](SLUG, "the staff member mainly responsible", ref="staff")
    requester = Field[str | None](SLUG, "on whose behalf it was registered", ref="user")
    tags = Field[tuple[str, ...]](SLUGS, "incident, problem, and any other tags", default=(), ref="tag")
    language = Field[str | None](SLUG, "language of the request", setting="desk.languages")
    channel = Field[str | None](SLUG, "how it came in", setting="ticket.channels")
    created = Field[datetime](TIME, "when it was registered", required=True, fixed=True)
    author = Field[str | None](SLUG, "who registered it", fixed=True)
    pending_until = Field[date | None](DATE, "when a pending ticket comes back")
    closed = Field[datetime | None](TIME, "when it was closed")
    merged_into = Field[str | None](TICKET, "the ticket that goes on in its place", ref="ticket")
    links = Field[tuple[str, ...]](LINKS, "relations to other tickets", default=())
    attachments = Field[tuple[str, ...]](LINES, "files that came with the request", default=())
    fields = Field[Mapping[str, Any]](VALUES, "custom fields", default=NOTHING)

    @classmethod
    def path_of(cls, record_id: str) -> str:
        day = record_id[:6]
        return f"{cls.folder}/20{day[:2]}/{day[2:4]}/{day[4:6]}/{record_id}{cls.suffix}"

    @property
    def kind_of_work(self) -> str:
        """incident, problem or ticket: decided by the reserved tags (row 1.0-a)."""
        return next((tag for tag in RESERVED_TAGS if tag in self.tags), "ticket")

    @property
    def responded(self) -> datetime | None:
        """When staff first replied."""
        return next((e.at for e in self.thread if e.kind == REPLY and e.by != self.requester), None)

    @property
    def all_attachments(self) -> tuple[str, ...]:
        return (*self.attachments, *(name for entry in self.thread for name in entry.attachments))

    def linked(self, relation: str) -> list[str]:
        return [link.partition(" ")[2] for link in self.links if link.startswith(relation + " ")]


def files_folder(ticket_id: str) -> str:
    """Where a ticket's attachments lie, beside its file."""
    return Ticket.path_of(ticket_id).removesuffix(".md") + ".files"


def edit(before: Ticket | None, after: Ticket, *events: Event, files: Mapping[str, bytes | None] = NOTHING) -> Edit:
    """One ticket's part of a change; its kind is checked here, so no verb can make it two."""
    kinds = [tag for tag in RESERVED_TAGS if tag in after.tags]
    if len(kinds) > 1:
        raise Refused(
            f"{after.id} can't be an {INCIDENT} and a {PROBLEM} at once",
            f"first: desk ticket untag {after.id} {INCIDENT}; or hand it on: desk ticket transfer {after.id}",
        )
    return Edit(before, after, events, files)


def create(ticket: Ticket, *, by: Staff, at: datetime, files: Mapping[str, bytes | None] = NOTHING) -> Change:
    """Register a new ticket; it has no owner until inspection assigns one (row 1.4)."""
    event = Event("create", None, ticket.department)
    return Change("create", by, at, (edit(None, ticket, event, files=files),), summary=ticket.title)


def assign(ticket: Ticket, to: Staff, *, by: Staff, at: datetime) -> Change:
    """Give an unowned ticket to someone who serves its department (rule 3)."""
    workflow.after("assign", ticket.state, ticket.id)
    if ticket.owner is not None:
        raise Refused(
            f"{ticket.id} is already owned by {ticket.owner}",
            f"desk ticket escalate {ticket.id} --to {to.id}, or first: desk ticket unassign {ticket.id}",
        )
    check_serves(ticket, to)
    return Change("assign", by, at, (edit(ticket, ticket.evolve(owner=to.id), Event("assign", None, to.id)),), summary=to.id)


def check_serves(ticket: Ticket, to: Staff) -> None:
    """Rule 3: the assignee must serve the ticket's department."""
    if ticket.department not in to.departments:
        raise Refused(
            f"{to.id} doesn't serve {ticket.department}, the department of {ticket.id}",
            f"who does: desk staff list --department {ticket.department}",
        )


def unassign(ticket: Ticket, *, by: Staff, at: datetime) -> Change:
    """Take the owner off."""
    workflow.after("unassign", ticket.state, ticket.id)
    if ticket.owner is None:
        raise Refused(f"{ticket.id} has no owner", f"to give it one: desk ticket assign {ticket.id} --to WHO")
    return Change("unassign", by, at, (edit(ticket, ticket.evolve(owner=None), Event("unassign", ticket.owner)),))


def escalate(ticket: Ticket, to: Staff, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Hand a ticket, owned or not, to a specific person (row 1.4)."""
    workflow.after("escalate", ticket.state, ticket.id)
    check_serves(ticket, to)
    if ticket.owner == to.id:
        raise Refused(f"{ticket.id} is already owned by {to.id}", "name somebody else with --to")
    event = Event("escalate", ticket.owner, to.id)
    return Change("escalate", by, at, (edit(ticket, ticket.evolve(owner=to.id), event),), reason, to.id)


def next_tier(ticket: Ticket, staff: Iterable[Staff], load: Mapping[str, int], *, above: int) -> Staff:
    """Whom to escalate to when nobody is named: the least loaded present member of the department, next level up."""
    able = [s for s in staff if ticket.department in s.departments and not s.away and s.id != ticket.owner]
    higher = [s for s in able if s.level > above]
    if not higher:
        raise Refused(
            f"nobody present in {ticket.department} has a level above {above}",
            f"name a person: desk ticket escalate {ticket.id} --to WHO",
        )
    tier = min(s.level for s in higher)
    return min((s for s in higher if s.level == tier), key=lambda s: (load.get(s.id, 0), s.id))


def move(ticket: Ticket, to: str, owner: Staff | None, *, by: Staff, at: datetime) -> Change:
    """To another department; an owner who doesn't serve it is dropped, and the history says so (rule 3)."""
    workflow.after("move", ticket.state, ticket.id)
    if ticket.department == to:
        raise Refused(f"{ticket.id} is already in {to}", "departments: desk department list")
    events = [Event("move", ticket.department, to)]
    after = ticket.evolve(department=to)
    if ticket.owner is not None and (owner is None or to not in owner.departments):
        events.append(Event("unassign", ticket.owner))
        after = after.evolve(owner=None)
    return Change("move", by, at, (edit(ticket, after, *events),), summary=to)


def classify(
    ticket: Ticket,
    *,
    by: Staff,
    at: datetime,
    matrix: Mapping[str, Mapping[str, str]],
    priority: str | None = None,
    impact: str | None = None,
    urgency: str | None = None,
) -> Change:
    """Set impact and urgency; the matrix gives the priority unless one is named (row 1.2)."""
    workflow.after("classify", ticket.state, ticket.id)
    after = ticket.evolve(**{k: v for k, v in (("impact", impact), ("urgency", urgency)) if v is not None})
    by_matrix = matrix.get(after.impact or "", {}).get(after.urgency or "") if impact or urgency else None
    after = after.evolve(priority=priority or by_matrix or ticket.priority)
    changed = [n for n in ("priority", "impact", "urgency") if getattr(ticket, n) != getattr(after, n)]
    if not changed:
        raise Refused(f"{ticket.id} already has these values", f"see: desk ticket show {ticket.id}")
    if changed == ["priority"]:
        event = Event("classify", ticket.priority, after.priority)
    else:
        event = Event("classify", _pairs(ticket, changed), _pairs(after, changed))
    return Change("classify", by, at, (edit(ticket, after, event),), summary=event.after or "")


def _pairs(ticket: Ticket, names: Iterable[str]) -> str:
    return " ".join(f"{n}={getattr(ticket, n) or 'none'}" for n in names)


def tag(ticket: Ticket, tags: Iterable[str], *, by: Staff, at: datetime) -> Change:
    """Put tags on; incident and problem decide the kind."""
    added = sorted(set(tags) - set(ticket.tags))
    workflow.after("tag", ticket.state, ticket.id)
    if not added:
        raise Refused(f"{ticket.id} already carries {', '.join(sorted(set(tags)))}", f"see: desk ticket show {ticket.id}")
    event = Event("tag", None, " ".join(added))
    after = ticket.evolve(tags=[*ticket.tags, *added])
    return Change("tag", by, at, (edit(ticket, after, event),), summary=" ".join(added))


def untag(ticket: Ticket, tags: Iterable[str], *, by: Staff, at: datetime) -> Change:
    """Take tags off."""
    workflow.after("untag", ticket.state, ticket.id)
    removed = sorted(set(tags) & set(ticket.tags))
    if not removed:
        raise Refused(f"{ticket.id} doesn't carry {', '.join(sorted(set(tags)))}", f"it has: {', '.join(ticket.tags) or 'none'}")
    after = ticket.evolve(tags=[t for t in ticket.tags if t not in removed])
    event = Event("untag", " ".join(removed))
    return Change("untag", by, at, (edit(ticket, after, event),), summary=" ".join(removed))


def add_entry(
    ticket: Ticket,
    kind: str,
    text: str,
    *,
    by: Staff,
    at: datetime,
    attachments: Mapping[str, bytes | None] = NOTHING,
    meta: Mapping[str, Any] = NOTHING,
    close_too: bool = False,
) -> Change:
    """A reply, or a note for staff only (rule 6). `close_too` closes the ticket in the same action."""
    workflow.after(kind, ticket.state, ticket.id)
    if not text.strip() and not attachments:
        raise UsageFault(f"the {kind} is empty", f"desk ticket {kind} {ticket.id} --body TEXT")
    full = {**meta, "attachments": list(attachments)} if attachments else dict(meta)
    entry = Entry(kind, by.id, at, checked(text), full)
    after = ticket.evolve(thread=(*ticket.thread, entry))
    events = [Event(kind)]
    if close_too:
        after, closing = _closed(after, at)
        events.append(closing)
    return Change(kind, by, at, (edit(ticket, after, *events, files=attachments),), summary="closed" if close_too else "")


def checked(text: str) -> str:
    """A body or an entry's text as given; UsageFault for what no record can hold."""
    try:
        return check_text(text)
    except ValueError as error:
        raise UsageFault(str(error)) from None


def _closed(ticket: Ticket, at: datetime) -> tuple[Ticket, Event]:
    state = workflow.after("close", ticket.state, ticket.id)
    return ticket.evolve(state=state, closed=utc_text(at), pending_until=None), Event("close", ticket.state, state)


def close(ticket: Ticket, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """End the work on a ticket (row 1.6)."""
    after, event = _closed(ticket, at)
    return Change("close", by, at, (edit(ticket, after, event),), reason)


def reopen(ticket: Ticket, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Take up a closed or pending ticket again."""
    if ticket.merged_into:
        raise Refused(f"{ticket.id} was merged into {ticket.merged_into}", f"go on there: desk ticket show {ticket.merged_into}")
    state = workflow.after("reopen", ticket.state, ticket.id)
    after = ticket.evolve(state=state, closed=None, pending_until=None)
    return Change("reopen", by, at, (edit(ticket, after, Event("reopen", ticket.state, state)),), reason)


def pending(ticket: Ticket, *, by: Staff, at: datetime, until: date | None = None, reason: str | None = None) -> Change:
    """Wait for the requester, a third party or a day."""
    state = workflow.after("pending", ticket.state, ticket.id)
    day = until.isoformat() if until else None
    after = ticket.evolve(state=state, pending_until=day)
    event = Event("pending", ticket.state, f"{state} until {day}" if day else state)
    return Change("pending", by, at, (edit(ticket, after, event),), reason, f"until {day}" if day else "")


def rewrite(ticket: Ticket, after: Ticket, *, by: Staff, at: datetime) -> Change:
    """Title, body and the other plain fields, as an editor or an option gave them."""
    workflow.after("edit", ticket.state, ticket.id)
    changed = [n for n in Ticket.FIELDS if getattr(ticket, n) != getattr(after, n)]
    if ticket.body != after.body:
        changed.append("body")
    if not changed and dict(ticket.extra) == dict(after.extra):
        raise Refused(f"nothing in {ticket.id} was changed", f"see: desk ticket show {ticket.id}")
    if changed == ["title"]:
        event = Event("edit", ticket.title, after.title)
    else:
        event = Event("edit", None, " ".join(changed) or None)
    return Change("edit", by, at, (edit(ticket, after, event),), summary=" ".join(changed))


def edit_reply(ticket: Ticket, number: int, text: str, *, by: Staff, at: datetime) -> Change:
    """Rule 6: only the author edits a reply or note, and only while it is the last one of an open ticket."""
    workflow.after("edit-reply", ticket.state, ticket.id)
    if not 1 <= number <= len(ticket.thread):
        raise UsageFault(f"{ticket.id} has no entry {number}", f"it has {len(ticket.thread)}: desk ticket show {ticket.id}")
    entry = ticket.thread[number - 1]
    if number != len(ticket.thread):
        raise Refused(f"entry {number} of {ticket.id} is not the last one", "others have answered it; write a new one instead")
    if entry.by != by.id:
        raise Refused(f"entry {number} of {ticket.id} was written by {entry.by}", "only its author may edit it")
    if not text.strip():
        raise UsageFault(f"the {entry.kind} is empty")
    after = ticket.evolve(thread=(*ticket.thread[:-1], entry._replace(text=checked(text))))
    return Change("edit", by, at, (edit(ticket, after, Event("edit", None, f"{entry.kind} {number}")),), summary=f"{entry.kind} {number}")


def link(ticket: Ticket, other: Ticket, relation: str, *, by: Staff, at: datetime) -> Change:
    """Relate two tickets; the inverse relation is written on the other one."""
    if ticket.id == other.id:
        raise Refused(f"{ticket.id} can't be linked to itself", "name two tickets")
    here, there = f"{relation} {other.id}", f"{LINK_TYPES[relation]} {ticket.id}"
    if here in ticket.links:
        raise Refused(f"{ticket.id} already {relation} {other.id}", f"see: desk ticket show {ticket.id}")
    edits = (
        edit(ticket, ticket.evolve(links=[*ticket.links, here]), Event("link", None, here)),
        edit(other, other.evolve(links=[*other.links, there]), Event("link", None, there)),
    )
    return Change("link", by, at, edits, summary=here)


def unlink(ticket: Ticket, other: Ticket, *, by: Staff, at: datetime) -> Change:
    """Take every relation between two tickets away, on both."""
    edits = []
    for one, two in ((ticket, other), (other, ticket)):
        gone = [ln for ln in one.links if ln.endswith(" " + two.id)]
        if gone:
            after = one.evolve(links=[ln for ln in one.links if ln not in gone])
            edits.append(edit(one, after, Event("unlink", ", ".join(gone))))
    if not edits:
        raise Refused(f"{ticket.id} and {other.id} are not linked", f"its links: {', '.join(ticket.links) or 'none'}")
    return Change("unlink", by, at, tuple(edits), summary=other.id)


def transfer(ticket: Ticket, problem: Ticket, *, by: Staff, at: datetime) -> Change:
    """Hand an incident to problem management: open the problem, link both (row 1.7)."""
    workflow.after("transfer", ticket.state, ticket.id)
    if ticket.kind_of_work == PROBLEM:
        raise Refused(f"{ticket.id} is a problem already", f"see: desk ticket show {ticket.id}")
    here, there = f"caused-by {problem.id}", f"causes {ticket.id}"
    events = [Event("transfer", None, problem.id)]
    tags = ticket.tags
    if INCIDENT not in tags:
        tags = (*tags, INCIDENT)
        events.append(Event("tag", None, INCIDENT))
    edits = (
        edit(ticket, ticket.evolve(tags=tags, links=[*ticket.links, here]), *events),
        edit(None, problem.evolve(links=[there]), Event("create", None, problem.department)),
    )
    return Change("transfer", by, at, edits, summary=problem.id)


Carried = Mapping[str, tuple[str, bytes]]
"""Attachments that go along: old name → name in the other ticket, and content."""


def _with_carried(entry: Entry, carried: Carried, **more: str) -> Entry:
    meta = {**entry.meta, **more}
    if entry.attachments:
        meta["attachments"] = [carried[name][0] for name in entry.attachments]
    return entry._replace(meta=meta)


def merge(ticket: Ticket, into: Ticket, carried: Carried, *, by: Staff, at: datetime) -> Change:
    """Close a ticket in favour of another, which takes over its request and its thread; the old id leads there."""
    if ticket.id == into.id:
        raise Refused(f"{ticket.id} can't be merged into itself", "name another ticket with --into")
    request = Entry(
        NOTE,
        ticket.author or by.id,
        ticket.created,
        f"{ticket.title}\n\n{ticket.body}".strip(),
        {"attachments": list(ticket.attachments)} if ticket.attachments else NOTHING,
    )
    moved = [_with_carried(e, carried, **{"from": ticket.id}) for e in (request, *ticket.thread)]
    thread = tuple(sorted((*into.thread, *moved), key=lambda e: e.at))
    closing = {"closed": utc_text(at)} if ticket.state != workflow.CLOSED else {}
    gone = ticket.evolve(state=workflow.CLOSED, merged_into=into.id, pending_until=None, **closing)
    events = [Event("merge", None, into.id)]
    if closing:
        events.append(Event("close", ticket.state, workflow.CLOSED))
    edits = (
        edit(ticket, gone, *events),
        edit(into, into.evolve(thread=thread), Event("merge", ticket.id), files=dict(carried.values())),
    )
    return Change("merge", by, at, edits, summary=f"into {into.id}")


def split(ticket: Ticket, number: int, fresh: Ticket, carried: Carried, *, by: Staff, at: datetime) -> Change:
    """Make the thread from entry `number` on a ticket of its own; `fresh` brings its id, title and classification."""
    if not 1 <= number <= len(ticket.thread):
        raise UsageFault(f"{ticket.id} has no entry {number}", f"it has {len(ticket.thread)}: desk ticket show {ticket.id}")
    first, *rest = (_with_carried(e, carried) for e in ticket.thread[number - 1 :])
    new = fresh.evolve(
        body=first.text, thread=tuple(rest), links=[f"relates {ticket.id}"], attachments=list(first.attachments) or None
    )
    left = ticket.evolve(thread=ticket.thread[: number - 1], links=[*ticket.links, f"relates {new.id}"])
    edits = (
        edit(ticket, left, Event("split", None, new.id), files=dict.fromkeys(carried)),
        edit(None, new, Event("create", None, new.department), files=dict(carried.values())),
    )
    return Change("split", by, at, edits, summary=new.id)


def delete(ticket: Ticket, others: Iterable[Ticket], *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Remove a ticket and the links to it; git keeps what it said."""
    files: dict[str, bytes | None] = dict.fromkeys(ticket.all_attachments)
    edits = [Edit(ticket, None, (Event("delete", ticket.title),), files)]
    for other in others:
        gone = [ln for ln in other.links if ln.endswith(" " + ticket.id)]
        if gone:
            after = other.evolve(links=[ln for ln in other.links if ln not in gone])
            edits.append(edit(other, after, Event("unlink", ", ".join(gone))))
    return Change("delete", by, at, tuple(edits), reason, ticket.title)
