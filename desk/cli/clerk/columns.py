"""Which columns a list of tickets has, and in which order its rows stand, as people ask for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desk.cli import answers
from desk.cli.app import App
from desk.domain.model.query import SORTABLE, Key
from desk.errors import ConfigError, UsageFault, did_you_mean
from desk.queries import tickets
from desk.text import _, pgettext
from desk.view.model import Column, Listing

_MORE = (
    Column("age", pgettext("column", "AGE"), "age"),
    Column("requester", pgettext("column", "REQUESTER")),
    Column("kind", pgettext("column", "KIND"), "word"),
    Column("impact", pgettext("column", "IMPACT"), "priority"),
    Column("urgency", pgettext("column", "URGENCY"), "priority"),
    Column("service", pgettext("column", "SERVICE")),
    Column("channel", pgettext("column", "CHANNEL"), "word"),
    Column("language", pgettext("column", "LANGUAGE")),
    Column("author", pgettext("column", "AUTHOR")),
    Column("pending_until", pgettext("column", "UNTIL"), "time"),
    Column("pending_for", pgettext("column", "WAITS FOR"), "word"),
    Column("closed", pgettext("column", "CLOSED"), "time"),
    Column("resolution", pgettext("column", "RESOLUTION"), "word"),
    Column("replies", pgettext("column", "REPLIES"), "number"),
)
KNOWN: Mapping[str, Column] = MappingProxyType(
    {column.name: column for column in (*answers.TICKET_COLUMNS, *_MORE)}
    | {"due": next(column for column in answers.TICKET_COLUMNS if column.name == "next_due")}
)
"""Columns by the names that people give them."""
_FROM = {"age": "created"}
"""Fields whose columns tell them in another way."""


def choose_columns(app: App, given: str | None) -> tuple[Column, ...]:
    """Those that were asked for, else the person's or the desk's own, else the usual ones. UsageFault for one unknown.

    Where a terminal is too narrow, the last named goes first; the title stays.
    """
    given = given if given is not None else _own(app, "columns", KNOWN)
    words = _words(given) if given is not None else list(app.config["list.columns"])
    if not words:
        return answers.TICKET_COLUMNS
    for word in words:
        if word not in KNOWN:
            raise UsageFault(
                _("there is no column {word!r}{meant}", word=word, meant=did_you_mean(word, KNOWN)),
                _("known: {names}", names=", ".join(KNOWN)),
            )
    found = [KNOWN[word] for word in dict.fromkeys(words)]
    kept = ("id", "title", "major", "unread", "undelivered")
    return tuple(c._replace(spare=0 if c.name in kept else number) for number, c in enumerate(found))


def _own(app: App, name: str, known: Iterable[str]) -> str | None:
    """A person's own default; None for whoever has none, and with a warning for one that names what there is not."""
    if not os.path.isfile(app.env.own_file):
        return None
    from desk.cli.clerk import personal  # noqa: PLC0415 - where somebody has such a file

    try:
        given = personal.load(app.env, personal.LIST).get(name)
        if odd := next((w for w in _words(given or "") if w.removeprefix("-") not in known), None):
            problem = _("{name}: there is no {word!r}{meant}", name=name, word=odd[:40], meant=did_you_mean(odd, known))
            raise personal.wrong_default(app.env, name, problem)
    except ConfigError as error:  # a list must not hang on it
        if error.message not in app.warnings:
            app.warnings.append(error.message)
        return None
    return given


def _words(given: str) -> list[str]:
    return [word.strip().lower() for word in given.split(",") if word.strip()]


def with_columns(app: App, view: Listing, columns: Sequence[Column], *, asked: bool) -> Listing:
    """A list with these columns; where they were asked for, machine formats have these fields, and the id, alone."""
    names = {c.name for c in columns}
    if not asked and "requester" not in names and "age" not in names:
        return view._replace(columns=tuple(columns))
    people = _people(app, view.rows) if "requester" in names else {}

    def spelled(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        told = [{**row, "age": row["created"]} if "age" in names else row for row in rows]
        return (
            [{**row, "requester": people.get(row["requester"] or "", row["requester"])} for row in told]
            if people
            else told
        )

    view = view._replace(columns=tuple(columns), spell=spelled)
    if not asked or app.talks:
        return view
    kept = tuple(dict.fromkeys(("id", *(_FROM.get(c.name, c.name) for c in columns))))
    rows = [{name: row[name] for name in kept} for row in view.rows]
    return view._replace(rows=rows, fields=kept, sheet=None)


def _people(app: App, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = {str(row["requester"]) for row in rows if row["requester"]}
    return app.store.ask(lambda index: tickets.names(index, wanted)) if wanted else {}


def sort_keys(app: App, given: str | None) -> tuple[Key, ...]:
    """`priority,-due` as keys, the first one weightiest; nothing asked is what the person, or the desk, has set."""
    given = given if given is not None else _own(app, "sort", SORTABLE)
    words = _words(given if given is not None else str(app.config["list.sort"]))
    keys = tuple(Key(word.removeprefix("-"), descending=word.startswith("-")) for word in words)
    for field, _down in keys:
        if field not in SORTABLE:
            raise UsageFault(
                _("can't sort by {sort!r}", sort=field), _("fields: {sortable}", sortable=", ".join(SORTABLE))
            )
    if not keys:
        raise UsageFault(_("nothing to sort by was named"), _("fields: {sortable}", sortable=", ".join(SORTABLE)))
    return keys


def ranks(app: App) -> dict[str, tuple[str, ...]]:
    """Values of priority, impact and urgency from lowest to highest."""
    names = (("priority", "priorities"), ("impact", "impacts"), ("urgency", "urgencies"))
    return {field: app.config[f"ticket.{setting}"] for field, setting in names}
