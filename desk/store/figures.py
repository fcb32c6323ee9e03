"""The statistics of a period, put together: every figure with its trend, or the figures of each group."""

from __future__ import annotations

from typing import Any

from desk.domain import statistics
from desk.domain.statistics import FIGURES, Facts
from desk.store import counting, measuring
from desk.store.counting import TIMES, Asked
from desk.store.index import Index


def figures(index: Index, asked: Asked) -> list[dict[str, Any]]:
    """Every figure against the period before, with its trend. Sign-ups belong to no ticket, so a filter leaves them out."""
    now, before = (measuring.facts(index, q).get("", Facts()) for q in (asked, asked.before()))
    values, earlier = statistics.figures(now), statistics.figures(before)
    trends = {**counting.trends(index, asked), "backlog": _backlog(index, asked)}
    names = [n for n in FIGURES if not (n == "signups" and asked.where)]
    return [statistics.row(name, values, earlier, trends.get(name, ())) for name in names]


def _backlog(index: Index, asked: Asked) -> list[int]:
    """Up to the moment: days to come have none yet."""
    edges = asked.period.edges(asked.zone)
    starts = [asked.span[0], *edges]
    past = [end for start, end in zip(starts, edges, strict=False) if start <= asked.moment]
    return measuring.backlog(index, asked, past) if past else []


def grouped(index: Index, asked: Asked, by: str) -> list[dict[str, Any]]:
    """The figures of each group in which anything happened or waits; those without one last."""
    found = measuring.facts(index, asked, by)
    without = {"backlog", *(n for n, f in FIGURES.items() if f.level)} if by in TIMES else {"backlog", "signups"}
    without |= {"signups"} if asked.where else set()
    names = [n for n in FIGURES if n not in without]
    rows = []
    for key in sorted(found, key=lambda key: (key == "none", key)):
        values = statistics.figures(found[key])
        if any(values[n] for n in names):
            rows.append({"id": counting.named(key, by), **{n: values[n] for n in names}})
    return rows
