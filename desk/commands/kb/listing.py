"""desk kb list: one row for each article, with its languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click

from desk.actions import identifiers
from desk.actions.identifiers import normalise_id
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.speech.helping import SpokenOption
from desk.domain.knowledge import articles as knowledge_articles
from desk.domain.matching.folding import fold
from desk.domain.model.rows import ArticleRow
from desk.errors import UsageFault
from desk.queries import knowledge
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Listing

STATE = Column("state", pgettext("column", "STATE"), "state")
_COLUMNS = (
    Column("id", pgettext("column", "ARTICLE"), "id"),
    STATE,
    Column("type", pgettext("column", "TYPE"), "word", 3),
    Column("topic", pgettext("column", "TOPIC"), "tags", 2),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("languages", pgettext("column", "LANGUAGES")),
    Column("review", pgettext("column", "REVIEW"), "time", 1),
)
_ANY = "any"
Row = Mapping[str, Any]


@leaf.leaf("list", example="desk kb list\ndesk kb list --topic known-errors --state any\ndesk kb list --stale -f json")
@click.option(
    "--topic", "topics", metavar="T", multiple=True, shell_complete=arguments.complete_topic, help="Of this topic."
)
@click.option(
    "--state",
    "states",
    metavar="S",
    multiple=True,
    cls=SpokenOption,
    help=_("{states} or any; all but retired by default.", states=", ".join(knowledge_articles.STATES)),
)
@click.option(
    "--type",
    "types",
    metavar="TYPE",
    multiple=True,
    help=arranged("{types}.", types=", ".join(knowledge_articles.TYPES)),
)
@click.option(
    "--language",
    "languages",
    metavar="L",
    multiple=True,
    shell_complete=complete.complete_language,
    help="Written in this language.",
)
@click.option(
    "--tag",
    "tags",
    metavar="T",
    multiple=True,
    shell_complete=complete.complete_tag,
    help="Carrying this tag; repeated: all of them.",
)
@click.option("--stale", is_flag=True, help="Published, and their review date has come; for cron.")
def list_(app: App, stale: bool, **filters: tuple[str, ...]) -> Listing:
    """List articles by topic and title; an article in several languages is one row.

    Filters are joined by AND, the values of one filter by OR (tags by AND).
    """
    _check(app, filters)
    today = app.local(app.now).date().isoformat()
    app.warn_of_unread("kb/")
    every = app.store.ask(knowledge.group_articles)
    topics = {str(row["id"]): row for row in app.store.ask(lambda index: index.rows("topic"))}
    order = {name: (row["order"], name) for name, row in topics.items()}
    colours = {name: row["color"] for name, row in topics.items()}
    wanted = app.config["desk.languages"]
    rows = []
    for base, variants in every.items():
        found = [v for v in variants if _fits(v, filters, today if stale else None)]
        if found:
            row = _row(base, found, variants, wanted)
            rows.append({**row, "color": colours.get(row["topic"])})
    rows.sort(key=lambda r: (order.get(r["topic"], (0, r["topic"])), str(r["title"]).casefold()))
    empty = _("no review date has come") if stale else _("no article fits; desk kb list --state any shows all of them")
    return Listing("articles", rows, _COLUMNS, empty, spell=partial(_spell, order))


def _spell(order: Mapping[str, tuple[int, str]], rows: Sequence[Row]) -> list[Row]:
    """For people: titles in the order of their alphabet, ά beside α, which is not that of the characters' numbers."""
    return sorted(rows, key=lambda row: (order.get(row["topic"], (0, row["topic"])), fold(str(row["title"]))))


def _check(app: App, filters: Mapping[str, tuple[str, ...]]) -> None:
    for topic in filters["topics"]:
        identifiers.require_existing(app, "topic", topic)
    for name, known in (("states", (*knowledge_articles.STATES, _ANY)), ("types", knowledge_articles.TYPES)):
        for value in filters[name]:
            if value.lower() not in known:
                raise UsageFault(
                    _("there is no {kind} {id!r}", kind=name.removesuffix("s"), id=value),
                    _("known: {known}", known=", ".join(known)),
                )


def _fits(row: Row, filters: Mapping[str, tuple[str, ...]], stale: str | None) -> bool:
    if stale is not None:
        return bool(
            row["state"] == knowledge_articles.PUBLISHED and row["review"] and row["review"] <= stale
        ) and _named(row, filters)
    states = [s.lower() for s in filters["states"]] or list(knowledge_articles.LIVE)
    return (row["state"] in states or _ANY in states) and _named(row, filters)


def _named(row: Row, filters: Mapping[str, tuple[str, ...]]) -> bool:
    pairs = (("topics", "topic"), ("types", "type"), ("languages", "language"))
    for name, field in pairs:
        values = [normalise_id(v) for v in filters[name]]
        if values and row[field] not in values:
            return False
    return all(normalise_id(t) in row["tags"] for t in filters["tags"])


def _row(base: str, found: list[ArticleRow], variants: list[ArticleRow], wanted: tuple[str, ...]) -> dict[str, Any]:
    """An article as its first language says, of those that fit; with all languages it has."""
    rank: dict[str | None, int] = {language: number for number, language in enumerate(wanted)}
    chief = min(found, key=lambda v: (v["id"] != base, rank.get(v["language"], len(rank)), v["id"]))
    languages = sorted((v["language"] or "?" for v in variants), key=lambda x: (rank.get(x, len(rank)), x))
    return {
        **chief,
        "id": base,
        "language": chief["language"],
        "languages": languages,
        "variants": [{n: v[n] for n in ("id", "language", "state", "title", "published", "review")} for v in variants],
    }
