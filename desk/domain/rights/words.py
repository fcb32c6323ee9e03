"""Words that records hold, as people say them: states, priorities, channels, kinds of records. Typed, they stay as they are.

Priorities, channels and the like are the desk's to choose; those of the starter desk are known here, others stand as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.states import CLOSED, OPEN, PENDING
from desk.text import Text, _, pgettext

WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "open": pgettext("value", "open"),
        "pending": pgettext("value", "pending"),
        "closed": pgettext("value", "closed"),
        "low": pgettext("value", "low"),
        "medium": pgettext("value", "medium"),
        "high": pgettext("value", "high"),
        "critical": pgettext("value", "critical"),
        "requester": pgettext("value", "requester"),
        "third-party": pgettext("value", "third-party"),
        "solved": pgettext("value", "solved"),
        "duplicate": pgettext("value", "duplicate"),
        "workaround": pgettext("value", "workaround"),
        "not-an-incident": pgettext("value", "not-an-incident"),
        "missing": pgettext("value", "missing"),
        "behind": pgettext("value", "behind"),
        "damaged": pgettext("value", "damaged"),
        "unsigned": pgettext("value", "unsigned"),
        "signed": pgettext("value", "signed"),
        "fault": pgettext("value", "fault"),
        "remark": pgettext("value", "remark"),
        "new": pgettext("value", "new"),
        "modified": pgettext("value", "modified"),
        "deleted": pgettext("value", "deleted"),
        "default": pgettext("value", "default"),
        "departments": pgettext("value", "departments"),
        "groups": pgettext("value", "groups"),
        "tags": pgettext("value", "tags"),
        "fields": pgettext("value", "fields"),
        "machines": pgettext("value", "machines"),
        "users": pgettext("value", "users"),
        "bans": pgettext("value", "bans"),
        "topics": pgettext("value", "topics"),
        "articles": pgettext("value", "articles"),
        "responses": pgettext("value", "responses"),
        "checklists": pgettext("value", "checklists"),
        "tickets": pgettext("value", "tickets"),
        "incidents": pgettext("value", "incidents"),
        "problems": pgettext("value", "problems"),
        "commits": pgettext("value", "commits"),
        "events": pgettext("value", "events"),
        "broken": pgettext("value", "broken"),
        "functional": pgettext("value", "functional"),
        "hierarchical": pgettext("value", "hierarchical"),
        "failed": pgettext("value", "failed"),
        "none": pgettext("value", "none"),
        "by hand": pgettext("value", "by hand"),
        "under a day": pgettext("value", "under a day"),
        "1-3 days": pgettext("value", "1-3 days"),
        "3-7 days": pgettext("value", "3-7 days"),
        "7-30 days": pgettext("value", "7-30 days"),
        "30-90 days": pgettext("value", "30-90 days"),
        "over 90 days": pgettext("value", "over 90 days"),
        "department": pgettext("value", "department"),
        "group": pgettext("value", "group"),
        "tag": pgettext("value", "tag"),
        "field": pgettext("value", "field"),
        "machine": pgettext("value", "machine"),
        "staff": pgettext("value", "staff"),
        "user": pgettext("value", "user"),
        "ban": pgettext("value", "ban"),
        "topic": pgettext("value", "topic"),
        "checklist": pgettext("value", "checklist"),
        "settings": pgettext("value", "settings"),
        "file": pgettext("value", "file"),
        "taken": pgettext("value", "taken"),
        "known": pgettext("value", "known"),
        "dropped": pgettext("value", "dropped"),
        "rejected": pgettext("value", "rejected"),
        "held": pgettext("value", "held"),
        "sent": pgettext("value", "sent"),
        "waiting": pgettext("value", "waiting"),
        "in": pgettext("value", "in"),
        "out": pgettext("value", "out"),
        "withdrawn": pgettext("value", "withdrawn"),
        "ticket": pgettext("value", "ticket"),
        "incident": pgettext("value", "incident"),
        "problem": pgettext("value", "problem"),
        "email": pgettext("value", "email"),
        "phone": pgettext("value", "phone"),
        "web": pgettext("value", "web"),
        "draft": pgettext("value", "draft"),
        "review": pgettext("value", "review"),
        "published": pgettext("value", "published"),
        "retired": pgettext("value", "retired"),
        "known-error": pgettext("value", "known-error"),
        "how-to": pgettext("value", "how-to"),
        "faq": pgettext("value", "faq"),
        "reply": pgettext("value", "reply"),
        "cli": pgettext("value", "cli"),
        "root-cause": pgettext("value", "root-cause"),
        "patient-safety": pgettext("value", "patient-safety"),
        "article": pgettext("value", "article"),
        "response": pgettext("value", "response"),
        "note": pgettext("value", "note"),
    }
)


OF_FIELD: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "impact": {
            "low": pgettext("impact", "low"),
            "medium": pgettext("impact", "medium"),
            "high": pgettext("impact", "high"),
        },
        "urgency": {
            "low": pgettext("urgency", "low"),
            "medium": pgettext("urgency", "medium"),
            "high": pgettext("urgency", "high"),
        },
        "relation": {
            "relates": pgettext("relation", "relates"),
            "duplicates": pgettext("relation", "duplicates"),
            "duplicated-by": pgettext("relation", "duplicated-by"),
            "caused-by": pgettext("relation", "caused-by"),
            "causes": pgettext("relation", "causes"),
        },
        "verb": {
            "create": pgettext("verb", "create"),
            "assign": pgettext("verb", "assign"),
            "unassign": pgettext("verb", "unassign"),
            "escalate": pgettext("verb", "escalate"),
            "escalate-up": pgettext("verb", "escalate-up"),
            "move": pgettext("verb", "move"),
            "classify": pgettext("verb", "classify"),
            "tag": pgettext("verb", "tag"),
            "untag": pgettext("verb", "untag"),
            "edit": pgettext("verb", "edit"),
            "edit-reply": pgettext("verb", "edit-reply"),
            "pending": pgettext("verb", "pending"),
            "close": pgettext("verb", "close"),
            "reopen": pgettext("verb", "reopen"),
            "major": pgettext("verb", "major"),
            "major-off": pgettext("verb", "major-off"),
            "check": pgettext("verb", "check"),
            "uncheck": pgettext("verb", "uncheck"),
            "transfer": pgettext("verb", "transfer"),
            "cause": pgettext("verb", "cause"),
            "resolve": pgettext("verb", "resolve"),
            "link": pgettext("verb", "link"),
            "unlink": pgettext("verb", "unlink"),
            "watch": pgettext("verb", "watch"),
            "unwatch": pgettext("verb", "unwatch"),
            "merge": pgettext("verb", "merge"),
            "split": pgettext("verb", "split"),
            "undo": pgettext("verb", "undo"),
            "delete": pgettext("verb", "delete"),
            "decide": pgettext("verb", "decide"),
            "rename": pgettext("verb", "rename"),
            "resume": pgettext("verb", "resume"),
            "renew": pgettext("verb", "renew"),
            "warning": pgettext("verb", "warning"),
            "breach": pgettext("verb", "breach"),
            "undelivered": pgettext("verb", "undelivered"),
            "review": pgettext("verb", "review"),
            "approve": pgettext("verb", "approve"),
            "commit": pgettext("verb", "commit"),
            "config": pgettext("verb", "config"),
            "doctor": pgettext("verb", "doctor"),
            "import": pgettext("verb", "import"),
            "init": pgettext("verb", "init"),
            "problem-closed": pgettext("verb", "problem-closed"),
            "problem-reopened": pgettext("verb", "problem-reopened"),
            "publish": pgettext("verb", "publish"),
            "purge": pgettext("verb", "purge"),
            "relink": pgettext("verb", "relink"),
            "retire": pgettext("verb", "retire"),
            "return": pgettext("verb", "return"),
            "seal": pgettext("verb", "seal"),
            "signup": pgettext("verb", "signup"),
            "submit": pgettext("verb", "submit"),
            "unban": pgettext("verb", "unban"),
        },
    }
)
"""Words that another language has otherwise in the field: in its gender, or as what was done."""


def word(value: str, field: str = "") -> str:
    """A word as people say it, of a field."""
    own = OF_FIELD.get("verb" if field == "event" else field, {}).get(value)
    return own if own is not None else WORDS.get(value, value)


_BECAME = {
    OPEN: pgettext("became", "open"),
    PENDING: pgettext("became", "pending"),
    CLOSED: pgettext("became", "closed"),
}
"""A state as what became of a ticket."""


def state_words(text: str) -> str:
    """A state as history tells it (`states.state_text`), as people say it: `pending for requester until 2026-07-30`."""
    if text in _BECAME:
        return _BECAME[text]
    if found := re.fullmatch(rf"{CLOSED} \((\S+)\)", text):
        return _("closed ({resolution})", resolution=word(found[1]))
    found = re.fullmatch(rf"{PENDING}(?: for (\S+))?(?: until (\S+))?", text)
    if found is None:
        return word(text)
    who, day = found[1] and word(found[1]), found[2]
    if who and day:
        return _("pending for {who} until {day}", who=who, day=day)
    return _("pending for {who}", who=who) if who else _("pending until {day}", day=day)
