"""The words that service levels are written in: calendars, days, hours, durations, conditions. Faults name their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta, tzinfo
from functools import partial
from typing import Any

from desk.domain.levels.calendar import Calendar, Day, DayOff, Span, Week
from desk.errors import did_you_mean
from desk.text import _

Place = tuple[str | int, ...]
"""Where in desk.toml: ("sla.policy", 1, "target", 2, "priority")."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST = timedelta(days=3660)
_CALENDAR_KEYS = ("days", "hours", "holidays", "timezone", "closed", "open", "dates", "days_off")
_DURATION = r"(?:\s*\d{1,5}\s*[dhm])+\s*"
_HOURS = r"(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)"
_YEARS = (2000, 2999)
_YEARLY = r"\d\d-\d\d"


class SettingFault(ValueError):
    """Something in desk.toml's service levels that can't be meant; `place` leads to it."""

    def __init__(self, place: Place, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.place = place
        self.problem = problem
        self.hint = hint


def label_place(place: Place) -> str:
    """`sla.policy 1, target 2: priority`."""
    things = [f"{name} {which}" for name, which in zip(place[::2], place[1::2], strict=False)]
    key = f": {place[-1]}" if len(place) % 2 else ""
    return ", ".join(things) + key


class PolicyReader:
    """One table of desk.toml, with the keys it may have."""

    def __init__(self, place: Place, given: Any, keys: Iterable[str]) -> None:
        self.place = place
        self.keys = tuple(keys)
        if not isinstance(given, dict):
            raise SettingFault(place, _("must be a table"), _("see: desk help service-levels"))
        self.given: Mapping[str, Any] = given
        for key in given:
            if key not in self.keys:
                raise SettingFault(
                    (*place, key),
                    _("there is no key {key!r}{did_you_mean}", key=key, did_you_mean=did_you_mean(key, self.keys)),
                    _("known: {keys}", keys=", ".join(self.keys)),
                )

    def fail(self, key: str, expected: str, hint: str = _("see: desk help service-levels")) -> SettingFault:
        return SettingFault((*self.place, key), _("must be {expected}", expected=expected), hint)

    def text(self, key: str) -> str | None:
        value = self.given.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.fail(key, _("text in quotes"))
        return value

    def flag(self, key: str) -> bool | None:
        value = self.given.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fail(key, _("true or false"))
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """One word or a list of them."""
        value = self.given.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list | tuple) or not all(isinstance(w, str) and w.strip() for w in found):
            raise self.fail(key, _('a word or a list of words, such as "high" or ["medium", "high"]'))
        if key in self.given and not found:
            raise self.fail(key, _("at least one word"), _("leave {key} out if it doesn't matter", key=key))
        return tuple(found)

    def choice(self, key: str, known: tuple[str, ...], default: str) -> str:
        value = self.text(key)
        if value is None:
            return default
        if value not in known:
            raise SettingFault(
                (*self.place, key),
                _(
                    "there is no {key} {value!r}{did_you_mean}",
                    key=key,
                    value=value,
                    did_you_mean=did_you_mean(value, known),
                ),
                _("known: {known}", known=", ".join(known)),
            )
        return value

    def day(self, key: str) -> date:
        value = self.text(key)
        try:
            found = date.fromisoformat(value or "")
        except ValueError:
            raise self.fail(key, _('a day such as "2026-01-01"')) from None
        if not _YEARS[0] <= found.year <= _YEARS[1]:
            raise self.fail(key, _("a day between {first} and {last}", first=_YEARS[0], last=_YEARS[1]))
        return found

    def days(self, key: str) -> frozenset[date]:
        """Days of one year each."""
        return frozenset(day for day in self._dates(key) if isinstance(day, date))

    def yearly(self, key: str) -> frozenset[tuple[int, int]]:
        """Month and day of those of every year."""
        return frozenset(day for day in self._dates(key) if isinstance(day, tuple))

    def _dates(self, key: str) -> list[date | tuple[int, int]]:
        found = [_date(word) for word in self.words(key)]
        if any(day is None or (key != "closed" and isinstance(day, tuple)) for day in found):
            if key == "closed":
                raise self.fail(key, _('a list of days such as ["2026-12-24"], or ["12-24"] for every year'))
            raise self.fail(key, _('a list of days such as ["2026-12-24"]'))
        return [day for day in found if day is not None]

    def tables(self, key: str) -> list[Any]:
        value = self.given.get(key)
        if not isinstance(value, list | tuple) or not value:
            raise self.fail(
                key, _("one table or more"), _("begin each with [[{table}.{key}]]", table=self.place[0], key=key)
            )
        return list(value)


def conditions_of(
    reader: PolicyReader, names: Iterable[str], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The conditions of a target; values that desk.toml or the program lists must stand there."""
    found = {name: words for name in names if (words := reader.words(name))}
    for name, words in found.items():
        for word in words:
            if name in known and word not in known[name]:
                problem = _(
                    "there is no {name} {word!r}{did_you_mean}",
                    name=name,
                    word=word,
                    did_you_mean=did_you_mean(word, known[name]),
                )
                raise SettingFault((*reader.place, name), problem, _("known: {known}", known=", ".join(known[name])))
    return found


def duration_of(reader: PolicyReader, key: str, calendar: Calendar) -> timedelta | None:
    """`30m`, `4h`, `2d`, `1d 4h`: open time of the calendar, a day being as long as it is open on one."""
    value = reader.text(key)
    if value is None:
        return None
    if not re.fullmatch(_DURATION, value, re.ASCII):
        raise reader.fail(
            key, _('a time such as "30m", "4h", "2d" or "1d 4h"'), _("m minutes, h hours, d days of the calendar")
        )
    if "d" in value and calendar.day is None:
        hint = _("the days of {calendar} differ in length, so none of them is `a day`", calendar=calendar.name)
        raise reader.fail(key, _("given in hours"), hint)
    units = {"d": calendar.day or timedelta(), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
    total = sum((int(n) * units[unit] for n, unit in re.findall(r"(\d+)\s*([dhm])", value)), timedelta())
    if not timedelta() < total <= LONGEST:
        raise reader.fail(key, _("longer than nothing and shorter than ten years"))
    return total


def calendar_of(
    name: str,
    given: Any,
    zone: tzinfo,
    zone_of: Callable[[str], tzinfo],
    days_off: Callable[[str], Callable[[int], frozenset[date]]],
) -> Calendar:
    """A business calendar: open hours of each day, holidays of countries, single days closed or open all the same."""
    reader = PolicyReader(("sla.calendar", name), given, _CALENDAR_KEYS)
    week = _week(reader)
    if own := reader.text("timezone"):
        try:
            zone = zone_of(own)
        except ValueError as error:
            raise reader.fail("timezone", _("a time zone of this machine, such as Asia/Nicosia"), str(error)) from None
    years = []
    for code in reader.words("holidays"):
        try:
            years.append(days_off(code))
        except ValueError as error:
            raise SettingFault(
                (*reader.place, "holidays"),
                str(error),
                _('a country such as "CY", a part of one ("DE-BY"), or other days off ("CY:bank")'),
            ) from None
    closed, opened, dates = reader.days("closed"), reader.days("open"), _dates(reader)
    if both := closed & opened:
        raise reader.fail(
            "open", _("without {both}, which is in closed too", both=min(both)), _("take it out of one of them")
        )
    if both := (closed | opened) & {day for day in dates if isinstance(day, date)}:
        raise reader.fail(
            "dates",
            _("without {both}, which is in closed or open too", both=min(both)),
            _("take it out of one of them"),
        )
    # Closed every year is what hours of every year without any hours are; a date that has hours is open.
    dates = {**dict.fromkeys(reader.yearly("closed"), ()), **dates}

    named = {day: off.hours for day, off in days_off_of(reader).items()}
    calendar = partial(Calendar, name, week, zone, closed=closed, opened=opened, dates=dates, named=named)
    return calendar(lambda year: frozenset().union(*(of(year) for of in years))) if years else calendar()


def days_off_of(reader: PolicyReader) -> dict[Day, DayOff]:
    """Days off by name: `2026-12-25 = "Christmas Day"`, `2026-12-24 = { name = "Christmas Eve", hours = "08:00-12:00" }`."""
    value = reader.given.get("days_off", {})
    if not isinstance(value, Mapping):
        raise reader.fail("days_off", _('a table of names by date, such as 2026-12-25 = "Christmas Day"'))
    return dict(_day_off(PolicyReader(reader.place, value, value), str(word)) for word in value)


def _day_off(reader: PolicyReader, word: str) -> tuple[Day, DayOff]:
    place, given, day = (*reader.place, "days_off"), reader.given[word], _date(word)
    if day is None:
        raise SettingFault(
            (*place, word),
            _("must be {expected}", expected=_('given by dates such as "2026-12-24", or "12-24" for every year')),
            _("see: desk help service-levels"),
        )
    if isinstance(given, str):
        return day, DayOff(given)
    more = PolicyReader((*place, word), given, ("name", "hours"))
    hours = more.text("hours")
    return day, DayOff(more.text("name") or "", _spans(more, hours) if hours is not None else ())


def _dates(reader: PolicyReader) -> dict[Day, tuple[Span, ...]]:
    """Hours of single dates: `{"2026-12-24" = "08:00-12:00", "12-31" = "08:00-13:00"}`."""
    value = reader.given.get("dates", {})
    if not isinstance(value, dict):
        raise reader.fail("dates", _('a table of hours by date, such as "12-24" = "08:00-12:00"'))
    found: dict[Day, tuple[Span, ...]] = {}
    for word, hours in value.items():
        day = _date(str(word))
        if day is None:
            raise reader.fail("dates", _('given by dates such as "2026-12-24", or "12-24" for every year'))
        found[day] = _spans(reader, str(hours), "dates")
    return found


def _date(word: str) -> Day | None:
    """`2026-12-24` a day, `12-24` month and day of every year."""
    try:
        if re.fullmatch(_YEARLY, word, re.ASCII):
            day = date.fromisoformat(f"2000-{word}")
            return day.month, day.day
        return date.fromisoformat(word)
    except ValueError:
        return None


def _week(reader: PolicyReader) -> Week:
    """`hours` for all `days`, or a table with hours for each of its days."""
    hours = reader.given.get("hours")
    if isinstance(hours, dict):
        if "days" in reader.given:
            raise reader.fail("days", _("left out"), _("the table in hours names the days"))
        pairs = [(part, str(text)) for part, text in hours.items()]
    else:
        pairs = [(reader.text("days") or "Mon-Fri", reader.text("hours") or "00:00-24:00")]
    week: list[tuple[Span, ...]] = [()] * 7
    for days, text in pairs:
        for day in _days(reader, days):
            if week[day]:
                raise reader.fail("hours", _("given once for each day: {days} comes twice", days=DAYS[day]))
            week[day] = _spans(reader, text)
    if not any(week):
        raise reader.fail("hours", _("open at some time"))
    return tuple(week)


def _days(reader: PolicyReader, text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        ends = [word.strip().capitalize() for word in part.split("-")]
        if len(ends) > 2 or any(word not in DAYS for word in ends):
            raise reader.fail(
                "days", _('days such as "Mon-Fri" or "Mon, Wed, Sat-Sun"'), _("known: {days}", days=", ".join(DAYS))
            )
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    return found


def _spans(reader: PolicyReader, text: str, key: str = "hours") -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in text.split(","):
        match = re.fullmatch(_HOURS, part.strip(), re.ASCII)
        opens, closes = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
        ordered = opens < closes <= 1440 and (not spans or spans[-1][1] < opens)
        if match is None or not ordered or int(match[2]) > 59 or int(match[4]) > 59:
            hint = _("each from an earlier to a later time of the same day, in order; through the night: two days")
            raise reader.fail(key, _('hours such as "08:00-18:00" or "08:00-12:30, 13:30-17:00"'), hint)
        spans.append((opens, closes))
    return tuple(spans)
