"""What crosses rooms as plain rows: their keys and types, for those who read them. Times are RFC 3339 UTC text."""

from __future__ import annotations

from typing import Any, TypedDict


class TicketRow(TypedDict):
    """A ticket as a list shows it: its fields, and what follows from its tags and thread."""

    id: str
    title: str
    state: str
    kind: str
    priority: str
    impact: str | None
    urgency: str | None
    major: bool
    department: str
    owner: str | None
    coordinator: str | None
    requester: str | None
    tags: list[str]
    service: str | None
    language: str | None
    channel: str | None
    created: str
    author: str | None
    pending_until: str | None
    pending_for: str | None
    closed: str | None
    resolution: str | None
    respond_by: str | None
    update_by: str | None
    due: str | None
    paused: str | None
    pauses: list[str]
    sla: list[str]
    merged_into: str | None
    links: list[str]
    attachments: list[str]
    fields: dict[str, Any]
    numbers: list[str]
    message_id: str | None
    cc: list[str]
    watchers: list[str]
    checklist: list[str]
    cause: str | None
    workaround: str | None
    fix: str | None
    review: str | None
    responded: str | None
    replies: int
    notes: int


class ArticleRow(TypedDict):
    """One language of an article, without its text. `review` is a date."""

    id: str
    title: str
    topic: str
    type: str
    state: str
    language: str | None
    symptom: str | None
    cause: str | None
    workaround: str | None
    fix: str | None
    service: str | None
    problem: str | None
    tags: list[str]
    keywords: list[str]
    author: str | None
    published: str | None
    review: str | None
    approved_by: str | None


_Values = TypedDict("_Values", {"from": str | None, "to": str | None})
"""What an event says was there before, and is now: `from` can't be written as a name."""


class HistoryRow(_Values):
    """One event of one record; `by` is a handle, a requester's id, or the name of somebody who is neither."""

    at: str
    by: str
    verb: str
    reason: str | None
    commit: str
    by_hand: bool


class ActivityRow(_Values):
    """One event of any record, and the title of its ticket, None for other kinds and for what is gone."""

    at: str
    by: str
    kind: str
    id: str
    title: str | None
    verb: str
    reason: str | None
    commit: str


class LogRow(_Values):
    """As ActivityRow; of a commit that tells of no record, kind and id are None, and the verb if it was made by hand."""

    at: str
    by: str
    kind: str | None
    id: str | None
    title: str | None
    verb: str | None
    reason: str | None
    commit: str
    by_hand: bool


class CommitFacts(TypedDict):
    """Who made a commit, when and why; the verb is None if it was made by hand."""

    at: str
    by: str
    verb: str | None
    reason: str | None
    commit: str
    by_hand: bool


class HandoverRow(_Values):
    """One event of a ticket, and the ticket as it is now."""

    id: str
    title: str
    state: str
    priority: str
    department: str
    owner: str | None
    at: str
    by: str
    verb: str


class StepRow(TypedDict):
    """One step of a ticket's checklist; `by` and `at` are None for one that nobody is known to have ticked."""

    n: int
    text: str
    done: bool
    by: str | None
    at: str | None


class KnownErrorRow(TypedDict):
    """An article that tells of a problem."""

    id: str
    title: str
    state: str
    language: str | None


class CauseRow(TypedDict):
    """A problem behind an incident, with its known errors."""

    id: str
    title: str
    state: str
    cause: str | None
    workaround: str | None
    fix: str | None
    known_errors: list[KnownErrorRow]


class MissRow(TypedDict):
    """Words that were searched for without a hit, and how often."""

    words: str
    times: int
