"""Working time once more, as somebody reckons it who has a clock on the wall, a stopwatch and patience: minute by minute.

Nothing of desk's arithmetic is used: which minutes are open is read off the clock of a zone, and what is left of a promise
is counted down while it runs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import accumulate

Hours = tuple[tuple[int, int], ...]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


HOUR = tuple(n * MINUTE for n in range(60))


class Wall:
    """A clock on the wall, looked at each minute of some days."""

    def __init__(self, zone: tzinfo, start: datetime, days: int) -> None:
        self.start = start
        self.shown: list[datetime] = []
        for hour in range(days * 24):
            self.shown += _hour(zone, start + timedelta(hours=hour))
        self._highest = list(accumulate(self.shown, max))
        self.dates = min(self.shown).date(), self._highest[-1].date()
        """The first and the last, of which it shows a part."""

    def first(self, wanted: datetime) -> int:
        """The first minute at which it shows a time or a later one: so what it skips is when it skips, what it repeats the first."""
        return bisect_left(self._highest, wanted)


def _hour(zone: tzinfo, start: datetime) -> list[datetime]:
    """What it shows each minute of an hour; no clock is changed twice within one."""
    first, last = (_shown(zone, start + minutes) for minutes in (HOUR[0], HOUR[-1]))
    if last - first == HOUR[-1]:
        return [first + minutes for minutes in HOUR]
    return [_shown(zone, start + minutes) for minutes in HOUR]


def _shown(zone: tzinfo, at: datetime) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def open_minutes(wall: Wall, week: Iterable[Hours], dates: Mapping[date, Hours]) -> bytearray:
    """Whether each minute is open: `dates` are the hours of days that aren't as their weekday is."""
    usual = list(week)
    found = bytearray(len(wall.shown))
    day, last = wall.dates
    while (day := day + DAY) < last:
        midnight = datetime.combine(day, time())
        for opens, closes in dates.get(day, usual[day.weekday()]):
            begin, end = (wall.first(midnight + n * MINUTE) for n in (opens, closes))
            found[begin:end] = b"\1" * (end - begin)
    return found


def add(opened: bytearray, start: int, amount: int) -> int:
    """The minute at which so many open ones have passed."""
    at = start
    for _minute in range(amount):
        at = opened.index(1, at) + 1
    return at


class Promise:
    """One promised time of a ticket: open minutes that are counted down while it isn't stopped."""

    def __init__(self, opened: bytearray, created: int, amount: int) -> None:
        self.opened = opened
        self.at = created
        self.left = amount
        self.due: int | None = None
        """When nothing was left any more; it stays whatever happens then."""
        self.touched = False
        """It ran out in the very minute in which it was stopped: the one case that a stopwatch doesn't decide."""

    def run(self, until: int) -> None:
        while self.at < until and self.due is None:
            if not self.left:
                self.due = self.at
            self.left -= self.opened[self.at] if self.left else 0
            self.at += 1
        self.at = max(self.at, until)

    def stop(self, until: int) -> None:
        self.touched |= self.due is None and not self.left
        self.at = max(self.at, until)

    def end(self) -> int:
        """When it is due, if nothing stops it any more."""
        return self.due if self.due is not None else add(self.opened, self.at, self.left)
