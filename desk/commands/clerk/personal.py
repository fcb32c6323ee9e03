"""desk alias and desk filter: words of one's own for commands, and for what lists are narrowed by."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from desk.cli import leaf
from desk.cli.clerk import personal
from desk.cli.clerk.personal import ALIAS, FILTER, Sort
from desk.cli.table import COMMANDS
from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import Text, _, arranged, pgettext
from desk.view.model import Column, Done, Listing

if TYPE_CHECKING:
    from desk.cli.app import App

_COLUMNS = (
    Column("id", pgettext("column", "NAME"), "id"),
    Column("words", pgettext("column", "STANDS FOR"), "sentence"),
    Column("whose", pgettext("column", "WHOSE")),
)
_PLURAL = {ALIAS: "aliases", FILTER: "filters"}
_ANY = {"ignore_unknown_options": True, "allow_interspersed_args": False}


class OwnWords(NamedTuple):
    """One sort of words that a person keeps: what its commands are called, what they say, and what may be kept."""

    sort: Sort
    metavar: str
    verb: str
    empty: Text
    check: Callable[[str, list[str]], None]


def _check_alias(name: str, found: list[str]) -> None:
    if name in COMMANDS:
        raise UsageFault(_("{name} is a command already", name=name), _("choose another word"))
    if not found or found[0] not in COMMANDS:
        raise UsageFault(
            _("an alias begins with a command"), _('such as: desk alias set new "ticket create --assign me"')
        )
    path = found[0]
    for word in found[1:]:
        if COMMANDS[path].target is not None or word.startswith("-"):
            break
        path = f"{path} {word}"
        if path not in COMMANDS:
            raise UsageFault(_("there is no command desk {path}", path=path), _("which there are: desk --help"))


def _check_filter(name: str, found: list[str]) -> None:
    """They are tried before they are kept."""
    from desk.cli.filters import options_of  # noqa: PLC0415 - for this command alone

    options_of(name, found)


ALIASES = OwnWords(ALIAS, "COMMAND…", "set", _("no aliases yet: desk alias set NAME COMMAND …"), _check_alias)
FILTERS = OwnWords(FILTER, "OPTIONS…", "save", _("no filters yet: desk filter save NAME --overdue …"), _check_filter)


def _list(words: OwnWords, text: str) -> click.Command:
    def list_(app: App) -> Listing:
        own = personal.load(app.env, words.sort)
        theirs = personal.shared(app.env, app.folder, words.sort)
        rows = [{"id": name, "words": said, "whose": "own"} for name, said in sorted(own.items())]
        rows += [{"id": n, "words": said, "whose": "desk"} for n, said in sorted(theirs.items()) if n not in own]
        return Listing(_PLURAL[words.sort], rows, _COLUMNS, words.empty)

    return _built("list", list_, text, example=arranged("desk {sort} list", sort=words.sort))


def _keep(words: OwnWords, text: str, *, example: str) -> click.Command:
    @click.argument("name", metavar="NAME")
    @click.argument("given", metavar=words.metavar, nargs=-1, required=True, type=click.UNPROCESSED)
    def keep(app: App, name: str, given: tuple[str, ...]) -> Done:
        given = given[1:] if given[0] == "--" else given
        said = given[0] if len(given) == 1 else shlex.join(given)
        words.check(name, personal.split_words(name, said))
        personal.save(app.env, words.sort, name, said)
        line = arranged("{name}  {words}", name=name, words=said)
        return Done(words.sort, {"id": name, "words": said}, (line,))

    command = _built(words.verb, keep, text, example=example)
    command.context_settings.update(_ANY)
    return command


def _delete(words: OwnWords, text: str, *, example: str) -> click.Command:
    @click.argument("name", metavar="NAME")
    def delete(app: App, name: str) -> Done:
        personal.save(app.env, words.sort, name, None)
        return Done(words.sort, {"id": name, "deleted": True}, (_("{name}  deleted", name=name),))

    return _built("delete", delete, text, example=example)


def _built(name: str, function: Callable[..., Any], text: str, *, example: str) -> click.Command:
    function.__doc__ = text
    return leaf.leaf(name, example=example)(function)


alias_list = _list(
    ALIASES, _("List words that stand for commands: your own, and those that the desk shares (command.aliases).")
)
alias_set = _keep(
    ALIASES,
    _(
        "Have a word of your own for a command with its options; what is typed behind it follows.\n\n"
        "It is kept in a file of yours, outside of any desk. A command's name can't be one."
    ),
    example='desk alias set new "ticket create --assign me"\ndesk alias set ans "ticket reply @"',
)
alias_delete = _delete(ALIASES, _("Forget a word of your own."), example="desk alias delete new")
filter_list = _list(FILTERS, _("List saved filters: your own, and those that the desk shares (list.filters)."))
filter_save = _keep(
    FILTERS,
    _("Keep options of a list under a word of your own, for --filter. They are tried before they are kept."),
    example='desk filter save late "--mine --overdue --sort due"\ndesk ticket list --filter late',
)
filter_delete = _delete(FILTERS, _("Forget a filter of your own."), example="desk filter delete late")
