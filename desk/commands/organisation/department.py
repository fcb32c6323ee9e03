"""Departments: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable

import click

from desk.actions import organisation
from desk.cli import complete, leaf, records
from desk.cli.app import App
from desk.domain.model.organisation import Department
from desk.index.index import Index
from desk.queries import people
from desk.text import _, pgettext
from desk.view.model import Column, Done, Listing


def _beside(index: Index) -> Callable[[str], records.Data]:
    """What stands beside a department's own fields: tickets not closed, all tickets, who serves it."""
    live, whole = people.departments(index, live=True), people.departments(index, live=False)
    staff = index.rows("staff", tail="ORDER BY id")

    def of(department: str) -> records.Data:
        serving = [row["id"] for row in staff if department in row["departments"]]
        return {"open": live.get(department, 0), "tickets": whole.get(department, 0), "staff": serving}

    return of


def _read(app: App, given: records.Data) -> records.Data:
    if given.get("escalation"):
        return {**given, "escalation": app.person(given["escalation"]) or ""}
    return given


_DEFAULT = _("Tickets that name no department go here.")
DEPARTMENT = records.Kind(
    Department,
    columns=(
        Column("id", pgettext("column", "DEPARTMENT"), "id"),
        Column("name", pgettext("column", "NAME"), "sentence"),
        Column("open", pgettext("column", "OPEN"), "number"),
        Column("tickets", pgettext("column", "TICKETS"), "number", 2),
        Column("default", pgettext("column", "DEFAULT"), spare=1),
        Column("private", pgettext("column", "PRIVATE")),
        Column("description", pgettext("column", "DESCRIPTION"), "prose"),
    ),
    empty=_("there are no departments: desk department create ID --name N"),
    options=(
        records.option("--name", metavar="N", required=True, help="What people call it."),
        records.flag(
            "private",
            create="For staff only: hidden from users, and it holds none of their tickets.",
            edit="For staff only; refused while it holds users' tickets.",
        ),
        records.option("--default", is_flag=True, default=None, help=_DEFAULT),
        records.option("--description", metavar="T", help="What it looks after."),
        records.Option(
            None,
            click.option("--escalation", metavar="WHO", shell_complete=complete.complete_who,
                         help="Who is told of `ticket escalate --up`: a handle, me, or none."),
        ),
    ),
    read=_read,
    beside=_beside,
)  # fmt: skip


@leaf.leaf("list", example="desk department list --staff")
@click.option("--staff", "with_staff", is_flag=True, help="Show who serves each.")
def list_(app: App, with_staff: bool) -> Listing:
    """List departments with the number of their tickets, and of those not closed."""
    *columns, last = DEPARTMENT.columns
    rows = app.store.ask(lambda index: records.rows(index, DEPARTMENT))
    return records.listing(
        DEPARTMENT, rows, (*columns, Column("staff", pgettext("column", "STAFF"), "people") if with_staff else last)
    )


show = records.build_show(
    DEPARTMENT,
    "Show departments: their settings, ticket counts and staff.",
    example="desk department show technical",
)
create = records.build_create(
    DEPARTMENT,
    "Add a department. Level 3.",
    example='desk department create training --name "Training" --description "Courses and manuals"',
)
edit = records.build_edit(
    DEPARTMENT,
    """Change a department: rename it, describe it, make it private or the default. Level 3.

    Making one the default takes that from the one that was, in the same commit.
    """,
    example='desk department edit technical --name "Technical operations"',
)


@leaf.leaf("delete", example="desk department delete training --transfer-to organizational", careful=True)
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
    return records.told_of(app, Department, ids, lambda named: organisation.delete_departments(app, named, to))
