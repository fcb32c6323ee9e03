"""Checklist templates, which administrators write as Markdown."""

from __future__ import annotations

import re

from desk.domain.model.fields import FLAG, LINE, SLUG, SLUGS, Field, name_of
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket

STEP_MAX = 240
"""Characters: a ticket keeps each step, with its mark, in one line."""
_STEP = r"(?m)^ {0,3}[-*+] \[[ xX]\][ \t]+(\S.*?)[ \t]*$"


class Checklist(Record):
    """A template; the id is name.language: `security-incident.el`. Its text is a Markdown task list."""

    kind = "checklist"
    plural = "checklists"
    folder = "templates/checklists"
    suffix = ".md"

    title = Field[str](LINE, "what it is for, in one line", required=True)
    language = Field[str](SLUG, "language of the steps", required=True, setting="desk.languages")
    work = Field[str | None](SLUG, "for which kind of ticket: incident, problem or ticket")
    department = Field[str | None](SLUG, "only for tickets of this department", ref="department")
    tags = Field[tuple[str, ...]](SLUGS, "only for tickets with all of these tags", default=(), ref="tag")
    automatic = Field[bool](FLAG, "whether tickets that it fits get it by themselves", default=False)

    @property
    def name(self) -> str:
        """The id without its language."""
        return name_of(self.id)

    @property
    def steps(self) -> list[str]:
        """What is to be done, in order."""
        return re.findall(_STEP, self.body)

    def fits(self, ticket: Ticket) -> bool:
        """Whether it is for tickets such as this one; a template that names nothing fits none by itself."""
        return (
            bool(self.work or self.department or self.tags)
            and self.work in (None, ticket.kind_of_work)
            and self.department in (None, ticket.department)
            and set(self.tags) <= set(ticket.tags)
        )

    @property
    def closeness(self) -> int:
        """How much it says of the tickets it is for."""
        return bool(self.work) + bool(self.department) + len(self.tags)
