"""Kinds of record that are kept by list, show, create, edit and delete: one declaration each, and commands built from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

from desk.actions import organisation
from desk.actions.identifiers import normalise_id
from desk.cli import answers, arguments, complete, leaf, told
from desk.cli.app import App
from desk.domain.model import plain
from desk.domain.model.fields import SLUG
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.errors import UsageFault
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import people as queries_people
from desk.store.store import Committed
from desk.text import _
from desk.view.model import Column, Detail, Done, Listing

R = TypeVar("R", bound=Record)
F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[Callable[..., Any]], Any]
Data = dict[str, Any]


class Option(NamedTuple):
    """What may be said of a record: as an option of `create`, and of `edit`; None where it is none of that command."""

    create: Decorator | None
    edit: Decorator | None


def option(*names: str, **attrs: Any) -> Option:
    """The same for both, but that nothing is required of a record that is there."""
    return Option(click.option(*names, **attrs), click.option(*names, **{**attrs, "required": False}))


def flag(name: str, *, create: str, edit: str) -> Option:
    """Something that is so or not: `--name` of a new record, `--name/--no-name` of one that is there."""
    both = f"--{name}/--no-{name}"
    return Option(click.option(f"--{name}", is_flag=True, help=create), click.option(both, default=None, help=edit))


def _as_typed(_: App, given: Data) -> Data:
    return given


class Kind(NamedTuple):
    """All that the commands of a kind are built from; the right to it is its row in rights.RIGHTS, the rest in the action.

    `options` are in the order of the help, and `read` makes fields of what they gave, where they aren't fields as they
    stand. `beside` is asked once for what a list, and `show`, tell beside a record's own fields; `order` is SQL.
    """

    cls: type[Record]
    columns: tuple[Column, ...]
    empty: str
    options: tuple[Option, ...]
    id: str = "ID"
    read: Callable[[App, Data], Data] = _as_typed
    beside: Callable[[Index], Callable[[str], Data]] = lambda _: lambda _: {}
    order: str = "id"


# -- commands built from a declaration ---------------------------------------------------------------------------------


def build_list(kind: Kind, text: str, *, example: str) -> click.Command:
    def list_(app: App) -> Listing:
        app.warn_of_unread(kind.cls.folder)
        return listing(kind, app.store.ask(lambda index: rows(index, kind)))

    return _built("list", list_, text, example)


def build_show(kind: Kind, text: str, *, example: str) -> click.Command:
    def show(app: App, ids: tuple[str, ...]) -> Detail:
        return show_records(app, kind.cls, ids, lambda index, record: kind.beside(index)(record.id))

    return _built("show", ids_of(kind.cls.kind)(show), text, example)


def build_create(kind: Kind, text: str, *, example: str) -> click.Command:
    def create(app: App, **options: Any) -> Done:
        return told.answer_records(kind.cls, organisation.create(app, kind.cls, kind.read(app, options)), several=False)

    chosen = click.argument("id", metavar=kind.id)
    return _built("create", offer([chosen, *(o.create for o in kind.options)])(create), text, example)


def build_edit(kind: Kind, text: str, *, example: str) -> click.Command:
    def edit(app: App, ids: tuple[str, ...], **options: Any) -> Done:
        values = collect_given(kind.cls, kind.read(app, options))
        return told_of(app, kind.cls, ids, lambda named: organisation.edit(app, kind.cls, named, values))

    options = [ids_of(kind.cls.kind), *(o.edit for o in kind.options)]
    return _built("edit", offer(options)(edit), text, example, careful=True)


def build_delete(kind: Kind, text: str, *, example: str, reason: str | None = None) -> click.Command:
    """`reason` is the help of the option that says why, where the history keeps it."""

    def delete(app: App, ids: tuple[str, ...], reason: str | None = None) -> Done:
        return told_of(app, kind.cls, ids, lambda named: organisation.delete(app, kind.cls, named, reason))

    why = None if reason is None else click.option("--reason", metavar="TEXT", help=reason)
    return _built("delete", offer([ids_of(kind.cls.kind), why])(delete), text, example, careful=True)


def offer(options: Iterable[Decorator | None]) -> Callable[[F], F]:
    """Options and arguments as one decorator, in the order of the help."""

    def wrap(function: F) -> F:
        for decorate in reversed([one for one in options if one is not None]):
            function = decorate(function)
        return function

    return wrap


def _built(name: str, function: Callable[..., Any], text: str, example: str, *, careful: bool = False) -> click.Command:
    function.__doc__ = text
    return leaf.leaf(name, example=example, careful=careful)(function)


# -- what they do ------------------------------------------------------------------------------------------------------


def rows(index: Index, kind: Kind, where: str = "1", *args: Any) -> list[Data]:
    """The records of a kind for a list, each with what stands beside it."""
    beside = kind.beside(index)
    found = index.rows(kind.cls.kind, where, args, f"ORDER BY {kind.order}")
    return [{**row, **beside(str(row["id"]))} for row in found]


def listing(kind: Kind, found: list[Data], columns: tuple[Column, ...] | None = None) -> Listing:
    return Listing(kind.cls.plural, found, columns or kind.columns, kind.empty)


def show_records(
    app: App, cls: type[Record], ids: Iterable[str], more: Callable[[Index, Record], Data] | None = None
) -> Detail:
    """Records whole, as their files say now."""
    items = []
    for typed in arguments.split_words(app, ids):
        record = read(app, cls, typed)
        extra = {} if more is None else app.store.ask(lambda index, record=record: more(index, record))  # type: ignore[misc]
        items.append({**plain.whole(record), **extra})
    return answers.detail(cls.kind, cls.plural, items, several=len(items) > 1)


def read(app: App, cls: type[R], typed: str) -> R:
    """A record by its id as typed; `me` is whoever asks, where staff are meant."""
    if issubclass(cls, Staff) and typed.lower() == "me":
        typed = app.me()
    try:
        wanted = str(SLUG.parse(normalise_id(typed)))
    except ValueError:
        raise app.store.missing(cls.kind, typed) from None
    record = app.store.read(cls.kind, wanted)
    assert isinstance(record, cls)  # noqa: S101 - the codec builds the class that the path says
    return record


def told_of(app: App, cls: type[Record], ids: Iterable[str], action: Callable[[list[str]], Committed]) -> Done:
    """Act on every record named, and say what became of each."""
    named = list(dict.fromkeys(normalise_id(i) for i in arguments.split_words(app, ids)))
    return told.answer_records(cls, action(named), several=len(named) > 1, named=named)


def tickets_of(app: App, index: Index, where: str, *people: str, closed: int = 0) -> Data:
    """The tickets of somebody, or of several, that are not closed, and closed ones among the newest so many.

    Only those that whoever asks may see are named (rule 1); `load` counts those that are not closed.
    """
    found = queries_people.tickets_of(index, where, people, closed)
    load = sum(row["state"] != "closed" for row in found)
    scope = app.scope()
    seen = [r for r in found if scope is None or scope.shows(r["department"], r["author"])]
    names = ("id", "state", "priority", "department", "title", *((where,) if len(people) > 1 else ()))
    return {"load": load, "tickets": [{n: row[n] for n in names} for row in seen]}


# -- options -----------------------------------------------------------------------------------------------------------


def collect_given(cls: type[Record], values: Mapping[str, Any]) -> Data:
    """The fields that options set. One left out changes nothing; an empty text takes a value away."""
    found = {n: v for n, v in values.items() if v is not None and v != ()}
    if not found:
        raise UsageFault(_("nothing to change"), _("name at least one option; --help lists them"))
    return {n: None if v == "" and not cls.FIELDS[n].required else v for n, v in found.items()}


def ids_of(kind: str) -> Callable[[F], F]:
    """The argument of commands that take several ids."""
    completed: dict[str, Any] = {
        "metavar": "ID…",
        "nargs": -1,
        "required": True,
        "shell_complete": complete.complete_kind(kind),
    }
    if kind == "user":
        return click.argument("ids", cls=arguments.PickedArgument, kind=kind, **completed)
    return click.argument("ids", **completed)
