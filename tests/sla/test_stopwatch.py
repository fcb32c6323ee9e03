"""Pauses, re-openings and holidays against a stopwatch: any story, each promise counted down minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from desk.domain.model.ticket import Ticket
from tests.sla.stopwatch import MINUTE, Hours, Promise, Wall, open_minutes
from tests.sla.story import CYPRUS, DAYS, MONTHS, ZONE, Player, policies

FOUND = policies()
FIRST = datetime(2026, 2, 18, tzinfo=UTC)
"""Before Green Monday; the clocks change on 29 March, and Easter is on 12 April."""
WALL = cache(lambda: Wall(ZONE, FIRST, 190))


class Sort(NamedTuple):
    """Tickets of one sort: the words that register one, the hours promised in, open minutes to the reply and to the end."""

    words: str
    week: tuple[Hours, ...]
    dates: dict[date, Hours]
    respond: int | None
    resolve: int

    def opened(self) -> bytearray:
        return _opened(self.words)


OFFICE = (((480, 1080),),) * 5 + ((), ())
AT_WORK: dict[date, Hours] = {**dict.fromkeys(CYPRUS, ()), date(2026, 6, 19): (), date(2026, 10, 28): ((480, 1080),)}
SERVICE: dict[date, Hours] = {
    date(2026, 6, 22): (), date(2026, 6, 24): (), date(2026, 6, 26): ((480, 720),), date(2026, 6, 30): ((480, 780),),
    date(2026, 6, 27): ((600, 660),),
}  # fmt: skip
SORTS = (
    Sort("high", (((0, 1440),),) * 7, {}, 30, 240),
    Sort("medium", OFFICE, AT_WORK, 120, 600),
    Sort("low", OFFICE, AT_WORK, 600, 3000),
    Sort("high department=split", (((480, 720), (780, 1020)),) * 5 + ((), ()), {}, 60, 960),
    Sort("high department=service", OFFICE, SERVICE, None, 240),
    Sort("high department=broken", (((120, 195), (240, 360)),) * 7, {}, None, 75),
    Sort("high department=night", (((0, 360), (1320, 1440)),) * 7, {}, None, 360),
)


@cache
def _opened(words: str) -> bytearray:
    sort = next(s for s in SORTS if s.words == words)
    return open_minutes(WALL(), sort.week, sort.dates)


class Reckoner:
    """A ticket as the stopwatch has it: what runs, what stands still, and until when."""

    def __init__(self, sort: Sort, at: int) -> None:
        self.state = "open"
        self.until: int | None = None
        opened = sort.opened()
        self.due = Promise(opened, at, sort.resolve)
        self.reply = Promise(opened, at, sort.respond) if sort.respond else None
        self.by: int | None = None

    def play(self, verb: str, at: int, until: int | None = None) -> None:
        self.pass_to(at)
        if verb == "reply" and self.reply is not None and self.by is None:
            self.by = self.reply.end()
        elif verb == "pending":
            # A day that was named stays until another one is.
            self.until = until if until is not None or self.state != "pending" else self.until
            self.state = "pending"
        elif verb in ("close", "open", "reopen"):
            self.state, self.until = {"close": "closed"}.get(verb, "open"), None

    def pass_to(self, at: int) -> None:
        """Time passes: with the clocks running, or standing still, or first the one and then the other."""
        waits = self.state == "closed" or (self.state == "pending" and (self.until is None or self.until > self.due.at))
        back = min(at, self.until) if self.state == "pending" and self.until is not None else at
        for promise in filter(None, (self.due, self.reply)):
            if waits:
                promise.stop(back)
            promise.run(at)


VERBS = ("pending", "pending until", "open", "close", "reopen", "reply", "check")
steps = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 3000), st.integers(0, 4)), max_size=8)
begins = st.one_of(st.integers(1440, 120 * 1440), st.integers(38 * 1440, 40 * 1440), st.integers(48 * 1440, 54 * 1440))
"""Minutes after the first: any time, the days around the change of the clocks, those before Easter."""


@settings(max_examples=40)
@given(st.sampled_from(SORTS), begins, steps)
def test_any_story(sort: Sort, begin: int, told: list[tuple[str, int, int]]) -> None:
    player, at = Player(FOUND), begin
    player.play(f"create {_words(at)} {sort.words}")
    mine = Reckoner(sort, at)
    for verb, minutes, days in [*told, ("check", 1, 0), ("open", 1, 0), ("reopen", 1, 0)]:
        at += minutes
        state = _ticket(player).state
        name = verb.partition(" ")[0]
        if not {"pending": state != "closed", "open": state == "pending", "close": state != "closed",
                "reopen": state == "closed", "reply": state != "closed"}.get(name, True):  # fmt: skip
            continue
        # Of one that waits, a day that is past would end the pause where that day began, before anybody said so.
        ahead = timedelta(days=days + (state == "pending"))
        day = (WALL().shown[at] + ahead).date() if verb == "pending until" else None
        player.play(" ".join([name, _words(at), *([day.isoformat()] if day else [])]))
        mine.play(name, at, WALL().first(datetime.combine(day, time())) if day else None)
        if name == "check" and _ticket(player).state == "open":
            mine.state, mine.until = "open", None
    assume(not any(p.touched for p in (mine.due, mine.reply) if p))
    ticket = _ticket(player)
    assert ticket.state == "open"
    assert ticket.due == FIRST + mine.due.end() * MINUTE
    expected = mine.by if mine.by is not None or mine.reply is None else mine.reply.end()
    assert ticket.respond_by == (None if expected is None else FIRST + expected * MINUTE)


def _ticket(player: Player) -> Ticket:
    assert player.ticket is not None
    return player.ticket


def _words(minute: int) -> str:
    local = (FIRST + minute * MINUTE).astimezone(ZONE)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}{'*' if local.fold else ''}"
