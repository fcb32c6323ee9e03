"""A Markdown table laid out for the width: columns aligned, long cells wrapped, as it is where it can't fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from desk.view.look import Look, paint
from desk.view.text.cells import width
from desk.view.text.inline import runs, wrap_runs

GAP = "  "
FLOOR = 5
"""A column is never narrower than this, in cells."""
_DELIMITERS = re.compile(r" {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?")
_BAR = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\\|")
_CODE_BAR = re.compile(r"(?<!`)(`+)(?!`)[^`]+\1")


def is_delimiter(line: str) -> bool:
    """Whether a line separates a table's head from its rows."""
    return len(line) < 2000 and _DELIMITERS.fullmatch(line.rstrip()) is not None


def grid(lines: list[str], cells: int, look: Look) -> Iterator[str]:
    """Head, delimiter and rows of a table as lines for the terminal."""
    sides = [_side(part) for part in _cells(lines[1])]
    rows = [_fitted(_cells(line), len(sides)) for line in (lines[0], *lines[2:])]
    if len(sides) * FLOOR + (len(sides) - 1) * len(GAP) > cells:
        yield from lines
        return
    plain = [["".join(run.text for run in runs(cell, look)) for cell in row] for row in rows]
    widths = _widths(plain, len(sides), cells)
    for number, row in enumerate(rows):
        style = "heading" if number == 0 else ""
        yield from _row(row, widths, sides, look, style)
        if number == 0:
            yield paint(GAP.join("─" * w for w in widths), "dim", look)


def _cells(line: str) -> list[str]:
    """The cells of a row; a bar inside of code, or after a backslash, is none."""
    text = line.strip()
    if "`" in text:
        text = _CODE_BAR.sub(lambda found: found[0].replace("|", "\\|"), text)
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [_ESCAPED.sub("|", part).strip() for part in _BAR.split(text)]


def _fitted(row: list[str], columns: int) -> list[str]:
    return (row + [""] * columns)[:columns]


def _side(mark: str) -> str:
    if mark.startswith(":") and mark.endswith(":"):
        return "middle"
    return "right" if mark.endswith(":") else "left"


def _widths(rows: list[list[str]], columns: int, cells: int) -> list[int]:
    """As wide as the text, then from the widest as much as the screen lacks."""
    widths = [max(FLOOR, min(cells, max(width(row[at]) for row in rows))) for at in range(columns)]
    room = cells - len(GAP) * (columns - 1)
    for _ in range(sum(widths) - room):
        widest = max(range(columns), key=widths.__getitem__)
        if widths[widest] <= FLOOR:
            break
        widths[widest] -= 1
    return widths


def _row(row: list[str], widths: list[int], sides: list[str], look: Look, style: str) -> Iterator[str]:
    parts = [wrap_runs(runs(cell, look, style), w, look) for cell, w in zip(row, widths, strict=True)]
    for line in zip_longest(*parts, fillvalue=""):
        cells = [_placed(text, w, side) for text, w, side in zip(line, widths, sides, strict=True)]
        yield GAP.join(cells).rstrip()


_PAINT = re.compile(r"\x1b\[[0-9;]*m")


def _placed(text: str, cells: int, side: str) -> str:
    blank = max(cells - width(_PAINT.sub("", text)), 0)
    if side == "right":
        return " " * blank + text
    left = blank // 2 if side == "middle" else 0
    return " " * left + text + " " * (blank - left)
