"""Custom fields of tickets and requesters: list, show, create, edit, delete, purge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.actions.draft import Draft, require_level
from desk.actions.identifiers import normal
from desk.cli import complete, leaf, records
from desk.cli.app import App
from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import CustomField, Department
from desk.domain.model.person import Group, User
from desk.domain.model.ticket import Ticket
from desk.domain.people import customfields, definitions
from desk.errors import NotFound, Refused
from desk.queries import people
from desk.store.snapshot import Snapshot
from desk.view.model import Column, Detail, Done, Listing

_option = click.option("--option", "options", metavar="O", multiple=True, help="What a select offers; once for each.")
_departments = click.option(
    "--department", "departments", metavar="D", multiple=True, shell_complete=complete.complete_department,
    help="Only on tickets of this department; repeat for more.",
)  # fmt: skip
_groups = click.option(
    "--group", "groups", metavar="G", multiple=True, shell_complete=complete.complete_group,
    help="Only on users of this group; repeat for more.",
)  # fmt: skip
_description = click.option("--description", metavar="T", help="What to write in it.")


@leaf.leaf("list", example="desk field list --on user")
@click.option("--on", metavar="KIND", type=click.Choice(["user", "ticket"]), help="Only those of users, or of tickets.")
def list_(app: App, on: str | None) -> Listing:
    """List custom fields."""
    columns = (
        Column("id", "FIELD", "id"),
        Column("on", "ON"),
        Column("type", "TYPE"),
        Column("required", "REQUIRED"),
        Column("options", "OPTIONS"),
        Column("departments", "DEPARTMENTS"),
        Column("groups", "GROUPS"),
        Column("description", "DESCRIPTION", "title"),
    )
    rows = app.store.ask(lambda index: index.rows("field", '?1 IS NULL OR "on" = ?1', (on,), 'ORDER BY "on", id'))
    return Listing("fields", rows, columns, "there are no custom fields: desk field create NAME --type text")


@leaf.leaf("show", example="desk field show country")
@records.ids_of("field")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show custom fields."""
    return records.show(app, CustomField, ids)


@leaf.leaf("create", example="desk field create country --type select --option MT --option CY --on ticket --required")
@click.argument("name")
@click.option(
    "--type", "type", metavar="TYPE", type=click.Choice(customfields.TYPES), required=True, help="What it holds."
)
@_option
@click.option(
    "--on",
    metavar="KIND",
    type=click.Choice(["user", "ticket"]),
    default="ticket",
    help="user or ticket (the default).",
)
@click.option("--required", is_flag=True, help="It must be filled in.")
@_departments
@_groups
@_description
def create(app: App, name: str, **options: Any) -> Done:
    """Add a custom field to tickets or requesters. Level 2."""

    def build(draft: Draft, new: CustomField, by: Actor, at: datetime) -> Change:
        _check(draft, new)
        return generic.create(new, by=by, at=at)

    return records.create(app, CustomField, {"id": name, **options}, build)


@leaf.leaf("edit", example="desk field edit country --option MT --option CY --option EL")
@records.ids_of("field")
@_option
@click.option("--required/--no-required", default=None, help="It must be filled in.")
@_departments
@_groups
@_description
@click.option("--everywhere", is_flag=True, help="In every department or group again.")
def edit(app: App, ids: tuple[str, ...], everywhere: bool, **options: Any) -> Done:
    """Change a custom field; --option, --department and --group replace what was there. Level 2.

    Its type stays: values of the old type could not be read as the new one.
    """
    if everywhere:
        options |= {"departments": "", "groups": ""}
    values = records.given(CustomField, options)

    def one(draft: Draft, before: CustomField, by: Actor, at: datetime) -> Change:
        after = before.evolve(**values)
        _check(draft, after)
        return generic.edit(before, after, by=by, at=at)

    return records.act(app, CustomField, ids, one)


def _check(draft: Draft, field: CustomField) -> None:
    definitions.check_field(field)
    draft.several(Department, field.departments)
    draft.several(Group, field.groups)


@leaf.leaf("delete", example="desk field delete country")
@records.ids_of("field")
def delete(app: App, ids: tuple[str, ...]) -> Done:
    """Delete a custom field. What was written in it stays readable in the records. Level 2."""

    def one(_: Draft, field: CustomField, by: Actor, at: datetime) -> Change:
        return generic.delete(field, by=by, at=at)

    return records.act(app, CustomField, ids, one)


@leaf.leaf("purge", example="desk field delete country && desk field purge country")
@click.argument("name", metavar="NAME")
def purge(app: App, name: str) -> Done:
    """Take what a deleted custom field held out of every ticket and requester, in one commit. Level 2.

    git keeps what it said. A field that is still declared is refused.
    """
    wanted = normal(name)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, "field")
        if snapshot.index.path_of("field", wanted):
            raise Refused(f"the custom field {wanted} is still declared", f"first: desk field delete {wanted}")
        draft = Draft(snapshot)
        tickets = draft.several(Ticket, people.holding(draft.index, "ticket", wanted))
        users = draft.several(User, people.holding(draft.index, "user", wanted))
        if not (tickets or users):
            raise NotFound(f"no record holds a custom field {wanted}", "desk field list shows the declared ones")
        return definitions.purge(wanted, [*tickets, *users], by=by, at=at)

    edits = app.apply(plan).change.edits
    gone = [e.record.id for e in edits]
    return Done("purge", {"id": wanted, "records": gone}, (f"{wanted}  taken out of {len(gone)} records",))
