"""Staff: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable

import click

from desk.actions import identifiers
from desk.actions.identifiers import normalise_id
from desk.cli import arguments, complete, leaf, records
from desk.cli.app import App
from desk.domain.model.person import DIGESTS, Staff
from desk.domain.model.record import Record
from desk.index.index import Index
from desk.queries import people, tickets
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Listing


def _load(index: Index) -> Callable[[str], records.Data]:
    found = tickets.load(index)
    return lambda handle: {"load": found.get(handle, 0)}


def _read(app: App, given: records.Data) -> records.Data:
    """The first address is the one that is shown; departments may be joined by commas."""
    emails = given.pop("emails")
    addresses = {"email": emails[0], "emails": list(emails[1:])} if emails else {}
    served = (
        tuple(normalise_id(i) for i in dict.fromkeys(arguments.split(app, given["departments"])))
        if given["departments"]
        else ()
    )
    return {**given, **addresses, "departments": served, "keys": arguments.read_keys(app, given["keys"])}


_EMAILS = _("Work e-mail, by which git knows the person; repeat it for further addresses.")
_LEVEL = click.IntRange(1, 3)
STAFF = records.Kind(
    Staff,
    columns=(
        Column("id", pgettext("column", "HANDLE"), "id"),
        Column("name", pgettext("column", "NAME"), "name"),
        Column("level", pgettext("column", "LEVEL"), "number"),
        Column("load", pgettext("column", "LOAD"), "number"),
        Column("away", pgettext("column", "AWAY")),
        Column("departments", pgettext("column", "DEPARTMENTS"), "phrase", 1),
        Column("email", pgettext("column", "E-MAIL"), "email"),
    ),
    empty=_("nobody found"),
    id="HANDLE",
    options=(
        records.option("--name", metavar="N", required=True, help="Full name."),
        records.option("--email", "emails", metavar="E", multiple=True, required=True, help=_EMAILS),
        records.Option(
            click.option("--level", metavar="1|2|3", type=_LEVEL, required=True,
                         help="1 tickets, users; 2 also knowledge; 3 also staff."),
            click.option("--level", metavar="1|2|3", type=_LEVEL, help="Not your own."),
        ),
        records.Option(
            click.option("--department", "departments", metavar="D", multiple=True, required=True,
                         shell_complete=complete.complete_department,
                         help="A department they serve; repeat for more."),
            click.option("--department", "departments", metavar="D", multiple=True,
                         shell_complete=complete.complete_department,
                         help="Replaces the departments served; repeat for more."),
        ),
        records.option("--key", "keys", metavar="KEY|FILE", multiple=True,
                       help="Public ssh key by which a server knows them, or its .pub file; repeat for more."),
        records.option("--language", metavar="L", shell_complete=complete.complete_language,
                       help="Language the person reads."),
        records.option("--digest", metavar="off|hourly|daily", type=click.Choice(DIGESTS),
                       help="How often notices to them are collected; else mail.digest says."),
        records.Option(None, click.option("--away/--no-away", default=None, help="Not to be given work now.")),
    ),
    read=_read,
    beside=_load,
)  # fmt: skip


@leaf.leaf("list", example="desk staff list --department technical")
@click.option("--department", metavar="D", shell_complete=complete.complete_department, help="Only those who serve it.")
def list_(app: App, department: str | None) -> Listing:
    """List staff with their level, departments, and load: the tickets they own that are not closed."""
    wanted = identifiers.require_existing(app, "department", department) if department else None
    rows = app.store.ask(lambda index: records.rows(index, STAFF))
    return records.listing(STAFF, [r for r in rows if wanted is None or wanted in r["departments"]])


@leaf.leaf("show", example="desk staff show maria")
@records.ids_of("staff")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show staff members with their load, the tickets they own that are not closed, and when they last did anything."""

    def more(index: Index, record: Record) -> records.Data:
        return {
            "last_activity": people.last_activity(index, record.id),
            **records.tickets_of(app, index, "owner", record.id),
        }

    return records.show_records(app, Staff, ids, more)


create = records.build_create(
    STAFF,
    """Register a staff member. Level 3.

    The handle is used in `--to`, `--as` and the history; it is never given to anybody else.
    """,
    example='desk staff create anna --name "Anna Michael" --email anna@ncpeh.example --level 1 \\\n'
    "    --department technical --department semantic",
)
edit = records.build_edit(
    STAFF,
    """Change staff members; --department and --email replace what was there. Level 3.

    Open tickets of departments they no longer serve lose their owner.
    """,
    example="desk staff edit petros --department technical --department legal\ndesk staff edit petros --away",
)
delete = records.build_delete(
    STAFF,
    """Delete staff members. Level 3.

    Their open tickets lose their owner; their names stay in history, and their handles are never used again.
    """,
    example='desk staff delete petros --reason "left in July"',
    reason="Why; it stays in the history and can't be taken back.",
)
