"""Records as plain values: for JSON, for lists, and for a name by which people know them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.domain.model.fields import Field, utc_text
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket

HEAD = ("id", "title", "state", "kind")
COMPUTED = ("kind", "responded", "replies", "notes")
"""What the index keeps of a ticket beside its fields."""


def plain(value: Any) -> Any:
    """A field's value as JSON knows it; times as RFC 3339 UTC."""
    if value is None or isinstance(value, str):
        return value  # most are
    if isinstance(value, datetime):
        return utc_text(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value


def empty(field: Field[Any]) -> Any:
    """What an absent field is for machines."""
    return plain(field.default) if field.default is not None else None


def computed(ticket: Ticket) -> dict[str, Any]:
    """What follows from a ticket's tags and thread."""
    kinds = [entry.kind for entry in ticket.thread]
    return {
        "kind": ticket.kind_of_work,
        "responded": plain(ticket.responded) if ticket.responded else None,
        "replies": kinds.count("reply"),
        "notes": kinds.count("note"),
    }


def _empties(cls: type[Record]) -> dict[str, Any]:
    """What a record with nothing in it is for machines."""
    if cls not in _EMPTY:
        _EMPTY[cls] = {name: empty(field) for name, field in cls.FIELDS.items()}
    return {name: value if type(value) not in (list, dict) else value.copy() for name, value in _EMPTY[cls].items()}


_EMPTY: dict[type[Record], dict[str, Any]] = {}


def head(record: Record) -> dict[str, Any]:
    """A record as a list shows it: its fields, without body and thread."""
    fields = _empties(type(record))
    fields |= {n: v if type(v) is str else plain(v) for n, v in record.values.items() if n in fields}
    return ordered({**fields, **computed(record)}) if isinstance(record, Ticket) else fields


def ordered(data: dict[str, Any]) -> dict[str, Any]:
    """A ticket's keys in the order people and scripts expect."""
    return {**{k: data[k] for k in HEAD}, **data}


def whole(record: Record) -> dict[str, Any]:
    """A record as `show` gives it."""
    data = head(record)
    if isinstance(record, Ticket):
        data["body"] = record.body
        data["thread"] = [entry_data(e) for e in record.thread]
    elif record.suffix == ".md":
        data["body"] = record.body
    if record.extra:
        data["extra"] = plain(record.extra)
    return data


def entry_data(entry: Entry) -> dict[str, Any]:
    """One reply or note."""
    rest = {k: plain(v) for k, v in entry.meta.items() if k not in ("via", "attachments")}
    return {
        "kind": entry.kind,
        "by": entry.by,
        "at": utc_text(entry.at),
        "text": entry.text,
        "via": entry.meta.get("via"),
        "attachments": list(entry.attachments),
        **{k: v for k, v in rest.items() if k not in ("kind", "by", "at", "text")},
    }


_PERSONAL = ("user", "ban")
"""Kinds whose names and addresses stay in their own file: a commit message can't be taken back."""


def label(record: Record) -> str:
    """What a commit message and a history call a record beside its id."""
    if record.kind == "topic":
        return str(record.values["title"])
    return "" if record.kind in _PERSONAL else str(record.values.get("name", ""))
