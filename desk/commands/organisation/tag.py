"""Tag definitions: list, show, create, edit, delete."""

from __future__ import annotations

from collections.abc import Callable

from desk.cli import records
from desk.domain.model.organisation import Tag
from desk.index.index import Index
from desk.queries import people
from desk.text import _, pgettext
from desk.view.model import Column


def _carried(index: Index) -> Callable[[str], records.Data]:
    found = people.tags(index)
    return lambda tag: {"tickets": found.get(tag, 0)}


TAG = records.Kind(
    Tag,
    columns=(
        Column("id", pgettext("column", "TAG"), "tags"),
        Column("tickets", pgettext("column", "TICKETS"), "number"),
        Column("color", pgettext("column", "COLOUR"), spare=1),
        Column("description", pgettext("column", "DESCRIPTION"), "sentence"),
    ),
    empty=_("there are no tags yet: desk tag create NAME"),
    id="NAME",
    options=(
        records.option(
            "--color", metavar="C", help="Such as '#1f77b4'; quote it, or the shell takes it for a comment."
        ),
        records.option("--description", metavar="T", help="What it is for."),
    ),
    beside=_carried,
)

list_ = records.build_list(
    TAG, "List tags in their colours, with the number of tickets that carry each.", example="desk tag list"
)
show = records.build_show(TAG, "Show tags.", example="desk tag show incident")
create = records.build_create(
    TAG,
    "Add a tag that tickets and articles may carry. Level 3.",
    example="desk tag create malta --color '#d62728' --description \"Concerns the Maltese desk\"",
)
edit = records.build_edit(
    TAG,
    """Change the colour and the description of a tag. Level 3.

    A tag keeps its name: it stands in the history of every ticket.
    """,
    example="desk tag edit malta --color '#1f77b4'",
)
delete = records.build_delete(
    TAG,
    "Delete a tag and take it off every ticket, article and checklist, in one commit. Level 3.",
    example="desk tag delete malta",
)
