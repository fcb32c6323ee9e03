"""Custom fields of tickets and requesters: list, show, create, edit, delete, purge."""

from __future__ import annotations

import click

from desk.actions import organisation
from desk.actions.identifiers import normalise_id
from desk.cli import complete, leaf, records
from desk.cli.app import App
from desk.domain.model.organisation import CustomField
from desk.domain.people import customfields
from desk.text import _, pgettext
from desk.view.model import Column, Done, Listing


def _read(_: App, given: records.Data) -> records.Data:
    if given.pop("everywhere", False):
        return {**given, "departments": "", "groups": ""}
    return given


FIELD = records.Kind(
    CustomField,
    columns=(
        Column("id", pgettext("column", "FIELD"), "id"),
        Column("on", pgettext("column", "ON")),
        Column("type", pgettext("column", "TYPE")),
        Column("required", pgettext("column", "REQUIRED")),
        Column("options", pgettext("column", "OPTIONS"), "phrase"),
        Column("departments", pgettext("column", "DEPARTMENTS")),
        Column("groups", pgettext("column", "GROUPS")),
        Column("description", pgettext("column", "DESCRIPTION"), "sentence"),
    ),
    empty=_("there are no custom fields: desk field create NAME --type text"),
    id="NAME",
    options=(
        records.Option(
            click.option("--type", metavar="TYPE", type=click.Choice(customfields.TYPES), required=True,
                         help="What it holds."),
            None,
        ),
        records.option("--option", "options", metavar="O", multiple=True, help="What a select offers; once for each."),
        records.Option(
            click.option("--on", metavar="KIND", type=click.Choice(["user", "ticket"]), default="user",
                         help="user (the default) or ticket."),
            None,
        ),
        records.flag("required", create="It must be filled in.", edit="It must be filled in."),
        records.option("--department", "departments", metavar="D", multiple=True,
                       shell_complete=complete.complete_department,
                       help="Only on tickets of this department; repeat for more."),
        records.option("--group", "groups", metavar="G", multiple=True, shell_complete=complete.complete_group,
                       help="Only on users of this group; repeat for more."),
        records.option("--description", metavar="T", help="What to write in it."),
        records.Option(None, click.option("--everywhere", is_flag=True, help="In every department or group again.")),
    ),
    read=_read,
    order='"on", id',
)  # fmt: skip


@leaf.leaf("list", example="desk field list --on user")
@click.option("--on", metavar="KIND", type=click.Choice(["user", "ticket"]), help="Only those of users, or of tickets.")
def list_(app: App, on: str | None) -> Listing:
    """List custom fields."""
    rows = app.store.ask(lambda index: records.rows(index, FIELD, '?1 IS NULL OR "on" = ?1', on))
    return records.listing(FIELD, rows)


show = records.build_show(FIELD, "Show custom fields.", example="desk field show country")
create = records.build_create(
    FIELD,
    "Add a custom field to tickets or requesters. Level 2.",
    example="desk field create country --type select --option MT --option CY --on ticket --required",
)
edit = records.build_edit(
    FIELD,
    """Change a custom field; --option, --department and --group replace what was there. Level 2.

    Its type stays: values of the old type could not be read as the new one.
    """,
    example="desk field edit country --option MT --option CY --option EL",
)
delete = records.build_delete(
    FIELD,
    "Delete a custom field. What was written in it stays readable in the records. Level 2.",
    example="desk field delete country",
)


@leaf.leaf("purge", example="desk field delete country && desk field purge country", careful=True)
@click.argument("name", metavar="NAME")
def purge(app: App, name: str) -> Done:
    """Take what a deleted custom field held out of every ticket and requester, in one commit. Level 2.

    git keeps what it said. A field that is still declared is refused.
    """
    gone = [e.record.id for e in organisation.purge_field(app, name).change.edits]
    wanted = normalise_id(name)
    return Done(
        "purge", {"id": wanted, "records": gone}, (_("{wanted}  taken out of {n} records", wanted=wanted, n=len(gone)),)
    )
