"""A progress bar for work that turns out to be long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TextIO, TypeVar

from desk.text import _
from desk.view.text.cells import visible, width

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds before anything is drawn: a bar that flashes by says nothing."""
_EVERY = 0.1
_CELLS = 24


def progress(
    iterable: Iterable[T],
    total: int,
    label: str,
    err: TextIO,
    clock: Callable[[], float] = monotonic,
    *,
    say: Callable[[str], str] = str,
) -> Iterator[T]:
    """The same items; on a terminal a line on `err` after a second, which is gone when the work is done.

    `say` gives a text in the language of whoever waits.
    """
    if not err.isatty():
        yield from iterable
        return
    due = clock() + PATIENCE
    drawn = 0
    try:
        for number, item in enumerate(iterable):
            now = clock()
            if now >= due:
                line = say(_bar(number, total, visible(label, keep_newlines=False)))
                err.write(f"\r{line}{' ' * (drawn - width(line))}")
                err.flush()
                drawn, due = width(line), now + _EVERY
            yield item
    finally:
        if drawn:
            err.write(f"\r{' ' * drawn}\r")
            err.flush()


def _bar(number: int, total: int, label: str) -> str:
    share = min(number / total, 1.0) if total > 0 else 1.0
    full = int(share * _CELLS)
    line = "━" * full + "─" * (_CELLS - full)
    return _("{label}  {line}  {number:,} of {total:,}", label=label, line=line, number=number, total=total)
