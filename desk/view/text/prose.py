"""Text of several lines, for people: laid out on a terminal, as it was written elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.text import said
from desk.view.look import Look
from desk.view.text.cells import visible, width

MEASURE = 100
"""Text is not set wider than this, in cells: longer lines are hard to read."""
INDENT = "  "


def measure(look: Look) -> int:
    """How wide text is set."""
    return min(look.width, MEASURE)


def prose(text: str, look: Look, indent: str, *, reflow: bool = False) -> Iterator[str]:
    """A body or an entry: laid out on a terminal, as written for a pipe. `reflow` sets its paragraphs anew."""
    if not look.tty:
        yield from visible(text).strip("\n").split("\n")
        return
    from desk.view.text.markdown import layout  # noqa: PLC0415 - 8 ms of patterns, for a terminal alone

    for line in layout(text, measure(look) - len(indent), look, reflow=reflow):
        yield indent + line if line else ""


_WORD = re.compile(r"\s*\S+")


def folded(line: str, cells: int, hang: str = "") -> list[str]:
    """A line broken between words where it is too wide, with what goes on indented; 0 cells: as it is.

    Blanks inside of it stay, and so does a word that is wider than all: an address or a path is copied whole.
    """
    line = said(line)
    if not cells or width(line) <= cells:
        return [line]
    found, current, filled = list[str](), "", False
    for word in _WORD.findall(line):
        if filled and width(current + word) > cells:
            found.append(current)
            current = hang + word.lstrip()
        else:
            current += word
        filled = True
    return [*found, current]
