"""Lists of incidents and of problems: apart, so that a list of tickets needn't make their options as well."""

from __future__ import annotations

from typing import Any

from desk.cli import leaf
from desk.cli.app import App
from desk.cli.filters import filters, watched
from desk.commands.ticket.listing import listing
from desk.queries import problems as queries_problems
from desk.text import pgettext
from desk.view.model import Column, Listing


@leaf.leaf("list", example="desk incident list --new\ndesk incident list --watch --bell")
@watched
@filters
def incidents(app: App, **given: Any) -> Listing:
    """List incidents: tickets tagged incident."""
    return listing(app, given, ("incident",), "incidents")


@leaf.leaf("list", example="desk problem list --state any")
@watched
@filters
def problems(app: App, **given: Any) -> Listing:
    """List problems: tickets tagged problem."""
    view = listing(app, given, ("problem",), "problems")
    if given["columns"] is not None:
        return view
    known = app.store.ask(lambda index: queries_problems.counts(index, [row["id"] for row in view.rows]))
    rows = [{**row, "incidents": known.get(row["id"], 0)} for row in view.rows]
    columns = [*view.columns[:-2], Column("incidents", pgettext("column", "INCIDENTS"), "number"), *view.columns[-2:]]
    return view._replace(rows=rows, columns=tuple(columns))
