"""desk kb search and suggest: articles by their words, and what probably answers a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desk.actions import identifiers
from desk.actions.suggestions import ARTICLE, Answer, find_answers
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.commands.work import search as work_search
from desk.domain.matching.suggestion import slug
from desk.domain.model.states import CLOSED
from desk.queries import search as queries_search
from desk.queries.search import Hit, Where
from desk.text import _, pgettext
from desk.view.model import Column, Listing, Row

_HITS = (
    Column("id", pgettext("column", "ARTICLE"), "id"),
    Column("topic", pgettext("column", "TOPIC"), spare=2),
    Column("state", pgettext("column", "STATE"), "word", 1),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("snippet", pgettext("column", "WHERE"), "title"),
)
_ANSWERS = (
    Column("kind", pgettext("column", "KIND"), "word"),
    Column("id", pgettext("column", "ID"), "id"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("why", pgettext("column", "WHY"), "title"),
    Column("sure", pgettext("column", "SURE")),
)


@leaf.leaf("search", example="desk kb search certificate expired\ndesk kb search --topic how-to συντηρηση")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--topic", metavar="T", shell_complete=complete.complete_kind("topic"), help="Only articles of this topic."
)
@click.option(
    "--language", metavar="L", shell_complete=complete.complete_language, help="Only articles in this language."
)
@work_search.limit_option
def search(app: App, words: tuple[str, ...], topic: str | None, language: str | None, limit: int) -> Listing:
    """Find articles that contain all these words, best first; accents and case don't matter.

    A word in the title counts most, then those of symptom and keywords. An article in several languages is shown once,
    in the first of the desk's languages in which the words were found. Retired articles are left out.
    """
    text = " ".join(words)
    where = Where(
        topic=identifiers.require_existing(app, "topic", topic) if topic else None,
        language=identifiers.require_listed(app, "desk.languages", language),
    )
    app.warn_of_unread("kb/")
    found, whole = app.store.ask(lambda index: queries_search.search(index, text, 3 * limit, where, articles_only=True))
    known = app.store.ask(lambda index: {r["id"]: r for r in index.rows("article")}) if found else {}
    complete = {slug(hit.id, known[hit.id]["language"]) for hit in found[:whole]}
    hits = _one_variant(found, known, app.config["desk.languages"])[:limit]
    told = sum(slug(hit.id, known[hit.id]["language"]) in complete for hit in hits)
    rows = [{**work_search.row(hit, text), **_more(known[hit.id])} for hit in hits]
    return Listing(
        "hits", rows, _HITS, work_search.EMPTY, notes=work_search.describe_misses(app, "kb", text, len(hits), told)
    )


def _one_variant(found: list[Hit], known: dict[str, dict[str, Any]], languages: tuple[str, ...]) -> list[Hit]:
    """Each article once, at the place of its best variant: the one in the desk's first language that was found."""
    order = {language: number for number, language in enumerate(languages)}
    variants: dict[str, list[Hit]] = {}
    for hit in found:
        variants.setdefault(slug(hit.id, known[hit.id]["language"]), []).append(hit)
    return [min(hits, key=lambda hit: order.get(known[hit.id]["language"], len(order))) for hits in variants.values()]


def _more(article: dict[str, Any]) -> dict[str, Any]:
    return {name: article[name] for name in ("topic", "state", "type", "language")}


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
