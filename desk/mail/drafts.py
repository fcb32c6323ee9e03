"""A notice as a draft: plain data with every value a text may name, as they were at the moment it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.config import Config
from desk.domain.changes.notices import QUOTING, Audience, Notice, notices
from desk.domain.model.actor import DESK, STAFF
from desk.domain.model.change import Change
from desk.domain.model.fields import utc_text
from desk.domain.model.record import Entry
from desk.domain.model.ticket import NOTE, REPLY, Ticket, files_folder
from desk.named import NamedTuple

SCHEMA = 1
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "ticket": {
        "id": "its id",
        "title": "what it is about",
        "state": "open, pending or closed",
        "priority": "its priority",
        "department": "name of the department",
        "owner": "name of the owner, if there is one",
        "created": "when it was registered, in the desk's time zone",
        "respond_by": "when a first reply is due, in the desk's time zone; empty once there is one, or where none is promised",
        "update_by": "when the next reply is due, as above",
        "due": "when it is to be resolved, as above",
        "pending_until": "the day on which a pending ticket comes back, if one was named",
        "pending_for": "whom it waits for: requester, third-party, or nothing",
        "resolution": "how it was closed: solved, workaround, duplicate, not-an-incident, withdrawn",
        "coordinator": "name of who leads the work on a major incident",
        "merged_into": "the ticket that goes on in its place, if it was merged",
    },
    "requester": {
        "name": "of the requester, if known; empty in messages to other requesters",
        "email": "as above",
        "organisation": "as above",
    },
    "recipient": {"name": "of whoever gets the message", "role": "why they get it, as in the table above"},
    "staff": {"name": "of the staff member who acted; empty when a requester did", "email": "as above"},
    "desk": {
        "name": "desk.name in desk.toml",
        "email": "contact.email",
        "phone": "contact.phone",
        "hours": "contact.hours",
    },
    "event": {"verb": "the event, as in the table above", "reason": "the reason that was given; empty for requesters"},
    "reply": {"text": "the reply or the note that the message is about"},
    "digest": {"number": "in a digest, how many messages it stands for", "text": "what they say"},
}
"""What a mail text may name, with its meaning; docs/notifications.md is made from it."""


class Occasion(NamedTuple):
    """One change that stands: what it was, the commit it became, whom it concerns, and the settings at the time."""

    change: Change
    commit: str
    audience: Audience
    config: Config


def drafts(moment: Occasion) -> list[dict[str, Any]]:
    """A draft for everybody who hears of a change."""
    return [_draft(n, notice, moment) for n, notice in enumerate(notices(moment.change, moment.audience), 1)]


def _draft(number: int, notice: Notice, moment: Occasion) -> dict[str, Any]:
    at = moment.change.at
    entry = _entry(notice, at)
    to = notice.to
    return {
        "schema": SCHEMA,
        "id": draft_id(at, moment.commit, number),
        "at": utc_text(at),
        "commit": moment.commit,
        "event": notice.event,
        "ticket": notice.ticket.id,
        "to": {"kind": to.kind, "id": to.id, "name": to.name, "email": to.email},
        "language": to.language or notice.ticket.language or moment.config["desk.languages"][0],
        "template": notice.template,
        "attachments": [f"{files_folder(notice.ticket.id)}/{name}" for name in entry.attachments] if entry else [],
        "variables": _variables(notice, entry.text if entry else "", moment),
    }


def draft_id(at: datetime, commit: str, number: int) -> str:
    """Unique, because the commit is; in the order of time."""
    return f"{at:%Y%m%dT%H%M%S}-{commit[:8]}-{number}"


def _entry(notice: Notice, at: datetime) -> Entry | None:
    """What was written in the same action; a note goes to staff alone, whatever a table says (rule 6)."""
    kinds = (REPLY, NOTE) if notice.to.kind == "staff" else (REPLY,)
    if notice.event not in QUOTING or not notice.ticket.thread:
        return None
    last = notice.ticket.thread[-1]
    return last if last.kind in kinds and last.at == at else None


def _variables(notice: Notice, text: str, moment: Occasion) -> dict[str, dict[str, str]]:
    people, by, to = moment.audience.people, moment.change.by, notice.to
    asked_by = people.get(notice.ticket.requester or notice.ticket.author or "")
    if asked_by is not None and (asked_by.kind != "user" or (to.kind == "user" and to.id != asked_by.id)):
        asked_by = None
    config = moment.config
    return {
        "ticket": _ticket(notice.ticket, moment.audience),
        "requester": {n: str(getattr(asked_by, n)) if asked_by else "" for n in VARIABLES["requester"]},
        "recipient": {"name": to.name, "role": notice.role},
        "staff": {n: str(getattr(by, n)) if by.kind in (STAFF, DESK) else "" for n in VARIABLES["staff"]},
        "desk": {n: str(config["desk.name" if n == "name" else f"contact.{n}"]) for n in VARIABLES["desk"]},
        "event": {"verb": notice.event, "reason": (moment.change.reason or "") if to.kind == "staff" else ""},
        "reply": {"text": text},
        "digest": dict.fromkeys(VARIABLES["digest"], ""),
    }


def _ticket(ticket: Ticket, audience: Audience) -> dict[str, str]:
    owner = audience.people.get(ticket.owner or "")
    coordinator = audience.people.get(ticket.coordinator or "")
    return {
        "id": ticket.id,
        "title": ticket.title,
        "state": ticket.state,
        "priority": ticket.priority,
        "department": audience.departments.get(ticket.department, ticket.department),
        "owner": owner.name if owner else "",
        # Told on the desk's clock when the text is filled in: the rules of time zones take 5 ms to load.
        "created": utc_text(ticket.created),
        "respond_by": utc_text(ticket.respond_by) if ticket.respond_by and not ticket.responded else "",
        "update_by": utc_text(ticket.update_by) if ticket.update_by else "",
        "due": utc_text(ticket.due) if ticket.due else "",
        "pending_until": ticket.pending_until.isoformat() if ticket.pending_until else "",
        "pending_for": ticket.pending_for or "",
        "resolution": ticket.resolution or "",
        "coordinator": coordinator.name if coordinator else "",
        "merged_into": ticket.merged_into or "",
    }


def languages(draft: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """In which languages a text is looked for, best first."""
    return list(dict.fromkeys([str(draft["language"]), *known]))
