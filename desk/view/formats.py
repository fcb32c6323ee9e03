"""The output formats, as a table. Each turns a view into chunks of text that end with a newline.

What machines read (json, jsonl, csv, yaml, ids) is never coloured, localised or cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desk.text import numeral
from desk.view.look import Look, local
from desk.view.model import Detail, Listing, Paper, Sections, View
from desk.view.table import table
from desk.view.text.cells import hidden
from desk.view.values import is_time, rows_of

SCHEMA = 1
# A spreadsheet runs a cell that starts with one of these as a formula; a plain negative number is none.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_WITHIN = r"([;\t])(?=[=+@＝＋－＠]|-[^\d])"
"""A spreadsheet whose language has a comma in its numbers takes what stands behind a semicolon for a cell."""
_PAGES = ("article", "articles", "reviews")
"""Kinds of view that have a page of their own beside the ticket's."""
_DECIMAL = r"-?[0-9]+\.[0-9]+"
"""What a custom field of numbers holds beside whole ones."""
_NUMBER = r"-[0-9]+([.,][0-9]+)?"


def people(view: View, look: Look) -> Iterator[str]:
    """The format `table`: whatever reads best."""
    if isinstance(view, Listing) and view.drawn is not None:
        view = view.drawn
    if isinstance(view, Listing):
        if view.kind in ("hits", "suggestions") and look.tty:
            from desk.view.pages import hits  # noqa: PLC0415 - for two commands

            yield from (hits.hits if view.kind == "hits" else hits.suggestions)(view, look)
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

    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield from (str(writer.writerow(cells)) for cells in _sheet(view))


def as_tsv(view: View, _look: Look) -> Iterator[str]:
    """Tabs between cells and none within: what `cut` takes, and what is pasted into a spreadsheet."""
    yield from ("\t".join(re.sub(r"\s", " ", cell) for cell in cells) + "\n" for cells in _sheet(view))


def as_excel(view: View, look: Look) -> Iterator[str]:
    """CSV as a spreadsheet of the reader's language opens it at a double click.

    With a byte order mark, or Greek is taken for another encoding; with the comma in numbers, and so the semicolon between
    cells, where the language has it; and with times by the desk's clock, which a spreadsheet knows for times.
    """
    import csv  # noqa: PLC0415 - as above

    comma = "," in numeral("0.5")
    writer = csv.writer(_Line(), lineterminator="\r\n", delimiter=";" if comma else ",")

    def shown(value: Any) -> str:
        if isinstance(value, float) or (isinstance(value, str) and re.fullmatch(_DECIMAL, value)):
            return numeral(str(value))
        return f"{local(value, look):%Y-%m-%d %H:%M:%S}" if is_time(value) else _flat(value)

    lines = [str(writer.writerow(cells)) for cells in _sheet(view, shown)]
    yield from (f"\ufeff{line}" if number == 0 else line for number, line in enumerate(lines))


def _sheet(view: View, shown: Callable[[Any], str] | None = None) -> Iterator[list[str]]:
    """Cells line by line, the names first; a cell never runs as a formula."""
    whole = rows_of(view)
    spread = view.sheet if isinstance(view, Listing | Detail) else None
    rows: Sequence[Mapping[str, Any]] = spread(whole) if spread else whole
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names and isinstance(view, Listing):
        blank = dict.fromkeys(view.fields or (c.name for c in view.columns))
        names = list(spread([blank])[0] if spread else blank)
    if names:
        yield [_harmless(name) for name in names]
    yield from ([_harmless((shown or _flat)(row.get(name))) for name in names] for row in rows)


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


def as_html(view: View, look: Look) -> Iterator[str]:
    from desk.view.pages.printed import printed  # noqa: PLC0415 - a table needs no templates

    yield from printed(view, look)


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
        "tsv": as_tsv,
        "excel": as_excel,
        "yaml": as_yaml,
        "md": as_markdown,
        "html": as_html,
        "ids": ids,
    }
)
