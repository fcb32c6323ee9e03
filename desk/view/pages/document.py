"""The format `md`: a view as a Markdown document, to paste into a wiki, a mail or an issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desk.text import _, said
from desk.view.labels import OF_WORDS, say_field, say_links, say_word
from desk.view.look import Look, deadline
from desk.view.model import Column, Listing, View
from desk.view.pages.article import ARTICLES
from desk.view.pages.problems import LONG
from desk.view.pages.ticket import TICKETS, entry_title
from desk.view.table import MARK, WORDED, as_read, used_columns
from desk.view.text.cells import width
from desk.view.values import is_empty, rows_of, say

Data = Mapping[str, Any]


_PADDED = 80
"""Cells of a column up to which a table is laid out to be read as it is; one that is wider isn't filled up with blanks."""


def document(view: View, look: Look) -> Iterator[str]:
    if isinstance(view, Listing):
        yield from _table(view, look)
        return
    for number, data in enumerate(rows_of(view)):
        if number:
            yield "\n"
        page = view.kind in TICKETS or view.kind in ARTICLES
        yield from _ticket(data, look) if page and "title" in data else _facts(data, look)


def _table(view: Listing, look: Look) -> Iterator[str]:
    if not view.rows:
        return
    from tabulate import tabulate  # noqa: PLC0415 - 37 ms (importlib.metadata), for this format alone

    view = as_read(view)
    columns = used_columns(view)
    cells = [[_shown(row.get(c.name), c, look) for c in columns] for row in view.rows]
    labels = [_cell(c.label, look) if c.label else "" for c in columns]
    if max(width(text) for row in cells for text in row) > _PADDED:
        rule = ["---"] * len(labels)
        yield from (f"| {' | '.join(row)} |\n" for row in (labels, rule, *cells))
        return
    yield tabulate(cells, headers=labels, tablefmt="github", disable_numparse=True) + "\n"


_SIGNS = {"bounced": _("BOUNCED"), "executable": _("EXECUTABLE")}
"""As in a table on a terminal."""


def _shown(value: Any, column: Column, look: Look) -> str:
    if column.style == "group" and not value:
        return ""
    if column.style == "mark":
        return f"\\{MARK}" if value else ""
    if column.style == "major":
        return f"**{_('MAJOR')}**" if value else ""
    if column.style in _SIGNS:
        return said(_SIGNS[column.style]) if value else ""
    if column.style == "due" and isinstance(value, str) and value:
        return deadline(value, look)[0]
    return _cell(say_word(value, column.name) if column.style in WORDED else value, look)


def _cell(value: Any, look: Look) -> str:
    """Escaped for a table row: a pipe would start a cell, and a backslash before it would undo the escape."""
    return say(value, look).replace("\\", "\\\\").replace("|", "\\|")


def _facts(data: Data, look: Look, *apart: str) -> Iterator[str]:
    for name, value in data.items():
        if name not in ("body", *apart) and not is_empty(value):
            yield f"- **{say_field(name)}**: {_fact(name, value, look)}\n"
    if data.get("body"):
        yield "\n" + _text(data["body"])


def _fact(name: str, value: Any, look: Look) -> str:
    if name in OF_WORDS:
        return say_word(value, name)
    return say_links(value) if name == "links" else say(value, look)


def _ticket(data: Data, look: Look) -> Iterator[str]:
    yield f"# {say(data['title'])}\n\n"
    yield from _facts(
        data,
        look,
        *("title", "thread", "people", "checklist", "steps", "review", *LONG),
        *(() if data.get("major") else ("major",)),
    )
    for name in LONG:
        if data.get(name):
            head = say_field(name)
            yield f"\n## {head[:1].upper()}{head[1:]}\n\n{_text(str(data[name]))}"
    if data.get("steps"):
        yield "\n## " + _("Checklist") + "\n\n"
        yield from (f"- [{'x' if step['done'] else ' '}] {say(step['text'])}\n" for step in data["steps"])
    for number, entry in enumerate(data.get("thread") or (), 1):
        yield f"\n## {entry_title(number, entry, data.get('people') or {}, look)}\n\n"
        yield _text(str(entry.get("text") or ""))
        if entry.get("attachments"):
            yield "\n" + _("Attached: {names}", names=say(entry["attachments"])) + "\n"
    if data.get("review"):
        yield "\n## " + _("Review") + "\n\n" + _text(str(data["review"]))


def _text(text: str) -> str:
    return text.strip("\n") + "\n"
