"""Staff: list, show, create, edit, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from desk.actions import identifiers, requesters
from desk.actions.draft import Draft
from desk.actions.identifiers import normal
from desk.cli import arguments, complete, leaf, records
from desk.cli.app import App
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import staff as people_staff
from desk.index.index import Index
from desk.queries import people, tickets
from desk.view.model import Column, Detail, Done, Listing

_emails = "Work e-mail, by which git knows the person; repeat it for further addresses."
_level = click.IntRange(1, 3)
_language = click.option(
    "--language", metavar="L", shell_complete=complete.complete_language, help="Language the person reads."
)


@leaf.leaf("list", example="desk staff list --department technical")
@click.option("--department", metavar="D", shell_complete=complete.complete_department, help="Only those who serve it.")
def list_(app: App, department: str | None) -> Listing:
    """List staff with their level, departments, and load: the tickets they own that are not closed."""
    wanted = identifiers.existing(app, "department", department) if department else None

    def question(index: Index) -> list[dict[str, Any]]:
        load = tickets.load(index)
        rows = [r for r in index.rows("staff", tail="ORDER BY id") if wanted is None or wanted in r["departments"]]
        return [{**row, "load": load.get(row["id"], 0)} for row in rows]

    columns = (
        Column("id", "HANDLE", "id"),
        Column("name", "NAME"),
        Column("level", "LEVEL", "number"),
        Column("load", "LOAD", "number"),
        Column("away", "AWAY"),
        Column("departments", "DEPARTMENTS"),
        Column("email", "E-MAIL"),
    )
    return Listing("staff", app.store.ask(question), columns, "nobody found")


@leaf.leaf("show", example="desk staff show maria")
@records.ids_of("staff")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show staff members with their load, the tickets they own that are not closed, and when they last did anything."""

    def more(index: Index, record: Record) -> dict[str, Any]:
        return {
            "last_activity": people.last_activity(index, record.id),
            **records.live_tickets(app, index, "owner", record.id),
        }

    return records.show(app, Staff, ids, more)


@leaf.leaf(
    "create",
    example='desk staff create anna --name "Anna Michael" --email anna@ncpeh.example --level 1 \\\n'
    "    --department technical --department semantic",
)
@click.argument("handle")
@click.option("--name", metavar="N", required=True, help="Full name.")
@click.option("--email", "emails", metavar="E", multiple=True, required=True, help=_emails)
@click.option(
    "--level", metavar="1|2|3", type=_level, required=True, help="1 tickets, users; 2 also knowledge; 3 also staff."
)
@click.option(
    "--department",
    "departments",
    metavar="D",
    multiple=True,
    required=True,
    shell_complete=complete.complete_department,
    help="A department they serve; repeat for more.",
)
@_language
def create(app: App, handle: str, emails: tuple[str, ...], **options: Any) -> Done:
    """Register a staff member. Level 3.

    The handle is used in `--to`, `--as` and the history; it is never given to anybody else.
    """
    values = {
        **options,
        **_addresses(emails),
        "language": identifiers.chosen(app, "desk.languages", options["language"]),
    }
    values = {**values, "id": handle, "departments": _lower(app, options["departments"]), "created": utc_text(app.now)}

    def build(draft: Draft, new: Staff, by: Actor, at: datetime) -> Change:
        _check(draft, new)
        return people_staff.create(new, by=by, at=at)

    return records.create(app, Staff, values, build)


@leaf.leaf(
    "edit", example="desk staff edit petros --department technical --department legal\ndesk staff edit petros --away"
)
@records.ids_of("staff")
@click.option("--name", metavar="N", help="Full name.")
@click.option("--email", "emails", metavar="E", multiple=True, help=_emails)
@click.option("--level", metavar="1|2|3", type=_level, help="Not your own.")
@click.option("--department", "departments", metavar="D", multiple=True, shell_complete=complete.complete_department,
              help="Replaces the departments served; repeat for more.")  # fmt: skip
@_language
@click.option("--away/--no-away", default=None, help="Not to be given work now.")
def edit(app: App, ids: tuple[str, ...], emails: tuple[str, ...], **options: Any) -> Done:
    """Change staff members; --department and --email replace what was there. Level 3.

    Open tickets of departments they no longer serve lose their owner.
    """
    named = records.one_only(app, ids, "--email") if emails else list(ids)
    values = records.given(Staff, {**options, **_addresses(emails), "departments": _lower(app, options["departments"])})
    if values.get("language"):
        values["language"] = identifiers.chosen(app, "desk.languages", values["language"])

    def one(draft: Draft, before: Staff, by: Actor, at: datetime) -> Change:
        after = before.evolve(**values)
        _check(draft, after, emails=bool(emails))
        owned = draft.several(Ticket, people.owned(draft.index, before.id))
        return people_staff.edit(before, after, owned, draft.all(Staff), draft.all(Department), by=by, at=at)

    return records.act(app, Staff, named, one)


def _addresses(emails: tuple[str, ...]) -> dict[str, Any]:
    return {"email": emails[0], "emails": list(emails[1:])} if emails else {}


def _lower(app: App, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(normal(i) for i in arguments.words(app, ids)) if ids else ()


def _check(draft: Draft, staff: Staff, *, emails: bool = True) -> None:
    draft.several(Department, staff.departments)
    if emails:
        for email in (staff.email, *staff.emails):
            requesters.refuse_taken(draft.index, email, staff.id)


@leaf.leaf("delete", example='desk staff delete petros --reason "left in July"')
@records.ids_of("staff")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
def delete(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Delete staff members. Level 3.

    Their open tickets lose their owner; their names stay in history, and their handles are never used again.
    """

    def one(draft: Draft, staff: Staff, by: Actor, at: datetime) -> Change:
        owned = draft.several(Ticket, people.owned(draft.index, staff.id))
        departments = draft.all(Department)
        return people_staff.delete(staff, owned, draft.all(Staff), departments, by=by, at=at, reason=reason)

    return records.act(app, Staff, ids, one)
