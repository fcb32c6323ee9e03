"""Checklist templates: list and show. They are written in an editor, and committed by desk commit."""

from __future__ import annotations

from typing import Any

from desk.cli import arguments, leaf, records
from desk.cli.app import App
from desk.domain.model.checklist import Checklist
from desk.domain.model.record import Record
from desk.index.index import Index
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Listing


@leaf.leaf("list", example="desk checklist list")
def list_(app: App) -> Listing:
    """List the templates of checklists.

    Each is a Markdown file in templates/checklists: edit it, or write a new one, then desk commit. Level 2.
    """
    rows = app.store.ask(lambda index: index.rows("checklist", tail="ORDER BY id"))
    listed = [{**row, "steps": len(_template(app, str(row["id"])).steps)} for row in rows]
    columns = (
        Column("id", pgettext("column", "CHECKLIST"), "id"),
        Column("steps", pgettext("column", "STEPS"), "number"),
        Column("work", pgettext("column", "FOR"), "verb"),
        Column("department", pgettext("column", "DEPARTMENT"), spare=1),
        Column("tags", pgettext("column", "TAGS")),
        Column("automatic", pgettext("column", "AUTOMATIC"), spare=2),
        Column("title", pgettext("column", "TITLE"), "title"),
    )
    return Listing(
        "checklists", listed, columns, _("there are none: write one into templates/checklists, then desk commit")
    )


def _template(app: App, checklist_id: str) -> Checklist:
    record = app.store.read("checklist", checklist_id)
    assert isinstance(record, Checklist)  # noqa: S101 - the codec builds the class that the path says
    return record


@leaf.leaf("show", example="desk checklist show security-incident.en")
@records.ids_of("checklist")
def show(app: App, ids: tuple[str, ...]) -> Detail:
    """Show templates of checklists, as their files say now."""

    def more(_: Index, record: Record) -> dict[str, Any]:
        return {"steps": record.steps if isinstance(record, Checklist) else []}

    known = app.store.ask(lambda index: [str(row["id"]) for row in index.rows("checklist", tail="ORDER BY id")])
    named: list[str] = []
    for typed in arguments.split_words(app, ids):
        name = typed.lower()
        # A name without a language is the checklist in every language that it is written in.
        named += [i for i in known if i.partition(".")[0] == name] if name not in known and "." not in name else [typed]
        if not named:
            raise app.store.missing("checklist", typed)
    return records.show_records(app, Checklist, named, more)
