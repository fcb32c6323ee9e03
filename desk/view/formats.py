"""The output formats, as a table. Each turns a view into chunks of text that end with a newline.

What machines read (json, jsonl, csv, yaml, ids) is never coloured, localised or cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desk.view.look import Look
from desk.view.model import Detail, Listing, Paper, Sections, View
from desk.view.table import table
from desk.view.text.cells import hidden
from desk.view.values import rows_of

SCHEMA = 1
# A spreadsheet runs a cell that starts with one of these as a formula; a plain negative number is none.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_WITHIN = r"([;\t])(?=[=+@＝＋－＠]|-[^\d])"
"""A spreadsheet whose language has a comma in its numbers takes what stands behind a semicolon for a cell."""
_PAGES = ("article", "articles", "reviews")
"""Kinds of view that have a page of their own beside the ticket's."""
_NUMBER = r"-[0-9]+(\.[0-9]+)?"


def people(view: View, look: Look) -> Iterator[str]:
    """The format `table`: whatever reads best."""
    if isinstance(view, Listing) and view.drawn is not None:
        view = view.drawn
    if isinstance(view, Listing):
        if view.kind == "hits" and look.tty:
            from desk.view.pages import hits  # noqa: PLC0415 - for one command

            yield from hits.hits(view, look)
        else:
            yield from table(view, look)
        return
    if isinstance(view, Paper):
        from desk.view.pages import report  # noqa: PLC0415 - reports alone

        yield from report.people(view, look)
        return
    if isinstance(view, Sections):
        from desk.view.pages import sections  # noqa: PLC0415 - for the one command that has several tables

        yield from sections.people(view, look)
        return
    from desk.view.pages.ticket import detail, done  # noqa: PLC0415 - a list needs no Markdown

    if isinstance(view, Detail) and view.kind in _PAGES:
        from desk.view.pages import article  # noqa: PLC0415 - for the knowledge base alone

        yield from article.reviews(view, look) if view.kind == article.REVIEWS else article.articles(view, look)
    else:
        yield from detail(view, look) if isinstance(view, Detail) else done(view, look)


def encode(value: Any, *, indent: int | None = None) -> str:
    """JSON in which characters that steer a terminal are escaped: the same data, whoever looks at it."""
    import json  # noqa: PLC0415 - 3 ms, which a table does not need

    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, default=dict)
    found = hidden(text) - {"\n"}
    return text.translate({ord(c): json.dumps(c)[1:-1] for c in found} | {0x7F: "\\u007f"}) if found else text


def _data(view: View) -> Any:
    if isinstance(view, Paper):
        return view.report.data()
    return list(view.rows) if isinstance(view, Listing) else view.data


def as_json(view: View, _look: Look) -> Iterator[str]:
    yield (
        encode({"schema": SCHEMA, "kind": view.kind, "data": _data(view), "warnings": list(view.warnings)}, indent=2)
        + "\n"
    )


def as_jsonl(view: View, _look: Look) -> Iterator[str]:
    for row in rows_of(view):
        yield encode(row) + "\n"


class _Line:
    """A file for the csv writer that hands each line back."""

    def write(self, text: str) -> str:
        # Python 3.11 quotes a carriage return only if the line terminator has one, so the writer is given one that has.
        return text.removesuffix("\r\n") + "\n"


def as_csv(view: View, _look: Look) -> Iterator[str]:
    import csv  # noqa: PLC0415 - 3 ms, which a table does not need

    rows = rows_of(view)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names and isinstance(view, Listing):
        names = list(view.fields or (c.name for c in view.columns))
    if isinstance(view, Listing) and view.opened:
        names, rows = _opened(view.opened, names, rows)
    writer = csv.writer(_Line(), lineterminator="\r\n")
    if names:
        yield str(writer.writerow([_harmless(name) for name in names]))
    for row in rows:
        yield str(writer.writerow([_harmless(_flat(row.get(name))) for name in names]))


def _opened(
    opened: Mapping[str, tuple[str, ...]], names: list[str], rows: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[Mapping[str, Any]]]:
    """Names and rows with a column for each thing in a mapping: `fields.serial`; those of a list stay, whatever its rows hold."""
    for name, known in opened.items():
        within = list(dict.fromkeys((*known, *(key for row in rows for key in row.get(name) or ()))))
        at = names.index(name) if name in names else len(names)
        names = [*names[:at], *(f"{name}.{key}" for key in within), *names[at + 1 :]]
        rows = [{**row, **{f"{name}.{key}": value for key, value in (row.get(name) or {}).items()}} for row in rows]
    return names, list(rows)


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and not any(isinstance(item, Mapping | list | tuple) for item in value):
        return ";".join(_flat(item) for item in value)
    return encode(value) if isinstance(value, Mapping | list | tuple) else str(value)


def _harmless(text: str) -> str:
    if text.startswith(_FORMULA) and not re.fullmatch(_NUMBER, text):
        text = f"'{text}"
    return re.sub(_WITHIN, r"\1'", text) if ";" in text or "\t" in text else text


def as_yaml(view: View, _look: Look) -> Iterator[str]:
    import yaml  # noqa: PLC0415 - 17 ms, which a table does not need

    class Dumper(yaml.SafeDumper):
        """Without anchors, which would make two rows depend on each other; texts of several lines as blocks."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class names it
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(str, text)
    Dumper.add_representer(MappingProxyType, lambda dumper, value: dumper.represent_dict(dict(value)))
    yield yaml.dump(_data(view), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def as_markdown(view: View, look: Look) -> Iterator[str]:
    if isinstance(view, Paper):
        from desk.view.pages import report  # noqa: PLC0415 - reports alone

        yield from report.markdown(view, look)
        return
    if isinstance(view, Sections):
        from desk.view.pages import sections  # noqa: PLC0415 - as above

        yield from sections.markdown(view, look)
        return
    from desk.view.pages.document import document  # noqa: PLC0415 - a table needs neither tabulate nor Markdown

    yield from document(view, look)


def ids(view: View, _look: Look) -> Iterator[str]:
    if isinstance(view, Sections) and view.data.get("id"):  # about one thing, whatever stands in its sections
        yield f"{view.data['id']}\n"
        return
    yield from (f"{row['id']}\n" for row in rows_of(view) if row.get("id"))


FORMATS: Mapping[str, Callable[[View, Look], Iterator[str]]] = MappingProxyType(
    {
        "table": people,
        "json": as_json,
        "jsonl": as_jsonl,
        "csv": as_csv,
        "yaml": as_yaml,
        "md": as_markdown,
        "ids": ids,
    }
)
