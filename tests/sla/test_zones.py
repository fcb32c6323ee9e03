"""Open hours where clocks do odd things: midnight, or a whole day, is skipped or comes twice; in every zone, this year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from desk.domain.levels.calendar import Calendar
from tests.sla.stopwatch import MINUTE, Hours, Wall, add, open_minutes

ODD = (
    ("America/Nuuk", "2024-03-30", "23:00 becomes 00:00 of the next day"),
    ("America/Nuuk", "2024-10-26", "00:00 becomes 23:00 of the day before"),
    ("America/Havana", "2026-03-08", "00:00 becomes 01:00"),
    ("America/Havana", "2026-11-01", "01:00 becomes 00:00"),
    ("Asia/Beirut", "2026-03-29", "00:00 becomes 01:00"),
    ("Asia/Beirut", "2026-10-24", "00:00 becomes 23:00 of the day before"),
    ("Africa/Cairo", "2026-04-24", "00:00 becomes 01:00"),
    ("America/Santiago", "2026-09-06", "00:00 becomes 01:00"),
    ("America/Santiago", "2026-04-04", "00:00 becomes 23:00 of the day before"),
    ("America/Asuncion", "2023-10-01", "00:00 becomes 01:00"),
    ("America/Sao_Paulo", "2018-11-04", "00:00 becomes 01:00"),
    ("Asia/Tehran", "2022-03-22", "00:00 becomes 01:00"),
    ("Asia/Amman", "2022-02-25", "00:00 becomes 01:00"),
    ("Asia/Pyongyang", "2018-05-04", "23:30 becomes 00:00 of the next day"),
    ("Asia/Kathmandu", "1986-01-01", "00:00 becomes 00:15"),
    ("America/Caracas", "2016-05-01", "02:30 becomes 03:00"),
    ("Australia/Lord_Howe", "2026-10-04", "02:00 becomes 02:30"),
    ("Australia/Lord_Howe", "2026-04-05", "02:00 becomes 01:30"),
    ("Antarctica/Troll", "2026-03-29", "01:00 becomes 03:00"),
    ("Antarctica/Casey", "2020-10-04", "00:01 becomes 03:01"),
    ("Africa/Juba", "2021-02-01", "00:00 becomes 23:00 of the day before"),
    ("Europe/Dublin", "2026-10-25", "winter is the exception there"),
    ("Asia/Nicosia", "2026-03-29", "03:00 becomes 04:00"),
    ("Asia/Nicosia", "2026-10-25", "04:00 becomes 03:00"),
    ("Pacific/Apia", "2011-12-30", "a day that there isn't"),
    ("Pacific/Fakaofo", "2011-12-30", "a day that there isn't"),
    ("Pacific/Kwajalein", "1993-08-21", "a day that there isn't"),
)
WEEK: tuple[Hours, ...] = (
    ((0, 1440),),
    ((480, 1410),),
    ((0, 210), (240, 1440)),
    ((120, 195), (240, 360)),
    ((15, 45), (60, 135), (165, 1380), (1395, 1440)),
    ((0, 30), (1410, 1440)),
    ((480, 1020),),
)
"""Hours of many sorts; each of them is tried as every day's."""


@pytest.mark.parametrize(("zone", "day", "_what"), ODD, ids=[f"{zone}-{day}" for zone, day, _ in ODD])
def test_as_a_clock_on_the_wall_has_it(zone: str, day: str, _what: str) -> None:
    wall = wall_around(zone, datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC))
    assert any(b - a != MINUTE for a, b in pairwise(wall.shown)), "the clock does something odd"
    for number, hours in enumerate(WEEK):
        agree(zone, wall, hours, 40 * number)


def wall_around(zone: str, middle: datetime) -> Wall:
    return Wall(ZoneInfo(zone), middle - timedelta(days=4), 10)


def agree(zone: str, wall: Wall, hours: Hours, offset: int) -> None:
    """Between any two minutes, and after any amount; on three of the days, which have whole ones around them.

    Every quarter of an hour and more is some week's, as each begins `offset` minutes later.
    """
    calendar = Calendar("c", (hours,) * 7, ZoneInfo(zone))
    opened = open_minutes(wall, [hours] * 7, {})
    sums = [0, *accumulate(opened)]
    first, last = 3 * 1440, 6 * 1440
    for begin in range(first + offset, last, 281):
        start = wall.start + begin * MINUTE
        for end in range(begin, last, 509):
            found = calendar.between(start, wall.start + end * MINUTE)
            assert found == (sums[end] - sums[begin]) * MINUTE, (start, end - begin)
        for amount in (0, 1, 61):
            reached = calendar.add(start, amount * MINUTE)
            if amount:
                assert reached == wall.start + add(opened, begin, amount) * MINUTE, (start, amount)
            else:
                assert reached >= start
                assert calendar.between(start, reached) == timedelta()


def changes_of(year: int) -> dict[tuple[datetime, timedelta | None, timedelta | None], str]:
    """Every change of a clock in a year, and one of the zones that have it."""
    found = {}
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(0, 366, 3)]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        for n in (n for n in range(len(days) - 1) if offsets[n] != offsets[n + 1]):
            found[days[n] + timedelta(days=1), offsets[n], offsets[n + 1]] = name
    return found


def test_every_zone_this_year() -> None:
    """Days with changes, and clocks of every sort without: no open minute is counted twice, none is lost."""
    changes = changes_of(2026)
    assert len(changes) > 15
    for (day, _before, _after), name in changes.items():
        agree(name, wall_around(name, day), WEEK[4], 0)


def test_the_day_that_there_was_not() -> None:
    """D5 of what was met: the 31st of Samoa had 18 open hours, as the 30th was read into it."""
    samoa = Calendar("daily", (((480, 1020),),) * 7, ZoneInfo("Pacific/Apia"))
    for day, hours in ((29, 9), (30, 0), (31, 9)):
        begin, end = (
            datetime(2011, 12, d, tzinfo=samoa.zone).astimezone(UTC) for d in (day, day + 1 if day < 31 else 31)
        )
        if day == 31:
            end = begin + timedelta(days=1)
        assert samoa.between(begin, end) == timedelta(hours=hours), day


def test_a_nightly_break_in_spring() -> None:
    """D5 of what was met: 23 h 30 min on a day of 23 hours, and an end before what it is the end of."""
    nicosia = ZoneInfo("Asia/Nicosia")
    night = Calendar("night", (((0, 210), (240, 1440)),) * 7, nicosia)
    assert night.between(*_midnights(nicosia)) == timedelta(hours=23)
    early = Calendar("early", (((120, 195), (240, 360)),) * 7, nicosia)
    assert early.between(*_midnights(nicosia)) == timedelta(hours=3)
    two = datetime(2026, 3, 29, 2, tzinfo=nicosia).astimezone(UTC)
    ends = [early.add(two, n * MINUTE) for n in range(120)]
    assert ends == sorted(ends)


def _midnights(zone: tzinfo) -> tuple[datetime, datetime]:
    return (
        datetime(2026, 3, 29, tzinfo=zone).astimezone(UTC),
        datetime(2026, 3, 30, tzinfo=zone).astimezone(UTC),
    )
