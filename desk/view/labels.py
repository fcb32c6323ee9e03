"""What fields are called on a page, and the words of fields that the program knows: names as typed, said as people say them.

Priorities, channels and the like are the desk's to choose; those of the starter desk are known here, others stand as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desk.domain.rights.words import word
from desk.text import Text, pgettext, said
from desk.view.values import one_line, say

FIELDS: Mapping[str, Text] = MappingProxyType(
    {
        "approved_by": pgettext("label", "approved by"),
        "at": pgettext("label", "at"),
        "attachments": pgettext("label", "attachments"),
        "author": pgettext("label", "author"),
        "automatic": pgettext("label", "automatic"),
        "away": pgettext("label", "away"),
        "body": pgettext("label", "body"),
        "by": pgettext("label", "by"),
        "cause": pgettext("label", "cause"),
        "cc": pgettext("label", "cc"),
        "channel": pgettext("label", "channel"),
        "checklist": pgettext("label", "checklist"),
        "closed": pgettext("label", "closed"),
        "color": pgettext("label", "color"),
        "command": pgettext("label", "command"),
        "commit": pgettext("label", "commit"),
        "coordinator": pgettext("label", "coordinator"),
        "count": pgettext("label", "count"),
        "created": pgettext("label", "created"),
        "default": pgettext("label", "default"),
        "department": pgettext("label", "department"),
        "departments": pgettext("label", "departments"),
        "description": pgettext("label", "description"),
        "desk": pgettext("label", "desk"),
        "digest": pgettext("label", "digest"),
        "disabled": pgettext("label", "disabled"),
        "due": pgettext("label", "due"),
        "email": pgettext("label", "email"),
        "emails": pgettext("label", "emails"),
        "escalation": pgettext("label", "escalation"),
        "fields": pgettext("label", "fields"),
        "fix": pgettext("label", "fix"),
        "folder": pgettext("label", "folder"),
        "group": pgettext("label", "group"),
        "groups": pgettext("label", "groups"),
        "icon": pgettext("label", "icon"),
        "id": pgettext("label", "id"),
        "impact": pgettext("label", "impact"),
        "keys": pgettext("label", "keys"),
        "keywords": pgettext("label", "keywords"),
        "kind": pgettext("label", "kind"),
        "language": pgettext("label", "language"),
        "level": pgettext("label", "level"),
        "links": pgettext("label", "links"),
        "major": pgettext("label", "major"),
        "may": pgettext("label", "may"),
        "merged_into": pgettext("label", "merged into"),
        "message_id": pgettext("label", "message id"),
        "name": pgettext("label", "name"),
        "notes": pgettext("label", "notes"),
        "numbers": pgettext("label", "numbers"),
        "on": pgettext("label", "on"),
        "options": pgettext("label", "options"),
        "order": pgettext("label", "order"),
        "organisation": pgettext("label", "organisation"),
        "owner": pgettext("label", "owner"),
        "path": pgettext("label", "path"),
        "paused": pgettext("label", "paused"),
        "pauses": pgettext("label", "pauses"),
        "pending_for": pgettext("label", "waits for"),
        "pending_until": pgettext("label", "until"),
        "phone": pgettext("label", "phone"),
        "priority": pgettext("label", "priority"),
        "private": pgettext("label", "private"),
        "problem": pgettext("label", "problem"),
        "published": pgettext("label", "published"),
        "reason": pgettext("label", "reason"),
        "registered": pgettext("label", "registered"),
        "replies": pgettext("label", "replies"),
        "requester": pgettext("label", "requester"),
        "required": pgettext("label", "required"),
        "resolution": pgettext("label", "resolution"),
        "respond_by": pgettext("label", "reply due"),
        "review": pgettext("label", "review"),
        "self_service": pgettext("label", "self service"),
        "service": pgettext("label", "service"),
        "sla": pgettext("label", "missed"),
        "state": pgettext("label", "state"),
        "symptom": pgettext("label", "symptom"),
        "tags": pgettext("label", "tags"),
        "then": pgettext("label", "then"),
        "thread": pgettext("label", "thread"),
        "responded": pgettext("label", "responded"),
        "overdue": pgettext("label", "overdue"),
        "problems": pgettext("label", "problems"),
        "load": pgettext("label", "load"),
        "users": pgettext("label", "users"),
        "articles": pgettext("label", "articles"),
        "banned": pgettext("label", "banned"),
        "staff": pgettext("label", "staff"),
        "tickets": pgettext("label", "tickets"),
        "known_errors": pgettext("label", "known errors"),
        "incidents": pgettext("label", "incidents"),
        "steps": pgettext("label", "steps"),
        "size": pgettext("label", "size"),
        "file": pgettext("label", "file"),
        "title": pgettext("label", "title"),
        "titles": pgettext("label", "titles"),
        "topic": pgettext("label", "topic"),
        "type": pgettext("label", "type"),
        "undeliverable": pgettext("label", "undeliverable"),
        "update_by": pgettext("label", "next reply"),
        "urgency": pgettext("label", "urgency"),
        "watchers": pgettext("label", "watchers"),
        "work": pgettext("label", "work"),
        "workaround": pgettext("label", "workaround"),
    }
)
OF_WORDS = frozenset(
    ("state", "priority", "impact", "urgency", "kind", "channel", "pending_for", "resolution", "problem_state", "type")
)
"""Fields whose values are such words."""


def say_field(name: str) -> str:
    """What a field is called; a name that the program doesn't know is somebody's own."""
    return said(FIELDS[name]) if name in FIELDS else one_line(name.replace("_", " "))


def say_word(value: Any, field: str = "") -> str:
    """A state, a priority, a kind, as people say it; of a field where that matters."""
    if isinstance(value, list | tuple) and value:
        return ", ".join(say_word(one, field) for one in value)
    found = word(value, field) if isinstance(value, str) else value
    return said(found) if isinstance(found, Text) else say(value)


def say_links(links: Sequence[str]) -> str:
    """Relations to other tickets, as a record has them: `caused-by 260723-7K3Q`."""
    pairs = (link.partition(" ") for link in links)
    return ", ".join(f"{say_word(relation, 'relation')} {one_line(other)}".rstrip() for relation, _, other in pairs)
