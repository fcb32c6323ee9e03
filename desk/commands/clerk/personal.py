"""desk alias and desk filter: words of one's own for commands, and for what lists are narrowed by."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from desk.cli import leaf
from desk.cli.clerk import personal
from desk.cli.clerk.personal import ALIAS, FILTER, Sort
from desk.cli.table import COMMANDS
from desk.errors import UsageFault
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Done, Listing

if TYPE_CHECKING:
    from desk.cli.app import App

_COLUMNS = (
    Column("id", pgettext("column", "NAME"), "id"),
    Column("words", pgettext("column", "STANDS FOR"), "title"),
    Column("whose", pgettext("column", "WHOSE")),
)
_name = click.argument("name", metavar="NAME")
_ANY = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def _listed(app: App, sort: Sort, empty: str) -> Listing:
    own = personal.load(app.env, sort)
    theirs = personal.shared(app.env, app.folder, sort)
    rows = [{"id": name, "words": words, "whose": "own"} for name, words in sorted(own.items())]
    rows += [{"id": n, "words": words, "whose": "desk"} for n, words in sorted(theirs.items()) if n not in own]
    return Listing(f"{sort}es" if sort == ALIAS else f"{sort}s", rows, _COLUMNS, empty)


def _saved(app: App, sort: Sort, name: str, words: str) -> Done:
    personal.save(app.env, sort, name, words)
    return Done(sort, {"id": name, "words": words}, (arranged("{name}  {words}", name=name, words=words),))


def _deleted(app: App, sort: Sort, name: str) -> Done:
    personal.save(app.env, sort, name, None)
    return Done(sort, {"id": name, "deleted": True}, (_("{name}  deleted", name=name),))


@leaf.leaf("list", example="desk alias list")
def alias_list(app: App) -> Listing:
    """List words that stand for commands: your own, and those that the desk shares (command.aliases)."""
    return _listed(app, ALIAS, _("no aliases yet: desk alias set NAME COMMAND …"))


@leaf.leaf("set", example='desk alias set new "ticket create --assign me"\ndesk alias set ans "ticket reply @"')
@_name
@click.argument("words", metavar="COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
def alias_set(app: App, name: str, words: tuple[str, ...]) -> Done:
    """Have a word of your own for a command with its options; what is typed behind it follows.

    It is kept in a file of yours, outside of any desk. A command's name can't be one.
    """
    if name in COMMANDS:
        raise UsageFault(_("{name} is a command already", name=name), _("choose another word"))
    text = words[0] if len(words) == 1 else shlex.join(words)
    found = personal.split_words(name, text)
    if not found or found[0] not in COMMANDS:
        raise UsageFault(
            _("an alias begins with a command"), _('such as: desk alias set new "ticket create --assign me"')
        )
    return _saved(app, ALIAS, name, text)


@leaf.leaf("delete", example="desk alias delete new")
@_name
def alias_delete(app: App, name: str) -> Done:
    """Forget a word of your own."""
    return _deleted(app, ALIAS, name)


@leaf.leaf("list", example="desk filter list")
def filter_list(app: App) -> Listing:
    """List saved filters: your own, and those that the desk shares (list.filters)."""
    return _listed(app, FILTER, _("no filters yet: desk filter save NAME --overdue …"))


@leaf.leaf("save", example='desk filter save late "--mine --overdue --sort due"\ndesk ticket list --filter late')
@_name
@click.argument("words", metavar="OPTIONS…", nargs=-1, required=True, type=click.UNPROCESSED)
def filter_save(app: App, name: str, words: tuple[str, ...]) -> Done:
    """Keep options of a list under a word of your own, for --filter. They are tried before they are kept."""
    from desk.cli.filters import options_of  # noqa: PLC0415 - for this command alone

    text = words[0] if len(words) == 1 else shlex.join(words)
    options_of(name, personal.split_words(name, text))
    return _saved(app, FILTER, name, text)


@leaf.leaf("delete", example="desk filter delete late")
@_name
def filter_delete(app: App, name: str) -> Done:
    """Forget a filter of your own."""
    return _deleted(app, FILTER, name)


for _command in (alias_set, filter_save):
    _command.context_settings.update(_ANY)
