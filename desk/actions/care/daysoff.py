"""Days off taken over from a calendar file into desk.toml, as plain dates: the file is needed no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from desk import config
from desk.domain.changes import message
from desk.domain.levels import daysoff
from desk.domain.levels.calendar import Calendar, Day, DayOff
from desk.domain.levels.daysoff import DayChange, SpecialDay, Times
from desk.domain.levels.reading import PolicyReader, days_off_of
from desk.domain.matching.folding import fold
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.rights import rights
from desk.errors import Conflict, NotFound, UsageFault, did_you_mean
from desk.local import holidays
from desk.named import NamedTuple
from desk.session.session import Session
from desk.setting import plain
from desk.store import levels, rehearsal, worktree
from desk.store.snapshot import Snapshot
from desk.text import _

if TYPE_CHECKING:
    from desk.codec.ics import CalendarFile

SETTING = "sla.calendar"
MOST = 1000
"""Days off that one import may write: those of many years, and not of a calendar that is something else."""
_AHEAD = 10
"""Years for which what recurs without an end is written."""


class TakeOver(NamedTuple):
    """What to take over, and from where: days from `since` to `until`, by default from this year on.

    `without` and `only` are words that an event says, or doesn't, with or without accents; `times` tells what the times of
    an event mean; `replace` takes out days off of the file's years that it doesn't name.
    """

    calendar: str
    content: bytes
    encoding: str = "utf-8"
    since: date | None = None
    until: date | None = None
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    times: Times = "off"
    replace: bool = False


class TakenOver(NamedTuple):
    """What a file says, and what it changes: days that come, change or go, and those that stay though it doesn't name them."""

    file: CalendarFile
    days: int
    changes: tuple[DayChange, ...]
    stays: tuple[DayChange, ...]


def find_calendar(session: Session, name: str) -> Calendar:
    """A business calendar by its name; NotFound for none, naming the nearest."""
    found = levels.calendars(session.place, session.config)
    if name not in found:
        near = did_you_mean(name, found)
        raise NotFound(_("there is no calendar {name!r}{near}", name=name[:60], near=near), "desk calendar list")
    return found[name]


def rehearse(session: Session, wish: TakeOver) -> TakenOver:
    """What taking over would change, with the rights of doing so; nothing is written."""
    plan = _Plan(session, wish)
    if session.requester is None:
        session.me()
    rehearsal.rehearse(session.store, lambda snapshot: plan(snapshot, session.actor(snapshot), session.now))
    return plan.found


def take_over(session: Session, wish: TakeOver, agreed: TakenOver | None = None) -> TakenOver:
    """Write what the file says, as one commit; Conflict where that isn't any more what somebody has agreed to."""
    plan = _Plan(session, wish, agreed)
    session.attempt(plan)
    return plan.found


class _Plan:
    """Reads the file once; compares it with the settings each time it runs."""

    def __init__(self, session: Session, wish: TakeOver, agreed: TakenOver | None = None) -> None:
        self.session = session
        self.wish = wish
        self.agreed = agreed
        self.file = agreed.file if agreed else None
        self.found: TakenOver

    def __call__(self, _snapshot: Snapshot, by: Actor, at: datetime) -> Change | None:
        rights.require_level(by, message.SETTINGS)
        calendar = find_calendar(self.session, self.wish.calendar)
        if calendar.week is None:
            raise UsageFault(_("{name} never closes", name=calendar.name), _("name another one: desk calendar list"))
        self.found = self._compared(calendar)
        if self.agreed is not None and self.found.changes != self.agreed.changes:
            raise Conflict(_("desk.toml has changed meanwhile"), _("nothing was changed; try again"))
        return self._change(by, at) if self.found.changes else None

    def _compared(self, calendar: Calendar) -> TakenOver:
        self.file = self.file or _read(self.session, self.wish, calendar)
        found = daysoff.find_days_off(calendar, self.file.holidays, self.wish.times)
        if len(found) > MOST:
            raise UsageFault(
                _("the file names {n} days off, more than {most}", n=len(found), most=MOST),
                _("narrow it: --until, --only, --without"),
            )
        both = daysoff.compare(kept(self.session, calendar.name), found, replace=self.wish.replace)
        changes, stays = (tuple(c for c in both if (c.before != c.after) is wanted) for wanted in (True, False))
        return TakenOver(self.file, len(found), changes, stays)

    def _change(self, by: Actor, at: datetime) -> Change:
        from desk.codec.toml import with_table  # noqa: PLC0415 - 25 ms, for this alone

        was = (worktree.read(self.session.place, config.FILE) or b"").decode()
        values = {
            daysoff.write_day(one.day): one.after and daysoff.write_day_off(one.after) for one in self.found.changes
        }
        now = with_table(was, ("sla", "calendar", self.wish.calendar, "days_off"), values)
        before, after = (config.load(text)[SETTING] for text in (was, now))
        levels.calendars(self.session.place, config.load(now), now.encode())
        text = _summary(self.wish.calendar, self.found.changes)
        told = ((SETTING, Event(message.SET, plain(before), plain(after))),)
        return Change(message.SET, by, at, (), None, text, {config.FILE: now.encode()}, told)


def _summary(name: str, changes: tuple[DayChange, ...]) -> str:
    counted = {
        "new": sum(one.before is None for one in changes),
        "changed": sum(one.before is not None and one.after is not None for one in changes),
        "gone": sum(one.after is None for one in changes),
    }
    return f"{SETTING}.{name}: days off, {', '.join(f'{n} {word}' for word, n in counted.items() if n)}"


def kept(session: Session, name: str) -> dict[Day, DayOff]:
    """The days off that a calendar keeps by name; none for 24x7."""
    given = session.config[SETTING].get(name, {})
    return days_off_of(PolicyReader((SETTING, name), given, given))


def find_special_days(session: Session, name: str, year: int) -> list[SpecialDay]:
    """The days of a year that are others than their weekdays, with what the countries call their holidays."""
    calendar = find_calendar(session, name)
    given = session.config[SETTING].get(name, {})
    public: dict[date, str] = {}
    for code in PolicyReader((SETTING, name), given, given).words("holidays"):
        public = {**holidays.name_days(code, year), **public}
    return daysoff.list_special_days(calendar, year, kept(session, name), public)


def _read(session: Session, wish: TakeOver, calendar: Calendar) -> CalendarFile:
    from desk.codec import ics  # noqa: PLC0415 - 150 ms, for this alone

    year = session.local(session.now).year
    frame = ics.Frame(
        wish.since or date(year, 1, 1),
        wish.until or date(year + _AHEAD, 12, 31),
        calendar.zone,
        _chooser(wish),
        endless=wish.until is None,
    )
    try:
        return ics.read(wish.content, wish.encoding, frame)
    except ValueError as error:
        raise UsageFault(
            _("that is no calendar file that can be read: {error}", error=error),
            _("a calendar file ends in .ics, and is text in UTF-8; else name what it is in: --encoding windows-1253"),
        ) from None


def _chooser(wish: TakeOver) -> Callable[[str], bool]:
    only, without = (tuple(map(fold, words)) for words in (wish.only, wish.without))

    def wanted(said: str) -> bool:
        text = fold(said)
        return (not only or any(word in text for word in only)) and not any(word in text for word in without)

    return wanted
