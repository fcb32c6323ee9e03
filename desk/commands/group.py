"""Groups of requesters: list, show, create, edit, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.app import App
from desk.commands import common, records
from desk.commands.records import Draft
from desk.domain import definitions as verbs
from desk.domain import keeping
from desk.domain.organisation import CustomField
from desk.domain.person import Group, Staff
from desk.domain.record import Change, Record
from desk.store import organisation as ask
from desk.store.index import Index
from desk.view.model import Column, Detail, Done, Listing

_channel = click.option(
    "--channel", metavar="C", shell_complete=common.complete_channel, help="How its members reach the desk."
)
_description = click.option("--description", metavar="T", help="Who belongs to it.")


@common.leaf("list", example="desk group list")
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
        members = ask.groups(index)
        return [{**row, "users": members.get(row["id"], 0)} for row in index.rows("group", tail="ORDER BY id")]

    return Listing("groups", app.store.ask(question), columns, "there are no groups yet: desk group create ID --name N")


@common.leaf("show", example="desk group show patient")
@records.ids_of("group")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show groups of requesters."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return {"users": ask.groups(index).get(record.id, 0)}

    return records.show(app, Group, ids, more)


@common.leaf("create", example='desk group create pharmacy --name "Pharmacies" --channel phone')
@click.argument("group", metavar="ID")
@click.option("--name", metavar="N", required=True, help="What people call it.")
@_channel
@click.option("--self-service/--no-self-service", default=True, help="Whether members open tickets themselves.")
@_description
def create(app: App, group: str, **options: Any) -> Done:
    """Add a group of requesters. Level 3."""
    options["channel"] = common.chosen(app, "ticket.channels", options["channel"])

    def build(_: Draft, new: Group, by: Staff, at: datetime) -> Change:
        return keeping.create(new, by=by, at=at)

    return records.create(app, Group, {"id": group, **options}, build)


@common.leaf("edit", example='desk group edit vendor --name "Suppliers" --channel email')
@records.ids_of("group")
@click.option("--name", metavar="N", help="What people call it.")
@_channel
@click.option("--self-service/--no-self-service", default=None, help="Whether members open tickets themselves.")
@_description
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change a group of requesters. Level 3."""
    values = records.given(Group, options)
    if values.get("channel"):
        values["channel"] = common.chosen(app, "ticket.channels", values["channel"])

    def one(_: Draft, before: Group, by: Staff, at: datetime) -> Change:
        return keeping.edit(before, before.evolve(**values), by=by, at=at)

    return records.act(app, Group, ids, one)


@common.leaf("delete", example="desk group delete pharmacy")
@records.ids_of("group")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete a group that nobody belongs to. Level 3."""

    def one(draft: Draft, group: Group, by: Staff, at: datetime) -> Change:
        members = ask.groups(draft.index).get(group.id, 0)
        fields = [f for f in draft.all(CustomField) if group.id in f.groups]
        return verbs.delete_group(group, members, fields, by=by, at=at)

    return records.act(app, Group, ids, one)
