"""Records as text and back: the layout of their files, fences, bodies and the thread's headings.

For every file desk wrote, encode(decode(file)) == file; and any text that a record can hold comes back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from desk.codec import locate, plainlines
from desk.codec.locate import FENCE
from desk.codec.plainlines import FRONT_MAX, Stamp
from desk.domain.changes import salt
from desk.domain.model.fields import parse_slug, parse_time, utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import NOTHING, Entry, Record, parse_value, parse_values_of
from desk.errors import Broken, Refused
from desk.named import NamedTuple
from desk.text import _, arranged

_HEADING = re.compile(
    r"^## (?P<kind>Reply|Note) by (?P<by>\S+), (?P<at>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))(?: <!-- (?P<meta>\{.*\}) -->)?$",
    re.MULTILINE,
)
_TO_ESCAPE = re.compile(r"^(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_TO_UNESCAPE = re.compile(r"^\\(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")  # YAML takes these for line ends, or not at all
_BEGINNING = re.compile(r"\n(?=[a-z])")
"""Where a field begins: what goes on with the one before is indented, or in a list."""
_SHORT = 300
"""Characters of a field that is remembered."""
_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)  # a line of ======= alone may underline a Markdown heading


def dump_yaml(data: Mapping[str, Any]) -> str:
    """Block mapping, lists in flow style, one line a value, keys in the order given."""
    return "".join(plainlines.line(key, value) or _emitted(key, value) for key, value in data.items())


def _emitted(key: str, value: Any) -> str:
    from desk.codec import yaml  # noqa: PLC0415 - 20 ms, for lines that need a library

    return yaml.export({key: value})


def load_yaml(text: str, path: str, first_line: int = 1) -> dict[str, Any]:
    """A mapping of plain values, or Broken with the line. Aliases, deep nesting and odd tags are refused."""
    known = plainlines.front(text) if len(text) <= FRONT_MAX else None
    if known is not None:
        return known
    from desk.codec import yaml  # noqa: PLC0415 - as above

    return yaml.load(text, path, first_line)


def plain(value: Any) -> Any:
    """A field's value as YAML and JSON know it; times and dates as Stamps."""
    if hasattr(value, "isoformat"):
        return Stamp(utc_text(value) if hasattr(value, "hour") else value.isoformat())
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value


def encode(record: Record) -> bytes:
    """A record as the bytes of its file."""
    data = {name: plain(record.values[name]) for name in record.FIELDS if name in record.values}
    data.update(record.extra)
    if record.salt:
        data[salt.KEY] = record.salt
    front = dump_yaml(data)
    if len(front) > FRONT_MAX:
        long = _("the fields of {id} take over {most} KiB", id=record.id, most=FRONT_MAX // 1024)
        raise Refused(long, _("put long text into the body, or attach it"))
    if record.suffix == ".yaml":
        return front.encode()
    parts = [FENCE, "\n", front, FENCE, "\n"]
    if record.body:
        parts += ["\n", escape(record.body) if record.kind == "ticket" else record.body, "\n"]
    for entry in record.thread:
        parts += ["\n", heading(entry), "\n\n", escape(entry.text), "\n"]
    return "".join(parts).encode()


def heading(entry: Entry) -> str:
    """`## Reply by maria, 2026-07-23T07:15:02Z`, with what else is known of the entry as a comment."""
    line = f"## {entry.kind.capitalize()} by {entry.by}, {utc_text(entry.at)}"
    return f"{line} <!-- {_meta_text(entry.meta)} -->" if entry.meta else line


def _meta_text(meta: Mapping[str, Any]) -> str:
    from desk.codec import yaml  # noqa: PLC0415 - as above

    text = yaml.flow(meta)
    if "--" in text or "\n" in text or "\\" in text:
        import json  # noqa: PLC0415 - rarely

        # Nothing in a comment may end it: JSON, which is YAML too, can escape the dashes.
        text = json.dumps(dict(meta), ensure_ascii=False).replace("--", "\\u002d\\u002d")
        text = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text


def heading_kind(line: str) -> str | None:
    """`reply` or `note` for a line that begins an entry of a thread."""
    found = _HEADING.fullmatch(line)
    return found["kind"].lower() if found else None


def escape(text: str) -> str:
    """A line that would read as a thread heading gets a backslash in front."""
    return _TO_ESCAPE.sub(r"\\", text) if "## " in text else text


def unescape(text: str) -> str:
    return _TO_UNESCAPE.sub("", text) if "\\" in text else text


def decode(data: bytes, path: str, kind: str) -> Record:
    """The record in a file's bytes; Broken, with path and line, for anything else."""
    cls = KINDS[kind]
    text = _text(data, path)
    if cls.suffix == ".yaml":
        front, rest, first = text, "", 1
    else:
        front, rest = locate.split(text, path)
        first = 2
    values, salted, extra = quick_fields(cls, front) or whole_fields(cls, front, text, path, first)
    _check_required(cls, values, path)
    if cls.suffix == ".yaml":
        return cls(values, extra=extra, salt=salted)
    body, thread = _thread(rest, path, text) if kind == "ticket" else (_between(rest, last=True), ())
    return cls(values, extra=extra, body=body, thread=thread, salt=salted)


_Fields = tuple[dict[str, Any], str, Mapping[str, Any]]
"""What the front matter says: the declared fields, the salt, and the keys nobody declared."""


def whole_fields(cls: type[Record], front: str, text: str, path: str, first: int) -> _Fields:
    """The fields of a front matter read as a whole, as any YAML; Broken, with path and line, for what is none."""
    raw = _load_or_conflict(front, text, path, first)
    values = parse_values_of(
        cls, raw, lambda said: Broken(said, path, first + locate.rows_before(front, said.partition(":")[0]))
    )
    salted = _salt(raw, front, path, first) if cls.salted else ""
    return values, salted, {k: v for k, v in raw.items() if k not in cls.FIELDS} or NOTHING


def quick_fields(cls: type[Record], front: str) -> _Fields | None:
    """The fields of a front matter that has them in the order in which desk writes them; None for any other.

    Most lines stood in a version of it, or in another record, that was read before.
    """
    if len(front) > FRONT_MAX:
        return None
    values: dict[str, Any] = {}
    last, kind = -1, cls.kind
    for rows in _BEGINNING.split(front[:-1]):
        found = _field(kind, rows) if len(rows) <= _SHORT else _field.__wrapped__(kind, rows)
        if found is None:
            return None
        place, name, value = found
        if place <= last:
            return None
        last = place
        if value is not None:
            values[name] = value
    salted = values.pop(salt.KEY, "")
    return values, salted, NOTHING


class _Field(NamedTuple):
    """What the rows of one field say; `place` is its place among the fields of a kind, `value` None for what is the default."""

    place: int
    name: str
    value: Any


@lru_cache(maxsize=1 << 14)
def _field(kind: str, rows: str) -> _Field | None:
    """One field as `whole_fields` reads it; None for what is to be read there."""
    known = plainlines.field(rows)
    if known is None:
        return None
    name, raw = known
    place = _places(kind).get(name)
    if place is None:
        return None
    try:
        if name == salt.KEY:
            return _Field(place, name, salt.parse(raw))
        return _Field(place, name, parse_value(KINDS[kind].FIELDS[name], raw))
    except ValueError:
        return None


@cache
def _places(kind: str) -> Mapping[str, int]:
    cls = KINDS[kind]
    names = (*cls.FIELDS, salt.KEY) if cls.salted else tuple(cls.FIELDS)
    return {name: place for place, name in enumerate(names)}


def _salt(raw: dict[str, Any], front: str, path: str, first: int) -> str:
    """The salt, taken out of what was read; empty where there is none."""
    found = raw.pop(salt.KEY, None)
    try:
        return "" if found is None else salt.parse(found)
    except ValueError as error:
        line = first + locate.rows_before(front, salt.KEY)
        raise Broken(
            arranged("{key}: {error}", key=salt.KEY, error=error), path, line, _("put back the line that was there")
        ) from None


def _text(data: bytes, path: str) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Broken(_("not UTF-8 text"), path, data.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text:
        raise Broken(_("contains a NUL character"), path, text.count("\n", 0, text.index("\0")) + 1)
    return text


def _load_or_conflict(front: str, text: str, path: str, first: int) -> dict[str, Any]:
    try:
        return load_yaml(front, path, first)
    except Broken:
        found = _CONFLICT.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            raise Broken(_("a merge conflict was left in the file"), path, line, locate.KEEP_BOTH) from None
        raise


def _check_required(cls: type[Record], values: Mapping[str, Any], path: str) -> None:
    if missing := [name for name in _required(cls.kind) if name not in values]:
        raise Broken(
            _("{missing}: missing", missing=", ".join(missing)),
            path,
            1,
            _("add the line to the file, or see: desk doctor"),
        )


@cache
def _required(kind: str) -> tuple[str, ...]:
    return tuple(name for name, field in KINDS[kind].FIELDS.items() if field.required)


def _between(part: str, *, last: bool) -> str:
    """The text between two headings: one blank line each side belongs to the layout."""
    part = part.removeprefix("\n")
    return part.removesuffix("\n") if last else part.removesuffix("\n").removesuffix("\n")


def _thread(rest: str, path: str, whole: str) -> tuple[str, tuple[Entry, ...]]:
    found = list(_headings(rest))
    if not found:
        return unescape(_between(rest, last=True)), ()
    body = unescape(_between(rest[: found[0].start()], last=False))
    entries = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(rest)
        part = rest[match.end() + 1 : end]
        try:
            by, at = _said(match["by"], match["at"])
            meta = _meta(match["meta"], path) if match["meta"] else NOTHING
        except (ValueError, Broken) as error:
            line = whole.count("\n", 0, len(whole) - len(rest) + match.start()) + 1
            raise Broken(error.problem if isinstance(error, Broken) else str(error), path, line) from None
        entries.append(Entry(match["kind"].lower(), by, at, unescape(_between(part, last=following is None)), meta))
    return body, tuple(entries)


def _headings(rest: str) -> Iterator[re.Match[str]]:
    """Where entries begin; a text is searched for two characters much faster than for an expression."""
    rows = f"\n{rest}"
    at = rows.find("\n## ")
    while at >= 0:
        if match := _HEADING.match(rest, at):
            yield match
        at = rows.find("\n## ", at + 1)


@lru_cache(maxsize=1 << 12)
def _said(by: str, at: str) -> tuple[str, datetime]:
    """Who wrote an entry, and when."""
    return parse_slug(by), parse_time(at)


def _meta(text: str, path: str) -> Mapping[str, Any]:
    meta = load_yaml(text, path)
    names = meta.get("attachments", [])
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise Broken(_("attachments: expected a list of names"), path)
    return meta
