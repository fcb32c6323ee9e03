"""Who is on the line: from words to one requester; and what to tell them of a ticket that was just registered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from desk.actions import requesters
from desk.cli.app import App
from desk.cli.speech.asking import ask, tell
from desk.domain.model.change import Edit
from desk.domain.model.ticket import Ticket
from desk.errors import Ambiguous, NotFound
from desk.queries import people
from desk.text import _, arranged, either, listed

_OFFERED = 9
"""Candidates that one key chooses from."""


def require_caller(app: App, typed: str) -> str:
    """The id of the requester whom a caller's words mean: a name, a part of an address, a number.

    Of several a person at the terminal chooses one; elsewhere Ambiguous names them. NotFound says of an address that it
    is new, and of a name or an address which one is spelt nearly so.
    """
    if requesters.is_address(typed):
        found = app.store.ask(lambda index: people.with_address(index, typed, ("user",)))
        return found[0][1] if found else _refuse_new(app, typed.strip())
    try:
        return app.store.ask(lambda index: requesters.find(index, typed))
    except Ambiguous:
        if not app.env.interactive:
            raise
        return _choose(app, typed)
    except NotFound as error:
        close = app.store.ask(lambda index: people.nearest_names(index, typed))
        if not close:
            raise
        raise NotFound(error.message, _("did you mean {close}?", close=either(*close[:3]))) from None


def _refuse_new(app: App, address: str) -> str:
    close = app.store.ask(lambda index: people.near(index, address))
    hint = (
        _("did you mean {close}?", close=either(*close[:3]))
        if close
        else _("they become known with their first ticket: desk ticket create --requester {address}", address=address)
    )
    raise NotFound(_("{address} is new: nobody here has that address", address=address), hint)


def choose_requester(app: App, typed: str | None) -> str | None:
    """What --requester was given, or the one of several that a person at the terminal chose."""
    if not typed or requesters.is_address(typed) or not app.env.interactive:
        return typed
    try:
        app.store.ask(lambda index: requesters.find(index, typed))
    except Ambiguous:
        return _choose(app, typed)
    except NotFound:
        return typed  # said by whoever registers the ticket
    return typed


def _choose(app: App, typed: str) -> str:
    """One of those whom the words mean, by its number; an empty answer, or another one, is Ambiguous after all."""
    found = app.store.ask(lambda index: people.called(index, typed))
    for number, row in enumerate(found[:_OFFERED], 1):
        tell(app, arranged("{number}  {who}", number=number, who=_described(row)))
    if len(found) > _OFFERED:
        tell(app, _("and {n} more", n=len(found) - _OFFERED))
    answer = ask(app, _("Which one?"))
    if answer.isdecimal() and 1 <= int(answer) <= min(len(found), _OFFERED):
        return str(found[int(answer) - 1]["id"])
    raise Ambiguous(_("{n} requesters could be meant", n=len(found)), _("say more of the name, or name one by id"))


def _described(row: dict[str, Any]) -> str:
    return listed(str(row[name]) for name in ("name", "organisation", "email", "phone", "id") if row.get(name))


def describe_promise(app: App, edits: Sequence[Edit]) -> str:
    """What a caller can be told of a new ticket: for whom it is, unless that was said of somebody new; when they hear of
    it, and when it will be solved. "" where nothing is known.
    """
    ticket = cast("Ticket", edits[0].after)
    known = ticket.requester if len(edits) == 1 else None
    user = app.store.read("user", known) if known else None
    who = user and (user.values.get("name") or user.values.get("email"))
    reply = None if ticket.responded else ticket.respond_by
    parts = [
        _("for {who}", who=who) if who else "",
        _("an answer by {time}", time=_time(app, reply)) if reply else "",
        _("solved by {time}", time=_time(app, ticket.due)) if ticket.due and not ticket.closed else "",
    ]
    return listed(part for part in parts if part)


def _time(app: App, at: datetime) -> str:
    """The hour of a time today, the day as well of another one, in the desk's time zone."""
    local = app.local(at)
    today = local.date() == app.local(app.now).date()
    return local.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
