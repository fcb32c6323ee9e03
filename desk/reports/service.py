"""Reports about the service: due times, people, and what waits."""

from __future__ import annotations

from desk.domain.figures import statistics
from desk.domain.figures.report import Chart, Label, Section
from desk.domain.figures.statistics import COUNT, SECONDS
from desk.domain.rights.words import word
from desk.reports import sections
from desk.reports.reader import Reader
from desk.text import _, pgettext

_FIGURES = (
    "sla_kept",
    "sla_breached",
    "sla_share",
    "response_average",
    "response_p90",
    "resolution_average",
    "resolution_p90",
)


def sla(reader: Reader) -> tuple[Section, ...]:
    """Due times of first replies and resolutions."""
    due = (
        *sections.TICKET,
        Label("respond_by", pgettext("column", "Reply due"), "time"),
        Label("due", pgettext("column", "Due"), "time"),
    )
    return (
        sections.figures(reader, _FIGURES),
        sections.grouped(reader, "department", sla=True),
        sections.grouped(reader, "priority", sla=True),
        sections.tickets(reader, "breached", _("Breached in the period"), _("no due time was missed"))._replace(
            heads=due
        ),
        sections.tickets(reader, "overdue", _("Overdue now"), _("nothing is overdue"))._replace(heads=due),
        sections.tickets(reader, "due", _("Due next"), _("nothing falls due"), 20)._replace(heads=due),
    )


def workload(reader: Reader) -> tuple[Section, ...]:
    """What each person has and did."""
    rows = reader.work()
    having = [row for row in rows if row["open"] or row["pending"]]
    chart = Chart(
        _("Tickets owned"), [row["id"] for row in having], {n: [row[n] for row in having] for n in ("open", "pending")}
    )
    heads = (
        Label("id", pgettext("column", "Who")),
        Label("name", pgettext("column", "Name")),
        Label("open", pgettext("column", "Open"), COUNT),
        Label("pending", pgettext("column", "Pending"), COUNT),
        Label("oldest", pgettext("column", "Oldest"), SECONDS),
        Label("replies", pgettext("column", "Replies"), COUNT),
        Label("notes", pgettext("column", "Notes"), COUNT),
        Label("closed", pgettext("column", "Closed"), COUNT),
        Label("acts", pgettext("column", "Acts"), COUNT),
    )
    people = Section(
        "people", _("People"), heads, rows, _("nobody has or did anything"), charts=(chart,) if having else ()
    )
    return people, sections.tickets(reader, "unowned", _("Nobody's yet"), _("everything has an owner"), 20)


def backlog(reader: Reader) -> tuple[Section, ...]:
    """What waits."""
    ages = reader.waiting_by_age()
    series = {statistics.label_figure(n): [row[n] for row in ages] for n in ("open", "pending")}
    heads = (
        Label("id", pgettext("column", "Age")),
        Label("open", pgettext("column", "Open"), COUNT),
        Label("pending", pgettext("column", "Pending"), COUNT),
    )
    chart = Chart(_("Tickets not closed, by age"), [word(row["id"]) for row in ages], series)
    waits = any(row["open"] or row["pending"] for row in ages)
    return (
        sections.figures(
            reader, ("created", "closed", "backlog", "open", "pending", "age_average", "age_p90", "age_oldest")
        ),
        sections.trend(reader),
        Section(
            "by-age", _("By age"), heads, ages if waits else [], _("nothing waits"), charts=(chart,) if waits else ()
        ),
        sections.grouped(reader, "department"),
        sections.grouped(reader, "priority"),
        sections.tickets(reader, "pending", _("Pending"), _("nothing is pending"), 20),
        sections.tickets(reader, "waiting", _("Waiting longest"), _("nothing waits"), 20),
    )
