"""Views that several commands return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desk.cli.app import App
from desk.domain.model import due, plain
from desk.domain.model.fields import utc_text
from desk.domain.model.record import Record
from desk.text import pgettext
from desk.view.model import Column, Detail, Done

# -- views -------------------------------------------------------------------------------------------------------------


def answer_with(kind: str, plural: str, records: list[Record], lines: Iterable[str], *, several: bool) -> Done:
    """What a verb did: an object for one thing, a list for several."""
    wholes = [plain.whole(r) for r in records]
    return Done(plural, wholes, tuple(lines)) if several else Done(kind, wholes[0], tuple(lines))


def detail(kind: str, plural: str, items: list[dict[str, Any]], *, several: bool) -> Detail:
    return Detail(plural, items) if several else Detail(kind, items[0])


def with_due(app: App, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of tickets with what is due next."""
    now = utc_text(app.now)
    return [due.add_due(row, now) for row in rows]


def as_sheet(app: App, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Rows of tickets as a spreadsheet has them."""
    from desk.cli.clerk import sheet  # noqa: PLC0415 - where one is written

    return sheet.spread(app, rows)


def ticket_fields(app: App) -> tuple[str, ...]:
    """What each row of a list of tickets says, in order, whether there is one or not."""
    names = app.store.ask(lambda index: index.names("ticket"))
    blank = {
        **plain.ordered({**dict.fromkeys(names), "state": "open", "tags": []}),
        "unread": None,
        "undelivered": None,
    }
    return tuple(due.add_due(blank, utc_text(app.now)))


# The id says the day already and most people serve few departments: these go before the title does, and then whose it
# is. What is due, and how urgent it is, stay.
TICKET_COLUMNS = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("state", pgettext("column", "STATE"), "state"),
    Column("priority", pgettext("column", "PRIO"), "priority"),
    Column("major", "", "major"),
    Column("department", pgettext("column", "DEPARTMENT"), spare=2),
    Column("owner", pgettext("column", "OWNER"), spare=1),
    Column("unread", "", "mark"),
    Column("undelivered", "", "bounced"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("next_due", pgettext("column", "DUE"), "due"),
    Column("tags", pgettext("column", "TAGS"), "tags", 4),
    Column("created", pgettext("column", "CREATED"), "time", 3),
)
