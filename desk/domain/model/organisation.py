"""Departments, tag definitions and custom fields (docs/rules.md, requirements 3, 4.6 and 4.7)."""

from __future__ import annotations

from desk.domain.model.fields import COLOUR, FLAG, KEYS, LINE, LINES, SLUG, SLUGS, TEXT, Field
from desk.domain.model.record import Record

INCIDENT = "incident"
PROBLEM = "problem"
RESERVED_TAGS = (INCIDENT, PROBLEM)
"""Tags that decide the kind of a ticket (requirement 1.0-a); a ticket carries at most one of them."""
WORK = ("ticket", *RESERVED_TAGS)
"""The kinds of work, as lists and rules name them."""


class Department(Record):
    kind = "department"
    plural = "departments"
    folder = "records/departments"

    name = Field[str](LINE, "what people call it", required=True)
    private = Field[bool](FLAG, "for staff only: hidden from requesters (rule 4)", default=False)
    default = Field[bool](FLAG, "where tickets go that name no department", default=False)
    description = Field[str | None](TEXT, "what it looks after")
    escalation = Field[str | None](SLUG, "who is told when a ticket is escalated upwards", ref="staff")


class Tag(Record):
    kind = "tag"
    plural = "tags"
    folder = "records/tags"

    color = Field[str | None](COLOUR, "shown in this colour, such as '#1f77b4'")
    description = Field[str | None](LINE, "what it is for")


class CustomField(Record):
    kind = "field"
    plural = "fields"
    folder = "records/fields"

    type = Field[str](SLUG, "text, number, date, select or bool", required=True)
    on = Field[str](SLUG, "user or ticket", default="ticket")
    options = Field[tuple[str, ...]](LINES, "what a select offers", default=())
    required = Field[bool](FLAG, "must be filled in", default=False)
    departments = Field[tuple[str, ...]](SLUGS, "only on tickets of these", default=(), ref="department")
    groups = Field[tuple[str, ...]](SLUGS, "only on users of these", default=(), ref="group")
    description = Field[str | None](LINE, "what to write in it")


MAIL, SLA, RELAY = "mail", "sla", "relay"
MACHINE_DUTIES = (MAIL, SLA, RELAY)
"""What a machine may be allowed: to bring what requesters wrote, what desk does as time passes, and the commits of others."""


class Machine(Record):
    """A machine that pushes by itself: the mail host, cron, a relay between forges."""

    kind = "machine"
    plural = "machines"
    folder = "records/machines"

    keys = Field[tuple[str, ...]](KEYS, "public ssh keys by which a server knows it", default=())
    may = Field[tuple[str, ...]](SLUGS, "what it may bring: mail, sla, relay", default=())
    description = Field[str | None](LINE, "what it is")
