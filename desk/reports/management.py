"""The reports of a day, a week and a month."""

from __future__ import annotations

from desk.domain.figures.report import Section
from desk.domain.figures.statistics import FIGURES
from desk.reports import sections
from desk.reports.reader import Reader
from desk.text import _


def daily(reader: Reader) -> tuple[Section, ...]:
    """Yesterday in figures, and the tickets behind them."""
    return (
        sections.figures(reader),
        sections.tickets(reader, "created", _("Registered"), _("nothing was registered")),
        sections.tickets(reader, "closed", _("Closed"), _("nothing was closed")),
        sections.tickets(reader, "unowned", _("Nobody's yet"), _("everything has an owner")),
        sections.tickets(reader, "overdue", _("Overdue"), _("nothing is overdue")),
    )


def weekly(reader: Reader) -> tuple[Section, ...]:
    """Seven days: figures, trend, departments, owners, and what waits longest."""
    return (
        sections.figures(reader),
        sections.trend(reader),
        sections.grouped(reader, "department"),
        sections.grouped(reader, "owner", drawn=False),
        sections.tickets(reader, "waiting", _("Waiting longest"), _("nothing waits"), 10),
    )


_LESS = (
    "open",
    "pending",
    "age_average",
    "reopened",
    "first_contact",
    "response_average",
    "department_hops",
    "staff_hops",
)
_MANAGEMENT = tuple(name for name in FIGURES if name not in _LESS)


def monthly(reader: Reader) -> tuple[Section, ...]:
    """A page for the management."""
    return (
        sections.figures(reader, _MANAGEMENT),
        sections.trend(reader),
        sections.grouped(reader, "department"),
        *(sections.grouped(reader, by, drawn=False) for by in ("priority", "channel", "group")),
        sections.tickets(reader, "waiting", _("Waiting longest"), _("nothing waits"), 10),
    )
