"""desk kb suggest: what probably answers a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk.actions.suggestions import ARTICLE, Answer, find_answers
from desk.cli import arguments, leaf
from desk.cli.app import App
from desk.domain.model.states import CLOSED
from desk.text import _, pgettext
from desk.view.model import Column, Listing, Row

_ANSWERS = (
    Column("kind", pgettext("column", "KIND"), "word"),
    Column("id", pgettext("column", "ID"), "id"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("why", pgettext("column", "WHY"), "phrase"),
    Column("sure", pgettext("column", "SURE"), "verb"),
)


@leaf.leaf("suggest", example="desk kb suggest 7K3Q\ndesk ticket list --new -f ids | desk kb suggest - -f json")
@arguments.ticket_ids
def suggest(app: App, ids: tuple[str, ...]) -> Listing:
    """Name the articles that probably answer a ticket, and tickets like it: open ones, then solved ones, the best first.

    Three of each, with the words that decided. Where the first of them doesn't stand out from the others, it is called
    unsure.
    """
    found = arguments.resolve(app, ids)
    rows = [{"ticket": i, **_row(answer)} for i in found for answer in find_answers(app, i, replies=not app.talks)]
    columns = (Column("ticket", pgettext("column", "TICKET"), "id"), *_ANSWERS) if len(found) > 1 else _ANSWERS
    empty = _("no article and no ticket has a word in common with it; to look yourself: desk kb search WORDS")
    return Listing("suggestions", rows, columns, empty, spell=_spell)


def _row(answer: Answer) -> dict[str, Any]:
    return {**answer._asdict(), "articles": list(answer.articles)}


def _spell(rows: Sequence[Row]) -> list[Row]:
    """What is open and what was solved told apart; how sure it is, once for each kind."""
    out: list[Row] = []
    last = None
    for row in rows:
        kind = _kind(row)
        first = (row["ticket"], kind) != last
        sure = (_("sure") if row["sure"] else _("unsure")) if first else ""
        out.append({**row, "kind": kind, "sure": sure})
        last = (row["ticket"], kind)
    return out


def _kind(row: Row) -> str:
    if row["kind"] == ARTICLE:
        return _("article")
    return _("solved") if row["state"] == CLOSED else _("open now")
