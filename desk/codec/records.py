"""Records as text and back: the layout of their files, fences, bodies and the thread's headings.

For every file desk wrote, encode(decode(file)) == file; and any text that a record can hold comes back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desk.codec import locate, plainlines
from desk.codec.locate import FENCE
from desk.codec.plainlines import FRONT_MAX, Stamp
from desk.domain.changes import salt
from desk.domain.model.fields import parse_slug, parse_time, utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import NOTHING, Entry, Record, parse_values_of
from desk.errors import Broken, Refused
from desk.text import _, arranged

_HEADING = re.compile(
    r"^## (?P<kind>Reply|Note) by (?P<by>\S+), (?P<at>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))(?: <!-- (?P<meta>\{.*\}) -->)?$",
    re.MULTILINE,
)
_TO_ESCAPE = re.compile(r"^(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_TO_UNESCAPE = re.compile(r"^\\(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")  # YAML takes these for line ends, or not at all
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
    raw = _load_or_conflict(front, text, path, first)
    values = parse_values_of(
        cls, raw, lambda said: Broken(said, path, first + locate.rows_before(front, said.partition(":")[0]))
    )
    _check_required(cls, values, path)
    salted = _salt(raw, front, path, first) if cls.salted else ""
    extra = {k: v for k, v in raw.items() if k not in cls.FIELDS} or NOTHING
    if cls.suffix == ".yaml":
        return cls(values, extra=extra, salt=salted)
    body, thread = _thread(rest, path, text) if kind == "ticket" else (_between(rest, last=True), ())
    return cls(values, extra=extra, body=body, thread=thread, salt=salted)


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
            raise Broken(
                _("a merge conflict was left in the file"), path, line, _("choose a side, then: desk commit")
            ) from None
        raise


def _check_required(cls: type[Record], values: Mapping[str, Any], path: str) -> None:
    missing = [name for name, field in cls.FIELDS.items() if field.required and name not in values]
    if missing:
        raise Broken(
            _("{missing}: missing", missing=", ".join(missing)),
            path,
            1,
            _("add the line to the file, or see: desk doctor"),
        )


def _between(part: str, *, last: bool) -> str:
    """The text between two headings: one blank line each side belongs to the layout."""
    part = part.removeprefix("\n")
    return part.removesuffix("\n") if last else part.removesuffix("\n").removesuffix("\n")


def _thread(rest: str, path: str, whole: str) -> tuple[str, tuple[Entry, ...]]:
    found = list(_HEADING.finditer(rest))
    if not found:
        return unescape(_between(rest, last=True)), ()
    body = unescape(_between(rest[: found[0].start()], last=False))
    entries = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(rest)
        part = rest[match.end() + 1 : end]
        line = whole.count("\n", 0, len(whole) - len(rest) + match.start()) + 1
        entries.append(_entry(match, unescape(_between(part, last=following is None)), path, line))
    return body, tuple(entries)


def _entry(match: re.Match[str], text: str, path: str, line: int) -> Entry:
    try:
        by, at = parse_slug(match["by"]), parse_time(match["at"])
    except ValueError as error:
        raise Broken(str(error), path, line) from None
    meta = load_yaml(match["meta"], path, line) if match["meta"] else NOTHING
    names = meta.get("attachments", [])
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise Broken(_("attachments: expected a list of names"), path, line)
    return Entry(match["kind"].lower(), by, at, text, meta)
