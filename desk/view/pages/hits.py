"""What was found, two lines each: what it is and where it stands, and the words in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from desk.view.look import Look, paint
from desk.view.model import Column, Listing
from desk.view.table import GAP, cell, style_of
from desk.view.text.cells import fit, width
from desk.view.values import say

_HEAD = (Column("id", "", "id"), Column("state", "", "state"), Column("owner", ""), Column("created", "", "time"))
_INDENT = "    "
_TITLE = 16
"""Cells that a title has at least: what stands before it goes, the last first."""
_FOUND = re.compile(r"\[[^][]*\]")


def hits(view: Listing, look: Look) -> Iterator[str]:
    """Lines for a terminal, which has no room for six columns of which two are long."""
    for row in view.rows:
        yield _head(row, look) + "\n"
        if row.get("snippet"):
            shown = fit(say(row["snippet"]), max(1, look.width - len(_INDENT)))
            yield _INDENT + _FOUND.sub(lambda found: paint(found[0], "note", look), shown.rstrip()) + "\n"


def _head(row: Mapping[str, Any], look: Look) -> str:
    """The id, where it stands, whose it is, since when, and as much of the title as there is room for."""
    known = [column for column in _HEAD if row.get(column.name)]
    cells = [cell(row[column.name], column, look) for column in known]
    while (room := look.width - sum(width(text) + len(GAP) for text in cells)) < _TITLE and len(cells) > 1:
        cells.pop()
    painted = (paint(text, style_of(column, row, look), look) for text, column in zip(cells, known, strict=False))
    return GAP.join((*painted, paint(fit(say(row["title"]), max(1, room)).rstrip(), "heading", look)))


def suggestions(view: Listing, look: Look) -> Iterator[str]:
    """What may answer tickets: the kind, the id and as much of the title as there is room for; the words that decided.

    Where there are several tickets, each stands above its own.
    """
    rows = view.spelled()
    kinds = max((width(say(row["kind"])) for row in rows), default=0)
    several = len({row["ticket"] for row in rows}) > 1
    last = None
    for row in rows:
        if several and row["ticket"] != last:
            last = row["ticket"]
            yield paint(say(last), "id", look) + "\n"
        kind, found = say(row["kind"]), say(row["id"])
        room = look.width - kinds - width(found) - 2 * len(GAP)
        title = (paint(fit(say(row["title"]), room).rstrip(), "heading", look),) if room >= _TITLE else ()
        yield GAP.join((kind + " " * (kinds - width(kind)), paint(found, "id", look), *title)) + "\n"
        words = f"{say(row['why'])} · {say(row['sure'])}" if row["sure"] else say(row["why"])
        yield _INDENT + paint(fit(words, max(1, look.width - len(_INDENT))).rstrip(), "dim", look) + "\n"
