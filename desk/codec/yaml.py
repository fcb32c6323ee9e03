"""YAML as desk reads and writes it: the only module that imports PyYAML and python-frontmatter.

python-frontmatter's own parse() is not loss-free (it strips the body, and turns a missing closing fence into an empty
record), so its handler is used with the codec's own split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import yaml
from frontmatter.default_handlers import YAMLHandler

from desk.codec import blocks, locate
from desk.codec.plainlines import FRONT_MAX, STAMP, Stamp, is_word
from desk.errors import Broken
from desk.text import _

DEPTH_MAX = 12
# Every nested collection costs one of these characters; below this many, nothing can be deep enough to hurt.
_SUSPICIOUS = 200


class _Loader(yaml.CSafeLoader):
    """libyaml's loader with a resolver that knows only null, true/false, decimal integers and RFC 3339 times.

    So `title: no` stays text and `0123` stays `0123`. Tags that would make anything else are refused.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own attribute
    yaml_constructors: ClassVar[dict[str | None, Any]] = {
        tag: yaml.CSafeLoader.yaml_constructors[tag]
        for tag in (None, *(f"tag:yaml.org,2002:{name}" for name in ("null", "str", "seq")))
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002, FBT001, FBT002 - as inherited
        if not isinstance(node, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(None, None, _("expected a mapping"), node.start_mark)
        seen: set[str] = set()
        for key, _turn in node.value:
            name = getattr(key, "value", None)
            if not isinstance(name, str):
                raise yaml.constructor.ConstructorError(None, None, _("a key must be plain text"), key.start_mark)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, _("{name!r} stands here twice", name=name), key.start_mark
                )
            seen.add(name)
        return {k.value: self.construct_object(v, deep=True) for k, v in node.value}


def _construct_map(loader: Any, node: Any) -> dict[Any, Any]:
    return loader.construct_mapping(node)  # type: ignore[no-any-return]


def _add_scalar(name: str, looks: re.Pattern[str], first: str, make: Callable[[str], Any]) -> None:
    """A type of scalar: how it looks, the characters it begins with, and the value it makes."""
    tag = f"tag:yaml.org,2002:{name}"

    def construct(_loader: Any, node: Any) -> Any:
        if not isinstance(node.value, str) or not looks.match(node.value):
            raise yaml.constructor.ConstructorError(None, None, _("this is no {name}", name=name), node.start_mark)
        return make(node.value)

    _Loader.add_implicit_resolver(tag, looks, list(first))
    _Loader.add_constructor(tag, construct)


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""])
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_map)
_add_scalar("bool", re.compile(r"(?:true|false)\Z"), "tf", lambda text: text == "true")
_add_scalar("int", re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z"), "-0123456789", int)
_add_scalar("timestamp", STAMP, "0123456789", Stamp)


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
    _dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


class _Handler(YAMLHandler):
    """python-frontmatter's YAML handler, with our loader and emitter."""

    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types still

    def export(self, metadata: Mapping[str, object], **_: object) -> str:
        return dump(metadata)


_HANDLER = _Handler()


def dump(data: Mapping[str, Any]) -> str:
    """Block mapping, lists in flow style, text of several lines as a block, keys in the order given."""
    parts = []
    for key, value in data.items():
        held = _held(key, value) if is_word(key) else None
        parts.append(held or _line_of(key, value))
    return "".join(parts) or _dump(data, _Dumper)


def _held(key: str, value: Any) -> str | None:
    if isinstance(value, list):
        return blocks.write_steps(key, value)
    return blocks.write(key, value) if isinstance(value, str) else None


def _line_of(key: str, value: Any) -> str:
    text = _dump({key: value}, _Dumper)
    # libyaml escapes what lies beyond the BMP; only then is the slow emitter worth its time. It in turn takes the rarer
    # line ends (\N, \L, \P) for plain ones.
    return text if "\\U" not in text or re.search(r"\\[NLP]", text) else _dump({key: value}, _WideDumper)


def flow(data: Mapping[str, Any]) -> str:
    """A mapping on one line, as a thread's heading holds it."""
    text = yaml.dump(
        dict(data), Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return str(text).strip()


def export(data: Mapping[str, Any]) -> str:
    """Front matter, through python-frontmatter's handler."""
    return str(_HANDLER.export(data))


def _dump(data: Mapping[str, Any], dumper: type[Any]) -> str:
    out = yaml.dump(
        _Root(data), Dumper=dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return str(out)


def load(text: str, path: str, first_line: int = 1) -> dict[str, Any]:
    """A mapping of plain values, or Broken with the line. Aliases, deep nesting and odd tags are refused."""
    try:
        _check_bombs(text, path, first_line)
        data = _HANDLER.load(text)
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in (error.problem or ""):  # newer releases of libyaml have a limit of their own
            raise Broken(_("nested too deeply"), path, first_line + _error_line(error)) from None
        # A bracket or quote that is never closed shows further down; the person looks for where it was opened.
        opened = re.search("flow|quoted", error.context or "")
        line = first_line + _error_line(error, opened=bool(opened))
        raise Broken(_("not valid YAML: {problem}", problem=error.problem or error.context), path, line) from None
    except yaml.YAMLError as error:
        raise Broken(_("not valid YAML: {splitline}", splitline=str(error).splitlines()[0]), path, first_line) from None
    except RecursionError:
        raise Broken(_("nested too deeply"), path, first_line) from None
    if data is None:
        raise Broken(_("the record is empty"), path, first_line)
    if not isinstance(data, dict):
        raise Broken(_("expected `key: value` lines"), path, first_line)
    for key, value in data.items():
        if isinstance(value, list | dict) and _depth(value) >= DEPTH_MAX:
            raise Broken(_("{key}: nested too deeply", key=key), path, first_line + locate.rows_before(text, key))
    return data


def _error_line(error: yaml.MarkedYAMLError, *, opened: bool = False) -> int:
    """Lines from the beginning to where an error is, or to where what it is in was `opened`."""
    mark = (error.context_mark if opened else error.problem_mark) or error.problem_mark or error.context_mark
    return int(mark.line) if mark else 0


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _depth(value: Any) -> int:
    if not isinstance(value, list | dict):
        return 0
    return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)


def _check_bombs(text: str, path: str, first_line: int) -> None:
    if len(text) > FRONT_MAX:
        raise Broken(_("the record's fields are over {most} KiB", most=FRONT_MAX // 1024), path, first_line)
    nested = sum(map(text.count, ("[", "{", "- ", "? ", ": ")))
    if nested < _SUSPICIOUS and "&" not in text and "*" not in text:
        return
    depth = 0
    # The event stream is flat, so it can be looked at where composing it would expand aliases or overflow C's stack.
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Broken(_("YAML anchors and aliases are not allowed"), path, first_line + _line(event))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise Broken(_("nested too deeply"), path, first_line + _line(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
