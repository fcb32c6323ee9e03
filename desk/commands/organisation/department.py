"""Departments: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from desk.actions.draft import Draft
from desk.cli import complete, leaf, records
from desk.cli.app import App
from desk.domain.model.actor import Actor
from desk.domain.model.article import Response
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import CustomField, Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import departments
from desk.index.index import Index
from desk.queries import people
from desk.view.model import Column, Detail, Done, Listing

_name = click.option("--name", metavar="N", help="What people call it.")
_description = click.option("--description", metavar="T", help="What it looks after.")
_default = click.option("--default", is_flag=True, default=None, help="Tickets that name no department go here.")


@leaf.leaf("list", example="desk department list --staff")
@click.option("--staff", "with_staff", is_flag=True, help="Show who serves each.")
def list_(app: App, with_staff: bool) -> Listing:
    """List departments with the number of their tickets, and of those not closed."""

    def question(index: Index) -> list[dict[str, Any]]:
        more = _more(index)
        return [{**row, **more(row["id"])} for row in index.rows("department", tail="ORDER BY id")]

    columns = [
        Column("id", "DEPARTMENT", "id"),
        Column("name", "NAME"),
        Column("open", "OPEN", "number"),
        Column("tickets", "TICKETS", "number"),
        Column("default", "DEFAULT"),
        Column("private", "PRIVATE"),
    ]
    columns.append(Column("staff", "STAFF") if with_staff else Column("description", "DESCRIPTION", "title"))
    rows = app.store.ask(question)
    return Listing("departments", rows, tuple(columns), "there are no departments: desk department create ID --name N")


def _more(index: Index) -> Callable[[str], dict[str, Any]]:
    """What stands beside a department's own fields: tickets not closed, all tickets, who serves it."""
    live, whole = people.departments(index, live=True), people.departments(index, live=False)
    staff = index.rows("staff", tail="ORDER BY id")

    def of(department: str) -> dict[str, Any]:
        serving = [row["id"] for row in staff if department in row["departments"]]
        return {"open": live.get(department, 0), "tickets": whole.get(department, 0), "staff": serving}

    return of


@leaf.leaf("show", example="desk department show technical")
@records.ids_of("department")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show departments: their settings, ticket counts and staff."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return _more(index)(record.id)

    return records.show(app, Department, ids, more)


@leaf.leaf("create", example='desk department create training --name "Training" --description "Courses and manuals"')
@click.argument("department", metavar="ID")
@click.option("--name", metavar="N", required=True, help="What people call it.")
@click.option("--private", is_flag=True, help="For staff only: hidden from users, and it holds none of their tickets.")
@_default
@_description
def create(app: App, department: str, **options: Any) -> Done:
    """Add a department. Level 3."""

    def build(draft: Draft, new: Department, by: Actor, at: datetime) -> Change:
        return departments.create(new, draft.all(Department), by=by, at=at)

    return records.create(app, Department, {"id": department, **options}, build)


@leaf.leaf("edit", example='desk department edit technical --name "Technical operations"')
@records.ids_of("department")
@_name
@click.option("--private/--no-private", default=None, help="For staff only; refused while it holds users' tickets.")
@_default
@_description
@click.option("--escalation", metavar="WHO", shell_complete=complete.complete_who,
              help="Who is told of `ticket escalate --up`: a handle, me, or none.")  # fmt: skip
def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
    """Change a department: rename it, describe it, make it private or the default. Level 3.

    Making one the default takes that from the one that was, in the same commit.
    """
    if options["escalation"]:
        options["escalation"] = app.person(options["escalation"]) or ""
    values = records.given(Department, options)
    named = records.one_only(app, ids, "--default") if options["default"] else list(ids)

    def one(draft: Draft, before: Department, by: Actor, at: datetime) -> Change:
        users = people.users_tickets(draft.index, before.id)
        named = draft.get(Staff, values["escalation"]) if values.get("escalation") else None
        return departments.edit(before, before.evolve(**values), draft.all(Department), users, named, by=by, at=at)

    return records.act(app, Department, named, one)


@leaf.leaf("delete", example="desk department delete training --transfer-to organizational")
@records.ids_of("department")
@click.option(
    "--transfer-to",
    "to",
    metavar="OTHER",
    required=True,
    shell_complete=complete.complete_department,
    help="Takes over the tickets.",
)
def delete(app: App, ids: tuple[str, ...], to: str) -> Done:
    """Delete a department; another takes all its tickets. Level 3.

    Owners who don't serve the other department are dropped, and staff no longer serve the deleted one.
    """

    def one(draft: Draft, department: Department, by: Actor, at: datetime) -> Change:
        target = draft.get(Department, to)
        held = draft.several(Ticket, people.held(draft.index, department.id))
        staff = {s.id: s for s in draft.all(Staff)}
        return departments.delete(department, target, held, staff, _limited(draft, department.id), by=by, at=at)

    return records.act(app, Department, ids, one)


def _limited(draft: Draft, department: str) -> list[CustomField | Response | Checklist]:
    fields = [f for f in draft.all(CustomField) if department in f.departments]
    texts: list[Response | Checklist] = [*draft.all(Response), *draft.all(Checklist)]
    return [*fields, *(r for r in texts if r.department == department)]
