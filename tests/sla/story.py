"""Stories of tickets, told in a few words on the desk's clock (Asia/Nicosia, 2026), played by the real verbs and clocks."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from desk.domain.levels import check, clocks
from desk.domain.levels.check import Instant, TicketFacts
from desk.domain.levels.policy import Policies, Surroundings, read
from desk.domain.model import ticket as model_ticket
from desk.domain.model.actor import Requester
from desk.domain.model.change import Change
from desk.domain.model.fields import utc_text
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import classification, lifecycle, ownership
from desk.domain.tickets.thread import add_entry

ZONE = ZoneInfo("Asia/Nicosia")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CYPRUS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-01-01", "2026-01-06", "2026-02-23", "2026-03-25", "2026-04-01", "2026-04-10", "2026-04-12", "2026-04-13",
        "2026-05-01", "2026-06-01", "2026-08-15", "2026-10-01", "2026-10-28", "2026-12-25", "2026-12-26", "2027-01-01",
        "2027-01-06",
    )
)  # fmt: skip
"""Public holidays, written down by hand; a test compares them with the library's."""

POLICY = """
[calendar.office]
hours = "08:00-18:00"
holidays = "CY"
closed = ["2026-06-19"]
open = ["2026-10-28"]

[calendar.split]
hours = "08:00-12:00, 13:00-17:00"

[calendar.service]
hours = "08:00-18:00"
closed = ["06-24", "2026-06-22"]
dates = { "2026-06-26" = "08:00-12:00", "06-30" = "08:00-13:00", "2026-06-27" = "10:00-11:00" }

[calendar.broken]
days = "Mon-Sun"
hours = "02:00-03:15, 04:00-06:00"

[calendar.daily]
days = "Mon-Sun"

[calendar.night]
days = "Mon-Sun"
hours = "00:00-06:00, 22:00-24:00"

[[policy]]
from = "2026-01-01"
target = [
  { major = true, respond = "15m", update = "1h", resolve = "4h" },
  { department = "split", calendar = "split", respond = "1h", resolve = "2d" },
  { department = "daily", calendar = "daily", resolve = "1d" },
  { department = "night", calendar = "night", resolve = "6h" },
  { department = "service", calendar = "service", resolve = "4h" },
  { department = "broken", calendar = "broken", resolve = "75m" },
  { department = "asked", respond = "30m", update = "4h", update_after = "message" },
  { kind = "problem", calendar = "office", resolve = "30d" },
  { group = "foreign-desk", priority = "medium", respond = "1h", resolve = "8h" },
  { priority = "high", respond = "30m", resolve = "4h" },
  { priority = "medium", calendar = "office", respond = "2h", resolve = "1d" },
  { priority = "low", calendar = "office", respond = "1d", resolve = "5d" },
]

[[policy]]
from = "2026-07-01"
target = [
  { department = "daily", calendar = "daily", resolve = "1d" },
  { department = "night", calendar = "night", resolve = "6h" },
  { priority = "high", respond = "30m", resolve = "2h" },
  { priority = "medium", calendar = "office", respond = "2h", resolve = "1d" },
]

[[policy]]
from = "2026-11-01"
reclassify = "now"
target = [
  { priority = "high", respond = "30m", resolve = "4h" },
  { priority = "medium", calendar = "office", respond = "2h", resolve = "1d" },
  { priority = "low", calendar = "office", respond = "1d", resolve = "5d" },
]
"""
"""A day is 10 h in the office, 8 h at `split`, 24 h at 24x7."""
MARIA = Staff.new(id="maria", name="Maria", email="maria@ncpeh.example", level=3, departments=["technical", "split"])
NAMED = Staff.new(id="eleni", name="Eleni", email="eleni@ncpeh.example", level=3, departments=["technical"])
DESK = Staff.new(id="desk", name="Desk", email="desk@ncpeh.example", level=1)


def days_off(code: str) -> Callable[[int], frozenset[date]]:
    if code != "CY":
        raise ValueError(f"no holidays are known for {code!r}")
    return lambda year: frozenset(day for day in CYPRUS if day.year == year)


WORLD = Surroundings(
    ZONE, ZoneInfo, days_off, {"priority": ("low", "medium", "high", "planned"), "kind": ("incident", "problem")}
)


def policies(text: str = POLICY, warn: int = 75) -> Policies:
    given = tomllib.loads(text)
    return read(given.get("calendar", {}), tuple(given.get("policy", ())), warn, WORLD)


def time_of(words: str) -> datetime:
    """`Sun 25 Oct 03:00` on the desk's clock; with * behind it the second of two that the clock shows in autumn."""
    day_name, day, month, clock, *year = words.rstrip("*").split()
    hour, minute = map(int, clock.split(":"))
    local = datetime(int(year[0]) if year else 2026, MONTHS.index(month) + 1, int(day), hour, minute, tzinfo=ZONE)
    assert DAYS[local.weekday()] == day_name, f"{words}: that is a {DAYS[local.weekday()]}"
    return local.replace(fold=int(words.endswith("*"))).astimezone(UTC)


def said(moment: datetime) -> str:
    """The other way round."""
    local = moment.astimezone(ZONE)
    year = f" {local.year}" if local.year != 2026 else ""
    text = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}{year}"
    return text + ("*" if local.fold else "")


class Player:
    """A ticket on its way through a story."""

    def __init__(self, found: Policies) -> None:
        self.policies = found
        self.ticket: Ticket | None = None
        self.group: str | None = None
        self.closed: Ticket | None = None
        self.events: list[str] = []

    def play(self, step: str) -> None:
        """`classify Tue 2 Jun 10:00 high`: a verb, when, and what it needs."""
        verb, *rest = step.split()
        parts = 5 if len(rest) > 4 and rest[4].isdecimal() else 4
        at, words = time_of(" ".join(rest[:parts])), rest[parts:]
        if verb == "create":
            self._create(at, words)
        elif verb == "check":
            self._check(at)
        else:
            self._follow(self._change(verb, at, words), at)

    def _create(self, at: datetime, words: list[str]) -> None:
        given = dict(word.split("=") for word in words[1:] if "=" in word)
        self.group = given.pop("group", None)
        self.ticket, _ = clocks.follow(
            None,
            Ticket.new(
                id=f"{at.astimezone(ZONE):%y%m%d}-7K3Q", title="T", state="open", priority=words[0], created=utc_text(at),
                department=given.get("department", "technical"), major="major" in words or None, tags=["incident"] if "major" in words else [],
            ),
            at, self.policies, lambda _: self.group,
        )  # fmt: skip

    def _change(self, verb: str, at: datetime, words: list[str]) -> Change:
        assert self.ticket is not None
        ticket = self.ticket
        if verb == "pending":
            day = date.fromisoformat(words[0]) if words else None
            return lifecycle.pending(ticket, by=MARIA, at=at, until=day)
        if verb == "ask":
            author = Requester("u-4f9x2", "u-4f9x2", "u-4f9x2@users.desk.invalid")
            return add_entry(ticket, model_ticket.REPLY, "Text.", by=author, at=at)
        if verb == "classify":
            return classification.classify(ticket, by=MARIA, at=at, matrix=classification.Matrix(), priority=words[0])
        if verb == "tag":
            return classification.tag(ticket, words, by=MARIA, at=at)
        if verb == "move":
            return ownership.move(ticket, words[0], MARIA, by=MARIA, at=at)
        return self._worked(verb, ticket, at)

    def _worked(self, verb: str, ticket: Ticket, at: datetime) -> Change:
        if verb in (model_ticket.REPLY, model_ticket.NOTE):
            return add_entry(ticket, verb, "Text.", by=MARIA, at=at)
        if verb == "major":
            return lifecycle.rewrite(ticket, ticket.evolve(major=True, tags=["incident"]), by=MARIA, at=at)
        if verb == "close":
            return lifecycle.close(ticket, by=MARIA, at=at)
        assert verb in ("reopen", "open")
        return lifecycle.reopen(ticket, None, by=MARIA, at=at)

    def _follow(self, change: Change, at: datetime) -> None:
        after = change.edits[0].after
        assert isinstance(after, Ticket)
        closed = self.closed if self.ticket is not None and self.ticket.state == "closed" else None
        if after.state == "closed" and closed is None:
            self.closed = after
        self.ticket, events = clocks.follow(
            self.ticket,
            after,
            at,
            self.policies,
            lambda _: self.group,
            as_closed=closed if after.state != "closed" else None,
        )
        self.events += [f"{e.verb} {e.after}" for e in events]

    def _check(self, at: datetime) -> None:
        assert self.ticket is not None
        moment = Instant(at, at.astimezone(ZONE).date(), self.policies)
        change = check.act(self.ticket, TicketFacts(None, self.group, NAMED), moment, by=DESK)
        if change is not None:
            after = change.edits[0].after
            assert isinstance(after, Ticket)
            self.ticket = after
            self.events += [f"{e.verb} {e.after or ''}".strip() for e in change.edits[0].events]


def told(story: str, found: Policies) -> Player:
    """A story as a whole: steps between semicolons."""
    player = Player(found)
    for step in story.split(";"):
        player.play(step.strip())
    return player
