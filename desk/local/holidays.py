"""Public holidays of a country, by year: the `holidays` library is imported here alone, and rarely.

It takes 60 ms to import, more than all else that registering a ticket does; so the days it gave are kept in the git
directory until the library is another one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from importlib.machinery import PathFinder

from desk.git.place import Place
from desk.local.kept import keep
from desk.text import _

FIRST, LAST = 2000, 2199
"""Beyond these years nobody knows holidays, and no service level needs them."""
_CODE = r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?(?::([a-z_]+))?"
_Kept = dict[str, dict[str, list[str]]]


def days_off(place: Place | None) -> Callable[[str], Callable[[int], frozenset[date]]]:
    """From a country ("CY"), or a part of one ("DE-BY"), to its public holidays by year; ValueError for one that isn't known.

    Behind a colon stands another sort of days off, which the library has for some: "CY:bank", "CY:optional". Without a
    place nothing is kept.
    """
    mark, path = _mark(), place.own("holidays.json") if place else ""
    kept = _kept(path, mark)

    def of(code: str) -> Callable[[int], frozenset[date]]:
        if code not in kept:
            _ask(code, FIRST)
            kept[code] = {}

        def in_year(year: int) -> frozenset[date]:
            if not FIRST <= year <= LAST:
                return frozenset()
            days = kept[code].get(str(year))
            if days is None:
                kept[code][str(year)] = days = list(_ask(code, year))
                _keep(path, mark, kept)
            return frozenset(map(date.fromisoformat, days))

        return in_year

    return of


def name_days(code: str, year: int) -> dict[date, str]:
    """The public holidays of a year by name, in the country's own language; for whoever looks at them, so nothing is kept."""
    return {date.fromisoformat(day): name for day, name in _ask(code, year).items()} if FIRST <= year <= LAST else {}


def _ask(code: str, year: int) -> dict[str, str]:
    unknown = ValueError(_("no holidays are known for {code!r}", code=code))
    match = re.fullmatch(_CODE, code)
    if match is None:
        raise unknown
    import holidays  # noqa: PLC0415 - 60 ms, when a year is asked for the first time

    try:
        found = holidays.country_holidays(match[1], subdiv=match[2], years=year, categories=match[3])
    except (NotImplementedError, ValueError):
        raise unknown from None
    return {day.isoformat(): name for day, name in sorted(found.items()) if day.year == year}


def _mark() -> str:
    """Another library, another mark; without importing it."""
    spec = PathFinder.find_spec("holidays")  # importlib.util would take 2 ms
    if spec is None or spec.origin is None:
        return ""
    path = os.path.join(os.path.dirname(spec.origin), "version.py")
    with suppress(OSError):
        found = os.stat(path)
        return f"{path}:{found.st_mtime_ns}:{found.st_size}"
    return spec.origin


def _kept(path: str, mark: str) -> _Kept:
    with suppress(OSError, ValueError, TypeError, AttributeError), open(path, encoding="utf-8") as file:
        found = json.load(file)
        if found["mark"] == mark:
            return {str(code): dict(years) for code, years in found["days"].items()}
    return {}


def _keep(path: str, mark: str, kept: _Kept) -> None:
    """Derived, so a failure only means asking again."""
    if not path:
        return
    with suppress(OSError):
        keep(path, json.dumps({"mark": mark, "days": kept}).encode())
