"""desk stats: how much came in, how much was done."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any

import click

from desk.app import App, zone
from desk.commands import common
from desk.domain import statistics
from desk.domain.statistics import FIGURES, Event, Period
from desk.errors import UsageFault
from desk.store import counting
from desk.view.model import Column, Listing

_TICKETS_ONLY = ("department", "owner", "tag")


@common.leaf(
    "stats", example="desk stats --days 30\ndesk stats --since 2026-01-01 --until 2026-03-31 --by department -f csv"
)
@click.option("--days", metavar="N", type=click.IntRange(1, 3660), help="The last N days, today included; default: 7.")
@click.option("--since", metavar="D", help="From this day on: 2026-07-23, yesterday, 7d, 2w.")
@click.option("--until", metavar="D", help="Up to and including this day; default: today.")
@click.option(
    "--by",
    type=click.Choice((*_TICKETS_ONLY, "day", "hour", "weekday")),
    help="Counts for each of these instead of a trend.",
)
def stats(app: App, days: int | None, since: str | None, until: str | None, by: str | None) -> Listing:
    """Tickets created, closed and re-opened, replies and sign-ups, against the period before.

    Days are those of the desk's time zone. Everybody's tickets are counted, whatever department you serve.
    """
    here = zone(app.config["desk.timezone"])
    period = _period(app, days, since, until)
    now, before = (_events(app, p.seconds(here)) for p in (period, period.before()))
    app.notes.append(
        f"{period.first} to {period.last} ({period.days} days), as of commit {app.store.commit_now()[:10]}"
    )
    if by:
        return _grouped(app, now, by, here)
    return _figures(app, now, before, period, here)


def _events(app: App, span: tuple[int, int]) -> list[Event]:
    return app.store.ask(lambda index: counting.events(index, *span))


def _period(app: App, days: int | None, since: str | None, until: str | None) -> Period:
    if days and (since or until):
        raise UsageFault("--days can't be used with --since or --until", "give one or the other")
    last = _day(app, until) if until else app.local(app.now).date()
    if not since:
        return Period(last - timedelta(days=(days or 7) - 1), last)
    first = _day(app, since)
    if first > last:
        raise UsageFault(f"the period ends on {last}, before it begins on {first}", "swap --since and --until")
    return Period(first, last)


def _day(app: App, text: str) -> Any:
    at = datetime.fromisoformat(str(common.moment(app, text)))
    return app.local(at).date()


def _figures(app: App, now: list[Event], before: list[Event], period: Period, here: tzinfo) -> Listing:
    counts, earlier = statistics.totals(now), statistics.totals(before)
    trends = statistics.trends(now, period, here)
    rows: list[dict[str, Any]] = []
    for name in FIGURES:
        changed = statistics.change(counts[name], earlier[name])
        row = {"id": name, "count": counts[name], "before": earlier[name], "change": changed, "trend": trends[name]}
        rows.append(row | ({"picture": statistics.spark(trends[name])} if app.format in ("table", "md") else {}))
    columns = (
        Column("id", "FIGURE"),
        Column("count", "COUNT", "number"),
        Column("before", "BEFORE", "number"),
        Column("change", "CHANGE"),
        Column("picture", "TREND"),
    )
    return Listing("stats", rows, columns, "nothing to count")


def _grouped(app: App, now: list[Event], by: str, here: tzinfo) -> Listing:
    members = app.store.ask(lambda index: counting.members(index, by)) if by in _TICKETS_ONLY else {}
    rows = [{"id": key, **counts} for key, counts in statistics.group(now, by, here, members).items()]
    names = [n for n in FIGURES if n != "signups" or by not in _TICKETS_ONLY]
    columns = (Column("id", by.upper()), *(Column(n, n.upper(), "number") for n in names))
    return Listing(
        "stats", [{k: row[k] for k in ("id", *names)} for row in rows], columns, "nothing happened in this period"
    )
