"""What the commands of records share: reading them, and the options that set their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from desk.actions import acting
from desk.actions.draft import Draft
from desk.actions.identifiers import normal
from desk.cli import answers, arguments, complete, told
from desk.cli.app import App
from desk.domain.model import plain
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.fields import SLUG
from desk.domain.model.record import Record
from desk.errors import UsageFault
from desk.index.index import Index
from desk.view.model import Detail, Done

R = TypeVar("R", bound=Record)
F = TypeVar("F", bound=Callable[..., Any])


# -- writing -----------------------------------------------------------------------------------------------------------


def create(
    app: App, cls: type[R], values: Mapping[str, Any], build: Callable[[Draft, R, Actor, datetime], Change]
) -> Done:
    """Add a record of a kind whose id the person chooses, and say so."""
    return told.told_of(cls, acting.create_record(app, cls, values, build), several=False)


def act(app: App, cls: type[R], ids: Iterable[str], one: Callable[[Draft, R, Actor, datetime], Change]) -> Done:
    """Run a verb on every record named, and say what became of each."""
    named = list(dict.fromkeys(normal(i) for i in arguments.words(app, ids)))
    return told.told_of(cls, acting.act_on_records(app, cls, named, one), several=len(named) > 1, named=named)


# -- reading -----------------------------------------------------------------------------------------------------------


def show(
    app: App, cls: type[Record], ids: Iterable[str], more: Callable[[Index, Record], dict[str, Any]] | None = None
) -> Detail:
    """Records whole, as their files say now."""
    items = []
    for typed in arguments.words(app, ids):
        record = read(app, cls, typed)
        extra = {} if more is None else app.store.ask(lambda index, record=record: more(index, record))  # type: ignore[misc]
        items.append({**plain.whole(record), **extra})
    return answers.detail(cls.kind, cls.plural, items, several=len(items) > 1)


def read(app: App, cls: type[R], typed: str) -> R:
    """A record by its id as typed."""
    try:
        wanted = str(SLUG.parse(normal(typed)))
    except ValueError:
        raise app.store.missing(cls.kind, typed) from None
    record = app.store.read(cls.kind, wanted)
    assert isinstance(record, cls)  # noqa: S101 - the codec builds the class that the path says
    return record


def live_tickets(app: App, index: Index, where: str, *people: str) -> dict[str, Any]:
    """The tickets of somebody, or of several, that are not closed; only those that whoever asks may see are named (rule 1)."""
    marks = ",".join("?" * len(people))
    rows = index.rows("ticket", f"{where} IN ({marks}) AND state <> 'closed'", people, "ORDER BY created DESC, id DESC")
    scope = app.scope()
    seen = [r for r in rows if scope is None or r["department"] in scope.departments or r["author"] == scope.author]
    names = ("id", "state", "priority", "department", "title", *((where,) if len(people) > 1 else ()))
    return {"load": len(rows), "tickets": [{n: row[n] for n in names} for row in seen]}


# -- options -----------------------------------------------------------------------------------------------------------


def given(cls: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that options set. One left out changes nothing; an empty text takes a value away."""
    found = {n: v for n, v in values.items() if v is not None and v != ()}
    if not found:
        raise UsageFault("nothing to change", "name at least one option; --help lists them")
    return {n: None if v == "" and not cls.FIELDS[n].required else v for n, v in found.items()}


def ids_of(kind: str) -> Callable[[F], F]:
    """The argument of commands that take several ids."""
    return click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=complete.complete_kind(kind))


def one_only(app: App, ids: Iterable[str], option: str) -> list[str]:
    """The id, for options that can't hold for several records at once."""
    found = arguments.words(app, ids)
    if len(found) > 1:
        raise UsageFault(f"{option} can't be given for several records at once", "name one id")
    return found
