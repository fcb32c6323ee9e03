"""Dates as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import click

from desk.cli.app import App
from desk.errors import UsageFault
from desk.text import _

# -- dates -------------------------------------------------------------------------------------------------------------

_AGO = r"(\d{1,5})(d|w|mo|m|y)"
_HOURS_AGO = r"(\d{1,5})h"
_DAYS = {"d": 1, "w": 7, "m": 30, "mo": 30, "y": 365}
_MONTHS = 12
"""So many at most are written `3m`: `30m` are minutes elsewhere, and as months must be written `30mo`."""
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DAY = r"\d{4}-\d\d-\d\d"
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {word: number for number, name in enumerate(_NAMES) for word in (name, name[:3])}


def interval(least: int, most: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """How often, as people type it: `60`, `60s`, `5m`, `1h`. The callback of an option; seconds, within what makes sense."""

    def read(_ctx: click.Context, _param: click.Parameter, text: str | None) -> int | None:
        if text is None:
            return None
        found = re.fullmatch(r"(\d{1,6})\s*([smh]?)", text.strip().lower())
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if not least <= seconds <= most:
            first, last = (f"{n // 3600}h" if n % 3600 == 0 else f"{n}s" for n in (least, most))
            raise UsageFault(
                _("--every {text} is no time from {first} to {last}", text=text[:40], first=first, last=last),
                _("such as 60s, 5m or 1h"),
            )
        return seconds

    return read


def parse_moment(app: App, text: str | None, *, end: bool = False) -> str | None:
    """`2026-07-23`, `2026-07-23T10:00`, `today`, `yesterday`, `8h`, `7d`, `2w` in the desk's zone → RFC 3339 UTC.

    A day as the end of a range means the whole day.
    """
    if text is None:
        return None
    try:
        found, whole_day = _point(app.local(app.now), text.strip())
        if end and whole_day:
            found += timedelta(days=1)
        return found.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    except (ValueError, OverflowError):
        raise UsageFault(
            _("{text!r} is not a date", text=text),
            _("write 2026-07-23, 23/7/2026, 2026-07-23T10:00, monday, today, yesterday, 8h, 7d, 2w or 3mo (months)"),
        ) from None


def _turned(text: str) -> str:
    """`23/7/2026` and `23.7.2026` as `2026-07-23`; anything else as it is."""
    found = re.fullmatch(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})", text, re.ASCII)
    return f"{found[4]}-{int(found[3]):02}-{int(found[1]):02}" if found else text


def _count_days(found: re.Match[str]) -> int:
    """The days of `2w` or `3m`; ValueError for months that are probably minutes."""
    number = int(found[1])
    if found[2] == "m" and number > _MONTHS:
        raise ValueError(found[0])
    return number * _DAYS[found[2]]


def require_order(since: str | None, until: str | None) -> None:
    """Refuse a range that ends before it begins: it would be empty without a word. Both as `parse_moment` gives them."""
    if since and until and until < since:
        raise UsageFault(_("--until lies before --since, so nothing can be found"), _("swap them"))


def parse_instant(text: str) -> datetime:
    """A time as records and answers hold it (RFC 3339)."""
    return datetime.fromisoformat(text)


def _point(now: datetime, text: str) -> tuple[datetime, bool]:
    """A point in local time, and whether a whole day is meant."""
    lowered = text.lower()
    if lowered in _NAMED:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=_NAMED[lowered]), True
    if ago := re.fullmatch(_HOURS_AGO, lowered):
        return now - timedelta(hours=int(ago[1])), False
    if ago := re.fullmatch(_AGO, lowered):
        return now - timedelta(days=_count_days(ago)), False
    if lowered in _WEEKDAYS:
        back = (now.weekday() - _WEEKDAYS[lowered]) % 7
        return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=back), True
    text = _turned(text)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo), re.fullmatch(_DAY, text) is not None


def future_day(app: App, text: str | None, past: str = _("the ticket is due to come back at once")) -> date | None:
    """A day to come: a date, `tomorrow`, or `3d` and `2w` from today; `past` says what a day that was means."""
    if text is None:
        return None
    today = app.local(app.now).date()
    try:
        found = _day(today, text.strip().lower())
    except (ValueError, OverflowError):
        raise UsageFault(
            _("{text!r} is not a day", text=text),
            _("write 2026-07-23, 23/7/2026, friday, tomorrow, 3d, 2w or 3mo (months): whole days, without a time"),
        ) from None
    if found < today:
        app.warnings.append(_("{day} is past: {what}", day=found, what=past))
    return found


def _day(today: date, text: str) -> date:
    if text in _NAMED:
        return today + timedelta(days=_NAMED[text])
    if ahead := re.fullmatch(_AGO, text):
        return today + timedelta(days=_count_days(ahead))
    if text in _WEEKDAYS:  # the next one: on a Friday, `friday` is in a week
        return today + timedelta(days=(_WEEKDAYS[text] - today.weekday() - 1) % 7 + 1)
    return date.fromisoformat(_turned(text.partition("t")[0]))


# -- the desk as it was ----------------------------------------------------------------------------------------------

as_of_option = click.option(
    "--as-of",
    metavar="DATE|COMMIT",
    help="As it was then: the end of a day (2026-07-23, yesterday), a time, 7d, or a commit, tag or HEAD~3.",
)


def commit_as_of(app: App, text: str, *, strictly: bool = False) -> str:
    """The commit that stood then; NotFound before the desk began, and for a name that means nothing.

    `strictly`: rather too early a commit than one that somebody dated back.
    """
    from desk.store import asof  # noqa: PLC0415 - where the past is asked for

    try:
        when = parse_moment(app, text, end=True)
    except UsageFault:
        return asof.commit_named(app.store, text)
    return asof.commit_at(app.store, str(when), None if strictly else app.now)
