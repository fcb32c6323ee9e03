"""A JSON-ready value as one line of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desk.text import _, numeral, said
from desk.view.look import Look, moment
from desk.view.model import Listing, Paper, Sections, View
from desk.view.text.cells import visible

NOTHING = "-"
_TIME_LENGTH = len("2026-07-23T09:12:00Z")


def rows_of(view: View) -> Sequence[Mapping[str, Any]]:
    """What a view is about, one mapping each."""
    if isinstance(view, Listing):
        return view.rows
    if isinstance(view, Paper):
        return view.report.flat()
    if isinstance(view, Sections):
        return [{"section": listing.kind, **row} for _, listing, _ in view.parts for row in listing.rows]
    return [view.data] if isinstance(view.data, Mapping) else view.data


def is_empty(value: object) -> bool:
    """Absent, for a reader: null, no text, no list. No and zero are values."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def is_time(value: object) -> bool:
    """Whether a value is a time as records hold it (RFC 3339, UTC)."""
    return isinstance(value, str) and len(value) >= _TIME_LENGTH and (value[-1], value[10], value[4]) == ("Z", "T", "-")


def one_line(text: str) -> str:
    """A text in a line of its own, harmless: line breaks and tabs become blanks, other controls are shown."""
    text = said(text)
    if not text.isprintable():
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return visible(text, keep_newlines=False)


def say_size(count: int) -> str:
    """Bytes in the largest unit that leaves a whole number: `17 B`, `340 kB`, `2.4 MB`."""
    if count < _THOUSAND:
        return f"{count} B"
    if count < _THOUSAND**2:
        return f"{round(count / _THOUSAND)} kB"
    return numeral(f"{count / _THOUSAND**2:.1f} MB")


_THOUSAND = 1000


def say(value: Any, look: Look | None = None) -> str:
    """Any value in words: nothing as -, a list with commas, a mapping as name=value; a look puts times on its clock."""
    if is_empty(value):
        return NOTHING
    if isinstance(value, Mapping):
        return " ".join(f"{one_line(str(k))}={say(v, look)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(say(item, look) for item in value)
    if isinstance(value, float):
        return numeral(f"{value:.2f}".rstrip("0").rstrip("."))
    if isinstance(value, bool):
        return said(_("yes") if value else _("no"))
    return one_line(moment(value, look) if look and is_time(value) else value if isinstance(value, str) else str(value))
