"""What is counted and measured, and over which days: pure arithmetic (docs/statistics.md is made from FIGURES)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from desk.domain.figures.labels import NAMES
from desk.named import NamedTuple
from desk.text import _, listed, numeral

COUNT, PERCENT, SECONDS, AVERAGE = "count", "percent", "seconds", "average"
Value = int | float | None
"""Of a figure: None where there is nothing to measure."""


class Figure(NamedTuple):
    """What it is in one sentence, and its unit. `level`: it speaks of a moment, not of a period."""

    meaning: str
    unit: str = COUNT
    level: bool = False


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "created": Figure(
            _("tickets registered in the period, split-off ones and problems opened from incidents included")
        ),
        "closed": Figure(_("times a ticket was closed in the period; one that is closed twice counts twice")),
        "reopened": Figure(_("times somebody took up a closed or pending ticket again in the period; its day alone is none")),
        "replies": Figure(_("replies written to requesters in the period; private notes don't count")),
        "signups": Figure(
            _("requesters registered in the period, by staff or by themselves; people known only from a ticket "
"don't count")
        ),
        "backlog": Figure(_("tickets not closed at the end of the period"), level=True),
        "open": Figure(_("tickets in state open at the commit"), level=True),
        "pending": Figure(_("tickets in state pending at the commit"), level=True),
        "reopened_share": Figure(_("times a closed ticket was re-opened in the period, per hundred closings"), PERCENT),
        "first_contact": Figure(
            _("tickets resolved in the period with one reply at most, without a move to another department, by "
"the first person who owned them, and never re-opened")
        ),
        "first_contact_share": Figure(_("those, per hundred tickets resolved in the period"), PERCENT),
        "response_average": Figure(
            _("time by the clock from registration to the first reply of staff, of tickets first answered in the period"), SECONDS
        ),
        "response_p90": Figure(_("nine in ten of those first replies took no longer"), SECONDS),
        "resolution_average": Figure(
            _("time by the clock from registration to the last closing, pending time included, of tickets "
"resolved in the period: closed then, closed still, and not merged into another"),
            SECONDS,
        ),
        "resolution_p90": Figure(_("nine in ten of those tickets took no longer"), SECONDS),
        "department_hops": Figure(_("moves to another department, on average of tickets resolved in the period"), AVERAGE),
        "staff_hops": Figure(
            _("owners after the first one, on average of tickets resolved in the period"), AVERAGE
        ),
        "sla_kept": Figure(_("first replies and resolutions in the period that were in time, of those that had a due time")),
        "sla_breached": Figure(
            _("due times of a first reply or a resolution that passed in the period without it; a clock that "
"stands still passes none")
        ),
        "sla_share": Figure(_("due times kept, per hundred kept or breached"), PERCENT),
        "age_average": Figure(_("age of the tickets not closed at the commit"), SECONDS, level=True),
        "age_p90": Figure(_("nine in ten of them are no older"), SECONDS, level=True),
        "age_oldest": Figure(_("age of the oldest of them"), SECONDS, level=True),
    }
)  # fmt: skip
"""Every figure in one sentence; the documentation is made from it."""

VERBS: Mapping[str, str] = MappingProxyType(
    {"create": "created", "close": "closed", "reopen": "reopened", "reply": "replies"}
)
"""Verbs on tickets, and the figure that each of their events counts for."""
EVENTS = (*VERBS.values(), "signups")
"""Figures that count events: only they have a trend by day, by hour and by weekday, with `backlog`."""

_BARS = "▁▂▃▄▅▆▇█"
_LONG = 60
"""Days from which on a trend shows weeks."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# -- periods -----------------------------------------------------------------------------------------------------------


class Period(NamedTuple):
    """Whole days of the desk's time zone, the last one included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def step(self) -> int:
        """Days that one bar of a trend stands for."""
        return 7 if self.days > _LONG else 1

    @property
    def bars(self) -> int:
        return -(-self.days // self.step)

    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def seconds(self, zone: tzinfo) -> tuple[int, int]:
        """Epoch seconds of its beginning and its end (excluded); a day of 23 or 25 hours is one day."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)

    def edges(self, zone: tzinfo) -> list[int]:
        """Epoch seconds at which each bar of a trend ends (excluded)."""
        ends = (self.first + timedelta(days=self.step * (n + 1)) for n in range(self.bars))
        return [midnight(min(end, self.last + timedelta(days=1)), zone) for end in ends]


def midnight(day: date, zone: tzinfo) -> int:
    """Epoch seconds at which a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


# -- figures -----------------------------------------------------------------------------------------------------------


class Facts(NamedTuple):
    """What was found of a period, or of a part of it; durations in seconds, in any order."""

    counts: Mapping[str, int] = MappingProxyType({})
    """Of figures that are counts, and: `again` re-openings of closed tickets, `moves` and `owners` of resolved ones."""
    responses: Sequence[int] = ()
    resolutions: Sequence[int] = ()
    ages: Sequence[int] = ()


def figures(facts: Facts) -> dict[str, Value]:
    """The value of every figure. A count is 0 where nothing was found; a measure is None."""
    n = facts.counts.get
    resolved = len(facts.resolutions)
    kept, breached = n("sla_kept", 0), n("sla_breached", 0)
    found: dict[str, Value] = {name: n(name, 0) for name, figure in FIGURES.items() if figure.unit == COUNT}
    found |= {
        "reopened_share": share(n("again", 0), n("closed", 0)),
        "first_contact_share": share(n("first_contact", 0), resolved),
        "department_hops": round(n("moves", 0) / resolved, 2) if resolved else None,
        "staff_hops": round(n("owners", 0) / resolved, 2) if resolved else None,
        "sla_share": share(kept, kept + breached),
        "age_oldest": max(facts.ages, default=None),
    }
    for name, seconds in (("response", facts.responses), ("resolution", facts.resolutions), ("age", facts.ages)):
        found[f"{name}_average"] = round(sum(seconds) / len(seconds)) if seconds else None
        found[f"{name}_p90"] = percentile(seconds, 90)
    return {name: found[name] for name in FIGURES}


def share(part: int, whole: int) -> float | None:
    """Per hundred, to one decimal; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None


def percentile(values: Sequence[int], rank: int) -> int | None:
    """The smallest value that `rank` per hundred of them don't exceed (nearest rank: always one that occurred)."""
    return sorted(values)[-(-len(values) * rank // 100) - 1] if values else None


class Turn(NamedTuple):
    """A moment (epoch seconds) from which on a ticket counts as live, or no longer does."""

    ticket: str
    at: int
    live: bool


def levels(turns: Iterable[Turn], now: Mapping[str, bool], total: int, moments: Sequence[int]) -> list[int]:
    """How many tickets were live at each of some moments in order, from what is so now.

    `turns` are those of every ticket that turned since the first moment, in order of time; `now` says which of these
    are live today, and `total` how many are in all. A last turn that contradicts today was taken back: it doesn't count.
    """
    changes: list[tuple[int, int]] = []
    last: dict[str, Turn] = {}
    for turn in turns:
        if (turn.ticket in last and last[turn.ticket].live) != turn.live:
            changes.append((turn.at, 1 if turn.live else -1))
        last[turn.ticket] = turn
    changes += [(t.at, -1 if t.live else 1) for t in last.values() if now.get(t.ticket, False) != t.live]
    changes.sort(reverse=True)
    count, found = total - sum(now.values()), []
    for moment in moments:
        while changes and changes[-1][0] < moment:
            count += changes.pop()[1]
        found.append(count)
    return found


# -- words and pictures ------------------------------------------------------------------------------------------------


def spark(counts: Sequence[int | float | None]) -> str:
    """Counts as a line of bars, the highest one full; nothing at all is a flat line."""
    known = [count or 0 for count in counts]
    top = max(known, default=0)
    if not top:
        return _BARS[0] * len(known)
    return "".join(_BARS[int(-(-count * (len(_BARS) - 1) // top))] for count in known)


def condense(values: Sequence[Value], most: int, *, level: bool) -> list[int | float]:
    """A trend in at most so many bars: neighbours joined from the end on, amounts by their sum, a level by its last."""
    lot = -(-len(values) // most) or 1
    first = len(values) % lot or lot
    lots = [values[:first], *(values[at : at + lot] for at in range(first, len(values), lot))] if values else []
    return [(part[-1] or 0) if level else sum(value or 0 for value in part) for part in lots]


def change(now: Value, before: Value, unit: str = COUNT) -> Value:
    """Against the period before: in per cent, of shares in points; None where there is nothing to compare with."""
    if now is None or before is None:
        return None
    if unit == PERCENT:
        return round(now - before, 1)
    return round((now - before) * 100 / before) if before else None


def describe_change(by: Value, unit: str) -> str | None:
    """A change for people: `+50 %`, and `-1.5 pts` of a share."""
    if by is None:
        return None
    return _("{now:+.1f} pts", now=by) if unit == PERCENT else numeral(f"{by:+.0f} %")


_UNITS = ((86400, _("{n} d")), (3600, _("{n} h")), (60, _("{n} min")), (1, _("{n} s")))


def words(value: Value, unit: str) -> str | None:
    """A value for people: `2 d 4 h`, `35 min`, `12.5 %`."""
    if value is None:
        return None
    if unit == PERCENT:
        return numeral(f"{value:.1f} %")
    if unit == AVERAGE:
        return numeral(f"{value:.2f}")
    return duration(int(value)) if unit == SECONDS else str(value)


def duration(seconds: int) -> str:
    """In its two largest units, rounded down; seconds only below a minute."""
    for (size, name), (next_size, next_name) in pairwise(_UNITS):
        if seconds >= size:
            rest = seconds % size // next_size
            whole = name.format(n=seconds // size)
            return listed((whole, next_name.format(n=rest)), " ") if rest and next_size > 1 else whole
    return _("{n} s", n=seconds)


def label_figure(name: str) -> str:
    """A figure's name for people."""
    return NAMES[name]


Row = dict[str, Any]
_SLA = ("sla_kept", "sla_breached", "sla_share")


def select_telling(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The figures that say something: what nobody measured is left out, and service levels where there are none."""
    found = [row for row in rows if row["count"] is not None or row["before"] is not None]
    agreed = any(row["count"] or row["before"] for row in found if row["id"] in _SLA)
    return [row for row in found if agreed or row["id"] not in _SLA]


def row(name: str, now: Mapping[str, Value], before: Mapping[str, Value], trend: Sequence[Value]) -> Row:
    """A figure as a line of the statistics. Levels at the commit have no period before."""
    unit = FIGURES[name].unit
    earlier = None if FIGURES[name].level and name != "backlog" else before[name]
    return {
        "id": name,
        "count": now[name],
        "before": earlier,
        "change": change(now[name], earlier, unit),
        "trend": list(trend),
        "unit": unit,
    }
