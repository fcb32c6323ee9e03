"""desk.toml that both sides changed: setting by setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desk import config
from desk.config import FILE
from desk.domain.merge.merging import Clash, meet, take_later, weave_lines
from desk.errors import ConfigError
from desk.named import NamedTuple

Setter = Callable[[str, Mapping[str, Any]], str]
"""The text of desk.toml with settings changed, None for one that goes, its comments kept."""


class MetSettings(NamedTuple):
    """The text, and the settings on which the sides were at odds."""

    text: str
    clashes: tuple[Clash, ...] = ()


def meet_settings(base: str, earlier: str, later: str, put: Setter) -> MetSettings:
    """Both texts as one. What can't be read gives way to what can; a result that says nothing sound, to the later text."""
    one, two = _read(earlier), _read(later)
    if one is None or two is None:
        kept, lost = (earlier, later) if two is None and one is not None else (later, earlier)
        return MetSettings(kept, (Clash(FILE, "its text", "a text that can't be read", later=lost is earlier),))
    known = _read(base) or {}
    wanted: dict[str, Any] = {}
    clashes: list[Clash] = []
    for name in dict.fromkeys((*two, *one)):
        found = meet(known.get(name), one.get(name), two.get(name), take_later)
        clashes += [clash._replace(part=name) for clash in found.clashes]
        if found.value is not None:
            wanted[name] = found.value
    text = _written(base, (earlier, later), wanted, put)
    return (
        MetSettings(later, (Clash(FILE, "its later text", "its earlier text"),))
        if text is None
        else MetSettings(text, tuple(clashes))
    )


def _written(base: str, sides: tuple[str, str], wanted: dict[str, Any], put: Setter) -> str | None:
    """A text that says what is wanted: by line, so that comments of both stay; else the later one with values put in."""
    woven = weave_lines(base, *sides)
    if woven is not None and _read(woven) == wanted and _sound(woven):
        return woven
    now = _read(sides[1]) or {}
    text = put(sides[1], {n: wanted.get(n) for n in dict.fromkeys((*now, *wanted)) if now.get(n) != wanted.get(n)})
    return text if _read(text) == wanted and _sound(text) else None


def _read(text: str) -> dict[str, Any] | None:
    try:
        return dict(config.parse(text))
    except ConfigError:
        return None


def _sound(text: str) -> bool:
    try:
        config.load(text)
    except ConfigError:
        return False
    return True
