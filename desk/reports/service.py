"""Reports about the service: due times, people, and what waits."""

from __future__ import annotations

from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, SECONDS
from desk.reports import sections
from desk.reports.reader import Reader

_FIGURES = (
    "sla_kept", "sla_breached", "sla_share", "response_average", "response_p90", "resolution_average", "resolution_p90",
)  # fmt: skip


def sla(reader: Reader) -> tuple[Section, ...]:
    """Due times of first replies and resolutions."""
    due = (*sections.TICKET, Label("respond_by", "Reply due", "time"), Label("due", "Due", "time"))
    return (
        sections.figures(reader, _FIGURES),
        sections.grouped(reader, "department", sla=True),
        sections.grouped(reader, "priority", sla=True),
        sections.tickets(reader, "breached", "Breached in the period", "no due time was missed")._replace(heads=due),
        sections.tickets(reader, "overdue", "Overdue now", "nothing is overdue")._replace(heads=due),
        sections.tickets(reader, "due", "Due next", "nothing falls due", 20)._replace(heads=due),
    )


def workload(reader: Reader) -> tuple[Section, ...]:
    """What each person has and did."""
    rows = reader.work()
    having = [row for row in rows if row["open"] or row["pending"]]
    chart = Chart(
        "Tickets owned", [row["id"] for row in having], {n: [row[n] for row in having] for n in ("open", "pending")}
    )
    heads = (
        Label("id", "Who"), Label("name", "Name"), Label("open", "Open", COUNT), Label("pending", "Pending", COUNT),
        Label("oldest", "Oldest", SECONDS), Label("replies", "Replies", COUNT), Label("notes", "Notes", COUNT),
        Label("closed", "Closed", COUNT), Label("acts", "Acts", COUNT),
    )  # fmt: skip
    people = Section("people", "People", heads, rows, "nobody has or did anything", charts=(chart,) if having else ())
    return people, sections.tickets(reader, "unowned", "Nobody's yet", "everything has an owner", 20)


def backlog(reader: Reader) -> tuple[Section, ...]:
    """What waits."""
    ages = reader.waiting_by_age()
    series = {n: [row[n] for row in ages] for n in ("open", "pending")}
    heads = (Label("id", "Age"), Label("open", "Open", COUNT), Label("pending", "Pending", COUNT))
    chart = Chart("Tickets not closed, by age", [row["id"] for row in ages], series)
    waits = any(row["open"] or row["pending"] for row in ages)
    return (
        sections.figures(
            reader, ("created", "closed", "backlog", "open", "pending", "age_average", "age_p90", "age_oldest")
        ),
        sections.trend(reader),
        Section("by-age", "By age", heads, ages if waits else [], "nothing waits", charts=(chart,) if waits else ()),
        sections.grouped(reader, "department"),
        sections.grouped(reader, "priority"),
        sections.tickets(reader, "pending", "Pending", "nothing is pending", 20),
        sections.tickets(reader, "waiting", "Waiting longest", "nothing waits", 20),
    )
