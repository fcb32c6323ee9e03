"""Every report, one row: adding a function and a row is all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from desk.domain.figures.report import Section
from desk.domain.figures.statistics import Period
from desk.reports import audit, knowledge, management, service
from desk.reports.reader import Reader


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
        "daily": Row("Daily report", "Yesterday: what came in, was closed, is overdue, is nobody's.", management.daily, _yesterday),
        "weekly": Row("Weekly report", "The last seven whole days, by day, department and owner.", management.weekly, _week),
        "monthly": Row("Monthly report", "The last whole month on a page, with charts.", management.monthly, last_month),
        "sla": Row("Service levels", "Due times kept and breached, and what falls due next.", service.sla, _thirty),
        "workload": Row("Workload", "What each person has, and did.", service.workload, _thirty),
        "backlog": Row("Backlog", "What waits, how long already, and where.", service.backlog, _thirty),
        "knowledge": Row("Knowledge base", "Articles used and stale, and searches without a hit.", knowledge.knowledge, _thirty),
        "problems": Row("Problems", "Problems with their incidents, known errors, and what recurs.", knowledge.problems, _thirty),
        "audit": Row("Audit", "Who did what, rights used, hand edits, overrides, deletions.", audit.audit, _thirty),
    }
)  # fmt: skip
