"""What a person may choose from where it was left out: tickets, requesters, responses, articles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from desk.cli.app import App
from desk.cli.clerk import picker
from desk.text import _, listed, said, speaking
from desk.view.labels import say_word

_MOST = 500
"""Tickets to choose from: the newest; the others are found by a search."""


def choose(app: App, kind: str) -> str | None:
    """What a person chooses; None where nobody can be asked, or there is nothing to choose from."""
    if not picker.may_pick(app):
        return None
    title, rows = _OFFERED[kind]
    with speaking(app.catalogue):
        found = [picker.Choice(key, line) for key, line in rows(app)]
        return picker.pick(app, said(title), found) if found else None


def _tickets(app: App) -> list[tuple[str, str]]:
    from desk.domain.model.query import Key, Query  # noqa: PLC0415 - where something was left out, as those below
    from desk.domain.model.states import LIVE  # noqa: PLC0415
    from desk.queries import tickets  # noqa: PLC0415

    query = Query(scope=app.scope(), states=LIVE, limit=_MOST, order=(Key("created", descending=True),))
    page = app.store.ask(lambda index: tickets.tickets(index, query))
    rows = sorted(page.rows, key=lambda row: row["owner"] != app.handle())
    return [(row["id"], _line(row, "id", "priority", "title", "owner")) for row in rows]


def _users(app: App) -> list[tuple[str, str]]:
    from desk.queries import people  # noqa: PLC0415 - as above

    rows = app.store.ask(lambda index: people.users(index, None, None, {}))
    return [(str(row["id"]), _line(row, "name", "email", "organisation", "phone", "id")) for row in rows]


def _of_kind(kind: str) -> Callable[[App], list[tuple[str, str]]]:
    def rows(app: App) -> list[tuple[str, str]]:
        found = app.store.ask(lambda index: index.rows(kind, "1", (), "ORDER BY id"))
        return [(str(row["id"]), _line(row, "id", "title", "state")) for row in found]

    return rows


def _line(row: Mapping[str, Any], *names: str) -> str:
    return listed(
        (say_word(row[name], name) if name in _WORDS else str(row[name]) for name in names if row.get(name)), "  "
    )


_WORDS = ("priority", "state")
"""Fields whose words people read in their language."""


_OFFERED: Mapping[str, tuple[str, Callable[[App], list[tuple[str, str]]]]] = MappingProxyType(
    {
        "ticket": (_("Which ticket"), _tickets),
        "user": (_("Which requester"), _users),
        "response": (_("Which response"), _of_kind("response")),
        "article": (_("Which article"), _of_kind("article")),
    }
)
