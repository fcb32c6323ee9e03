"""What a list of tickets is asked for: one plain value between the options of a command and the index."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from desk.named import NamedTuple

SORTABLE = (
    "created", "id", "title", "state", "kind", "priority", "impact", "urgency", "department", "owner", "requester",
    "channel", "language", "service", "closed", "pending_until", "activity", "due",
)  # fmt: skip
"""Fields a list can be sorted by; `activity` is the time of the last event, `due` what is due next."""


class Scope(NamedTuple):
    """Whose tickets: those of `departments`, and those that `author` wrote (rule 1). None as a scope: everybody's."""

    author: str
    departments: tuple[str, ...]

    def shows(self, department: str | None, author: str | None) -> bool:
        """Whether a ticket of this department, written by this person, is one of them."""
        return department in self.departments or author == self.author


class Key(NamedTuple):
    """A field of SORTABLE that a list is sorted by, and whether the highest stands first."""

    field: str
    descending: bool = False


class Query(NamedTuple):
    """Filters are joined by AND, the values of one filter by OR; an empty one asks nothing.

    `since` and `until` are RFC 3339 UTC, the latter excluded. `owner` is a handle, or "none" for tickets nobody owns.
    """

    scope: Scope | None = None
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    owner: str | None = None
    requesters: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    major: bool = False
    since: str | None = None
    until: str | None = None
    search: str | None = None
    fields: Mapping[str, Any] = MappingProxyType({})
    """Custom fields, all of which must have these values."""
    overdue: str | None = None
    """Only tickets on which something was due before this time and is due still."""
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Of requesters."""
    without: tuple[str, ...] = ()
    """Tags, none of which the ticket may carry."""
    updated: int | None = None
    """Something happened at this time or after it, in epoch seconds."""
    closed: str | None = None
    """Closed at this time or after it."""
    among: tuple[str, ...] | None = None
    """Only tickets with these ids."""
    order: tuple[Key, ...] = (Key("created", descending=True),)
    """The first key is the weightiest; among equals the newest stands first."""
    limit: int = 0
    offset: int = 0
    ranks: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Values of priority, impact and urgency from lowest to highest: they sort by rank, never as text."""
