"""Charts in the terminal, with plotext, which is imported here alone: right in 80 columns, and without colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from desk.domain.figures.report import Chart
from desk.view.look import Look, paint
from desk.view.text.cells import fit, width

HEIGHT = 7
MOST = 100
_USUAL = 80
_BAR = 30
_WIDEST = 6
"""Cells of a day, the gap included."""
_MARKERS = ("█", "░")
"""The first and the second series: told apart without colour."""
_STYLES = ("id", "note")


def chart(drawn: Chart, look: Look) -> Iterator[str]:
    """Days and weeks as columns, a chart for each series; names as horizontal bars, so that they can be read."""
    if len(max(drawn.labels, key=len, default="")) > len("31.12."):
        yield from _bars(drawn, look)
        return
    yield f"{drawn.title}\n"
    for number, (name, values) in enumerate(drawn.series.items()):
        if len(drawn.series) > 1:
            yield paint(name, _STYLES[number % 2], look) + "\n"
        yield from _columns([value or 0 for value in values], drawn, look)


def _columns(values: list[int | float], drawn: Chart, look: Look) -> Iterator[str]:
    """Each place takes the same number of cells, so that no bar looks wider than another."""
    import plotext  # noqa: PLC0415 - 90 ms, only where a chart is drawn

    top = max(1, *map(math.ceil, values))
    margin = len(str(top))
    cells = min(max((_room(look) - margin) // len(values), 1), _WIDEST)
    figure = plotext.figure
    figure.clear()
    figure.plot_size(margin + cells * len(values), HEIGHT)
    # A point for each cell: plotext's own bars have their edges between cells, and come out unequal.
    points = [(n * cells + k, value) for n, value in enumerate(values) if value for k in range(max(cells - 1, 1))]
    if points:
        signal = figure.signal([x for x, _ in points], [y for _, y in points], marker=_MARKERS[0])
        signal.fillx()
        figure.draw(signal)
    figure.axes(False)
    _rulers(figure, drawn.labels[: len(values)], top, cells)
    for line in str(figure.build().string(colorless=True)).splitlines():
        yield line.rstrip() + "\n"


def _rulers(figure: Any, labels: Sequence[str], top: int, cells: int) -> None:
    step = max(-(-8 // cells), 7 if len(labels) > 20 else 1)
    marked = range(0, len(labels), step)
    figure.ruler("x").lim(0, cells * len(labels) - 1)
    figure.ruler("x").ticks([at * cells for at in marked], [labels[at] for at in marked])
    figure.ruler("y").lim(0, top)
    figure.ruler("y").ticks([0, top], ["0", str(top)])


def _room(look: Look) -> int:
    """Cells of a line; a pipe has no width, and is taken for the usual terminal."""
    return min(look.width or _USUAL, MOST)


def _bars(drawn: Chart, look: Look) -> Iterator[str]:
    """A line for each name and series, with the number behind it."""
    label = min(max(map(width, drawn.labels)), _BAR)
    top = max((value or 0 for values in drawn.series.values() for value in values), default=0) or 1
    room = _room(look) - label - len(str(top)) - 3
    yield _legend(drawn, look)
    for at, name in enumerate(drawn.labels):
        for number, values in enumerate(drawn.series.values()):
            value = values[at] or 0
            bar = _MARKERS[number % 2] * max(round(value * room / top), int(bool(value)))
            shown = fit(name, label) if number == 0 else ""
            yield f"{shown}{' ' * (label - width(shown))} {paint(bar, _STYLES[number % 2], look)} {value}\n"


def _legend(drawn: Chart, look: Look) -> str:
    parts = [f"{paint(_MARKERS[n % 2] * 2, _STYLES[n % 2], look)} {name}" for n, name in enumerate(drawn.series)]
    return f"{drawn.title}   {'   '.join(parts)}\n"
