"""Groups of requesters: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable

import click

from desk.cli import complete, records
from desk.domain.model.person import Group
from desk.index.index import Index
from desk.queries import people
from desk.text import _, pgettext
from desk.view.model import Column

_SELF_SERVICE = "--self-service/--no-self-service"
_MEMBERS = _("Whether members open tickets themselves.")


def _members(index: Index) -> Callable[[str], records.Data]:
    found = people.groups(index)
    return lambda group: {"users": found.get(group, 0)}


GROUP = records.Kind(
    Group,
    columns=(
        Column("id", pgettext("column", "GROUP"), "id"),
        Column("name", pgettext("column", "NAME"), "sentence"),
        Column("channel", pgettext("column", "CHANNEL"), "word"),
        Column("self_service", pgettext("column", "SELF-SERVICE"), spare=2),
        Column("users", pgettext("column", "USERS"), "number", 1),
        Column("description", pgettext("column", "DESCRIPTION"), "prose"),
    ),
    empty=_("there are no groups yet: desk group create ID --name N"),
    options=(
        records.option("--name", metavar="N", required=True, help="What people call it."),
        records.option(
            "--channel", metavar="C", shell_complete=complete.complete_channel, help="How its members reach the desk."
        ),
        records.Option(
            click.option(_SELF_SERVICE, default=True, help=_MEMBERS),
            click.option(_SELF_SERVICE, default=None, help=_MEMBERS),
        ),
        records.option("--description", metavar="T", help="Who belongs to it."),
    ),
    beside=_members,
)

list_ = records.build_list(
    GROUP, "List the groups of requesters, with the number of their members.", example="desk group list"
)
show = records.build_show(GROUP, "Show groups of requesters.", example="desk group show patient")
create = records.build_create(
    GROUP,
    "Add a group of requesters. Level 3.",
    example='desk group create pharmacy --name "Pharmacies" --channel phone',
)
edit = records.build_edit(
    GROUP,
    "Change a group of requesters. Level 3.",
    example='desk group edit vendor --name "Suppliers" --channel email',
)
delete = records.build_delete(
    GROUP, "Delete a group that nobody belongs to. Level 3.", example="desk group delete pharmacy"
)
