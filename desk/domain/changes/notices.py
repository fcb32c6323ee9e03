"""Who hears of what: the people who are told of an event on a ticket, and the mail text they get, by the table of verbs.

It follows docs/rules.md, requirements 4.1.3 and 4.2: whoever a ticket concerns hears of it. Whoever acted hears nothing of it,
but for a person whose mail became a ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.query import Scope
from desk.domain.model.ticket import NOTE, Ticket
from desk.domain.rights import ticketverbs
from desk.domain.rights.verb import (
    BEATEN,
    DEPARTMENT,
    NAMED,
    OWNER,
    REQUESTER,
    RESPONSIBLE,
    STAFF_WATCHERS,
    WATCHERS,
    Role,
)
from desk.named import NamedTuple

_DECIDED = "decide"


class NoticeRow(NamedTuple):
    """One event, who is told, and the name of the text in templates/mail."""

    event: str
    role: Role
    template: str


_HEARD = tuple(hearing for verb in ticketverbs.ROWS for hearing in verb.hears)
TABLE: tuple[NoticeRow, ...] = tuple(
    NoticeRow(event, role, template)
    for (_, role, template), event in sorted((hearer, heard.event) for heard in _HEARD for hearer in heard.hearers)
)
"""By rank: somebody whom several rows reach in one action gets one message, and the first row counts."""
QUOTING = frozenset(heard.event for heard in _HEARD if heard.quotes)
URGENT = frozenset(heard.event for heard in _HEARD if heard.urgent)
LASTING = frozenset(heard.event for heard in _HEARD if heard.lasting)
"""Events whose messages hold what was written, wait for no digest, and are told to requesters however late."""
MEANING: Mapping[str, str] = {heard.event: heard.meaning for heard in sorted(_HEARD, key=lambda heard: heard.place)}


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


def find_concerned(change: Change) -> set[str]:
    """Ids of the requesters and watchers that a change is about; staff are told by department as well."""
    tickets = [e.after for e in tickets_of(change) if isinstance(e.after, Ticket)]
    return {i for t in tickets for i in (t.requester, t.author, *t.watchers) if i}


def notices(change: Change, audience: Audience) -> list[Notice]:
    """Everybody who hears of a change, once for each ticket."""
    found: list[Notice] = []
    for edit in tickets_of(change) if not _is_absence(change) else ():
        told = set() if _is_acknowledged(change) else {change.by.id}
        for notice in _of(edit, change, audience):
            if notice.to.id not in told:
                told.add(notice.to.id)
                found.append(notice)
    return found


def _is_acknowledged(change: Change) -> bool:
    """Whether whoever acted hears of it: a person who wrote a mail is told that it has arrived; a program isn't (RFC 3834)."""
    return change.verb == "create" and change.mail is not None and not change.mail.nature


def _is_absence(change: Change) -> bool:
    """Whether all that happened is that a program answered for somebody who is away, or that a mail was read: no news."""
    return change.verb == NOTE and change.mail is not None and change.mail.nature in ("reply", "receipt")


def _of(edit: Edit, change: Change, audience: Audience) -> Iterator[Notice]:
    ticket = edit.after
    assert isinstance(ticket, Ticket)  # noqa: S101 - tickets_of gives no others
    happened = {_event(event, change) for event in edit.events}
    # What is somebody's from the start, or done with, is for nobody to take up.
    settled = "create" in happened and bool(happened & {"assign", "close"})
    for row in TABLE:
        if row.event in happened and not (settled and row[:2] == ("create", DEPARTMENT)):
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


def _ids(role: Role, ticket: Ticket, audience: Audience, events: tuple[Event, ...]) -> list[str]:
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
        BEATEN: [who for e in events if e.verb == _DECIDED and (who := whose(e.before))],
    }[role]


def whose(value: str | None) -> str | None:
    """Whose change it was that two clones' meeting tells of: `owner petros (petros)`."""
    found = re.search(r"(?:^|\s)\(([^()\s]+)\)$", value or "")
    return found[1] if found else None


def _may_hear(person: Person, ticket: Ticket, audience: Audience) -> bool:
    """Requesters hear nothing of private departments (rule 4); staff of other ones only of what they wrote (rule 1)."""
    if person.barred or not person.email:
        return False
    if person.kind == "user":
        return ticket.department not in audience.private
    return Scope(person.id, person.departments).shows(ticket.department, ticket.author)
