"""Knowledge base: topics and articles (docs/rules.md, requirements 1.9 and 4.3), and custom responses (requirement 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from desk.domain.model.fields import (
    COLOUR,
    DATE,
    FLAG,
    FOLLOW,
    INTEGER,
    LINE,
    LINES,
    SLUG,
    SLUGS,
    TEXT,
    TICKET,
    TIME,
    TITLES,
    Field,
    name_of,
)
from desk.domain.model.record import NOTHING, Record

STATES = ("draft", "review", "published", "retired")
DRAFT, REVIEW, PUBLISHED, RETIRED = STATES
"""The states of an article."""


class Topic(Record):
    kind = "topic"
    plural = "topics"
    noun = "kb topic"
    folder = "kb"

    title = Field[str](LINE, "in the desk's first language", required=True)
    titles = Field[Mapping[str, str]](TITLES, "in other languages", default=NOTHING)
    icon = Field[str | None](LINE, "a character shown before the title")
    color = Field[str | None](COLOUR, "shown in this colour")
    order = Field[int](INTEGER, "place in lists", default=0)
    private = Field[bool](FLAG, "for staff only", default=False)

    @classmethod
    def path_of(cls, record_id: str) -> str:
        return f"{cls.folder}/{record_id}/topic.yaml"


class Article(Record):
    """The id is the file's name: `malta-4703`, and `malta-4703.el` for its Greek variant."""

    kind = "article"
    plural = "articles"
    noun = "kb"
    folder = "kb"
    suffix = ".md"

    title = Field[str](LINE, "the question or the symptom, in the reader's words", required=True)
    topic = Field[str](SLUG, "the folder it lies in", required=True, ref="topic")
    type = Field[str](SLUG, "faq, how-to, known-error, root-cause or workaround", default="how-to")
    state = Field[str](SLUG, "draft, review, published or retired", default="draft")
    language = Field[str | None](SLUG, "language of the text", setting="desk.languages")
    symptom = Field[str | None](TEXT, "what the person sees")
    cause = Field[str | None](TEXT, "why it happens")
    workaround = Field[str | None](TEXT, "what helps until it is mended")
    fix = Field[str | None](TEXT, "what mends it")
    service = Field[str | None](SLUG, "affected service")
    problem = Field[str | None](TICKET, "the problem it comes from", ref="ticket")
    tags = Field[tuple[str, ...]](SLUGS, "tags", default=(), ref="tag")
    keywords = Field[tuple[str, ...]](LINES, "further words people search for", default=())
    author = Field[str | None](SLUG, "who wrote it")
    published = Field[datetime | None](TIME, "last published at")
    review = Field[date | None](DATE, "to be looked at again by")
    approved_by = Field[str | None](SLUG, "who approved this text; set by desk kb review --approve alone", ref="staff")

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.topic}/{self.id}{self.suffix}"

    @property
    def base(self) -> str:
        """The name that all language variants share."""
        return base_of(self.id)


def base_of(article_id: str) -> str:
    """`malta-4703` of `malta-4703.el`."""
    return name_of(article_id)


class Response(Record):
    """A custom response; the id is name.language: `incident-received.el`."""

    kind = "response"
    plural = "responses"
    folder = "templates/responses"
    suffix = ".md"

    title = Field[str](LINE, "what the clerk chooses by", required=True)
    language = Field[str](SLUG, "language of the text", required=True, setting="desk.languages")
    department = Field[str | None](SLUG, "only for tickets of this department", ref="department")
    then = Field[str | None](FOLLOW, "what follows: close [RESOLUTION], or pending [WHOM] [3d]")
