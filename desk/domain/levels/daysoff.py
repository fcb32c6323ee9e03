"""Days off that a desk keeps by name: what a calendar file says of them, and what taking it over would change.

They stand in desk.toml as plain dates, so what was due comes out the same years later, whatever becomes of the file.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from desk.domain.levels.calendar import WHOLE, Calendar, Day, DayOff, Span
from desk.domain.levels.reading import DAYS
from desk.named import NamedTuple

Times = Literal["off", "open"]
"""What the times of a holiday mean: when people have off, or when they work."""


LARGEST = 1 << 20
"""Bytes of a calendar file; ten years of holidays of a country take some 100,000."""
Source = Literal["dates", "open", "closed", "days_off", "holidays"]
"""Which key of a calendar says that a day is another than its weekday, the one that counts first."""


class Holiday(NamedTuple):
    """What a calendar file says of a day; `span` where it is only about a part of it."""

    day: Day
    name: str
    span: Span | None = None


class DayChange(NamedTuple):
    """A day off that comes, changes or goes; both are the same for one that the file doesn't name, and that stays."""

    day: Day
    before: DayOff | None
    after: DayOff | None


class SpecialDay(NamedTuple):
    """A day that is another than its weekday: when the calendar is open on it, what it is called, and what says so."""

    day: date
    hours: tuple[Span, ...]
    name: str
    source: Source


def list_special_days(
    calendar: Calendar, year: int, kept: Mapping[Day, DayOff], public: Mapping[date, str]
) -> list[SpecialDay]:
    """The special days of a year; `kept` and `public` are its days off and the holidays of its countries, by name."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366 if isleap(year) else 365))
    found = []
    for day in days if calendar.week is not None else ():
        off = kept.get(day) or kept.get((day.month, day.day))
        known: dict[Source, bool] = {
            "dates": bool({day, (day.month, day.day)} & calendar.dates.keys()),
            "open": day in calendar.opened,
            "closed": day in calendar.closed,
            "days_off": off is not None,
            "holidays": day in public,
        }
        source = next((name for name, says in known.items() if says), None)
        if source is not None:
            name = off.name if off else public.get(day, "")
            found.append(SpecialDay(day, calendar.hours(day), name, source))
    return found


def find_days_off(calendar: Calendar, holidays: Iterable[Holiday], times: Times) -> dict[Day, DayOff]:
    """What the holidays leave of the calendar's hours, day by day; days that lose none of them are left out."""
    found: dict[Day, list[Holiday]] = {}
    for one in holidays:
        found.setdefault(one.day, []).append(one)
    days = {day: _day_off(calendar, day, several, times) for day, several in sorted(found.items(), key=_by_text)}
    return {day: off for day, off in days.items() if off is not None}


def _day_off(calendar: Calendar, day: Day, holidays: list[Holiday], times: Times) -> DayOff | None:
    name = "; ".join(dict.fromkeys(one.name for one in holidays if one.name))
    spans = sorted(one.span for one in holidays if one.span is not None)
    if len(spans) < len(holidays) or not isinstance(day, date):
        return DayOff(name)
    usual = calendar.week[day.weekday()] if calendar.week else WHOLE
    left = _joined(spans) if times == "open" else _without(usual, spans)
    return DayOff(name, left) if left != usual else None


def _without(hours: Iterable[Span], spans: Iterable[Span]) -> tuple[Span, ...]:
    left = list(hours)
    for begin, end in spans:
        parts = [part for opens, closes in left for part in ((opens, min(closes, begin)), (max(opens, end), closes))]
        left = [(opens, closes) for opens, closes in parts if opens < closes]
    return tuple(left)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order and apart, as hours are."""
    found: list[Span] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def compare(kept: Mapping[Day, DayOff], found: Mapping[Day, DayOff], *, replace: bool) -> list[DayChange]:
    """What taking over `found` changes in what is kept, in order; with what stays though the file doesn't name it.

    A file speaks for the years of its dated days: what is kept for others, or for every year, isn't its business.
    `replace` takes out what it doesn't name of its own years.
    """
    years = {day.year for day in found if isinstance(day, date)}
    changes = [DayChange(day, kept.get(day), off) for day, off in found.items() if kept.get(day) != off]
    for day, off in kept.items():
        if isinstance(day, date) and day.year in years and day not in found:
            changes.append(DayChange(day, off, None if replace else off))
    return sorted(changes, key=_by_text)


def write_day(day: Day) -> str:
    """`2026-12-24`, or `12-24` of every year."""
    return day.isoformat() if isinstance(day, date) else f"{day[0]:02}-{day[1]:02}"


def write_hours(hours: Iterable[Span]) -> str:
    """`08:00-12:30, 13:30-17:00`, as desk.toml has them."""
    return ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in hours)


def write_week(calendar: Calendar) -> str:
    """`Mon-Thu 08:00-17:00; Fri 08:00-13:00`."""
    parts = []
    for hours, days in groupby(range(7), lambda day: calendar.week[day] if calendar.week else WHOLE):
        first, *others = days
        if hours:
            named = f"{DAYS[first]}-{DAYS[others[-1]]}" if others else DAYS[first]
            parts.append(f"{named} {write_hours(hours)}")
    return "; ".join(parts)


def write_day_off(off: DayOff) -> str | dict[str, str]:
    """A day off as desk.toml has it: its name, with hours where it has some."""
    return {"name": off.name, "hours": write_hours(off.hours)} if off.hours else off.name


def _by_text(found: tuple[Day, object] | DayChange) -> str:
    """Days of every year first."""
    return write_day(found[0])
