"""What the editor shows of a ticket, front matter and body, and what is made of it when it comes back."""

from __future__ import annotations

from typing import Any

from desk.app import App
from desk.commands import common
from desk.domain.data import plain
from desk.domain.record import parse_values_of
from desk.domain.ticket import Ticket
from desk.errors import Broken, UsageFault

FRESH = ("title", "department", "requester", "tags", "priority", "impact", "urgency", "channel", "language")
OPEN_FIELDS = ("title", "department", "owner", "requester", "tags", "priority", "impact", "urgency", "channel", "language", "fields")
"""What may be changed in the editor; the rest has verbs of its own."""


def _compose(values: dict[str, Any], body: str) -> str:
    from desk.store import codec  # noqa: PLC0415 - for the editor only

    return f"---\n{codec.dump_yaml(values)}---\n\n{body}"


def new_ticket(app: App, values: dict[str, Any], body: str) -> str:
    """The empty form of a ticket."""
    shown = {n: values.get(n) or ([] if n == "tags" else "") for n in FRESH}
    shown["priority"] = shown["priority"] or app.config["ticket.priorities"][0]
    return _compose(shown, body or "\n")


def existing_ticket(ticket: Ticket) -> str:
    """A ticket as the form to change it."""
    names = [n for n in OPEN_FIELDS if n != "fields" or ticket.fields]
    shown = {n: plain(getattr(ticket, n)) if getattr(ticket, n) is not None else "" for n in names}
    return _compose(shown, ticket.body)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of what the editor gave back."""
    from desk.store import codec  # noqa: PLC0415 - for the editor only

    front, rest = codec._split(text, "your text")  # noqa: SLF001 - the form has the layout of a ticket file
    values = codec.load_yaml(front, "your text", 2)
    unknown = [n for n in values if n not in OPEN_FIELDS]
    if unknown:
        raise UsageFault(f"{unknown[0]!r} can't be set here", f"fields: {', '.join(OPEN_FIELDS)}")
    return {n: v for n, v in values.items() if v not in ("", None)}, rest.removeprefix("\n").removesuffix("\n")


def parse_new(app: App, text: str) -> tuple[dict[str, Any], str]:
    """The values of a new ticket; errors are shown above the text in the editor."""
    values, body = split(text)
    if not values.get("title"):
        raise UsageFault("a ticket needs a title", "write one after title:")
    parse_values_of(Ticket, {k: v for k, v in values.items() if k != "requester"}, lambda p: Broken(p, "your text"))
    checked = {n: values.get(n) for n in FRESH}
    for name, setting in (("priority", "priorities"), ("impact", "impacts"), ("urgency", "urgencies")):
        checked[name] = common.chosen(app, f"ticket.{setting}", values.get(name))
    checked["channel"] = common.chosen(app, "ticket.channels", values.get("channel")) or app.config["ticket.channel"]
    checked["language"] = common.chosen(app, "desk.languages", values.get("language")) or app.config["desk.languages"][0]
    checked["tags"] = list(values.get("tags") or [])
    if checked["department"]:
        checked["department"] = common.existing(app, "department", str(checked["department"]))
    for tag in checked["tags"]:
        common.existing(app, "tag", str(tag))
    return {**checked, "fields": values.get("fields", {})}, body
