"""Topics of the knowledge base: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from desk.actions import identifiers
from desk.actions.draft import Draft
from desk.cli import leaf, records
from desk.cli.app import App
from desk.domain.changes import generic
from desk.domain.knowledge import articles
from desk.domain.model.actor import Actor
from desk.domain.model.article import Topic
from desk.domain.model.change import Change
from desk.domain.model.record import Record
from desk.errors import UsageFault
from desk.index.index import Index
from desk.queries import knowledge
from desk.view.model import Column, Detail, Done, Listing

F = TypeVar("F", bound=Callable[..., Any])
_COLUMNS = (
    Column("icon", "", "tags"),
    Column("id", "TOPIC", "id"),
    Column("title", "TITLE", "title"),
    Column("titles", "ALSO", "title", 1),
    Column("articles", "ARTICLES", "number"),
    Column("published", "PUBLISHED", "number"),
    Column("private", "PRIVATE"),
)


def _options(function: F) -> F:
    """What may be said of a topic beside its title."""
    for option in (
        click.option("--order", metavar="N", type=int, help="Place in lists, the lowest first."),
        click.option("--color", metavar="'#RRGGBB'", help="Its icon is shown in this colour."),
        click.option("--icon", metavar="C", help="A character shown before the title, such as an emoji."),
        click.option(
            "--title-in", "titles", metavar="L=T", multiple=True, help="The title in another language; repeat for more."
        ),
    ):
        function = option(function)
    return function


@leaf.leaf("list", example="desk kb topic list")
def list_(app: App) -> Listing:
    """List topics in their order, with the number of their articles. Languages of one article count once."""

    def question(index: Index) -> list[dict[str, Any]]:
        more = _counted(index)
        return [{**row, **more(row["id"])} for row in index.rows("topic", tail='ORDER BY "order", id')]

    return Listing(
        "topics", app.store.ask(question), _COLUMNS, "there are no topics: desk kb topic create ID --title T"
    )


def _counted(index: Index) -> Callable[[str], dict[str, Any]]:
    counts = knowledge.topic_counts(index)
    return lambda topic: dict(zip(("articles", "published"), counts.get(topic, (0, 0)), strict=True))


@leaf.leaf("show", example="desk kb topic show faq")
@records.ids_of("topic")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show topics."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return _counted(index)(record.id)

    return records.show(app, Topic, ids, more)


@leaf.leaf("create", example='desk kb topic create pharmacies --title "For pharmacies" --icon ⚕ --color "#2ca02c"')
@click.argument("topic", metavar="ID")
@click.option("--title", metavar="T", required=True, help="The title in the desk's first language.")
@_options
@click.option("--private", is_flag=True, help="For staff only: nothing of it reaches requesters.")
def create(app: App, topic: str, **options: Any) -> Done:
    """Add a topic: a folder of articles. Level 2."""

    def build(_draft: Draft, new: Topic, by: Actor, at: datetime) -> Change:
        return generic.create(new, by=by, at=at)

    return records.create(app, Topic, {"id": topic, **options, "titles": _titles(app, options["titles"])}, build)


def _titles(app: App, given: tuple[str, ...]) -> dict[str, str]:
    """Titles by language, as `--title-in L=T` gives them."""
    found: dict[str, str] = {}
    for pair in given:
        language, equals, title = pair.partition("=")
        if not equals:
            raise UsageFault(f"--title-in {pair!r} is not LANGUAGE=TITLE", 'such as --title-in el="Για φαρμακεία"')
        found[str(identifiers.chosen(app, "desk.languages", language.strip()))] = title.strip()
    return found


@leaf.leaf("edit", example='desk kb topic edit pharmacies --title-in el="Για φαρμακεία" --order 7')
@records.ids_of("topic")
@click.option("--title", metavar="T", help="The title in the desk's first language.")
@_options
@click.option("--private/--public", default=None, help="For staff only, or for requesters too.")
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change a topic: titles, icon, colour, order; make it private or public. An empty title is taken away. Level 2."""
    values = records.given(Topic, options)
    titles = _titles(app, options["titles"])

    def one(_draft: Draft, before: Topic, by: Actor, at: datetime) -> Change:
        if titles:
            kept = {language: title for language, title in {**before.titles, **titles}.items() if title}
            values["titles"] = kept or None
        return generic.edit(before, before.evolve(**values), by=by, at=at)

    return records.act(app, Topic, ids, one)


@leaf.leaf("delete", example="desk kb topic delete pharmacies")
@records.ids_of("topic")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete topics that hold no articles: move or delete those first. Level 2."""

    def one(draft: Draft, topic: Topic, by: Actor, at: datetime) -> Change:
        return articles.delete_topic(topic, knowledge.held(draft.index, topic.id), by=by, at=at)

    return records.act(app, Topic, ids, one)
