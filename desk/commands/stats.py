"""desk stats: how much came in, how much was done, how long it took, and what waits."""

from __future__ import annotations

from typing import Any

import click

from desk.app import App
from desk.commands import common, reckoning
from desk.domain import statistics
from desk.domain.fields import utc_text
from desk.domain.statistics import EVENTS, FIGURES, Facts, Period
from desk.store import counting, measuring
from desk.store.counting import DIMENSIONS, TIMES, Asked
from desk.store.index import Index
from desk.view.model import Column, Listing

_SLA = ("sla_kept", "sla_breached", "sla_share")
_BY_TICKET = (
    "created",
    "closed",
    "replies",
    "open",
    "pending",
    "response_average",
    "resolution_average",
    "sla_breached",
)
_BY_TIME = ("created", "closed", "reopened", "replies", "signups")
_HEADS = {"response_average": "RESPONSE", "resolution_average": "RESOLUTION", "sla_breached": "BREACHED"}


@common.leaf(
    "stats",
    example="desk stats --days 30\ndesk stats --since 2026-01-01 --until 2026-03-31 --by department -f csv\n"
    "desk stats --department technical --as-of 2026-07-23",
)
@reckoning.period_options
@click.option("--by", type=click.Choice((*DIMENSIONS, *TIMES)), help="Figures for each of these instead of a trend.")
@reckoning.filters
def stats(
    app: App, days: int | None, since: str | None, until: str | None, as_of: str | None, by: str | None, **given: Any
) -> Listing:
    """What came in, what was done, how long it took and what waits, against the period before.

    By default the last seven days, in the desk's time zone. Everybody's tickets are counted, whatever department you
    serve. docs/statistics.md says what each figure is.
    """
    at = reckoning.stand(app, as_of)
    period = reckoning.period(app, days, since, until, usual=7)
    question = reckoning.asked(app, period, given)
    with reckoning.reading(app, at) as index:
        rows = _grouped(index, question, by) if by else figures(index, question)
    said = {"since": str(period.first), "until": str(period.last), "as_of": utc_text(app.now), "commit": at.commit}
    rows = [{**row, **said} for row in rows]
    app.notes += spoken_for(period, at)
    return _by_table(rows, by, plain=app.format == "table") if by else _table(app, rows)


def spoken_for(period: Period, at: reckoning.Stand) -> tuple[str, str]:
    """What the figures stand for, and how to get the same ones again."""
    days = f"{period.days} days" if period.days > 1 else "1 day"
    return (
        f"{period.first} to {period.last} ({days}), as of commit {at.commit[:10]}",
        f"the same again: --since {period.first} --until {period.last} --as-of {at.name}",
    )


def figures(index: Index, question: Asked) -> list[dict[str, Any]]:
    """Every figure against the period before, with its trend. Sign-ups belong to no ticket, so a filter leaves them out."""
    now, before = (measuring.facts(index, q).get("", Facts()) for q in (question, question.before()))
    values, earlier = statistics.figures(now), statistics.figures(before)
    trends = {**counting.trends(index, question), "backlog": _backlog(index, question)}
    names = [n for n in FIGURES if not (n == "signups" and question.where)]
    return [statistics.row(name, values, earlier, trends.get(name, ())) for name in names]


def _backlog(index: Index, question: Asked) -> list[int]:
    """Up to now: days to come have none yet."""
    edges = question.period.edges(question.zone)
    starts = [question.span[0], *edges]
    return measuring.backlog(index, question, [e for s, e in zip(starts, edges, strict=False) if s <= question.moment])


def _grouped(index: Index, question: Asked, by: str) -> list[dict[str, Any]]:
    found = measuring.facts(index, question, by)
    without = {"backlog", *(n for n, f in FIGURES.items() if f.level)} if by in TIMES else {"backlog", "signups"}
    without -= {"signups"} if by in TIMES and not question.where else set()
    names = [n for n in FIGURES if n not in without]
    rows = []
    for key in sorted(found, key=_place):
        values = statistics.figures(found[key])
        if any(values[n] for n in names):
            rows.append({"id": counting.named(key, by), **{n: values[n] for n in names}})
    return rows


def _place(key: Any) -> tuple[bool, Any]:
    """Where a group stands: those without one last."""
    return key == "none", key


# -- for people --------------------------------------------------------------------------------------------------------


def _table(app: App, rows: list[dict[str, Any]]) -> Listing:
    if app.format in ("table", "md"):
        rows = [
            {**row, "name": statistics.spoken(row["id"]), "picture": statistics.spark(row["trend"]), **_words(row)}
            for row in rows
            if row["count"] is not None or row["before"] is not None
        ]
        if not any(row["count"] or row["before"] for row in rows if row["id"] in _SLA):
            rows = [row for row in rows if row["id"] not in _SLA]
    columns = (
        Column("name", "FIGURE"),
        Column("shown", "COUNT", "number"),
        Column("earlier", "BEFORE", "number"),
        Column("change", "CHANGE", "number"),
        Column("picture", "TREND"),
    )
    return Listing("stats", rows, columns, "nothing to count")


def _words(row: dict[str, Any]) -> dict[str, str | None]:
    return {
        "shown": statistics.words(row["count"], row["unit"]),
        "earlier": statistics.words(row["before"], row["unit"]),
    }


def _by_table(rows: list[dict[str, Any]], by: str, *, plain: bool) -> Listing:
    names = [n for n in (_BY_TIME if by in TIMES else _BY_TICKET) if any(row.get(n) for row in rows)]
    if plain:
        rows = [{**row, **{n: statistics.words(row.get(n), FIGURES[n].unit) for n in names}} for row in rows]
    heads = (Column(n, _HEADS.get(n, n.upper()), "number") for n in names or EVENTS[:1])
    return Listing("stats", rows, (Column("id", by.upper()), *heads), "nothing happened in this period")
