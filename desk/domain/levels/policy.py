"""Service levels as desk.toml states them: policies from a day on, each with targets; which target applies to a ticket.

The first target whose conditions all fit is the ticket's. A ticket is measured by the policy in force when it was
registered, for as long as it lives: a later policy never rewrites what was promised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from desk.domain.levels.calendar import ALWAYS, Calendar
from desk.domain.levels.reading import Place, PolicyReader, SettingFault, calendar_of, conditions_of, duration_of
from desk.named import NamedTuple
from desk.text import _

REPLY, MESSAGE = "reply", "message"
"""What starts the clock of the next reply: the last one, or a message of the requester's that nobody has answered."""
CREATED, NOW = "created", "now"
"""From when a new target counts after a re-classification."""
CONDITIONS = ("priority", "department", "kind", "group", "service")
CLOCK_KEYS = ("respond", "update", "resolve")


class Target(NamedTuple):
    """What is promised to tickets that fit: open time of a calendar until the first reply, the next one, the resolution."""

    conditions: Mapping[str, tuple[str, ...]]
    major: bool | None
    calendar: Calendar
    respond: timedelta | None
    update: timedelta | None
    resolve: timedelta | None
    update_after: str = REPLY

    def fits(self, row: Mapping[str, Any], group: str | None) -> bool:
        """Whether a ticket meets all conditions; `row` has its fields, `group` is its requester's."""
        if self.major is not None and bool(row["major"]) != self.major:
            return False
        facts = {**row, "group": group}
        return all(facts[name] in wanted for name, wanted in self.conditions.items())

    @property
    def promise(self) -> tuple[object, ...]:
        """What two targets must share to be the same for a ticket."""
        return (self.calendar.name, self.respond, self.update, self.resolve, self.update_after)


class Policy(NamedTuple):
    """The targets from a moment (UTC) on."""

    start: datetime
    reclassify: str
    targets: tuple[Target, ...]

    def target(self, row: Mapping[str, Any], group: str | None) -> Target | None:
        """The target of a ticket, or None: nothing is promised."""
        return next((t for t in self.targets if t.fits(row, group)), None)


class Policies(NamedTuple):
    """All policies, oldest first. `warn`: per cent of a target after which a warning is given; `zone` is the desk's."""

    policies: tuple[Policy, ...]
    zone: tzinfo
    warn: int

    def at(self, moment: datetime) -> Policy | None:
        """The policy in force at a moment."""
        return next((p for p in reversed(self.policies) if p.start <= moment), None)

    @property
    def asks_for_groups(self) -> bool:
        """Whether any target depends on the requester's group."""
        return any("group" in t.conditions for p in self.policies for t in p.targets)

    def day_begins(self, day: date) -> datetime:
        """The beginning of a day of the desk's time zone, UTC."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)


class Surroundings(NamedTuple):
    """What the text of a policy refers to: time zones and holidays by name (ValueError for an unknown one), values of fields."""

    zone: tzinfo
    zone_of: Callable[[str], tzinfo]
    days_off: Callable[[str], Callable[[int], frozenset[date]]]
    known: Mapping[str, tuple[str, ...]]
    """Values that a condition may name, for those that are listed in desk.toml."""


def read(calendars: Mapping[str, Any], policies: tuple[Any, ...], warn: int, world: Surroundings) -> Policies:
    """What desk.toml says, checked to the last key; Fault names the place."""
    known = read_calendars(calendars, world)
    found = [_policy(n, given, known, world) for n, given in enumerate(policies, 1)]
    found.sort(key=lambda p: p.start)
    for n, (one, other) in enumerate(pairwise(found), 2):
        if one.start == other.start:
            raise SettingFault(
                ("sla.policy", n), _("two policies begin on the same day"), _("make them one, or give another `from`")
            )
    return Policies(tuple(found), world.zone, warn)


def read_calendars(calendars: Mapping[str, Any], world: Surroundings) -> dict[str, Calendar]:
    """All calendars by name, 24x7 among them."""
    known: dict[str, Calendar] = {ALWAYS.name: ALWAYS}
    for name, given in calendars.items():
        if name in known:
            raise SettingFault(
                ("sla.calendar", name),
                _("{name} is there by itself and never closes", name=name),
                _("choose another name"),
            )
        known[name] = calendar_of(name, given, world.zone, world.zone_of, world.days_off)
    return known


def _policy(number: int, given: Any, calendars: Mapping[str, Calendar], world: Surroundings) -> Policy:
    place: Place = ("sla.policy", number)
    reader = PolicyReader(place, given, ("from", "calendar", "reclassify", "target"))
    start = reader.day("from")
    reclassify = reader.choice("reclassify", (CREATED, NOW), CREATED)
    calendar = reader.choice("calendar", tuple(calendars), ALWAYS.name)
    rows = reader.tables("target")
    targets = [_target((*place, "target", n), row, calendars, calendar, world.known) for n, row in enumerate(rows, 1)]
    for n, later in enumerate(targets, 1):
        for m, earlier in enumerate(targets[: n - 1], 1):
            if _covers(earlier, later):
                raise SettingFault(
                    (*place, "target", n),
                    _("never applies: target {m}, which stands before it, takes all its tickets", m=m),
                    _("the first target that fits counts: put the special ones first"),
                )
    begin = datetime(start.year, start.month, start.day, tzinfo=world.zone).astimezone(UTC)
    return Policy(begin, reclassify, tuple(targets))


def _target(
    place: Place, given: Any, calendars: Mapping[str, Calendar], default: str, known: Mapping[str, tuple[str, ...]]
) -> Target:
    reader = PolicyReader(place, given, (*CONDITIONS, "major", "calendar", *CLOCK_KEYS, "update_after"))
    calendar = calendars[reader.choice("calendar", tuple(calendars), default)]
    times = {key: duration_of(reader, key, calendar) for key in CLOCK_KEYS}
    if not any(times.values()):
        raise SettingFault(
            place,
            _("promises nothing"),
            _('give at least one of {clock_keys}, such as resolve = "4h"', clock_keys=", ".join(CLOCK_KEYS)),
        )
    conditions = conditions_of(reader, CONDITIONS, known)
    after = reader.choice("update_after", (REPLY, MESSAGE), REPLY)
    return Target(conditions, reader.flag("major"), calendar, **times, update_after=after)


def _covers(earlier: Target, later: Target) -> bool:
    """Whether every ticket that fits the later target fits the earlier one."""
    if earlier.major is not None and earlier.major != later.major:
        return False
    return all(
        name in later.conditions and set(later.conditions[name]) <= set(wanted)
        for name, wanted in earlier.conditions.items()
    )
