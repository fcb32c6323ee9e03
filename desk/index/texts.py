"""What is searched of a record, and which articles a ticket was answered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket

Text = tuple[str, str, str]
"""Title, what leads to a text (of an article: a line of symptom, and one of keywords; of a ticket: its short fields), and
the text."""


def text_of(record: Record) -> Text | None:
    """What is searched of a record; None for kinds nobody searches."""
    values = record.values
    if isinstance(record, Ticket):
        known = (str(values[n]) for n in ("cause", "workaround", "fix") if n in values)
        body = "\n\n".join([record.body, *(e.text for e in record.thread), *known]).strip()
        return " ".join((record.id, *record.numbers, record.title)), _short(values), body
    if record.kind == "article":
        more = [str(values[n]) for n in ("cause", "workaround", "fix") if n in values]
        keywords = ", ".join(values.get("keywords", ()))
        return (
            str(values["title"]),
            f"{values.get('symptom', '')}\n{keywords}",
            "\n\n".join([record.body, *more]).strip(),
        )
    if record.kind in ("user", "staff"):
        title = f"{values.get('name', '')} {values.get('email', '')}".strip()
        more = [str(values[n]) for n in ("phone", "organisation") if n in values]
        return title, "", " ".join([record.id, *more, *map(str, values.get("fields", {}).values())])
    return None


def _short(values: Mapping[str, Any]) -> str:
    """Custom fields, service, tags and the names of attachments: what people remember a ticket by, beside its words."""
    fields = (f"{name} {value}" for name, value in values.get("fields", {}).items())
    service = [values["service"]] if values.get("service") else []
    names = (path.rpartition("/")[2] for path in values.get("attachments", ()))
    return ", ".join((*fields, *service, *values.get("tags", ()), *names))


def messages_in(record: Record) -> Iterator[str]:
    """The Message-IDs of the mails that a ticket was made of."""
    if record.values.get("message_id"):
        yield str(record.values["message_id"])
    for entry in record.thread:
        if isinstance(entry.meta.get("message-id"), str):
            yield entry.meta["message-id"]


def articles_in(record: Record) -> Iterator[str]:
    """The articles that a ticket's replies were made from: `article` in what is known of an entry."""
    for entry in record.thread:
        named = entry.meta.get("article")
        for name in named if isinstance(named, list) else [named]:
            if isinstance(name, str):
                yield name
