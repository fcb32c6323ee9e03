"""Tag definitions: list, show, create, edit, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.app import App
from desk.commands import common, records
from desk.commands.records import Draft
from desk.domain import definitions as verbs
from desk.domain import keeping
from desk.domain.article import Article
from desk.domain.checklist import Checklist
from desk.domain.organisation import Tag
from desk.domain.person import Staff
from desk.domain.record import Change, Record
from desk.domain.ticket import Ticket
from desk.store import organisation as ask
from desk.store.index import Index
from desk.view.model import Column, Detail, Done, Listing

_color = click.option("--color", metavar="C", help="Such as '#1f77b4'; quote it, or the shell takes it for a comment.")
_description = click.option("--description", metavar="T", help="What it is for.")


@common.leaf("list", example="desk tag list")
def list_(app: App) -> Listing:
    """List tags in their colours, with the number of tickets that carry each."""
    columns = (
        Column("id", "TAG", "tags"),
        Column("tickets", "TICKETS", "number"),
        Column("color", "COLOUR"),
        Column("description", "DESCRIPTION", "title"),
    )

    def question(index: Index) -> list[dict[str, Any]]:
        carried = ask.tags(index)
        return [{**row, "tickets": carried.get(row["id"], 0)} for row in index.rows("tag", tail="ORDER BY id")]

    return Listing("tags", app.store.ask(question), columns, "there are no tags yet: desk tag create NAME")


@common.leaf("show", example="desk tag show incident")
@records.ids_of("tag")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show tags."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return {"tickets": ask.tags(index).get(record.id, 0)}

    return records.show(app, Tag, ids, more)


@common.leaf("create", example="desk tag create malta --color '#d62728' --description \"Concerns the Maltese desk\"")
@click.argument("name")
@_color
@_description
def create(app: App, name: str, **options: Any) -> Done:
    """Add a tag that tickets and articles may carry. Level 3."""

    def build(_: Draft, new: Tag, by: Staff, at: datetime) -> Change:
        return keeping.create(new, by=by, at=at)

    return records.create(app, Tag, {"id": name, **options}, build)


@common.leaf("edit", example="desk tag edit malta --color '#1f77b4'")
@records.ids_of("tag")
@_color
@_description
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change the colour and the description of a tag. Level 3.

    A tag keeps its name: it stands in the history of every ticket.
    """
    values = records.given(Tag, options)

    def one(_: Draft, before: Tag, by: Staff, at: datetime) -> Change:
        return keeping.edit(before, before.evolve(**values), by=by, at=at)

    return records.act(app, Tag, ids, one)


@common.leaf("delete", example="desk tag delete malta")
@records.ids_of("tag")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete a tag and take it off every ticket, article and checklist, in one commit. Level 3."""

    def one(draft: Draft, tag: Tag, by: Staff, at: datetime) -> Change:
        on = draft.several(Ticket, ask.tagged(draft.index, "ticket", tag.id))
        articles = draft.several(Article, ask.tagged(draft.index, "article", tag.id))
        checklists = draft.several(Checklist, ask.tagged(draft.index, "checklist", tag.id))
        return verbs.delete_tag(tag, on, [*articles, *checklists], by=by, at=at)

    return records.act(app, Tag, ids, one)
