"""What is counted, and over which days: pure arithmetic on events (docs/statistics.md defines every figure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple

FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "created": "tickets registered in the period, split-off ones and problems opened from incidents included",
        "closed": "times a ticket was closed in the period; one that is closed twice counts twice",
        "reopened": "times a closed or pending ticket was taken up again in the period",
        "replies": "replies written to requesters in the period; private notes don't count",
        "signups": "requesters registered in the period, by staff or by themselves; people known only from a ticket don't count",
    }
)
"""Every figure in one sentence; the documentation is made from it."""

VERBS: Mapping[str, str] = MappingProxyType(
    {"create": "created", "close": "closed", "reopen": "reopened", "reply": "replies"}
)
"""Verbs on tickets, and the figure that each of their events counts for."""

_BARS = "▁▂▃▄▅▆▇█"
_LONG = 60
"""Days from which on a trend shows weeks."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Event(NamedTuple):
    """One event that counts: for which figure, when (epoch seconds), and on which ticket (empty for a sign-up)."""

    figure: str
    at: int
    ticket: str


class Period(NamedTuple):
    """Whole days of the desk's time zone, the last one included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def seconds(self, zone: tzinfo) -> tuple[int, int]:
        """Epoch seconds of its beginning and its end (excluded); a day of 23 or 25 hours is one day."""
        start, end = (
            datetime(d.year, d.month, d.day, tzinfo=zone) for d in (self.first, self.last + timedelta(days=1))
        )
        return int(start.timestamp()), int(end.timestamp())


def local(event: Event, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(event.at, UTC).astimezone(zone)


def totals(events: Iterable[Event]) -> dict[str, int]:
    """Every figure's count, zero included."""
    found = Counter(event.figure for event in events)
    return {name: found[name] for name in FIGURES}


def trends(events: Iterable[Event], period: Period, zone: tzinfo) -> dict[str, list[int]]:
    """Every figure's counts by day, or by week (the last one may be shorter) when the period is long."""
    step = 7 if period.days > _LONG else 1
    length = -(-period.days // step)
    found = {name: [0] * length for name in FIGURES}
    for event in events:
        place = (local(event, zone).date() - period.first).days // step
        if 0 <= place < length:
            found[event.figure][place] += 1
    return found


def spark(counts: list[int]) -> str:
    """Counts as a line of bars, the highest one full; nothing at all is a flat line."""
    top = max(counts, default=0)
    if not top:
        return _BARS[0] * len(counts)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // top)] for count in counts)


def change(now: int, before: int) -> str | None:
    """Against the period before, in per cent; None where there is nothing to compare with."""
    return f"{(now - before) * 100 / before:+.0f} %" if before else None


def group(
    events: Iterable[Event], by: str, zone: tzinfo, members: Mapping[str, list[str]]
) -> dict[str, dict[str, int]]:
    """Counts by day, hour or weekday of the event, or by what `members` says of its ticket; sorted."""
    found: dict[str, Counter[str]] = {}
    for event in events:
        for key in _keys(event, by, zone, members):
            found.setdefault(key, Counter())[event.figure] += 1
    order = sorted(found, key=WEEKDAYS.index) if by == "weekday" else sorted(found)
    return {key: {name: found[key][name] for name in FIGURES} for key in order}


def _keys(event: Event, by: str, zone: tzinfo, members: Mapping[str, list[str]]) -> list[str]:
    if by in ("day", "hour", "weekday"):
        at = local(event, zone)
        return [{"day": at.date().isoformat(), "hour": f"{at:%H}", "weekday": WEEKDAYS[at.weekday()]}[by]]
    return members.get(event.ticket, ["none"]) if event.ticket else []
