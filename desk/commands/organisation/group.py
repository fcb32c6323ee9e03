"""Groups of requesters: list, show, create, edit, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.actions import identifiers
from desk.actions.draft import Draft
from desk.cli import complete, leaf, records
from desk.cli.app import App
from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import Group
from desk.domain.model.record import Record
from desk.domain.people import definitions
from desk.index.index import Index
from desk.queries import people
from desk.view.model import Column, Detail, Done, Listing

_channel = click.option(
    "--channel", metavar="C", shell_complete=complete.complete_channel, help="How its members reach the desk."
)
_description = click.option("--description", metavar="T", help="Who belongs to it.")


@leaf.leaf("list", example="desk group list")
def list_(app: App) -> Listing:
    """List the groups of requesters, with the number of their members."""
    columns = (
        Column("id", "GROUP", "id"),
        Column("name", "NAME"),
        Column("channel", "CHANNEL"),
        Column("self_service", "SELF-SERVICE"),
        Column("users", "USERS", "number"),
        Column("description", "DESCRIPTION", "title"),
    )

    def question(index: Index) -> list[dict[str, Any]]:
        members = people.groups(index)
        return [{**row, "users": members.get(row["id"], 0)} for row in index.rows("group", tail="ORDER BY id")]

    return Listing("groups", app.store.ask(question), columns, "there are no groups yet: desk group create ID --name N")


@leaf.leaf("show", example="desk group show patient")
@records.ids_of("group")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show groups of requesters."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return {"users": people.groups(index).get(record.id, 0)}

    return records.show(app, Group, ids, more)


@leaf.leaf("create", example='desk group create pharmacy --name "Pharmacies" --channel phone')
@click.argument("group", metavar="ID")
@click.option("--name", metavar="N", required=True, help="What people call it.")
@_channel
@click.option("--self-service/--no-self-service", default=True, help="Whether members open tickets themselves.")
@_description
def create(app: App, group: str, **options: Any) -> Done:
    """Add a group of requesters. Level 3."""
    options["channel"] = identifiers.chosen(app, "ticket.channels", options["channel"])

    def build(_: Draft, new: Group, by: Actor, at: datetime) -> Change:
        return generic.create(new, by=by, at=at)

    return records.create(app, Group, {"id": group, **options}, build)


@leaf.leaf("edit", example='desk group edit vendor --name "Suppliers" --channel email')
@records.ids_of("group")
@click.option("--name", metavar="N", help="What people call it.")
@_channel
@click.option("--self-service/--no-self-service", default=None, help="Whether members open tickets themselves.")
@_description
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change a group of requesters. Level 3."""
    values = records.given(Group, options)
    if values.get("channel"):
        values["channel"] = identifiers.chosen(app, "ticket.channels", values["channel"])

    def one(_: Draft, before: Group, by: Actor, at: datetime) -> Change:
        return generic.edit(before, before.evolve(**values), by=by, at=at)

    return records.act(app, Group, ids, one)


@leaf.leaf("delete", example="desk group delete pharmacy")
@records.ids_of("group")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete a group that nobody belongs to. Level 3."""

    def one(draft: Draft, group: Group, by: Actor, at: datetime) -> Change:
        members = people.groups(draft.index).get(group.id, 0)
        fields = [f for f in draft.all(CustomField) if group.id in f.groups]
        return definitions.delete_group(group, members, fields, by=by, at=at)

    return records.act(app, Group, ids, one)
