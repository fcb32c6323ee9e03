"""Calendar files (RFC 5545) as holidays, day by day: icalendar and dateutil are imported here alone, and rarely.

A file is anybody's: it is read in bounds that no calendar of holidays comes near. Its own definitions of time zones are
passed over, since each would be a program of rules; a zone counts by its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Event

from desk.codec.locate import BOM
from desk.domain.levels.calendar import WHOLE
from desk.domain.levels.daysoff import LARGEST, Holiday
from desk.named import NamedTuple
from desk.text import _, arranged

_EVENTS = 5000
_STEPS = 50_000
"""Days that all events of a file may come to, before anything is left out."""
_LONGEST = 366
"""Days that one event may last."""
_NAME = 100
"""Characters of a name."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_BY = {
    "YEARLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "MONTHLY": {"BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "DAILY": set[str](),
}
"""How a day off may recur; what recurs within a day is none, and other combinations may never come, which takes long to see."""
_ONCE = ("DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "STATUS", "UID", "SEQUENCE")
_NEEDED = (*_ONCE, "RDATE", "EXDATE")
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What a library raises over an event that says nothing sensible."""


class Frame(NamedTuple):
    """The days that are wanted, the zone of the calendar that they are for, and which events, by all that they say.

    `endless`: whether a day of every year may be kept without one.
    """

    first: date
    last: date
    zone: tzinfo
    wanted: Callable[[str], bool]
    endless: bool = True


class CalendarFile(NamedTuple):
    """What a file says of the days that are wanted, what of it was left out and why, and how many events it has."""

    holidays: tuple[Holiday, ...]
    remarks: tuple[str, ...]
    events: int


def read(content: bytes, encoding: str, frame: Frame) -> CalendarFile:
    """The holidays of a calendar file; ValueError for what is none, isn't whole, or goes beyond all bounds."""
    if len(content) > LARGEST:
        raise ValueError(_("it is larger than {most} bytes", most=LARGEST))
    events = list(islice(_events(_decoded(content, encoding)), _EVENTS + 1))
    if len(events) > _EVENTS:
        raise ValueError(_("it has more than {most} events", most=_EVENTS))
    try:
        return _Reader(frame).read(events)
    except _Beyond:
        raise ValueError(_("its events come to more days than any calendar of days off has")) from None


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding).removeprefix(BOM)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(_("it is not in {encoding}: {error}", encoding=encoding, error=error)) from None
    lines = text.strip().upper()
    if not lines.startswith("BEGIN:VCALENDAR") or "\0" in text:
        raise ValueError(_("it doesn't begin as a calendar file does, with BEGIN:VCALENDAR"))
    if not lines.endswith("END:VCALENDAR"):
        raise ValueError(_("it ends before its end, as a download does that broke off"))
    return text


def _events(text: str) -> Iterator[tuple[int, str]]:
    """Each event as a text of its own, without what is nested in it, and the line that it begins in."""
    depth, begin, lines = 0, 0, list[str]()
    for number, line in _unfolded(text):
        word = line.strip().upper()
        if word == "BEGIN:VEVENT" and not depth:
            depth, begin, lines = 1, number, [line]
        elif depth and word.startswith("BEGIN:"):
            depth += 1
        elif depth > 1 and word.startswith("END:"):
            depth -= 1
        elif depth and word == "END:VEVENT":
            depth = 0
            yield begin, "\r\n".join([*lines, line, ""])
        elif depth and word.startswith("END:"):
            break
        elif depth == 1:
            lines.append(line)
    if depth:
        raise ValueError(_("the event in line {begin} has no end", begin=begin))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines, each with those that go on with it, and its number."""
    begin, parts = 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        yield begin, "".join(parts)
        begin, parts = number, [line]
    yield begin, "".join(parts)


class _Beyond(Exception):
    """Events that come to more days than any calendar has."""


class _Happening(NamedTuple):
    """An event as it reads: from when and how long, on the wall of `zone`; `whole` where it takes whole days."""

    name: str
    start: datetime
    length: timedelta
    whole: bool
    zone: tzinfo
    event: Any

    @property
    def instance(self) -> set[date]:
        """The day of the recurring event that this one stands for; none where it stands for itself."""
        return set(_dates(self.event.get("RECURRENCE-ID"), self.zone))


class _Reader:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.remarks: list[str] = []
        self.steps = _STEPS

    def read(self, events: list[tuple[int, str]]) -> CalendarFile:
        happenings = self._newest(events)
        moved: dict[str, set[date]] = {}
        for one in happenings:
            moved.setdefault(_uid(one), set()).update(one.instance)
        found: list[Holiday] = []
        for one in happenings:
            if _state(one) != "CANCELLED" and self.frame.wanted(_said(one.event)):
                found += self._holidays(one, set() if one.instance or not _uid(one) else moved[_uid(one)])
        return CalendarFile(tuple(found), tuple(self.remarks), len(events))

    def _newest(self, events: list[tuple[int, str]]) -> list[_Happening]:
        """The events that can be read; of several versions of one, the newest."""
        found: dict[object, _Happening] = {}
        for number, text in events:
            try:
                one = self._understood(Event.from_ical(text))
                key = (_uid(one), *sorted(one.instance)) if _uid(one) else number
                if key not in found or _sequence(one) >= _sequence(found[key]):
                    found[key] = one
            except _FAULTS as error:
                self._remark(_("line {number}", number=number), error)
        return list(found.values())

    def _understood(self, event: Any) -> _Happening:
        """An event as it reads; ValueError for what is wrong with it."""
        for name, problem in event.errors:
            if name in _NEEDED:
                raise ValueError(arranged("{name}: {problem}", name=name, problem=problem))
        for name in _ONCE:
            if isinstance(event.get(name), list):
                raise ValueError(_("it has more than one {name}", name=name))
        if "DTSTART" not in event:
            raise ValueError(_("it doesn't say when it begins"))
        name, start, end = _name(event), event["DTSTART"].dt, _end(event)
        if isinstance(start, datetime) != isinstance(end, datetime):
            raise ValueError(_("of its beginning and its end one is a day, the other a time"))
        if not isinstance(start, datetime):
            length = max(end - start, _DAY)  # some programs end it on the day of its beginning
            return _Happening(name, datetime.combine(start, time()), length, True, self.frame.zone, event)
        if start.tzinfo is None and "TZID" in event["DTSTART"].params:
            named = str(event["DTSTART"].params["TZID"])[:_NAME]
            self.remarks.append(
                _(
                    "{name}: there is no time zone {zone} here: its times are taken as the calendar's",
                    name=name,
                    zone=named,
                )
            )
        zone = start.tzinfo or self.frame.zone
        begin, finish = (_on_wall(moment, zone) for moment in (start, end))
        if finish <= begin:
            raise ValueError(_("it takes no time"))
        return _Happening(name, begin, finish - begin, False, zone, event)

    def _holidays(self, one: _Happening, moved: set[date]) -> list[Holiday]:
        try:
            if one.length.days > _LONGEST:
                raise ValueError(_("it lasts longer than a year"))
            off = moved | set(_dates(one.event.get("EXDATE"), one.zone))
            if self._is_of_every_year(one, off):
                days = [one.start.date() + n * _DAY for n in range(one.length.days)]
                return [Holiday((day.month, day.day), one.name) for day in days]
            starts = [start for start in self._starts(one) if start.date() not in off]
            return [found for start in starts for found in self._days(one, start)]
        except _FAULTS as error:
            self._remark(one.name or one.start.date().isoformat(), error)
            return []

    def _is_of_every_year(self, one: _Happening, off: set[date]) -> bool:
        """Whether a holiday has the same date for good: it is kept without a year then, and doesn't come to an end unseen."""
        rule = dict(one.event.get("RRULE") or {})
        day = one.start.date()
        same = {"FREQ": ["YEARLY"], "INTERVAL": [1], "BYMONTH": [day.month], "BYMONTHDAY": [day.day]}
        rule.pop("WKST", None)
        plain = "FREQ" in rule and all(same.get(key) == value for key, value in rule.items())
        known = day.year <= self.frame.first.year and (day.month, day.day) != (2, 29)
        return self.frame.endless and one.whole and plain and known and not off and "RDATE" not in one.event

    def _starts(self, one: _Happening) -> list[datetime]:
        """When it begins, each time; on the wall of its zone."""
        more = [datetime.combine(day, one.start.time()) for day in _dates(one.event.get("RDATE"), one.zone)]
        if "RRULE" not in one.event:
            return sorted({one.start, *more})
        found: list[datetime] = []
        last = datetime.combine(self.frame.last, time.max)
        for start in rrulestr(_rule(one), dtstart=one.start):
            self._spend(1)
            if start > last:
                break
            found.append(start)
        else:
            # What never comes is found out by going through eight thousand years.
            self._spend(1 if found else _STEPS // 5)
            return sorted({*found, *more})
        if not {"COUNT", "UNTIL"} & set(one.event["RRULE"]):
            self.remarks.append(
                _("{name} recurs without an end: read until {last}", name=one.name, last=self.frame.last)
            )
        return sorted({*found, *more})

    def _days(self, one: _Happening, start: datetime) -> Iterator[Holiday]:
        """What it takes of each of its days."""
        if one.whole:
            begin, end = start, start + one.length
        else:
            begin, end = (_on_wall(t.replace(tzinfo=one.zone), self.frame.zone) for t in (start, start + one.length))
        day = begin.date()
        while datetime.combine(day, time()) < end:
            self._spend(1)
            midnight = datetime.combine(day, time())
            span = tuple(round((t - midnight) / _MINUTE) for t in (max(begin, midnight), min(end, midnight + _DAY)))
            if self.frame.first <= day <= self.frame.last and span[0] < span[1]:
                yield Holiday(day, one.name, None if span == WHOLE[0] else (span[0], span[1]))
            day += _DAY

    def _spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise _Beyond

    def _remark(self, what: str, error: Exception) -> None:
        why = " ".join(str(error).split())[:_NAME]
        self.remarks.append(_("left out: {what}: {why}", what=what, why=why))


# -- what an event says ------------------------------------------------------------------------------------------------


def _name(event: Any) -> str:
    """What it is called, without what can't be seen."""
    found = event.get("SUMMARY", "")
    text = str(found[0] if isinstance(found, list) else found)[: 10 * _NAME]
    shown = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split())
    return shown if len(shown) <= _NAME else shown[: _NAME - 1].rstrip() + "…"


def _end(event: Any) -> Any:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end: date = event["DTEND"].dt
        return end
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        after: date = start + length
        return after
    alone: date = start if isinstance(start, datetime) else start + _DAY
    return alone


def _on_wall(moment: datetime, zone: tzinfo) -> datetime:
    """What a clock of the zone shows at a moment; one without a zone is such a time already."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)


def _dates(value: Any, zone: tzinfo) -> Iterator[date]:
    """The days that a property of one value or several names, on the wall of the event's zone."""
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        for found in (getattr(v, "dt", v) for v in getattr(one, "dts", [one])):
            yield _on_wall(found, zone).date() if isinstance(found, datetime) else date.fromisoformat(str(found))


def _rule(one: _Happening) -> str:
    """Its rule as dateutil takes it, its end on the wall of the event's zone; ValueError for one of another kind."""
    rule = dict(one.event["RRULE"])
    [freq] = rule["FREQ"]
    if str(freq) not in _BY or rule.keys() - _PARTS - _BY[str(freq)]:
        raise ValueError(_("it recurs in a way that days off don't: {rule}", rule=_ical(one.event["RRULE"])))
    if "UNTIL" in rule:
        [until] = rule["UNTIL"]
        end = _on_wall(until, one.zone) if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
        text = ";".join(part for part in _ical(one.event["RRULE"]).split(";") if not part.startswith("UNTIL="))
        return f"{text};UNTIL={end:%Y%m%dT%H%M%S}"
    return _ical(one.event["RRULE"])


def _ical(value: Any) -> str:
    text: bytes = value.to_ical()
    return text.decode()


def _uid(one: _Happening) -> str:
    return str(one.event.get("UID", ""))


def _sequence(one: _Happening) -> int:
    return int(one.event.get("SEQUENCE", 0))


def _state(one: _Happening) -> str:
    return str(one.event.get("STATUS", "")).upper()


def _said(event: Any) -> str:
    """All that it says in words: its name, its description, its categories."""
    found = [event.get(name) for name in ("SUMMARY", "DESCRIPTION", "CATEGORIES")]
    values = [v for value in found if value is not None for v in (value if isinstance(value, list) else [value])]
    return "\n".join(_ical(value) for value in values)
