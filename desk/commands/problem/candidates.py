"""desk problem candidates: incidents that probably have one cause, found from their words."""

from __future__ import annotations

import click

from desk.actions import identifiers
from desk.cli import complete, dates, leaf
from desk.cli.app import App
from desk.domain.matching import candidates as matching_candidates
from desk.domain.matching import recurrence
from desk.domain.model.query import Scope
from desk.domain.model.ticket import Ticket
from desk.queries.likeness import load_compared
from desk.text import _, pgettext
from desk.view.model import Column, Detail, Listing

DAYS = 90


@leaf.leaf(
    "candidates", example="desk problem candidates\ndesk problem candidates --days 30 --department technical -f json"
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 3660),
    default=DAYS,
    show_default=True,
    help="Look at incidents of the last N days.",
)
@click.option("--department", metavar="D", shell_complete=complete.complete_department, help="Only of this department.")
@click.option(
    "--min",
    "least",
    metavar="N",
    type=click.IntRange(2, 10**9),
    default=3,
    show_default=True,
    help="Incidents that make a recurrence.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(0, 10**9),
    default=10,
    show_default=True,
    help="At most N of them; 0 for all.",
)
@click.option("--untagged", is_flag=True, help="Also tickets that nobody has tagged as incident yet.")  # fmt: skip
def candidates(app: App, days: int, department: str | None, least: int, limit: int, untagged: bool) -> Detail | Listing:
    """Find incidents that recur and that no problem explains yet, best first, each with the command to type next.

    Similar words, one department, close in time; an open problem that they fit is named. For cron: -f json.
    """
    since = dates.parse_moment(app, f"{days}d")
    scope: Scope | None = app.scope()
    where = identifiers.require_existing(app, "department", department) if department else None
    app.warn_of_unread(Ticket.folder)
    rows = app.store.ask(
        lambda index: load_compared(index, str(since), scope=scope, department=where, untagged=untagged)
    )
    found = matching_candidates.candidates(rows, now=int(app.now.timestamp()), least=least)
    titles = {row.problem: row.title for row in rows if row.problem}
    data = [recurrence.as_row(one, titles) for one in (found[:limit] if limit else found)]
    if not data:
        return Listing(
            "candidates",
            [],
            (Column("id", pgettext("column", "ID"), "id"),),
            _("nothing recurs in the last {days} days", days=days),
        )
    notes = [_("{n} of {total}; all: --limit 0", n=len(data), total=len(found))] if len(data) < len(found) else []
    return Detail("candidates", data, notes=tuple(notes))
