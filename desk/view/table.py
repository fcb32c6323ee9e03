"""A listing as a plain table: as wide as its content, on a terminal no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from desk.text import _, said
from desk.view.labels import say_word
from desk.view.look import PAUSED, Look, age, deadline, moment, paint, when
from desk.view.model import Column, Listing
from desk.view.text.cells import capitals, fit, width, wrap
from desk.view.values import is_empty, say, say_size

GAP = "  "
FLOOR = 6
"""A flexible column is never made narrower than this, in cells, nor than its heading."""
TITLE_FLOOR = 24
"""A title gives up to here first; only then do the others, and it again."""
_WORDS = {"plain": 20, "name": 20, "email": 32}
_FLOORS = {"title": TITLE_FLOOR, "sentence": TITLE_FLOOR, "prose": 16, "phrase": 14, "people": 10, **_WORDS}
"""Cells that a style keeps first."""
_LOWER = {"title": 16, "sentence": 16, "phrase": 14, "people": 8, **_WORDS}
"""Those that it keeps then: a word, a name or an address that is cut leads nowhere. In the end each gives."""
_LAST = {"sentence": 14, "phrase": 14}
"""And these at last: what goes on below is no longer read in fewer."""
_UNCUT = dict.fromkeys(_WORDS, 1 << 16)
"""Before any: what is longer than these gives first, as long as it can."""
WRAPPED = frozenset(("sentence", "phrase", "people"))
"""Styles whose cells go on below where they are wider than their column: nothing of them is cut."""
COMMIT = 10
"""Characters of a commit's name in a table, as git shows it; machine formats have it whole."""
MARK = "*"
WORDED = frozenset(("state", "priority", "word"))
"""Styles whose cells are words that the program knows, and people read in their language."""
_SIGNS = {"mark": MARK, "major": _("MAJOR"), "bounced": _("BOUNCED"), "executable": _("EXECUTABLE")}
"""Styles of columns that say one thing or nothing, and what they say."""
_STIFF = frozenset(
    (
        *("id", "mark", "major", "bounced", "state", "priority", "time", "moment", "commit", "number", "verb", "due"),
        *("age", "word", "executable"),
    )
)
"""Styles whose cells say nothing when they are cut."""


def table(view: Listing, look: Look) -> Iterator[str]:
    """Lines for people, the header first; nothing for no rows."""
    if not view.rows:
        return
    view = as_read(view)
    shown = _Shown(look)
    columns = _fitting(used_columns(view), view, shown)
    labels = [capitals(c.label) for c in columns]
    cells = [[shown.cell(row.get(c.name), c) for c in columns] for row in view.rows]
    widths = _widths(columns, [labels, *cells], look)
    numeric = [_is_numeric(c, view.rows) for c in columns]
    yield paint(_line(labels, [""] * len(columns), widths, numeric, look), "heading", look) + "\n"
    for row, texts in zip(view.rows, cells, strict=True):
        styles = [style_of(c, row, look) for c in columns]
        for parts in _laid(texts, columns, widths):
            yield _line(parts, styles, widths, numeric, look) + "\n"


def _laid(texts: list[str], columns: list[Column], widths: list[int]) -> Iterator[list[str]]:
    """The lines of a row: one, but for a cell that goes on below."""
    lines = [
        wrap(text, cells) if column.style in WRAPPED and width(text) > cells else [text]
        for text, column, cells in zip(texts, columns, widths, strict=True)
    ]
    for parts in zip_longest(*lines, fillvalue=""):
        yield list(parts)


class _Shown:
    """The cells of a table, each kind said once: a page of tickets has few states, priorities and departments."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._known: dict[tuple[str, type, object], str] = {}

    def cell(self, value: Any, column: Column) -> str:
        if value is not None and type(value) not in (str, int, bool):
            return cell(value, column, self.look)
        key = (column.name, type(value), value)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = cell(value, column, self.look)
        return known


def as_read(view: Listing) -> Listing:
    """A listing with its rows as people read them; a ticket of which a clock stands, with nothing due, is paused."""
    rows = view.spelled()
    for name in (c.name for c in view.columns if c.style == "due"):
        rows = [{**r, name: PAUSED} if r.get(name) is None and r.get("overdue") is not None else r for r in rows]
    return view._replace(rows=rows)


def used_columns(view: Listing) -> list[Column]:
    """The columns in which at least one row has something to say."""
    used = [c for c in view.columns if not all(_says_nothing(row.get(c.name), c) for row in view.rows)]
    return used or list(view.columns[:1])


def _fitting(columns: list[Column], view: Listing, shown: _Shown) -> list[Column]:
    """Without columns of noes where anything would be cut, and then those that can be spared, as the title needs room."""
    look = shown.look
    if not look.tty:
        return columns
    texts = {c: [capitals(c.label), *(shown.cell(row.get(c.name), c) for row in view.rows)] for c in columns}
    cells = {c: max(map(width, texts[c])) for c in columns}
    for no in [c for c in columns if all(row.get(c.name) is False for row in view.rows)]:
        if _room(columns, look) < sum(cells[c] for c in columns):
            columns = [c for c in columns if c is not no]
    while (spare := max(columns, key=lambda c: c.spare)).spare:
        if sum(_floor(c, cells[c], _first(look)) for c in columns) <= _room(columns, look):
            break
        columns = [c for c in columns if c is not spare]
    return columns


def _room(columns: list[Column], look: Look) -> int:
    """Cells of a line for what stands in the columns."""
    return look.width - len(GAP) * (len(columns) - 1)


def _says_nothing(value: object, column: Column) -> bool:
    return not value if column.style in _SIGNS else is_empty(value)


def _due(value: str, look: Look) -> str:
    return deadline(value, look)[0]


_CLOCKS: Mapping[str, Callable[[str, Look], str]] = MappingProxyType(
    {"time": when, "moment": moment, "due": _due, "age": age}
)
"""Styles of times, and how they tell one."""


def cell(value: Any, column: Column, look: Look) -> str:
    if column.style in _SIGNS:
        return said(_SIGNS[column.style]) if value else ""
    if column.style == "group":
        return say(value) if value else ""
    if column.style in _CLOCKS and isinstance(value, str) and value:
        return say(_CLOCKS[column.style](value, look))
    if column.style == "size" and isinstance(value, int):
        return say_size(value)
    if column.style == "commit" and isinstance(value, str):
        return say(value[:COMMIT])
    return say_word(value, column.name) if column.style in WORDED else say(value)


def _is_numeric(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [v for row in rows if (v := row.get(column.name)) is not None]
    return column.style == "number" or all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def style_of(column: Column, row: Mapping[str, Any], look: Look) -> str:
    """What paints a cell: a style's name, or a colour of the row's own."""
    value = row.get(column.name)
    if column.style in _SIGNS:
        return "note" if column.style == "mark" else "critical"
    if is_empty(value):
        return "dim"
    if column.style in ("state", "priority"):
        return str(value)
    if column.style == "due":
        return deadline(str(value), look)[1]
    if column.style == "tags":
        return str(row.get("color") or "")
    return "id" if column.style == "id" else ""


def _widths(columns: list[Column], lines: list[list[str]], look: Look) -> list[int]:
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    if not look.tty:
        # grep and cut on the other end of a pipe want the whole text.
        return widths
    room = _room(columns, look)
    for least in ({**_first(look), **_UNCUT}, _first(look), _LOWER, _LAST, {}):
        kept = [_floor(c, w, least) for c, w in zip(columns, widths, strict=True)]
        widths = _shrink(widths, kept, room)
    return widths


def _first(look: Look) -> Mapping[str, int]:
    """What each style keeps first; a title more of a wide terminal."""
    return {**_FLOORS, "title": max(TITLE_FLOOR, look.width // 3 - 5)}


def _floor(column: Column, cells: int, least: Mapping[str, int]) -> int:
    """The cells below which a column isn't made narrower, as long as each style keeps its least."""
    if column.style in _STIFF:
        return cells
    return min(cells, max(least.get(column.style, FLOOR), width(said(column.label))))


def _shrink(widths: list[int], floors: list[int], room: int) -> list[int]:
    """Take cells from the widest flexible column, again and again, until the line fits or nothing can give."""
    for _cell in range(sum(widths) - room):
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
