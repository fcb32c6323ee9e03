"""Text of several lines, for people: laid out on a terminal, as it was written elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from desk.view.look import Look
from desk.view.text.cells import visible

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
