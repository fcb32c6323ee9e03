"""The arithmetic of calendars as laws, and against a count minute by minute; whole stories at random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desk.domain.levels.calendar import Calendar
from desk.domain.levels.policy import Policies
from desk.domain.model import due
from desk.domain.model.fields import utc_text
from desk.domain.model.plain import head
from desk.domain.model.ticket import Ticket
from tests.sla.story import DAYS, MONTHS, ZONE, Player, policies

ZONES = ("UTC", "Asia/Nicosia", "America/Santiago", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Casablanca")
START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
moments = st.integers(0, 366 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
amounts = st.integers(1, 40 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


EDGES = tuple(60 * hour for hour in (0, 6, 8, 9, 12, 13, 17, 18, 22, 24))
"""Minutes of a day at which something opens or closes: away from the hours at which clocks change."""
OPENINGS = [
    (), *(((a, b),) for a, b in combinations(EDGES, 2)), *(((a, b), (c, d)) for a, b, c, d in combinations(EDGES, 4))
]  # fmt: skip
"""Every day that opens up to twice; listed, as drawing hours one by one takes most of the time of these tests."""


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any week with some open hours."""
    week = draw(st.tuples(*[st.sampled_from(OPENINGS)] * 7))
    assume(any(week))
    days = draw(st.sets(st.integers(1, 365), max_size=12))
    off = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in days)
    return Calendar("any", week, ZoneInfo(draw(st.sampled_from(ZONES))), lambda _: off)


@given(calendars(), moments, amounts)
def test_what_is_added_is_what_lies_between(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    assert calendar.between(start, calendar.add(start, amount)) == amount


@given(calendars(), moments, amounts)
def test_due_never_moves_into_closed_time(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    end = calendar.add(start, amount)
    second = timedelta(seconds=1)
    assert calendar.between(end - second, end) == second


@given(calendars(), moments, amounts, amounts)
def test_two_steps_are_one(calendar: Calendar, start: datetime, one: timedelta, other: timedelta) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(calendars(), st.lists(moments, min_size=3, max_size=3))
def test_time_adds_up(calendar: Calendar, points: list[datetime]) -> None:
    a, b, c = sorted(points)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c) <= c - a
    assert calendar.between(c, a) == timedelta()


@given(calendars(), moments, amounts, st.integers(0, 100), amounts)
def test_a_pause_moves_what_is_due_by_exactly_its_open_time(
    calendar: Calendar, start: datetime, amount: timedelta, percent: int, length: timedelta
) -> None:
    end = calendar.add(start, amount)
    since = start + (end - start) * percent / 100
    pause = calendar.between(since, since + length)
    assume(pause > timedelta())
    moved = calendar.add(end, pause)
    assert calendar.between(end, moved) == pause
    assert calendar.between(start, moved) - pause == amount


@given(calendars(), st.integers(0, 360 * 24 * 60), st.integers(1, 4 * 24 * 60))
def test_minute_by_minute(calendar: Calendar, begin: int, length: int) -> None:
    start = START + begin * MINUTE
    counted = sum(_open(calendar, start + n * MINUTE) for n in range(length))
    assert calendar.between(start, start + length * MINUTE) == counted * MINUTE


def _open(calendar: Calendar, moment: datetime) -> bool:
    """What a clock and a calendar on the wall say."""
    local = moment.astimezone(calendar.zone)
    assert calendar.week is not None
    if local.date() in calendar.days_off(local.year):
        return False
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in calendar.week[local.weekday()])


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_the_clocks(zone: str) -> None:
    """A calendar that is open every day from midnight to midnight never closes, whatever the clocks do."""
    always = Calendar("daily", (((0, 1440),),) * 7, ZoneInfo(zone))
    for hours in range(0, 366 * 24, 7):
        start = START + timedelta(hours=hours)
        assert always.add(start, timedelta(hours=30)) == start + timedelta(hours=30)


# -- stories -----------------------------------------------------------------------------------------------------------

FOUND = policies()
VERBS = (
    "pending",
    "open",
    "close",
    "reopen",
    "reply",
    "classify high",
    "classify medium",
    "classify low",
    "major",
    "check",
)
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 3000)), max_size=14)


def _told(first: str, told: list[tuple[str, int]]) -> tuple[Player, list[Ticket]]:
    """A story of whatever is legal; the ticket after each step."""
    player, states = Player(FOUND), []
    local = datetime(2026, 3, 26, 9, 0, tzinfo=ZONE).astimezone(UTC)
    player.play(f"create {_words(local)} {first}")
    for verb, minutes in told:
        local += minutes * MINUTE
        assert player.ticket is not None
        state = player.ticket.state
        legal = {"pending": state != "closed", "open": state == "pending", "close": state != "closed",
                 "reopen": state == "closed", "reply": state != "closed"}  # fmt: skip
        name, *rest = verb.split()
        if (
            not legal.get(name, True)
            or (rest and rest[0] == player.ticket.priority)
            or (name == "major" and player.ticket.major)
        ):
            continue
        player.play(" ".join([name, _words(local), *rest]))
        states.append(player.ticket)
    return player, states


def _words(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}{'*' if local.fold else ''}"


@given(st.sampled_from(("low", "medium", "high")), steps)
def test_laws_of_any_story(first: str, told: list[tuple[str, int]]) -> None:
    player, states = _told(first, told)
    seen: tuple[str, ...] = ()
    for ticket in states:
        assert ticket.sla[: len(seen)] == seen, "what was recorded stays"
        assert len(set(ticket.sla)) == len(ticket.sla), "once"
        seen = ticket.sla
        assert (ticket.paused is not None) == (ticket.state == "pending")
        assert ticket.update_by is None or ticket.state != "closed"
        times = [part for line in ticket.pauses for part in line.split()]
        assert times == sorted(times), "pauses follow one another"
        for time, calendar in ((ticket.due, _calendar(FOUND, ticket)), (ticket.respond_by, None)):
            assert time is None or calendar is None or calendar.between(time - MINUTE, time) == MINUTE, "in open time"
    assert player.ticket is not None
    once = player.ticket
    local = datetime(2026, 6, 20, 9, 0, tzinfo=ZONE)
    for _ in range(3):
        player.play(f"check {_words(local)}")
        again, once = once, player.ticket
    assert again == once, "a second check finds nothing more to do"
    assert not due.list_unrecorded(head(once), utc_text(local))


def _calendar(found: Policies, ticket: Ticket) -> Calendar | None:
    """The calendar of what is promised; none for a ticket that is closed, which may have been re-classified since."""
    policy = found.at(ticket.created)
    target = policy.target(head(ticket), None) if policy and ticket.state != "closed" else None
    return target.calendar if target and target.calendar.week else None
