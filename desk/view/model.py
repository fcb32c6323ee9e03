"""What a command returns. Data is JSON-ready (str, int, float, bool, None, list, dict; times as RFC 3339 text)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from desk.named import NamedTuple

if TYPE_CHECKING:
    from desk.domain.figures.report import Report


NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Column(NamedTuple):
    """A column of a table for people; the style `due` is a time as `due in 2 h`, `overdue 3 d`.

    `style` names how cells look: id, state, priority, title (cut last), time (short), age (how long ago), moment (whole),
    commit (short), number, size (of bytes), tags (in the row's own `color`), mark (a star where it is true), major,
    bounced and executable (the word where it is true), group (blank where it is as above), name and email (cut late), prose
    (cut early), sentence, phrase and people (go on below, each narrower than the one before), or plain (a word, cut late).
    """

    name: str
    label: str
    style: str = "plain"
    spare: int = 0
    """Above 0: left out where a terminal is too narrow for the title, the highest first."""


Row = Mapping[str, Any]


class Listing(NamedTuple):
    """Several things of one kind. Machine formats give the whole rows, a table the named columns."""

    kind: str
    rows: Sequence[Mapping[str, Any]]
    columns: tuple[Column, ...]
    empty: str
    """What a person reads when there are no rows."""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Talk for stderr, for people only (how many more there are, what to type next)."""
    spell: Callable[[Sequence[Row]], Sequence[Row]] | None = None
    """The rows as people read them, worked out where somebody does: a length in words, a day named once."""
    fields: tuple[str, ...] = ()
    """Names of what each row says, for formats that need them where there is no row."""
    drawn: Paper | None = None
    """What a terminal shows in place of the table."""
    sheet: Callable[[Sequence[Row]], Sequence[Row]] | None = None
    """The rows as a spreadsheet has them, worked out where one is written: a column for what a field holds."""

    def spelled(self) -> Sequence[Row]:
        """The rows as people read them."""
        return self.spell(self.rows) if self.spell else self.rows


class Detail(NamedTuple):
    """One thing, or several shown whole one after another."""

    kind: str
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: Callable[[Sequence[Row]], Sequence[Row]] | None = None
    """As of a listing."""


class Done(NamedTuple):
    """What a command did: lines for people, data for machines."""

    kind: str
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bare: bool = False
    """The lines alone, in every format: what was asked for has been written already."""
    answer: bool = False
    """The lines are what was asked for, not what was done."""


class Paper(NamedTuple):
    """A report: sections with tables, and charts for a terminal or, when `drawn`, for whatever reads it."""

    kind: str
    report: Report
    drawn: bool = False
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Sections(NamedTuple):
    """Several listings under one headline and what sums them up: title, listing, and how many of its rows people see.

    `data` is the whole for machines; formats of rows give those of all sections, each with the name of its own. `empty` is
    what people read where no section has a row.
    """

    kind: str
    data: Mapping[str, Any]
    headline: tuple[str, str]
    parts: tuple[tuple[str, Listing, int], ...]
    empty: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


View = Listing | Detail | Done | Paper | Sections


def with_talk(view: View, warnings: Sequence[str], notes: Sequence[str]) -> View:
    """A view with what the run has to say beside it."""
    return view._replace(warnings=(*view.warnings, *warnings), notes=(*view.notes, *notes))


def quieted(view: View) -> View:
    """A view without talk: what was asked for, and warnings; neither what was done nor what could be typed next."""
    if isinstance(view, Listing):
        return view._replace(notes=(), empty="")
    if isinstance(view, Done) and not (view.answer or view.bare):
        return view._replace(notes=(), lines=())
    return view._replace(notes=())
