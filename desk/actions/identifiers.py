"""From what was typed to the ids of records that exist, and to values that settings allow."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from desk.errors import NotFound, UsageFault
from desk.session.session import App


def words(given: Iterable[str]) -> list[str]:
    """Ids as typed: repeated, joined by commas, or `-` for those on stdin; each once, in order."""
    found: list[str] = []
    for word in given:
        text = sys.stdin.buffer.read().decode(errors="replace") if word == "-" else word
        found += [part for part in re.split(r"[,\s]+", text) if part]
    if not found:
        raise UsageFault("no ids were given", "name one, or pipe some in: desk ticket list -f ids | desk ticket … -")
    return list(dict.fromkeys(found))


def resolve(app: App, given: Iterable[str] | str) -> list[str]:
    """Ticket ids from what was typed."""
    given = [given] if isinstance(given, str) else list(given)
    if "-" in given and app.typed is not None:
        raise UsageFault("stdin can't give both the ids and the text", "give the text with --body, or --file PATH")
    return list(dict.fromkeys(app.store.resolve(word) for word in words(given)))


def only(app: App, given: str) -> str:
    """The other ticket, of which there is one."""
    found = resolve(app, given)
    if len(found) > 1:
        raise UsageFault(
            f"{given} names {len(found)} tickets where one is expected", "several stand before it, joined by commas"
        )
    return found[0]


def known(app: App, typed: str) -> str:
    """A ticket's id; a deleted ticket has a history too."""
    try:
        return app.store.resolve(typed)
    except NotFound:
        wanted = typed.strip().upper()
        if app.store.ask(lambda index: index.known_ticket(wanted)):
            return wanted
        raise


# -- values ------------------------------------------------------------------------------------------------------------


def chosen(app: App, setting: str, value: str | None) -> str | None:
    """A value that must stand in a list of desk.toml, matched without case."""
    if value is None:
        return None
    known: tuple[str, ...] = app.config[setting]
    for candidate in known:
        if candidate.lower() == value.lower():
            return candidate
    what = setting.rpartition(".")[2].removesuffix("s").replace("prioritie", "priority").replace("urgencie", "urgency")
    raise UsageFault(f"there is no {what} {value!r}", f"known: {', '.join(known)} ({setting} in desk.toml)")


def existing(app: App, kind: str, record_id: str) -> str:
    """The id of a record that exists, matched without case; NotFound with the nearest otherwise."""
    wanted = unicodedata.normalize("NFC", record_id.strip()).lower()
    if app.store.ask(lambda index: index.path_of(kind, wanted)) is None:
        raise app.store.missing(kind, record_id)
    return wanted


def fields_of(given: Iterable[str]) -> dict[str, str]:
    """`--field K=V`, repeated."""
    found: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageFault(f"--field {pair!r} is not NAME=VALUE", "such as --field country=MT")
        found[key.strip().lower()] = value
    return found


def checked_values(build: Callable[[], Any]) -> Any:
    """Run what parses values a person typed; their ValueErrors are usage errors."""
    try:
        return build()
    except ValueError as error:
        raise UsageFault(str(error)) from None
