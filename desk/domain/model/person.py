"""Staff, requesters, their groups, and bans (docs/rules.md, requirements 2, 4.4 and 4.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desk.domain.model.fields import (
    EMAIL,
    EMAILS,
    FLAG,
    KEYS,
    LEVEL,
    LINE,
    SLUG,
    SLUGS,
    TEXT,
    TIME,
    VALUES,
    Field,
    FieldType,
    scalar,
)
from desk.domain.model.record import NOTHING, Record
from desk.text import _

if TYPE_CHECKING:
    from desk.domain.model.actor import Requester


DIGESTS = ("off", "hourly", "daily")


def parse_digest(raw: object) -> str:
    """How often somebody's notices are collected."""
    if raw is False:  # YAML's word for it, where the quotes were left out
        return DIGESTS[0]
    value = scalar(raw)
    if value not in DIGESTS:
        raise ValueError(_("{value!r} is none of {words}", value=value[:40], words=DIGESTS))
    return value


DIGEST = FieldType("off, hourly or daily", parse_digest, "take_later")


class Staff(Record):
    kind = "staff"
    plural = "staff"
    folder = "records/staff"

    name = Field[str](LINE, "full name", required=True)
    email = Field[str](EMAIL, "work e-mail; git's user.email finds the person by it", required=True)
    emails = Field[tuple[str, ...]](EMAILS, "further addresses", default=())
    level = Field[int](LEVEL, "1 tickets and users, 2 also knowledge, 3 also staff and settings", required=True)
    departments = Field[tuple[str, ...]](SLUGS, "departments served", default=(), ref="department")
    language = Field[str | None](SLUG, "language the person reads", setting="desk.languages")
    away = Field[bool](FLAG, "not to be given work now", default=False)
    digest = Field[str | None](DIGEST, "how often notices to them are collected: off, hourly or daily")
    keys = Field[tuple[str, ...]](KEYS, "public ssh keys by which a server knows the person", default=())
    created = Field[datetime | None](TIME, "registered at", fixed=True)

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of theirs, as addresses are compared."""
        return frozenset(address.lower() for address in (self.email, *self.emails))


class User(Record):
    """A requester. The opaque id keeps personal data in this one file."""

    kind = "user"
    plural = "users"
    folder = "records/users"
    salted = True

    name = Field[str | None](LINE, "full name")
    email = Field[str | None](EMAIL, "where answers go")
    group = Field[str | None](SLUG, "actor group", ref="group")
    phone = Field[str | None](LINE, "telephone number")
    organisation = Field[str | None](LINE, "employer or institution")
    language = Field[str | None](SLUG, "language the person reads", setting="desk.languages")
    numbers = Field[str | None](LINE, "how their own desk writes its ticket numbers: INC{n}")
    undeliverable = Field[str | None](LINE, "since when mail doesn't reach them, and why: 2026-07-23 5.1.1")
    registered = Field[bool](FLAG, "false for a person known only from a ticket", default=True)
    disabled = Field[bool](FLAG, "may not open tickets", default=False)
    fields = Field[Mapping[str, Any]](VALUES, "custom fields", default=NOTHING)
    created = Field[datetime | None](TIME, "known since", fixed=True)


def address_of(user: User) -> str:
    """A requester's address as addresses are compared; empty where none is known."""
    return (user.email or "").lower()


def requester(user: User, *, barred: bool = False) -> Requester:
    """A requester's record as one who acts."""
    from desk.domain.model.actor import Requester, nameless  # noqa: PLC0415 - where one acts

    return Requester(user.id, user.id, nameless(user.id), barred)


class Group(Record):
    kind = "group"
    plural = "groups"
    folder = "records/groups"

    name = Field[str](LINE, "what people call it", required=True)
    channel = Field[str | None](SLUG, "how its members reach the desk", setting="ticket.channels")
    self_service = Field[bool](FLAG, "whether members open tickets themselves", default=True)
    description = Field[str | None](TEXT, "who belongs to it")


class Ban(Record):
    """By e-mail address (rule 7); the id is derived from the address, the file keeps the address itself."""

    kind = "ban"
    plural = "bans"
    folder = "records/bans"

    email = Field[str](EMAIL, "the banned address", required=True, fixed=True)
    reason = Field[str | None](TEXT, "why", fixed=True)
    by = Field[str | None](SLUG, "who decided", ref="staff", fixed=True)
    created = Field[datetime | None](TIME, "since", fixed=True)


RESERVED_HANDLES = ("me", "none", "desk")
USER_PREFIX = "u-"
"""Ids of requesters begin with it and no handle does: an author or an answer tells whose it is."""
