"""Sections that several reports have."""

from __future__ import annotations

from collections.abc import Iterable

from desk.domain.figures import statistics
from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, FIGURES, PERCENT, SECONDS
from desk.reports.reader import Reader, Rows

TICKET = (
    Label("id", "Id", "id"),
    Label("title", "Title", "title"),
    Label("priority", "Priority"),
    Label("department", "Department"),
    Label("owner", "Owner"),
    Label("state", "State"),
)
AGED = (*TICKET, Label("age", "Age", SECONDS))
LISTED = 50
"""Tickets of one list in a report; how many there are in all is said."""


def figures(reader: Reader, names: Iterable[str] = FIGURES, title: str = "Figures") -> Section:
    """The statistics of the period, against the one before; what nobody measured is left out."""
    wanted = tuple(names)
    rows = statistics.telling(row for row in reader.figures() if row["id"] in wanted)
    shown = [{**row, "figure": statistics.spoken(row["id"])} for row in rows]
    heads = (
        Label("figure", "Figure"),
        Label("count", "Now", "figure"),
        Label("before", "Before", "figure"),
        Label("change", "Change"),
    )
    return Section("figures", title, heads, shown, "nothing to count")


def flow(reader: Reader, rows: Rows) -> Chart | None:
    """Tickets created and closed, by day or by week."""
    trend = {row["id"]: row["trend"] for row in rows}
    if not any((*trend["created"], *trend["closed"])):
        return None
    each = "week" if reader.period.step > 1 else "day"
    series = {"created": trend["created"], "closed": trend["closed"]}
    return Chart(f"Tickets created and closed, by {each}", _labels(reader), series)


def level(reader: Reader, rows: Rows) -> Chart | None:
    """The backlog at the end of each day or week."""
    [values] = [row["trend"] for row in rows if row["id"] == "backlog"]
    return (
        Chart("Tickets not closed", _labels(reader)[: len(values)], {"backlog": values}, line=True)
        if any(values)
        else None
    )


def _labels(reader: Reader) -> list[str]:
    return [f"{int(day[8:])}.{int(day[5:7])}." for day in reader.days()]


def trend(reader: Reader) -> Section:
    """What came in and went out and what was left, day by day or week by week: as charts and as a table."""
    rows = reader.figures()
    trends = {row["id"]: row["trend"] for row in rows}
    names = ("created", "closed", "replies", "backlog")
    days = [
        {"id": day, **{n: trends[n][at] if at < len(trends[n]) else None for n in names}}
        for at, day in enumerate(reader.days())
    ]
    weekly = reader.period.step > 1
    heads = (Label("id", "From" if weekly else "Day"), *(Label(n, n.capitalize(), COUNT) for n in names))
    charts = tuple(chart for chart in (flow(reader, rows), level(reader, rows)) if chart)
    return Section(
        "trend", "Week by week" if weekly else "Day by day", heads, days, "no days", charts=charts, drawn=bool(charts)
    )


_GROUPED = (
    Label("created", "Created", COUNT),
    Label("closed", "Closed", COUNT),
    Label("replies", "Replies", COUNT),
    Label("open", "Open", COUNT),
    Label("pending", "Pending", COUNT),
    Label("response_average", "Response", SECONDS),
    Label("resolution_average", "Resolution", SECONDS),
)
_KEPT = (
    Label("sla_kept", "Kept", COUNT),
    Label("sla_breached", "Breached", COUNT),
    Label("sla_share", "Kept of them", PERCENT),
)


def grouped(reader: Reader, by: str, *, sla: bool = False, drawn: bool = True) -> Section:
    """The statistics by department, owner and the like, with a chart of what is most telling."""
    rows = reader.grouped(by)
    if sla:
        rows = [row for row in rows if row["sla_kept"] or row["sla_breached"]]
    first, second = ("sla_kept", "sla_breached") if sla else ("created", "closed")
    some = [row for row in rows if row[first] or row[second]]
    series = {statistics.spoken(n).removeprefix("sla "): [row[n] for row in some] for n in (first, second)}
    title = f"By {by}"
    chart = Chart(
        f"{'Due times kept and breached' if sla else 'Created and closed'}, by {by}",
        [row["id"] for row in some],
        series,
    )
    heads = (Label("id", by.capitalize()), *(_KEPT if sla else _GROUPED))
    return Section(
        f"by-{by}", title, heads, rows, "nothing happened", charts=(chart,) if drawn and len(some) > 1 else ()
    )


def tickets(reader: Reader, which: str, title: str, empty: str, limit: int = LISTED) -> Section:
    """One of the reader's lists of tickets."""
    rows = reader.tickets(which, limit)
    total = reader.count(which) if len(rows) == limit else len(rows)
    note = f"the first {limit} of {total}" if total > len(rows) else ""
    return Section(which, title, AGED, rows, empty, note)
