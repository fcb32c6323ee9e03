"""desk kb search: articles by their words."""

from __future__ import annotations

from typing import Any

import click

from desk.actions import identifiers
from desk.cli import complete, leaf
from desk.cli.app import App
from desk.commands.work import search as work_search
from desk.domain.matching.suggestion import slug
from desk.queries import search as queries_search
from desk.queries.search import Hit, Where
from desk.text import pgettext
from desk.view.model import Column, Listing

_HITS = (
    Column("id", pgettext("column", "ARTICLE"), "id"),
    Column("topic", pgettext("column", "TOPIC"), spare=2),
    Column("state", pgettext("column", "STATE"), "word", 1),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("snippet", pgettext("column", "WHERE"), "title"),
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
