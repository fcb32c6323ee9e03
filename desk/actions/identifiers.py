"""From what was typed to the ids of records that exist, and to values that settings allow."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from desk.errors import NotFound, UsageFault
from desk.session.session import Session
from desk.text import _


def require_known(session: Session, typed: str) -> str:
    """A ticket's id; a deleted ticket has a history too."""
    try:
        return session.store.resolve(typed)
    except NotFound:
        if gone := session.store.ask(lambda index: index.ticket_gone(typed)):
            return gone
        raise


# -- values ------------------------------------------------------------------------------------------------------------


def require_listed(session: Session, setting: str, value: str | None) -> str | None:
    """A value that must stand in a list of desk.toml, matched without case."""
    if value is None:
        return None
    known: tuple[str, ...] = session.config[setting]
    for candidate in known:
        if candidate.lower() == value.lower():
            return candidate
    what = setting.rpartition(".")[2].removesuffix("s").replace("prioritie", "priority").replace("urgencie", "urgency")
    raise UsageFault(
        _("there is no {kind} {id!r}", kind=what, id=value),
        _("known: {known} ({setting} in desk.toml)", known=", ".join(known), setting=setting),
    )


def require_existing(session: Session, kind: str, record_id: str) -> str:
    """The id of a record that exists, matched without case; NotFound with the nearest otherwise."""
    wanted = normalise_id(record_id)
    if session.store.ask(lambda index: index.path_of(kind, wanted)) is None:
        raise session.store.missing(kind, record_id)
    return wanted


def require_one(ids: Collection[str], values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse values that can't hold for several records at once, such as an address."""
    if len(ids) > 1 and (given := [name for name in names if values.get(name)]):
        raise UsageFault(_("--{given} can't be given for several records at once", given=given[0]), _("name one id"))


def require_among(values: Iterable[str], known: Collection[str], what: str) -> None:
    """Refuse values of fields that can't be set, or that there are none of."""
    if strange := [name for name in values if name not in known]:
        raise UsageFault(
            _("{strange!r} can't be set of a {what}", strange=strange[0], what=what),
            _("what can: {known}", known=", ".join(known)),
        )


def fields_of(given: Iterable[str]) -> dict[str, str]:
    """`--field K=V`, repeated."""
    found: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageFault(_("--field {pair!r} is not NAME=VALUE", pair=pair), _("such as --field country=MT"))
        found[key.strip().lower()] = value
    return found


def checked_values(build: Callable[[], Any]) -> Any:
    """Run what parses values a person typed; their ValueErrors are usage errors."""
    try:
        return build()
    except ValueError as error:
        raise UsageFault(str(error)) from None


def normalise_id(record_id: str) -> str:
    """A name as typed, in the form that ids have: NFC, lower case."""
    return unicodedata.normalize("NFC", record_id.strip()).lower()
