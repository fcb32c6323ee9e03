"""A listing as a plain table: as wide as its content, on a terminal no wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from desk.view.look import Look, paint, when
from desk.view.model import Column, Listing
from desk.view.text import fit, width
from desk.view.values import is_empty, say

GAP = "  "
FLOOR = 6
"""A flexible column is never made narrower than this, in cells."""
_STIFF = frozenset(("id", "state", "priority", "time", "number"))
"""Styles whose cells say nothing when they are cut."""


def table(view: Listing, look: Look) -> Iterator[str]:
    """Lines for people, the header first; nothing for no rows."""
    if not view.rows:
        return
    columns = used_columns(view)
    labels = [c.label.upper() for c in columns]
    cells = [[cell(row.get(c.name), c, look) for c in columns] for row in view.rows]
    widths = _widths(columns, [labels, *cells], look)
    numeric = [_is_numeric(c, view.rows) for c in columns]
    yield paint(_line(labels, [""] * len(columns), widths, numeric, look), "heading", look) + "\n"
    for row, texts in zip(view.rows, cells, strict=True):
        yield _line(texts, [_style(c, row) for c in columns], widths, numeric, look) + "\n"


def used_columns(view: Listing) -> list[Column]:
    """The columns in which at least one row has something to say."""
    used = [c for c in view.columns if not all(is_empty(row.get(c.name)) for row in view.rows)]
    return used or list(view.columns[:1])


def cell(value: Any, column: Column, look: Look) -> str:
    if column.style == "time" and isinstance(value, str) and value:
        return say(when(value, look))
    return say(value)


def _is_numeric(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [v for row in rows if (v := row.get(column.name)) is not None]
    return column.style == "number" or all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _style(column: Column, row: Mapping[str, Any]) -> str:
    value = row.get(column.name)
    if is_empty(value):
        return "dim"
    if column.style in ("state", "priority"):
        return str(value)
    if column.style == "tags":
        return str(row.get("color") or "")
    return "id" if column.style == "id" else ""


def _widths(columns: list[Column], lines: list[list[str]], look: Look) -> list[int]:
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    if not look.tty:
        # grep and cut on the other end of a pipe want the whole text.
        return widths
    floors = [w if c.style in _STIFF else min(w, FLOOR) for w, c in zip(widths, columns, strict=True)]
    return _shrink(widths, floors, look.width - len(GAP) * (len(columns) - 1))


def _shrink(widths: list[int], floors: list[int], room: int) -> list[int]:
    """Take cells from the widest flexible column, again and again, until the line fits or nothing can give."""
    for _ in range(sum(widths) - room):
        flexible = [at for at, floor in enumerate(floors) if widths[at] > floor]
        if not flexible:
            break
        widths[max(flexible, key=widths.__getitem__)] -= 1
    return widths


def _line(texts: list[str], styles: list[str], widths: list[int], numeric: list[bool], look: Look) -> str:
    parts = []
    for text, style, cells, right in zip(texts, styles, widths, numeric, strict=True):
        shown = fit(text, cells)
        # Measured before it is painted: colour has length but no width.
        blank = " " * (cells - width(shown))
        painted = paint(shown, style, look)
        parts.append(blank + painted if right else painted + blank)
    return GAP.join(parts).rstrip()
