"""Who hears of what: a table from an event on a ticket to the people who are told, and the mail text they get.

It follows docs/rules.md, requirements 4.1.3 and 4.2: whoever a ticket concerns hears of it. Whoever acted hears nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.ticket import Ticket

REQUESTER = "requester"
OWNER = "owner"
RESPONSIBLE = "owner, or else the department"
DEPARTMENT = "department"
NAMED = "who is named for the department"
WATCHERS = "watchers"
STAFF_WATCHERS = "watchers who are staff"


class NoticeRow(NamedTuple):
    """One event, who is told, and the name of the text in templates/mail."""

    event: str
    role: str
    template: str


TABLE: tuple[NoticeRow, ...] = (
    # Somebody whom several rows reach in one action gets one message: the first row counts.
    NoticeRow("merge", REQUESTER, "ticket-merged"),
    NoticeRow("create", REQUESTER, "ticket-created"),
    NoticeRow("reply", REQUESTER, "reply-sent"),
    NoticeRow("answer", RESPONSIBLE, "ticket-answered"),
    NoticeRow("assign", OWNER, "ticket-assigned"),
    NoticeRow("escalate", OWNER, "ticket-assigned"),
    NoticeRow("escalate-up", NAMED, "ticket-escalated"),
    NoticeRow("major", DEPARTMENT, "ticket-major"),
    NoticeRow("breach", RESPONSIBLE, "ticket-late"),
    NoticeRow("warning", RESPONSIBLE, "ticket-due"),
    NoticeRow("resume", RESPONSIBLE, "ticket-back"),
    NoticeRow("close", REQUESTER, "ticket-closed"),
    NoticeRow("reopen", REQUESTER, "ticket-reopened"),
    NoticeRow("pending", REQUESTER, "ticket-pending"),
    NoticeRow("note", OWNER, "ticket-noted"),
    NoticeRow("note", STAFF_WATCHERS, "ticket-noted"),
    NoticeRow("answer", STAFF_WATCHERS, "ticket-answered"),
    NoticeRow("create", DEPARTMENT, "ticket-new"),
    NoticeRow("open", DEPARTMENT, "ticket-new"),
    NoticeRow("move", DEPARTMENT, "ticket-moved"),
    NoticeRow("reopen", OWNER, "ticket-watched"),
    NoticeRow("merge", WATCHERS, "ticket-watched"),
    NoticeRow("reply", WATCHERS, "ticket-watched"),
    NoticeRow("close", WATCHERS, "ticket-watched"),
    NoticeRow("reopen", WATCHERS, "ticket-watched"),
    NoticeRow("pending", WATCHERS, "ticket-watched"),
)
MEANING: Mapping[str, str] = {
    "create": "a ticket is registered, or split off another one",
    "open": "a problem is opened from an incident",
    "assign": "a ticket gets an owner",
    "escalate": "a ticket is handed to another owner",
    "escalate-up": "a ticket is escalated upwards, and its owner goes on with the work",
    "major": "an incident is declared a major one, or gets another coordinator",
    "warning": "most of the time for a reply or a resolution has passed",
    "breach": "a reply or a resolution is overdue",
    "resume": "the day has come on which a pending ticket comes back",
    "move": "a ticket goes to another department",
    "reply": "staff answer the requester",
    "answer": "the requester writes",
    "note": "staff write a private note",
    "pending": "the work waits",
    "close": "the work is done",
    "reopen": "the work is taken up again",
    "merge": "the work goes on in another ticket",
}


class Person(NamedTuple):
    """Somebody who may be told. `barred`: banned, disabled, or deleted."""

    kind: str
    id: str
    name: str
    email: str
    language: str | None
    departments: tuple[str, ...] = ()
    barred: bool = False
    organisation: str = ""


class Audience(NamedTuple):
    """Everybody who could be told, by id; names of departments; and which of these are private."""

    people: Mapping[str, Person]
    departments: Mapping[str, str]
    private: frozenset[str]


class Notice(NamedTuple):
    """One message to be: to whom, about what, and why to them."""

    to: Person
    ticket: Ticket
    event: str
    role: str
    template: str


def tickets_of(change: Change) -> list[Edit]:
    """The tickets whose people hear of a change.

    Tickets that follow a department or a staff member who goes are none: nobody asked for a thousand messages.
    """
    if not change.edits or not isinstance(change.edits[0].record, Ticket):
        return []
    return [e for e in change.edits if isinstance(e.after, Ticket)]


def concerned(change: Change) -> set[str]:
    """Ids of the requesters and watchers that a change is about; staff are told by department as well."""
    tickets = [e.after for e in tickets_of(change) if isinstance(e.after, Ticket)]
    return {i for t in tickets for i in (t.requester, t.author, *t.watchers) if i}


def notices(change: Change, audience: Audience) -> list[Notice]:
    """Everybody who hears of a change, once for each ticket."""
    found: list[Notice] = []
    for edit in tickets_of(change):
        told = {change.by.id}
        for notice in _of(edit, change, audience):
            if notice.to.id not in told:
                told.add(notice.to.id)
                found.append(notice)
    return found


def _of(edit: Edit, change: Change, audience: Audience) -> Iterator[Notice]:
    ticket = edit.after
    assert isinstance(ticket, Ticket)  # noqa: S101 - tickets_of gives no others
    happened = {_event(event, change) for event in edit.events}
    for row in TABLE:
        if row.event in happened:
            for record_id in _ids(row.role, ticket, audience, edit.events):
                person = audience.people.get(record_id)
                if person and _may_hear(person, ticket, audience):
                    yield Notice(person, ticket, row.event, row.role, row.template)


def _event(event: Event, change: Change) -> str:
    """The table's name of an event: a reply by its requester is an answer, a problem opened is no request."""
    if event.verb == "reply" and change.by.kind == "user":
        return "answer"
    if event.verb == "create" and change.verb not in ("create", "split"):
        return "open"
    if event.verb == "merge" and event.after is None:
        return "merged here"
    return event.verb


def _ids(role: str, ticket: Ticket, audience: Audience, events: tuple[Event, ...]) -> list[str]:
    serving = [p.id for p in audience.people.values() if ticket.department in p.departments]
    owner = [ticket.owner] if ticket.owner else []
    author = [ticket.author] if ticket.author and ticket.author.startswith(USER_PREFIX) else []
    staff_watchers = [w for w in ticket.watchers if not w.startswith(USER_PREFIX)]
    return {
        REQUESTER: [ticket.requester] if ticket.requester else author,
        OWNER: owner,
        RESPONSIBLE: owner or serving,
        DEPARTMENT: serving,
        NAMED: [e.after for e in events if e.verb == "escalate-up" and e.after],
        WATCHERS: list(ticket.watchers),
        STAFF_WATCHERS: staff_watchers,
    }[role]


def _may_hear(person: Person, ticket: Ticket, audience: Audience) -> bool:
    """Requesters hear nothing of private departments (rule 4); staff of other ones only of what they wrote (rule 1)."""
    if person.barred or not person.email:
        return False
    if person.kind == "user":
        return ticket.department not in audience.private
    return ticket.department in person.departments or ticket.author == person.id
