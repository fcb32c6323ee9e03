"""Who may be written to, as the desk knows them now: not whoever has gone, is barred, or whose mail came back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from desk.domain.model.person import USER_PREFIX
from desk.mail.addresses import Address
from desk.named import NamedTuple
from desk.queries.people import with_address
from desk.session.session import Session
from desk.setting import canonical_address
from desk.text import _

STRANGER = "stranger"
"""Somebody of whom the desk knows an address alone."""


class Stop(NamedTuple):
    """Why somebody gets no message: none at all, or not until somebody says so."""

    state: Literal["dropped", "held"]
    reason: str


def address_of(session: Session, draft: Mapping[str, Any], own: str) -> Address | Stop:
    """Where a message goes today, or why it goes nowhere; `own` is the desk's address."""
    who = str(draft["to"]["id"])
    if draft["to"]["kind"] == STRANGER:
        return _stranger(session, Address(str(draft["to"]["name"]), who), own)
    kind = "user" if who.startswith(USER_PREFIX) else "staff"
    rows = session.store.ask(lambda index: index.rows(kind, "id = ?", (who,)))
    email = str(rows[0]["email"] or "") if rows else ""
    if not email:
        return Stop("dropped", _("{who} has no address here any more", who=who))
    if rows[0].get("disabled") or session.store.ask(lambda index: with_address(index, email, ("ban",))):
        return Stop("dropped", _("{who} is banned or disabled", who=who))
    if is_blocked(email, own, session.config["mail.blocked"], session.config["mail.departments"]):
        return Stop("dropped", _("{email} is never written to", email=email))
    if gone := rows[0].get("undeliverable"):
        return Stop("held", _("mail to {email} came back ({when})", email=email, when=str(gone)))
    return Address(str(rows[0]["name"] or ""), email)


def _stranger(session: Session, to: Address, own: str) -> Address | Stop:
    banned = bool(session.store.ask(lambda index: with_address(index, to.email, ("ban",))))
    if banned or is_blocked(to.email, own, session.config["mail.blocked"], session.config["mail.departments"]):
        return Stop("dropped", _("{email} is never written to", email=to.email))
    return to


def is_blocked(email: str, own: str, blocked: Iterable[str], departments: Iterable[str]) -> bool:
    """Whether nobody reads mail at an address, or the desk itself does. `noreply`, `a@b.example`, `@b.example`."""
    local, _at, domain = email.lower().rpartition("@")
    desk_local, _at, desk_domain = own.lower().rpartition("@")
    if email.lower() in {name.lower() for name in departments}:
        return True
    if domain == desk_domain and re.fullmatch(rf"{re.escape(desk_local)}(\+.*)?", local):
        return True
    named = (canonical_address(word).lower() for word in blocked)
    return any(word in (local, email.lower(), f"@{domain}") for word in named)
