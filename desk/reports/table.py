"""Every report, one row: adding a function and a row is all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from desk.domain.figures.report import Section
from desk.domain.figures.statistics import Period
from desk.named import NamedTuple
from desk.reports import audit, knowledge, management, service
from desk.reports.reader import Reader
from desk.text import _


class Row(NamedTuple):
    """`usual` is the period when none is asked for, from today's date."""

    title: str
    help: str
    make: Callable[[Reader], tuple[Section, ...]]
    usual: Callable[[date], Period]


def _yesterday(today: date) -> Period:
    return Period(today - timedelta(days=1), today - timedelta(days=1))


def _week(today: date) -> Period:
    return Period(today - timedelta(days=7), today - timedelta(days=1))


def last_month(today: date) -> Period:
    """The last whole month of the calendar."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _thirty(today: date) -> Period:
    return Period(today - timedelta(days=29), today)


REPORTS: Mapping[str, Row] = MappingProxyType(
    {
        "daily": Row(
            _("Daily report"),
            _("Yesterday: what came in, was closed, is overdue, is nobody's."),
            management.daily,
            _yesterday,
        ),
        "weekly": Row(
            _("Weekly report"), _("The last seven whole days, by day, department and owner."), management.weekly, _week
        ),
        "monthly": Row(
            _("Monthly report"), _("The last whole month on a page, with charts."), management.monthly, last_month
        ),
        "sla": Row(
            _("Service levels"), _("Due times kept and breached, and what falls due next."), service.sla, _thirty
        ),
        "workload": Row(_("Workload"), _("What each person has, and did."), service.workload, _thirty),
        "backlog": Row(_("Backlog"), _("What waits, how long already, and where."), service.backlog, _thirty),
        "knowledge": Row(
            _("Knowledge base"), _("Articles used and stale, and searches without a hit."), knowledge.knowledge, _thirty
        ),
        "problems": Row(
            _("Problems"),
            _("Problems with their incidents, known errors, and what recurs."),
            knowledge.problems,
            _thirty,
        ),
        "audit": Row(
            _("Audit"), _("Who did what, rights used, hand edits, overrides, deletions."), audit.audit, _thirty
        ),
    }
)
