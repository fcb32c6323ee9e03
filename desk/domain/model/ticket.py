"""A ticket, and the one way to write it down as part of a change.

Its verbs stand in modules by concern: `lifecycle`, `ownership`, `classification`, `answering`, `relation`,
`watching`, `major`, `checklists`.
A verb takes the ticket and what it needs, who acts and when, and returns a Change; it refuses with an error that
carries a hint. Rights are checked by `policy` before a verb is called, legal moves by `workflow` inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from desk.domain.model.fields import (
    DATE,
    EMAILS,
    FLAG,
    LINE,
    LINES,
    LINKS,
    NUMBERS,
    SLUG,
    SLUGS,
    STEPS,
    TEXT,
    TICKET,
    TIME,
    VALUES,
    Field,
)
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.record import NOTHING, Record
from desk.domain.model.slafields import PAUSES, RECORDS
from desk.errors import Refused
from desk.text import _

if TYPE_CHECKING:
    from desk.domain.model.change import Edit, Event

REPLY = "reply"
NOTE = "note"


class Ticket(Record):
    kind = "ticket"
    plural = "tickets"
    folder = "records/tickets"
    suffix = ".md"
    salted = True

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
    pauses = Field[tuple[str, ...]](PAUSES, "when that clock stood still: from and until, a line each", default=())
    sla = Field[tuple[str, ...]](RECORDS, "warnings and breaches of its service level, each with its time", default=())
    merged_into = Field[str | None](TICKET, "the ticket that goes on in its place", ref="ticket")
    links = Field[tuple[str, ...]](LINKS, "relations to other tickets", default=())
    attachments = Field[tuple[str, ...]](LINES, "files that came with the request", default=())
    fields = Field[Mapping[str, Any]](VALUES, "custom fields", default=NOTHING)
    numbers = Field[tuple[str, ...]](NUMBERS, "what the requester's own desk calls it: INC0042", default=())
    message_id = Field[str | None](LINE, "the mail that opened it", fixed=True)
    cc = Field[tuple[str, ...]](EMAILS, "addresses that mails about it were copied to; they may answer", default=())
    watchers = Field[tuple[str, ...]](SLUGS, "staff and requesters who want to hear of it", default=())
    checklist = Field[tuple[str, ...]](
        STEPS, "steps to be taken: `[ ] step`, and `[x] step` when it is done", default=()
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
        """incident, problem or ticket: decided by the reserved tags (requirement 1.0-a)."""
        return next((tag for tag in RESERVED_TAGS if tag in self.tags), "ticket")

    @property
    def responded(self) -> datetime | None:
        """When staff first replied."""
        return next((e.at for e in self.thread if e.kind == REPLY and not e.by.startswith(USER_PREFIX)), None)

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
            _("{id} can't be an {incident} and a {problem} at once", id=after.id, incident=INCIDENT, problem=PROBLEM),
            _(
                "first: desk ticket untag {id} {incident}; or hand it on: desk ticket transfer {id}",
                id=after.id,
                incident=INCIDENT,
            ),
        )
    if after.major and after.kind_of_work != INCIDENT:
        raise Refused(
            _("{id} is a major incident, so the tag {incident} stays", id=after.id, incident=INCIDENT),
            _("first: desk ticket major {id} --off", id=after.id),
        )
    from desk.domain.model.change import Edit  # noqa: PLC0415 - for writes only

    return Edit(before, after, events, files)
