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
    FLAG,
    LINE,
    LINES,
    LINKS,
    SLUG,
    SLUGS,
    TEXT,
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
    major = Field[bool](FLAG, "a major incident, with targets and a coordinator of its own", default=False)
    department = Field[str](SLUG, "who looks after it", required=True, ref="department")
    owner = Field[str | None](SLUG, "the staff member mainly responsible", ref="staff")
    coordinator = Field[str | None](SLUG, "who leads the work on a major incident", ref="staff")
    requester = Field[str | None](SLUG, "on whose behalf it was registered", ref="user")
    tags = Field[tuple[str, ...]](SLUGS, "incident, problem, and any other tags", default=(), ref="tag")
    service = Field[str | None](SLUG, "the affected service")
    language = Field[str | None](SLUG, "language of the request", setting="desk.languages")
    channel = Field[str | None](SLUG, "how it came in", setting="ticket.channels")
    created = Field[datetime](TIME, "when it was registered", required=True, fixed=True)
    author = Field[str | None](SLUG, "who registered it", fixed=True)
    pending_until = Field[date | None](DATE, "when a pending ticket comes back")
    pending_for = Field[str | None](SLUG, "whom a pending ticket waits for: requester or third-party")
    closed = Field[datetime | None](TIME, "when it was closed")
    resolution = Field[str | None](SLUG, "how it was closed: solved, workaround, duplicate, not-an-incident, withdrawn")
    respond_by = Field[datetime | None](TIME, "when a first reply is due")
    update_by = Field[datetime | None](TIME, "when the next reply is due")
    due = Field[datetime | None](TIME, "when it is to be resolved")
    paused = Field[datetime | None](TIME, "since when the clock of its service level stands still")
    sla = Field[tuple[str, ...]](LINES, "warnings and breaches of its service level, each with its time", default=())
    merged_into = Field[str | None](TICKET, "the ticket that goes on in its place", ref="ticket")
    links = Field[tuple[str, ...]](LINKS, "relations to other tickets", default=())
    attachments = Field[tuple[str, ...]](LINES, "files that came with the request", default=())
    fields = Field[Mapping[str, Any]](VALUES, "custom fields", default=NOTHING)
    watchers = Field[tuple[str, ...]](SLUGS, "staff and requesters who want to hear of it", default=())
    checklist = Field[tuple[str, ...]](
        LINES, "steps to be taken: `[ ] step`, and `[x] step` when it is done", default=()
    )
    cause = Field[str | None](TEXT, "the root cause of a problem")
    workaround = Field[str | None](TEXT, "what helps until the problem is solved")
    fix = Field[str | None](TEXT, "what solves the problem")
    review = Field[str | None](TEXT, "what was learnt from a major incident")

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
        whom = "WHO" if ticket.owner == to.id else to.id
        raise Refused(
            f"{ticket.id} is already owned by {ticket.owner}",
            f"hand it on: desk ticket escalate {ticket.id} --to {whom}; or first: desk ticket unassign {ticket.id}",
        )
    check_serves(ticket, to)
    return Change(
        "assign", by, at, (edit(ticket, ticket.evolve(owner=to.id), Event("assign", None, to.id)),), summary=to.id
    )


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
    given: dict[str, Any] = {k: v for k, v in (("impact", impact), ("urgency", urgency)) if v is not None}
    after = ticket.evolve(**given)
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
        raise Refused(
            f"{ticket.id} already carries {', '.join(sorted(set(tags)))}", f"see: desk ticket show {ticket.id}"
        )
    event = Event("tag", None, " ".join(added))
    after = ticket.evolve(tags=[*ticket.tags, *added])
    return Change("tag", by, at, (edit(ticket, after, event),), summary=" ".join(added))


def untag(ticket: Ticket, tags: Iterable[str], *, by: Staff, at: datetime) -> Change:
    """Take tags off."""
    workflow.after("untag", ticket.state, ticket.id)
    removed = sorted(set(tags) & set(ticket.tags))
    if not removed:
        raise Refused(
            f"{ticket.id} doesn't carry {', '.join(sorted(set(tags)))}", f"it has: {', '.join(ticket.tags) or 'none'}"
        )
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
    return Change(
        kind, by, at, (edit(ticket, after, *events, files=attachments),), summary="closed" if close_too else ""
    )


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


def reopen(ticket: Ticket, owner: Staff | None, *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Take up a closed or pending ticket again; an owner who left, or no longer serves the department, is dropped (rule 3)."""
    if ticket.merged_into:
        raise Refused(
            f"{ticket.id} was merged into {ticket.merged_into}", f"go on there: desk ticket show {ticket.merged_into}"
        )
    state = workflow.after("reopen", ticket.state, ticket.id)
    after = ticket.evolve(state=state, closed=None, pending_until=None)
    events = [Event("reopen", ticket.state, state)]
    if ticket.owner is not None and (owner is None or ticket.department not in owner.departments):
        events.append(Event("unassign", ticket.owner))
        after = after.evolve(owner=None)
    return Change("reopen", by, at, (edit(ticket, after, *events),), reason)


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
    words = " ".join(changed)
    event = Event("edit", ticket.title, after.title) if words == "title" else Event("edit", None, words or None)
    return Change("edit", by, at, (edit(ticket, after, event),), summary=words)


def edit_reply(ticket: Ticket, number: int, text: str, *, by: Staff, at: datetime) -> Change:
    """Rule 6: only the author edits a reply or note, and only while it is the last one of an open ticket."""
    require_last(ticket, number, by.id)
    entry = ticket.thread[number - 1]
    if not text.strip():
        raise UsageFault(f"the {entry.kind} is empty", f"desk ticket edit {ticket.id} --entry {number} --body TEXT")
    if entry.text == text:
        raise Refused(f"nothing in {ticket.id} was changed", f"see: desk ticket show {ticket.id}")
    after = ticket.evolve(thread=(*ticket.thread[:-1], entry._replace(text=checked(text))))
    what = f"{entry.kind} {number}"
    return Change("edit", by, at, (edit(ticket, after, Event("edit", None, what)),), summary=what)


def require_last(ticket: Ticket, number: int, author: str) -> None:
    """Refuse to edit an entry that isn't the author's, or isn't the last one (rule 6)."""
    workflow.after("edit-reply", ticket.state, ticket.id)
    if not 1 <= number <= len(ticket.thread):
        raise UsageFault(
            f"{ticket.id} has no entry {number}", f"it has {len(ticket.thread)}: desk ticket show {ticket.id}"
        )
    entry = ticket.thread[number - 1]
    if number != len(ticket.thread):
        raise Refused(
            f"entry {number} of {ticket.id} is not the last one", "write a new one: desk ticket reply or note"
        )
    if entry.by != author:
        raise Refused(f"entry {number} of {ticket.id} was written by {entry.by}", "only its author may edit it")


def delete(ticket: Ticket, others: Iterable[Ticket], *, by: Staff, at: datetime, reason: str | None = None) -> Change:
    """Remove a ticket and what leads to it from `others`; git keeps what it said."""
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
