"""The ticket at hand: `@` is the one touched or shown last in this terminal, `@3` a row of its last list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desk.cli.app import App
from desk.domain.model.fields import TICKET_ID
from desk.errors import NotFound
from desk.local import hand
from desk.text import _, arranged
from desk.view.model import Column, Detail, Done, Listing, Sections, View

LISTS = ("tickets", "hits")
"""Lists whose rows are remembered."""
_ROW = r"@([0-9]{1,3})?"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
"""What a word processor or a mail program makes of the hyphen in an id."""
_COLUMN = Column("hand", arranged("@"), "number", 1)


def require_id(app: App, word: str) -> str:
    """A word typed for a ticket, without what it was pasted with: `#7K3Q`, `(7K3Q).`, the path of its file.

    NotFound for `@` where nothing is at hand.
    """
    if found := re.fullmatch(_ROW, word):
        return _ticket(app) if found[1] is None else _row(app, int(found[1]))
    if word.startswith("@"):
        # Never what is left of it: that might be the end of somebody's id.
        raise NotFound(
            _("{word} is no row of a list", word=word), _("@ is the ticket at hand, @3 is row 3 of the last list")
        )
    if "/" in word:
        word = os.path.basename(word).removesuffix(".md")
    return re.sub(r"^\W+|\W+$", "", word.translate(_DASHES)) or word


def _ticket(app: App) -> str:
    found = hand.load(app.place, app.env.terminal).ticket if app.env.terminal else None
    if found is None:
        raise NotFound(
            _("no ticket is at hand in this terminal"), _("show one first: desk ticket list; or name its id")
        )
    return found


def _row(app: App, number: int) -> str:
    rows = hand.load(app.place, app.env.terminal).rows if app.env.terminal else ()
    if not rows:
        raise NotFound(_("no list was shown in this terminal"), _("show one first: desk ticket list; or name an id"))
    if not 1 <= number <= len(rows):
        raise NotFound(
            _("the last list shown here has no row {number}", number=number),
            _("it has {n}: desk ticket list shows it anew", n=len(rows)),
        )
    found = rows[number - 1]
    if found is None:
        raise NotFound(_("row {number} of the last list is no ticket", number=number), _("name it by its own id"))
    return found


def remember(app: App, view: View) -> View:
    """What was shown or touched lies at hand from now on; a list for a person on a terminal has its rows numbered."""
    terminal = app.env.terminal
    if isinstance(view, Listing | Sections):
        rows = _rows(view)
        if rows:
            held = hand.load(app.place, terminal)
            hand.hold(app.place, terminal, held._replace(rows=tuple(rows)))
        return _numbered(view) if rows and app.env.stdout.isatty() else view
    touched = _touched(view)
    if touched is not None:
        hand.hold(app.place, terminal, hand.load(app.place, terminal)._replace(ticket=touched))
    return view


def _rows(view: Listing | Sections) -> list[str | None]:
    """The rows that a person sees, or none of a list that isn't about tickets."""
    if isinstance(view, Listing):
        return [_id(row) for row in view.rows[: hand.MOST]] if view.kind in LISTS else []
    found = [_id(row) for _title, listing, most in view.parts for row in listing.rows[:most]]
    return found[: hand.MOST] if any(found) else []


def _touched(view: Any) -> str | None:
    """The ticket of an answer; of several, the last."""
    if not isinstance(view, Detail | Done) or view.kind not in ("ticket", "tickets"):
        return None
    rows: Sequence[Mapping[str, Any]] = [view.data] if isinstance(view.data, Mapping) else view.data
    left = [found for row in rows if (found := _id(row)) and not row.get("deleted")]
    return left[-1] if left else None


def _id(row: Mapping[str, Any]) -> str | None:
    found = str(row.get("id") or "")
    return found if re.fullmatch(TICKET_ID, found) else None


def _numbered(view: Listing | Sections) -> Listing | Sections:
    """The numbers, for people alone: what machines read has none."""
    if isinstance(view, Listing):
        return _with_numbers(view, 1)
    parts, first = [], 1
    for title, listing, most in view.parts:
        parts.append((title, _with_numbers(listing, first), most))
        first += len(listing.rows[:most])
    return view._replace(parts=tuple(parts))


def _with_numbers(view: Listing, first: int) -> Listing:
    def spelled(_: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [{**row, _COLUMN.name: number} for number, row in enumerate(view.spelled(), first)]

    return view._replace(columns=(_COLUMN, *view.columns), spell=spelled)
