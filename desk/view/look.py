"""How output looks to the person in front of it: width, colour, and the clock of the desk's time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType

from desk.named import NamedTuple
from desk.text import _, ngettext, said

# In the sixteen colours of any terminal. Unknown names are plain: states and priorities are the desk's to choose.
STYLES: Mapping[str, str] = MappingProxyType(
    {
        "id": "36",
        "heading": "1",
        "dim": "2",
        "error": "1;31",
        "warning": "33",
        "note": "33",
        "open": "32",
        "pending": "33",
        "closed": "2",
        "published": "32",
        "draft": "33",
        "review": "33",
        "retired": "2",
        "critical": "1;31",
        "high": "1;31",
        "medium": "33",
        "low": "2",
    }
)
_MONTHS = (
    _("Jan"),
    _("Feb"),
    _("Mar"),
    _("Apr"),
    _("May"),
    _("Jun"),
    _("Jul"),
    _("Aug"),
    _("Sep"),
    _("Oct"),
    _("Nov"),
    _("Dec"),
)
_DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_DATE_LENGTH = len("2026-07-23")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_AGES = (
    (_HOUR, _MINUTE, _("{n} min")),
    (_DAY, _HOUR, _("{n} h")),
    (90 * _DAY, _DAY, _("{n} d")),
    (730 * _DAY, 30 * _DAY, _("{n} months")),
)
"""Up to so many seconds, the unit in seconds, and how many of it; beyond, years."""


class Look(NamedTuple):
    """`width` in cells, `timezone` as an IANA name, `now` in UTC; `tty` and `color` speak of standard output."""

    width: int
    color: bool
    tty: bool
    timezone: str
    now: datetime


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo:
    if name in ("", "UTC"):
        return UTC
    from desk.setting import zone  # noqa: PLC0415 - help has no times in it, and reads no settings

    return zone(name) or UTC


def local(iso_text: str, look: Look) -> datetime:
    """A record's time (UTC if it names no offset) on the desk's clock; ValueError or OverflowError when it is none."""
    at = datetime.fromisoformat(iso_text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_zone(look.timezone))


def _today(look: Look) -> date:
    return look.now.astimezone(_zone(look.timezone)).date()


def when(iso_text: str, look: Look) -> str:
    """Short, for a column: `23 Jul 09:12` in this year, the date otherwise; a text that is no time as it stands."""
    try:
        if len(iso_text) == _DATE_LENGTH:
            day = date.fromisoformat(iso_text)
            return _short(day) if day.year == _today(look).year else iso_text
        at = local(iso_text, look)
    except (ValueError, OverflowError):
        return iso_text
    return f"{_short(at)} {at:%H:%M}" if at.year == _today(look).year else at.date().isoformat()


def _short(day: date) -> str:
    return f"{day.day:2} {_MONTHS[day.month - 1]}"


def day_named(day: date) -> str:
    """With the day of the week, for people: `Thu 23 Jul 2026`."""
    return f"{_DAYS[day.weekday()]} {_short(day)} {day.year}"


def moment(iso_text: str, look: Look) -> str:
    """Whole: `2026-07-23 09:12`; a day without a time stays a day."""
    if len(iso_text) == _DATE_LENGTH:
        return iso_text
    try:
        return local(iso_text, look).isoformat(" ", "minutes")[:16]
    except (ValueError, OverflowError):
        return iso_text


def ago(iso_text: str, look: Look) -> str:
    """How far from now: `just now`, `5 min ago`, `in 2 h`; nothing for a text that is no time."""
    try:
        if len(iso_text) == _DATE_LENGTH:
            distance = date.fromisoformat(iso_text) - _today(look)
            return describe_distance(distance) if distance else _("today")
        return describe_distance(local(iso_text, look) - look.now)
    except (ValueError, OverflowError):
        return ""


def describe_distance(distance: timedelta) -> str:
    """A length of time from now, whole: `in 2 h`, `5 min ago`, `just now`."""
    seconds = int(abs(distance.total_seconds()))
    if seconds < _MINUTE:
        return _("just now")
    ahead = distance > timedelta()
    if seconds < _HOUR:
        n = seconds // _MINUTE
        return ngettext("in {n} min", "in {n} min", n) if ahead else ngettext("{n} min ago", "{n} min ago", n)
    if seconds < _DAY:
        n = seconds // _HOUR
        return ngettext("in {n} h", "in {n} h", n) if ahead else ngettext("{n} h ago", "{n} h ago", n)
    if seconds < 90 * _DAY:
        n = seconds // _DAY
        return ngettext("in {n} d", "in {n} d", n) if ahead else ngettext("{n} d ago", "{n} d ago", n)
    text = span(distance)
    return _("in {span}", span=text) if ahead else _("{span} ago", span=text)


def age(iso_text: str, look: Look) -> str:
    """How long ago, without saying so: `2 h`, `now`; nothing for a text that is no time."""
    try:
        return span(look.now - local(iso_text, look)) or _("now")
    except (ValueError, OverflowError):
        return ""


def span(distance: timedelta) -> str:
    """A length of time in its largest unit, `2 h`; nothing below a minute."""
    seconds = int(abs(distance.total_seconds()))
    if seconds < _MINUTE:
        return ""
    text = next((spoken.format(n=seconds // unit) for limit, unit, spoken in _AGES if seconds < limit), None)
    return text or _("{n} years", n=seconds // (365 * _DAY))


DUE_NOW = _("due now")
PAUSED = _("paused")
"""Stands where a time would, while the clock of a service level stands still."""


def deadline(iso_text: str, look: Look) -> tuple[str, str]:
    """What is due, in words and their style: `due in 2 h`, `overdue 3 d`, `paused`; a text that is no time as it stands."""
    if iso_text == PAUSED:
        return PAUSED, "dim"
    try:
        left = local(iso_text, look) - look.now
    except (ValueError, OverflowError):
        return iso_text, ""
    text = span(left)
    if not text:
        return DUE_NOW, "warning"
    if left < timedelta():
        return _("overdue {span}", span=text), "error"
    return _("due in {span}", span=text), "warning" if left < timedelta(hours=_SOON) else ""


_SOON = 2
"""Hours before a time is up in which it is shown in another colour."""


def paint(text: str, style: str, look: Look) -> str:
    """The text in a style of the table, or in a tag's own `#rrggbb`; as it is where there is no colour."""
    text = said(text)
    if not look.color or not text:
        return text
    code = STYLES.get(style) or _nearest(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def _nearest(style: str) -> str:
    """`#rrggbb` in the colour cube of 256-colour terminals, which more of them have than 24 bits."""
    if len(style) != len("#rrggbb") or style[0] != "#":
        return ""
    try:
        red, green, blue = (round(int(style[at : at + 2], 16) / 51) for at in (1, 3, 5))
    except ValueError:
        return ""
    return f"38;5;{16 + 36 * red + 6 * green + blue}"
