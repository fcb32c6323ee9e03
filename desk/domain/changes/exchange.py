"""Records as JSON lines: what `desk export` writes and `desk import` reads (docs/exchange.md describes it).

A line is one object: `record` names the kind, the rest are the names `show` uses; `thread` holds a ticket's entries,
`files` its attachments as base64 by name. What follows from other values (a ticket's `kind`, `replies` …) is ignored.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from desk.domain.changes import salt
from desk.domain.model import plain, states
from desk.domain.model.change import Event
from desk.domain.model.fields import check_text, parse_slug, parse_time
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import NOTHING, Entry, Record, parse_values_of
from desk.domain.model.ticket import Ticket
from desk.named import NamedTuple
from desk.text import _, arranged

IGNORED = frozenset({*plain.COMPUTED, "schema", "record", "body", "thread", "files", "extra", "people", "due"})
_ENTRY = frozenset({"kind", "by", "at", "text", "via", "attachments"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Item(NamedTuple):
    """One line: a record and the contents of its attachments."""

    record: Record
    files: Mapping[str, bytes]


def line(record: Record, files: Mapping[str, bytes]) -> dict[str, Any]:
    """A record as the object of a line; empty values are left out."""
    fields = {n: plain.plain(record.values[n]) for n in record.FIELDS if n in record.values}
    rest = {
        "extra": plain.plain(record.extra),
        "body": record.body,
        salt.KEY: record.salt,
        "thread": [_filled(plain.entry_data(entry)) for entry in record.thread],
    }
    contents = {name: b64encode(content).decode() for name, content in files.items()}
    return {"record": record.kind, **fields, **_filled({**rest, "files": contents})}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v not in (None, [], {}, "")}


def parse(raw: Any) -> Item:
    """The record of a line; ValueError says what is wrong with it."""
    if not isinstance(raw, dict):
        raise ValueError(_("expected an object"))
    cls = KINDS.get(str(raw.get("record", "ticket")))
    if cls is None:
        raise ValueError(
            _("record: there is no kind {kind!r}; known: {known}", kind=raw.get("record"), known=", ".join(KINDS))
        )
    known = {*cls.FIELDS, *IGNORED, *((salt.KEY,) if cls.salted else ())}
    unknown = [k for k in raw if k not in known]
    if unknown:
        raise ValueError(
            _(
                "{unknown}: a {kind} has no such field; keep your own data under extra",
                unknown=unknown[0],
                kind=cls.kind,
            )
        )
    values = parse_values_of(cls, raw)
    missing = [n for n, f in cls.FIELDS.items() if f.required and n not in values]
    if missing:
        raise ValueError(_("{missing}: missing", missing=missing[0]))
    extra = raw.get("extra") or NOTHING
    if not isinstance(extra, Mapping) or any(k in cls.FIELDS or (cls.salted and k == salt.KEY) for k in extra):
        raise ValueError(_("extra: expected names that are no fields"))
    body = check_text(_text(raw.get("body"), "body"))
    thread = tuple(_entries(raw.get("thread") or []))
    if thread and cls is not Ticket:
        raise ValueError(_("thread: only tickets have one"))
    salted = _salt(raw) if cls.salted else ""
    record = cls(values, extra=extra, body=body, thread=thread, salt=salted)
    return Item(record, dict(_files(raw.get("files") or {})))


def _salt(raw: dict[str, Any]) -> str:
    try:
        return salt.parse(raw[salt.KEY]) if salt.KEY in raw else ""
    except ValueError as error:
        raise ValueError(arranged("{key}: {error}", key=salt.KEY, error=error)) from None


def _text(value: Any, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(_("{name}: expected text", name=name))
    return value or ""


def _entries(raw: Any) -> Iterator[Entry]:
    if not isinstance(raw, list) or not all(isinstance(e, dict) for e in raw):
        raise ValueError(_("thread: expected a list of objects"))
    for number, entry in enumerate(raw, 1):
        if entry.get("kind") not in ("reply", "note"):
            raise ValueError(_("thread {number}: kind must be reply or note", number=number))
        try:
            by, at = parse_slug(entry.get("by")), parse_time(entry.get("at"))
        except ValueError as error:
            raise ValueError(_("thread {number}: {error}", number=number, error=error)) from None
        meta = {k: v for k, v in entry.items() if k not in _ENTRY}
        meta |= {k: entry[k] for k in ("via", "attachments") if entry.get(k)}
        yield Entry(str(entry["kind"]), by, at, check_text(_text(entry.get("text"), "text")), meta or NOTHING)


def _files(raw: Any) -> Iterator[tuple[str, bytes]]:
    if not isinstance(raw, dict):
        raise ValueError(_("files: expected an object of base64 texts"))
    for name, content in raw.items():
        try:
            yield str(name), b64decode(str(content), validate=True)
        except (Base64Error, ValueError):
            raise ValueError(_("files: {name}: not base64", name=name)) from None


class Stage(NamedTuple):
    """A version of a record on its way: who made it, when, and the event that led to it."""

    record: Record
    by: str | None
    at: datetime | None
    event: Event


def stages(record: Record, *, history: bool) -> Iterator[Stage]:
    """The versions to commit: one, or with `history` a ticket's request, each entry of its thread, and its end."""
    by, at = record.values.get("author"), record.values.get("created")
    department = record.department if isinstance(record, Ticket) else None
    if not history or not isinstance(record, Ticket):
        yield Stage(record, by, at, Event("create", None, department))
        return
    closed = record.state == states.CLOSED and record.closed is not None
    first = record.evolve(state=states.OPEN, closed=None, merged_into=None) if closed else record
    yield Stage(first.evolve(thread=()), by, at, Event("create", None, department))
    for number, entry in enumerate(record.thread, 1):
        yield Stage(first.evolve(thread=record.thread[:number]), entry.by, entry.at, Event(entry.kind))
    if closed:
        yield Stage(record, record.owner or by, record.closed, Event("close", states.OPEN, states.CLOSED))


def seconds(at: datetime | None, otherwise: int) -> int:
    """Epoch seconds of a commit; a time git can't hold is kept in the record and dated `otherwise`."""
    return max(0, int((at - _EPOCH).total_seconds())) if at is not None else otherwise
