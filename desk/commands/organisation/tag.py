"""Tag definitions: list, show, create, edit, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.actions.draft import Draft
from desk.cli import leaf, records
from desk.cli.app import App
from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import Tag
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import definitions
from desk.index.index import Index
from desk.queries import people
from desk.view.model import Column, Detail, Done, Listing

_color = click.option("--color", metavar="C", help="Such as '#1f77b4'; quote it, or the shell takes it for a comment.")
_description = click.option("--description", metavar="T", help="What it is for.")


@leaf.leaf("list", example="desk tag list")
def list_(app: App) -> Listing:
    """List tags in their colours, with the number of tickets that carry each."""
    columns = (
        Column("id", "TAG", "tags"),
        Column("tickets", "TICKETS", "number"),
        Column("color", "COLOUR"),
        Column("description", "DESCRIPTION", "title"),
    )

    def question(index: Index) -> list[dict[str, Any]]:
        carried = people.tags(index)
        return [{**row, "tickets": carried.get(row["id"], 0)} for row in index.rows("tag", tail="ORDER BY id")]

    return Listing("tags", app.store.ask(question), columns, "there are no tags yet: desk tag create NAME")


@leaf.leaf("show", example="desk tag show incident")
@records.ids_of("tag")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show tags."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return {"tickets": people.tags(index).get(record.id, 0)}

    return records.show(app, Tag, ids, more)


@leaf.leaf("create", example="desk tag create malta --color '#d62728' --description \"Concerns the Maltese desk\"")
@click.argument("name")
@_color
@_description
def create(app: App, name: str, **options: Any) -> Done:
    """Add a tag that tickets and articles may carry. Level 3."""

    def build(_: Draft, new: Tag, by: Actor, at: datetime) -> Change:
        return generic.create(new, by=by, at=at)

    return records.create(app, Tag, {"id": name, **options}, build)


@leaf.leaf("edit", example="desk tag edit malta --color '#1f77b4'")
@records.ids_of("tag")
@_color
@_description
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change the colour and the description of a tag. Level 3.

    A tag keeps its name: it stands in the history of every ticket.
    """
    values = records.given(Tag, options)

    def one(_: Draft, before: Tag, by: Actor, at: datetime) -> Change:
        return generic.edit(before, before.evolve(**values), by=by, at=at)

    return records.act(app, Tag, ids, one)


@leaf.leaf("delete", example="desk tag delete malta")
@records.ids_of("tag")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete a tag and take it off every ticket, article and checklist, in one commit. Level 3."""

    def one(draft: Draft, tag: Tag, by: Actor, at: datetime) -> Change:
        on = draft.several(Ticket, people.tagged(draft.index, "ticket", tag.id))
        articles = draft.several(Article, people.tagged(draft.index, "article", tag.id))
        checklists = draft.several(Checklist, people.tagged(draft.index, "checklist", tag.id))
        return definitions.delete_tag(tag, on, [*articles, *checklists], by=by, at=at)

    return records.act(app, Tag, ids, one)
