"""desk stats: how much came in, how much was done, how long it took, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desk.cli import leaf, periods
from desk.cli.app import App
from desk.domain.figures import statistics
from desk.domain.figures.report import Report
from desk.domain.figures.statistics import EVENTS, FIGURES, Period
from desk.domain.model.fields import utc_text
from desk.queries import reports
from desk.queries.counting import DIMENSIONS, TIMES
from desk.queries.reports import Reading
from desk.reports import sections
from desk.text import _, ngettext, pgettext
from desk.view.model import Column, Listing, Paper, Row

_BY_TICKET = {
    "created": pgettext("column", "CREATED"),
    "closed": pgettext("column", "CLOSED"),
    "replies": pgettext("column", "REPLIES"),
    "open": pgettext("column", "OPEN"),
    "pending": pgettext("column", "PENDING"),
    "response_average": pgettext("column", "RESPONSE"),
    "resolution_average": pgettext("column", "RESOLUTION"),
    "sla_breached": pgettext("column", "BREACHED"),
}
_SPARE = {"replies": 5, "pending": 4, "closed": 3, "response_average": 2, "resolution_average": 1}
"""Figures that a narrow terminal goes without, the highest first."""
_BY_TIME = {
    "created": pgettext("column", "CREATED"),
    "closed": pgettext("column", "CLOSED"),
    "reopened": pgettext("column", "REOPENED"),
    "replies": pgettext("column", "REPLIES"),
    "signups": pgettext("column", "SIGNUPS"),
}
_BY = {
    "department": pgettext("column", "DEPARTMENT"),
    "owner": pgettext("column", "OWNER"),
    "kind": pgettext("column", "KIND"),
    "channel": pgettext("column", "CHANNEL"),
    "priority": pgettext("column", "PRIORITY"),
    "service": pgettext("column", "SERVICE"),
    "language": pgettext("column", "LANGUAGE"),
    "tag": pgettext("column", "TAG"),
    "group": pgettext("column", "GROUP"),
    "day": pgettext("column", "DAY"),
    "hour": pgettext("column", "HOUR"),
    "weekday": pgettext("column", "WEEKDAY"),
}
"""What figures can be told by, as the heading of a column."""


@leaf.leaf(
    "stats",
    example="desk stats --days 30\ndesk stats --since 2026-01-01 --until 2026-03-31 --by department -f csv\n"
    "desk stats --department technical --as-of 2026-07-23",
)
@periods.period_options
@click.option("--chart", is_flag=True, help="Draw what came in and what was left, too.")
@click.option("--by", type=click.Choice((*DIMENSIONS, *TIMES)), help="Figures for each of these instead of a trend.")
@periods.filters
def stats(
    app: App,
    days: int | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
    chart: bool,
    by: str | None,
    **given: Any,
) -> Listing:
    """What came in, what was done, how long it took and what waits, against the period before.

    By default the last seven days, in the desk's time zone. Everybody's tickets are counted, whatever department you
    serve. `desk help statistics` says what each figure is.
    """
    at = periods.read_stand(app, as_of)
    period = periods.period(app, days, since, until, usual=7)
    question = periods.build_question(app, period, given)
    with periods.open_reading(app, at) as index:
        drawn = _drawn(app, Reading(index, question, app.place, at.commit), by, at) if chart else None
        rows = reports.grouped(index, question, by) if by else reports.figures(index, question)
    said = {"since": str(period.first), "until": str(period.last), "as_of": utc_text(app.now), "commit": at.commit}
    rows = [{**row, **said} for row in rows]
    app.notes += describe_reading(period, at)[1 if chart else 0 :]
    listing = _by_table(rows, by) if by else _table(rows)
    return listing._replace(drawn=drawn)


def _drawn(app: App, reading: Reading, by: str | None, at: periods.Stand) -> Paper:
    parts = (sections.grouped(reading, by),) if by else (sections.figures(reading), sections.trend(reading))
    period = reading.period
    days = (str(period.first), str(period.last))
    made = Report("stats", _("Statistics"), app.config["desk.name"], *days, utc_text(app.now), at.commit, parts)
    return Paper("stats", made, drawn=True)


def describe_reading(period: Period, at: periods.Stand) -> tuple[str, str]:
    """What the figures stand for, and how to get the same ones again."""
    days = ngettext("1 day", "{n} days", period.days)
    return (
        _(
            "{first} to {last} ({days}), as of commit {commit}",
            first=period.first,
            last=period.last,
            days=days,
            commit=at.commit[:10],
        ),
        _(
            "the same again: --since {first} --until {last} --as-of {at}",
            first=period.first,
            last=period.last,
            at=at.name,
        ),
    )


# -- for people --------------------------------------------------------------------------------------------------------


def _table(rows: list[dict[str, Any]]) -> Listing:
    columns = (
        Column("name", pgettext("column", "FIGURE")),
        Column("shown", pgettext("column", "COUNT"), "number"),
        Column("earlier", pgettext("column", "BEFORE"), "number"),
        Column("changed", pgettext("column", "CHANGE"), "number"),
        Column("picture", pgettext("column", "TREND")),
    )
    return Listing("stats", rows, columns, _("nothing to count"), spell=_spell)


def _spell(rows: Sequence[Row]) -> list[Row]:
    """Figures that tell something, in words."""
    return [
        {**row, "name": statistics.label_figure(row["id"]), "picture": _picture(row), **_words(row)}
        for row in statistics.select_telling(rows)
    ]


_BARS = 20
"""Bars of a picture, so that the newest is not cut off in 80 columns."""


def _picture(row: Row) -> str:
    return statistics.spark(statistics.condense(row["trend"], _BARS, level=FIGURES[row["id"]].level))


def _words(row: Row) -> dict[str, str | None]:
    return {
        "shown": statistics.words(row["count"], row["unit"]),
        "earlier": statistics.words(row["before"], row["unit"]),
        "changed": statistics.describe_change(row["change"], row["unit"]),
    }


def _by_table(rows: list[dict[str, Any]], by: str) -> Listing:
    every = _BY_TIME if by in TIMES else _BY_TICKET
    names = [n for n in every if any(row.get(n) for row in rows)]

    def spell(rows: Sequence[Row]) -> list[Row]:
        return [{**row, **{n: statistics.words(row.get(n), FIGURES[n].unit) for n in names}} for row in rows]

    heads = (Column(n, every[n], "number", _SPARE.get(n, 0)) for n in names or EVENTS[:1])
    return Listing(
        "stats",
        rows,
        (Column("id", _BY[by], "word"), *heads),
        _("nothing happened in this period"),
        spell=spell,
    )
