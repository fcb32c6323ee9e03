"""Sections that several reports have."""

from __future__ import annotations

from collections.abc import Iterable

from desk.domain.figures import statistics
from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, FIGURES, PERCENT, SECONDS
from desk.domain.rights.words import word
from desk.reports.reader import Reader, Rows
from desk.text import _, arranged, pgettext

TICKET = (
    Label("id", pgettext("column", "Id"), "id"),
    Label("title", pgettext("column", "Title"), "title"),
    Label("priority", pgettext("column", "Priority")),
    Label("department", pgettext("column", "Department")),
    Label("owner", pgettext("column", "Owner")),
    Label("state", pgettext("column", "State")),
)
AGED = (*TICKET, Label("age", pgettext("column", "Age"), SECONDS))
LISTED = 50
"""Tickets of one list in a report; how many there are in all is said."""


def figures(reader: Reader, names: Iterable[str] = FIGURES, title: str = _("Figures")) -> Section:
    """The statistics of the period, against the one before; what nobody measured is left out."""
    wanted = tuple(names)
    rows = statistics.select_telling(row for row in reader.figures() if row["id"] in wanted)
    shown = [{**row, "figure": statistics.label_figure(row["id"])} for row in rows]
    heads = (
        Label("figure", pgettext("column", "Figure")),
        Label("count", pgettext("column", "Now"), "figure"),
        Label("before", pgettext("column", "Before"), "figure"),
        Label("change", pgettext("column", "Change"), "change"),
    )
    return Section("figures", title, heads, shown, _("nothing to count"))


def flow(reader: Reader, rows: Rows) -> Chart | None:
    """Tickets created and closed, by day or by week."""
    trend = {row["id"]: row["trend"] for row in rows}
    if not any((*trend["created"], *trend["closed"])):
        return None
    title = (
        _("Tickets created and closed, by week") if reader.period.step > 1 else _("Tickets created and closed, by day")
    )
    series = {statistics.label_figure(n): trend[n] for n in ("created", "closed")}
    return Chart(title, _labels(reader), series)


def level(reader: Reader, rows: Rows) -> Chart | None:
    """The backlog at the end of each day or week."""
    [values] = [row["trend"] for row in rows if row["id"] == "backlog"]
    return (
        Chart(
            _("Tickets not closed"),
            _labels(reader)[: len(values)],
            {statistics.label_figure("backlog"): values},
            line=True,
        )
        if any(values)
        else None
    )


def _labels(reader: Reader) -> list[str]:
    return [f"{int(day[8:])}.{int(day[5:7])}." for day in reader.days()]


def trend(reader: Reader) -> Section:
    """What came in and went out and what was left, day by day or week by week: as charts and as a table."""
    rows = reader.figures()
    trends = {row["id"]: row["trend"] for row in rows}
    names = tuple(_NAMED)
    days = [
        {"id": day, **{n: trends[n][at] if at < len(trends[n]) else None for n in names}}
        for at, day in enumerate(reader.days())
    ]
    weekly = reader.period.step > 1
    first = Label("id", pgettext("column", "From") if weekly else pgettext("column", "Day"))
    heads = (first, *(Label(n, _NAMED[n], COUNT) for n in names))
    charts = tuple(chart for chart in (flow(reader, rows), level(reader, rows)) if chart)
    return Section(
        "trend",
        _("Week by week") if weekly else _("Day by day"),
        heads,
        days,
        _("no days"),
        charts=charts,
        drawn=bool(charts),
    )


_NAMED = {
    "created": pgettext("column", "Created"),
    "closed": pgettext("column", "Closed"),
    "replies": pgettext("column", "Replies"),
    "backlog": pgettext("column", "Backlog"),
}
_BY = {
    "department": (pgettext("column", "Department"), _("By department"), _("by department")),
    "owner": (pgettext("column", "Owner"), _("By owner"), _("by owner")),
    "kind": (pgettext("column", "Kind"), _("By kind"), _("by kind")),
    "channel": (pgettext("column", "Channel"), _("By channel"), _("by channel")),
    "priority": (pgettext("column", "Priority"), _("By priority"), _("by priority")),
    "service": (pgettext("column", "Service"), _("By service"), _("by service")),
    "language": (pgettext("column", "Language"), _("By language"), _("by language")),
    "tag": (pgettext("column", "Tag"), _("By tag"), _("by tag")),
    "group": (pgettext("column", "Group"), _("By group"), _("by group")),
    "day": (pgettext("column", "Day"), _("By day"), _("by day")),
    "hour": (pgettext("column", "Hour"), _("By hour"), _("by hour")),
    "weekday": (pgettext("column", "Weekday"), _("By weekday"), _("by weekday")),
}
"""What figures are grouped by: the heading of a column, of a section, and behind the title of a chart."""
_GROUPED = (
    Label("created", pgettext("column", "Created"), COUNT),
    Label("closed", pgettext("column", "Closed"), COUNT),
    Label("replies", pgettext("column", "Replies"), COUNT),
    Label("open", pgettext("column", "Open"), COUNT),
    Label("pending", pgettext("column", "Pending"), COUNT),
    Label("response_average", pgettext("column", "Response"), SECONDS),
    Label("resolution_average", pgettext("column", "Resolution"), SECONDS),
)
_KEPT = (
    Label("sla_kept", pgettext("column", "Kept"), COUNT),
    Label("sla_breached", pgettext("column", "Breached"), COUNT),
    Label("sla_share", pgettext("column", "Kept of them"), PERCENT),
)


def grouped(reader: Reader, by: str, *, sla: bool = False, drawn: bool = True) -> Section:
    """The statistics by department, owner and the like, with a chart of what is most telling."""
    rows = reader.grouped(by)
    if sla:
        rows = [row for row in rows if row["sla_kept"] or row["sla_breached"]]
    first, second = ("sla_kept", "sla_breached") if sla else ("created", "closed")
    some = [row for row in rows if row[first] or row[second]]
    kept, breached = (pgettext("figure", "kept"), pgettext("figure", "breached"))
    names = (kept, breached) if sla else (statistics.label_figure(first), statistics.label_figure(second))
    series = {name: [row[n] for row in some] for n, name in zip((first, second), names, strict=True)}
    head, title, each = _BY[by]
    chart = Chart(
        arranged("{title}, {by}", title=_("Due times kept and breached") if sla else _("Created and closed"), by=each),
        [word(row["id"]) for row in some],
        series,
    )
    heads = (Label("id", head), *(_KEPT if sla else _GROUPED))
    return Section(
        f"by-{by}", title, heads, rows, _("nothing happened"), charts=(chart,) if drawn and len(some) > 1 else ()
    )


def tickets(reader: Reader, which: str, title: str, empty: str, limit: int = LISTED) -> Section:
    """One of the reader's lists of tickets."""
    rows = reader.tickets(which, limit)
    total = reader.count(which) if len(rows) == limit else len(rows)
    note = _("the first {limit} of {total}", limit=limit, total=total) if total > len(rows) else ""
    return Section(which, title, AGED, rows, empty, note)
