"""desk handover: what one shift tells the next, on one screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from desk.actions import identifiers
from desk.cli import complete, dates, leaf, told
from desk.cli.app import App
from desk.cli.clerk import mailhost
from desk.domain.figures import handover as figures_handover
from desk.domain.model.change import Edit, Event
from desk.domain.model.fields import utc_text
from desk.domain.model.query import Scope
from desk.domain.model.rows import HandoverRow
from desk.errors import UsageFault
from desk.queries import handover as queries_handover
from desk.text import _, listed, pgettext
from desk.view.model import Column, Listing, Sections

_ID, _TITLE, _PRIORITY = (
    Column("id", pgettext("column", "ID"), "id"),
    Column("title", pgettext("column", "TITLE"), "title"),
    Column("priority", pgettext("column", "PRIO"), "priority"),
)
_OWNER, _DEPARTMENT = (
    Column("owner", pgettext("column", "OWNER")),
    Column("department", pgettext("column", "DEPARTMENT")),
)
COLUMNS = {
    "majors": (
        _ID,
        Column("coordinator", pgettext("column", "COORDINATOR")),
        _OWNER,
        Column("update_by", pgettext("column", "NEXT REPLY"), "time"),
        Column("due", pgettext("column", "DUE"), "time"),
        _TITLE,
    ),
    "due": (
        Column("at", pgettext("column", "DUE"), "due"),
        Column("what", pgettext("column", "WHAT"), "verb"),
        _ID,
        _PRIORITY,
        Column("owner", pgettext("column", "OWNER"), spare=1),
        _TITLE,
    ),
    "new": (_ID, _PRIORITY, _DEPARTMENT, Column("created", pgettext("column", "CREATED"), "time"), _TITLE),
    "changed": (
        Column("at", pgettext("column", "WHEN"), "time"),
        _ID,
        Column("by", pgettext("column", "WHO"), "people"),
        Column("what", pgettext("column", "WHAT"), "sentence"),
        _TITLE._replace(style="sentence"),
    ),
    "pending": (
        _ID,
        Column("pending_for", pgettext("column", "WAITS FOR"), "word"),
        Column("pending_until", pgettext("column", "UNTIL"), "time"),
        _OWNER,
        _TITLE,
    ),
    "reviews": (
        _ID,
        Column("closed", pgettext("column", "CLOSED"), "time"),
        Column("coordinator", pgettext("column", "COORDINATOR")),
        _TITLE,
    ),
}
TITLES = {
    "majors": _("Major incidents"),
    "due": _("Overdue, and due within a day"),
    "new": _("New, and nobody's"),
    "changed": _("Changed"),
    "pending": _("Pending"),
    "reviews": _("Reviews owed"),
}
_SHOWN = 12
"""Rows of a section for people; machine formats have all."""


@leaf.leaf("handover", example="desk handover\ndesk handover --since 12h --department technical -f md")
@click.option("--since", metavar="D", default="8h", show_default=True, help="What changed since: 8h, 2026-07-23T22:00.")
@click.option(
    "--department",
    "departments",
    metavar="D",
    multiple=True,
    shell_complete=complete.complete_department,
    help="Only of this department; repeat for more.",
)
def handover(app: App, since: str, departments: tuple[str, ...]) -> Sections:
    """Show what the next shift must know: majors, what is due, new, changed and pending, reviews that are owed.

    It is about the tickets of your departments and those you wrote, as lists are.
    """
    named = tuple(identifiers.require_existing(app, "department", d) for d in departments)
    start = str(dates.parse_moment(app, since))
    if start > utc_text(app.now):
        raise UsageFault(_("{since} is still to come", since=since), _("a handover tells what was: --since 8h"))
    app.warn_of_cut(start)
    found = _found(app, app.scope(), named, start)
    parts = tuple((TITLES[name], _listing(name, rows), _SHOWN) for name, rows in found.items())
    stopped = mailhost.stopped(app.place)
    data = {"since": start, "until": utc_text(app.now), "departments": list(named), "mail": stopped, **found}
    headline, sums = _headline(app, named, start, found)
    sums = listed((sums, *mailhost.lines(stopped)), " · ")
    return Sections("handover", data, (headline, sums), parts, _("Nothing to hand over."))


def _found(app: App, scope: Scope | None, named: tuple[str, ...], since: str) -> dict[str, list[dict[str, Any]]]:
    sections = queries_handover.SECTIONS
    app.warn_of_unread()
    rows = {n: app.store.ask(lambda index, n=n: queries_handover.tickets(index, n, scope, named)) for n in sections}  # type: ignore[misc]
    now, ahead = utc_text(app.now), utc_text(app.now + timedelta(days=1))
    events = app.store.ask(lambda index: queries_handover.events(index, since, scope, named))
    return {
        "majors": figures_handover.majors(rows["majors"]),
        "due": figures_handover.upcoming(rows["due"], now, ahead),
        "new": figures_handover.unowned(rows["new"], app.config["ticket.priorities"]),
        "changed": _changed(events),
        "pending": figures_handover.waiting(rows["pending"], app.local(app.now).date().isoformat()),
        "reviews": figures_handover.owed(rows["reviews"]),
    }


def _changed(events: list[HandoverRow]) -> list[dict[str, Any]]:
    """One row a ticket, told in one sentence, the newest first."""
    grouped: dict[str, list[HandoverRow]] = {}
    for event in events:
        grouped.setdefault(event["id"], []).append(event)
    rows = []
    for group in grouped.values():
        # The newest stands first here as well: on a narrow screen the end of the sentence is cut.
        happened = tuple(Event(e["verb"], e["from"], e["to"]) for e in reversed(group))
        people = dict.fromkeys(e["by"] for e in group)
        what = told.describe_events(Edit(None, None, happened))
        rows.append({**figures_handover.head(group[-1], "at"), "by": ", ".join(people), "what": what})
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def _listing(name: str, rows: list[dict[str, Any]]) -> Listing:
    return Listing(name, rows, COLUMNS[name], "")


def _headline(app: App, named: tuple[str, ...], since: str, found: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    start = app.local(datetime.fromisoformat(since)).strftime("%Y-%m-%d %H:%M")
    end = app.local(app.now).strftime("%Y-%m-%d %H:%M")
    late = sum(row["overdue"] for row in found["due"])
    sums = _(
        "{majors} major, {late} overdue, {new} new, {changed} changed, {pending} pending",
        majors=len(found["majors"]),
        late=late,
        new=len(found["new"]),
        changed=len(found["changed"]),
        pending=len(found["pending"]),
    )
    where = f" · {', '.join(named)}" if named else ""
    return _("Handover {start} to {end}{where}", start=start, end=end, where=where), sums
