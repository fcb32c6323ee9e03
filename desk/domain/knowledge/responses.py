"""Custom responses (docs/rules.md, requirement 4.6): what their texts may name and do, and which language of one is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from desk.errors import Broken
from desk.text import _

Meanings = Mapping[str, Mapping[str, str]]
"""Variables by group and name, each with its meaning."""

VARIABLES: Meanings = MappingProxyType(
    {
        "ticket": {
            "id": "its id",
            "title": "what it is about",
            "state": "open, pending or closed",
            "kind": "incident, problem or ticket",
            "priority": "its priority",
            "department": "name of the department",
            "owner": "name of the owner; empty if nobody is",
            "service": "the affected service; empty if none is named",
            "tags": "its tags: a list, for a loop or the filter join",
            "created": "when it was registered, in the desk's time zone",
            "due": "when it is to be resolved; empty if nothing is agreed",
            "closed": "when it was closed; empty if it isn't",
            "pending_until": "the day on which a pending ticket comes back; empty if none was named",
        },
        "requester": {
            "name": "of the requester; empty if unknown",
            "email": "as above",
            "organisation": "as above",
        },
        "staff": {"name": "of whoever answers", "email": "as above"},
        "desk": {
            "name": "desk.name in desk.toml",
            "email": "contact.email",
            "phone": "contact.phone",
            "hours": "contact.hours",
            "now": "the time at which the text is made, in the desk's time zone",
        },
        "article": {
            "id": "of the article named by --article; empty if none is",
            "title": "as above",
            "symptom": "as above",
            "workaround": "as above",
            "fix": "as above",
            "link": "where requesters read it (setting kb.url); empty if it is read nowhere",
        },
    }
)
"""What a response may name; docs/responses.md is made from it."""
ARTICLES = "kb"
"""`kb['SLUG'].title`: any article that requesters may read, with the names of the group `article`."""
FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "date": "a time or a day in words: 23 July 2026, 23 Ιουλίου 2026",
        "time": "the hour of a time: 09:12",
        "datetime": "both: 23 July 2026, 09:12",
        "default": "another text where it is empty: {{ requester.name | default('colleague') }}",
        "join": "a list as one text: {{ ticket.tags | join(', ') }}",
        "upper": "in capitals",
        "lower": "in small letters",
        "capitalize": "with a capital first letter",
        "trim": "without spaces at the ends",
        "truncate": "cut to so many characters: {{ ticket.title | truncate(60) }}",
        "length": "how many characters or members it has",
    }
)
"""What may stand behind a | in a text; docs/responses.md is made from it."""

_MONTHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
            *("November", "December"),
        ),
        "el": (
            *("Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου"),
            *("Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"),
        ),
    }
)


def variant(found: Iterable[str], wanted: str | None, languages: Iterable[str]) -> str:
    """Which of the languages found is taken: the wanted one, else the first of the desk's, else any."""
    known = sorted(found)
    return next(one for one in (wanted, *languages, *known) if one in known)


def date_in(text: str, language: str) -> str:
    """A day or a time such as the variables hold, as a day in words; in a language without names of months, as it is.

    ValueError for what is neither; an empty text stays empty.
    """
    if not text:
        return ""
    day = date.fromisoformat(text[:10])
    months = _MONTHS.get(language.partition("-")[0])
    return f"{day.day} {months[day.month - 1]} {day.year}" if months else day.isoformat()


def time_in(text: str) -> str:
    """The hour of a time; empty for a day."""
    if len(text) <= len("2026-07-23"):
        return ""
    return datetime.fromisoformat(text).strftime("%H:%M")


def gaps(body: str) -> list[str]:
    """Places that a person is to fill in, written [[ … ]], as they stand there."""
    return re.findall(r"\[\[.*?\]\]", body)


def empty(path: str) -> Broken:
    """A response without a text."""
    return Broken(_("the response has no text"), path, hint=_("write it below the second line of dashes"))
