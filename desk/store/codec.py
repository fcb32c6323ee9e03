"""Records as text and back: the only module that knows YAML, front matter and the thread's headings.

For every file desk wrote, encode(decode(file)) == file; and any text that a record can hold comes back exactly.
python-frontmatter's own parse() is not loss-free (it strips the body, and turns a missing closing fence into an empty
record), so its handler is used with our own split.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from desk.domain.fields import parse_slug, parse_time, utc_text
from desk.domain.kinds import KINDS
from desk.domain.record import NOTHING, Entry, Record, parse_values_of
from desk.errors import Broken

FENCE = "---"
FRONT_MAX = 256 * 1024
DEPTH_MAX = 12
# Every nested collection costs one of these characters; below this many, nothing can be deep enough to hurt.
_SUSPICIOUS = 200

_STAMP = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?$")
_HEADING = re.compile(
    r"^## (?P<kind>Reply|Note) by (?P<by>\S+), (?P<at>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))(?: <!-- (?P<meta>\{.*\}) -->)?$",
    re.MULTILINE,
)
_TO_ESCAPE = re.compile(r"^(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_TO_UNESCAPE = re.compile(r"^\\(?=\\*## (?:Reply|Note) by )", re.MULTILINE)
_UNPRINTABLE = re.compile(r"[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")  # YAML takes these for line ends, or not at all
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)


class Stamp(str):
    """A scalar that looks like a time or a date: kept as written, put back without quotes."""

    __slots__ = ()


class _Loader(yaml.CSafeLoader):
    """libyaml's loader with a resolver that knows only null, true/false, decimal integers and RFC 3339 times.

    So `title: no` stays text and `0123` stays `0123`.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as inherited
        seen: set[str] = set()
        for key, _ in node.value:
            name = getattr(key, "value", None)
            if not isinstance(name, str):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key.start_mark)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands here twice", key.start_mark)
            seen.add(name)
        return {k.value: self.construct_object(v, deep=True) for k, v in node.value}


def _construct_map(loader: Any, node: Any) -> dict[Any, Any]:
    return loader.construct_mapping(node)  # type: ignore[no-any-return]


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:timestamp", _STAMP, list("0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_map)
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
_Loader.add_constructor("tag:yaml.org,2002:bool", lambda _, node: node.value == "true")
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: Stamp(node.value))


class _Root(dict[str, Any]):
    """The record itself, in block style: one line a field, also where every value is a plain one."""


class _Dumper(yaml.CSafeDumper):
    """libyaml's emitter."""


class _WideDumper(yaml.SafeDumper):
    """The pure-Python emitter, eight times slower, for text beyond U+FFFF, which libyaml would write as escapes."""


for _dumper in (_Dumper, _WideDumper):
    _dumper.add_representer(
        Stamp, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:timestamp", str(value))
    )
    _dumper.add_representer(
        _Root, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=False)
    )
    _dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign, assignment]


class _Handler(YAMLHandler):  # type: ignore[misc]
    """python-frontmatter's YAML handler, with our loader and emitter."""

    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types still

    def export(self, metadata: Mapping[str, object], **_: object) -> str:
        return dump_yaml(metadata)


_HANDLER = _Handler()


def dump_yaml(data: Mapping[str, Any]) -> str:
    """Block mapping, lists in flow style, one line a value, keys in the order given."""
    text = _dump(data, _Dumper)
    # libyaml escapes what lies beyond the BMP; only then is the slow emitter worth its time.
    return _dump(data, _WideDumper) if "\\U" in text else text


def _dump(data: Mapping[str, Any], dumper: type[Any]) -> str:
    out = yaml.dump(_Root(data), Dumper=dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=1 << 20)
    return str(out)


def load_yaml(text: str, path: str, first_line: int = 1) -> dict[str, Any]:
    """A mapping of plain values, or Broken with the line. Aliases, deep nesting and odd tags are refused."""
    try:
        _check_bombs(text, path, first_line)
        data = _HANDLER.load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise Broken(f"not valid YAML: {error.problem or error.context}", path, line) from None
    except yaml.YAMLError as error:
        raise Broken(f"not valid YAML: {str(error).splitlines()[0]}", path, first_line) from None
    if data is None:
        raise Broken("the record is empty", path, first_line)
    if not isinstance(data, dict):
        raise Broken("expected `key: value` lines", path, first_line)
    return data


def _check_bombs(text: str, path: str, first_line: int) -> None:
    if len(text) > FRONT_MAX:
        raise Broken(f"the record's fields are over {FRONT_MAX // 1024} KiB", path, first_line)
    nested = sum(map(text.count, ("[", "{", "- ", "? ", ": ")))
    if nested < _SUSPICIOUS and "&" not in text and "*" not in text:
        return
    depth = 0
    # The event stream is flat, so it can be looked at where composing it would expand aliases or overflow C's stack.
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Broken("YAML anchors and aliases are not allowed", path, first_line + event.start_mark.line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise Broken("nested too deeply", path, first_line + event.start_mark.line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


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
    front = _HANDLER.export(data)
    if record.suffix == ".yaml":
        return front.encode()
    parts = [FENCE, "\n", front, FENCE, "\n"]
    if record.body:
        parts += ["\n", escape(record.body), "\n"]
    for entry in record.thread:
        parts += ["\n", heading(entry), "\n\n", escape(entry.text), "\n"]
    return "".join(parts).encode()


def heading(entry: Entry) -> str:
    """`## Reply by maria, 2026-07-23T07:15:02Z`, with what else is known of the entry as a comment."""
    line = f"## {entry.kind.capitalize()} by {entry.by}, {utc_text(entry.at)}"
    return f"{line} <!-- {_meta_text(entry.meta)} -->" if entry.meta else line


def _meta_text(meta: Mapping[str, Any]) -> str:
    text = yaml.dump(
        dict(meta), Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1 << 20
    ).strip()
    if "--" in text or "\n" in text or "\\" in text:
        # Nothing in a comment may end it: JSON, which is YAML too, can escape the dashes.
        text = json.dumps(dict(meta), ensure_ascii=False).replace("--", "\\u002d\\u002d")
        text = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text


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
        front, rest = _split(text, path)
        first = 2
    raw = _load_or_conflict(front, text, path, first)
    values = parse_values_of(cls, raw, lambda problem: Broken(problem, path, _line_of(front, problem, first)))
    _check_required(cls, values, path)
    extra = {k: v for k, v in raw.items() if k not in cls.FIELDS} or NOTHING
    if cls.suffix == ".yaml":
        return cls(values, extra=extra)
    body, thread = _thread(rest, path, text) if kind == "ticket" else (_between(rest, last=True), ())
    return cls(values, extra=extra, body=body, thread=thread)


def _text(data: bytes, path: str) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Broken("not UTF-8 text", path, data.count(b"\n", 0, error.start) + 1) from None
    if "\0" in text:
        raise Broken("contains a NUL character", path, text.count("\n", 0, text.index("\0")) + 1)
    return text


def _load_or_conflict(front: str, text: str, path: str, first: int) -> dict[str, Any]:
    try:
        return load_yaml(front, path, first)
    except Broken:
        found = _CONFLICT.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            raise Broken("a merge conflict was left in the file", path, line, "choose a side, then: desk commit") from None
        raise


def _split(text: str, path: str) -> tuple[str, str]:
    """Front matter and the rest after the closing fence."""
    if not text.startswith(FENCE + "\n"):
        raise Broken("the first line must be ---", path, 1)
    end = text.find(f"\n{FENCE}\n", len(FENCE))
    if end < 0:
        if text.endswith(f"\n{FENCE}"):
            return text[len(FENCE) + 1 : -len(FENCE)], ""
        raise Broken("the closing --- of the front matter is missing", path, text.count("\n") + 1)
    return text[len(FENCE) + 1 : end + 1], text[end + len(FENCE) + 2 :]


def _line_of(front: str, problem: str, first: int) -> int:
    """The line of the field that a problem names first."""
    found = re.search(rf"^{re.escape(problem.partition(':')[0])}\s*:", front, re.MULTILINE)
    return first + (front.count("\n", 0, found.start()) if found else 0)


def _check_required(cls: type[Record], values: Mapping[str, Any], path: str) -> None:
    missing = [name for name, field in cls.FIELDS.items() if field.required and name not in values]
    if missing:
        raise Broken(f"{', '.join(missing)}: missing", path, 1, "add the line to the file, or see: desk doctor")


def _between(part: str, *, last: bool) -> str:
    """The text between two headings: one blank line each side belongs to the layout."""
    part = part.removeprefix("\n")
    part = part.removesuffix("\n") if last else part.removesuffix("\n").removesuffix("\n")
    return part


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
        raise Broken("attachments: expected a list of names", path, line)
    return Entry(match["kind"].lower(), by, at, text, meta)


def conflict_line(data: bytes) -> int | None:
    """The first line that looks like a left-over of a merge, counted from 1."""
    found = _CONFLICT.search(data.decode(errors="replace"))
    return None if found is None else data.decode(errors="replace").count("\n", 0, found.start()) + 1
