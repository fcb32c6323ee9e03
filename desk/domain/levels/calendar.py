"""Business calendars: when the clock of a service level runs, and how far a time lies ahead on it.

All arithmetic is on UTC; the time zone says only which hours a day is open. So a day on which the clocks change has the
open hours that really pass on it, and four hours at 24x7 are four hours on any stopwatch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType

from desk.named import NamedTuple

Span = tuple[int, int]
"""Opening and closing time in minutes after midnight; 1440 is the end of the day."""
Week = tuple[tuple[Span, ...], ...]
"""The spans of each day, Monday first, in order and apart."""
Day = date | tuple[int, int]
"""A day of one year, or (month, day) of every year."""
Dates = Mapping[Day, tuple[Span, ...]]
"""Hours of single dates. No hours: closed."""
WHOLE: tuple[Span, ...] = ((0, 1440),)
NOTHING = timedelta()
_SECOND = timedelta(seconds=1)
_NO_DATES: Dates = MappingProxyType({})


def _no_days(_year: int) -> frozenset[date]:
    return frozenset()


class DayOff(NamedTuple):
    """A day off that the desk keeps: what it is called, and in which hours the calendar is open all the same."""

    name: str
    hours: tuple[Span, ...] = ()


class Calendar:
    """Open hours in a time zone; `week` is None for a calendar that never closes (24x7).

    `days_off` gives the holidays of a year, `named` the days off that the desk keeps by name, which may have hours left;
    `closed` and `opened` go before both, and `dates`, the hours of days that have their own, before everything else.
    `day` is how long an open day is: None where the days of the week differ.
    """

    __slots__ = ("_spans", "closed", "dates", "day", "days_off", "name", "named", "opened", "week", "zone")

    def __init__(
        self,
        name: str,
        week: Week | None,
        zone: tzinfo = UTC,
        days_off: Callable[[int], frozenset[date]] = _no_days,
        *,
        closed: frozenset[date] = frozenset(),
        opened: frozenset[date] = frozenset(),
        dates: Dates = _NO_DATES,
        named: Dates = _NO_DATES,
    ) -> None:
        self.name = name
        self.week = week
        self.zone = zone
        self.days_off = days_off
        self.closed = closed
        self.opened = opened
        self.dates = dates
        self.named = named
        self.day = timedelta(days=1) if week is None else _day_of(week)
        self._spans: dict[date, tuple[tuple[datetime, datetime], ...]] = {}

    @property
    def asks_for_holidays(self) -> bool:
        """Whether days off are those of a country, as the library of this machine knows them."""
        return self.days_off is not _no_days

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The moment at which that much open time has passed since `start`: never in closed time; OverflowError after year 9999."""
        if self.week is None:
            return start + amount
        for opens, closes in self._from(start):
            begin = max(opens, start)
            if begin + amount <= closes:
                return begin + amount
            amount -= closes - begin
        raise OverflowError(start)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time between two moments; nothing when the second is the earlier one."""
        if end <= start:
            return NOTHING
        if self.week is None:
            return end - start
        total = NOTHING
        for opens, closes in self._from(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    def is_open(self, day: date) -> bool:
        """Whether the calendar is open on a day at all."""
        return self.week is None or bool(self.hours(day))

    def hours(self, day: date) -> tuple[Span, ...]:
        """When the calendar is open on a day, on the clock of its zone."""
        if self.week is None:
            return WHOLE
        own, usual = _find(self.dates, day), self.week[day.weekday()]
        if own is not None:
            return own
        if day in self.opened:
            return usual or next(spans for spans in self.week if spans)
        left = () if day in self.closed else _find(self.named, day)
        if left is not None:
            return left
        return () if usual and day in self.days_off(day.year) else usual

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans that end after a moment, in order."""
        day = start.astimezone(self.zone).date()
        while day < date.max - timedelta(days=1):
            yield from (span for span in self._of(day) if span[1] > start)
            day += timedelta(days=1)

    def _of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if day not in self._spans:
            found = ((self._moment(day, opens), self._moment(day, closes)) for opens, closes in self.hours(day))
            self._spans[day] = tuple((opens, closes) for opens, closes in found if opens < closes)
        return self._spans[day]

    def _moment(self, day: date, minutes: int) -> datetime:
        """A time that is skipped in spring is the moment of the change; one that comes twice in autumn is the first."""
        day += timedelta(days=minutes // 1440)
        hour, minute = divmod(minutes % 1440, 60)
        wall = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - what a clock on the wall would show
        late = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if late.astimezone(self.zone).replace(tzinfo=None) == wall:
            return late
        early = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        before = early.astimezone(self.zone).utcoffset()
        while late - early > _SECOND:
            middle = early + (late - early) // 2
            if middle.astimezone(self.zone).utcoffset() == before:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)


def _find(dates: Dates, day: date) -> tuple[Span, ...] | None:
    """The hours of a date that has some of its own; those of its year before those of every year."""
    return dates.get(day, dates.get((day.month, day.day))) if dates else None


def _day_of(week: Week) -> timedelta | None:
    lengths = {sum(closes - opens for opens, closes in spans) for spans in week if spans}
    return timedelta(minutes=lengths.pop()) if len(lengths) == 1 else None


ALWAYS = Calendar("24x7", None)
