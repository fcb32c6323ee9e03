"""desk draft: texts of one's own that were begun and not sent, each taken up again or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from desk.cli import complete, editor, leaf
from desk.cli.clerk import unfinished
from desk.cli.clerk.unfinished import Unfinished
from desk.cli.main import load
from desk.cli.speech.asking import confirm, tell
from desk.cli.table import COMMANDS
from desk.domain.model.fields import utc_text
from desk.errors import Ambiguous, Conflict, Interrupted, NotFound, Refused, UsageFault
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Done, Listing, View

if TYPE_CHECKING:
    from desk.cli.app import App

_COLUMNS = (
    Column("id", pgettext("column", "NAME"), "id"),
    Column("at", pgettext("column", "AGE"), "age"),
    Column("busy", "", "mark"),
    Column("begins", pgettext("column", "BEGINS"), "title"),
)
_BEGINNING = 120
"""Characters of a text that a list tells."""
_ANY = {"ignore_unknown_options": True}


def _mine(app: App) -> list[Unfinished]:
    return unfinished.of(app.place, unfinished.owner_named(app.handle()))


@leaf.leaf("list", example="desk draft list")
def list_(app: App) -> Listing:
    """List texts that you began and didn't send: left in the editor, or kept when a command failed; a star: being written.

    They lie on this machine alone, and are in no commit.
    """
    rows = [
        {
            "id": one.name,
            "task": one.task,
            "ticket": one.ticket or None,
            "at": utc_text(one.at),
            "busy": one.busy,
            "begins": _beginning(one),
            "path": one.path,
        }
        for one in _mine(app)
    ]
    notes = (_("to go on with one: desk draft resume NAME; without a name: the newest"),) if rows else ()
    return Listing("drafts", rows, _COLUMNS, _("no drafts: nothing was left unsent"), notes=notes)


def _beginning(one: Unfinished) -> str:
    """The first words of a text, without the form around it."""
    text = unfinished.read(one.path)
    written = editor.written_in(text)
    if written.startswith("---\n"):
        values, _fence, rest = written.removeprefix("---\n").partition("\n---\n")
        title = next((v for v in values.split("\n") if v.startswith("title:")), "").removeprefix("title:").strip(" '\"")
        written = title or rest
    return " ".join(written.split())[:_BEGINNING]


def _chosen(app: App, given: str) -> Unfinished:
    """The one that a name, or a part of one, means; NotFound or Ambiguous otherwise."""
    mine = _mine(app)
    found = [one for one in mine if one.name == given] or [one for one in mine if given.lower() in one.name.lower()]
    if not found:
        raise NotFound(_("you have no draft {name!r}", name=given[:60]), _("desk draft list shows them"))
    if len(found) > 1:
        names = ", ".join(one.name for one in found[:5])
        raise Ambiguous(_("{name!r} could be {n} drafts: {names}", name=given[:60], n=len(found), names=names),
                        _("type more of the name"))  # fmt: skip
    return found[0]


@leaf.leaf("resume", example="desk draft resume\ndesk draft resume 7K3Q --close")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete.complete_draft)
@click.argument("options", metavar="[OPTIONS…]", nargs=-1, type=click.UNPROCESSED)
def resume(app: App, name: str | None, options: tuple[str, ...]) -> View:
    """Go on with a draft in the editor, and do what it was for: the newest, or the one whose name has that part.

    Options of that command may follow, such as --close of a reply: a draft is the text alone.
    """
    if name is not None and name.startswith("-"):
        options, name = (name, *options), None  # no name, and the first of the options
    mine = [one for one in _mine(app) if not one.busy]
    if name is None and not mine:
        raise NotFound(_("you have no draft to go on with"), "desk draft list")
    one = mine[0] if name is None else _chosen(app, name)
    if one.busy:
        raise Conflict(_("{name} is open in an editor", name=one.name), _("go on there, or close it first"))
    if not one.command:
        raise Refused(
            _("{name} came through a pipe, or belongs to no single record", name=one.name),
            _("give it to its command again: --file {path}", path=one.path),
        )
    if not editor.interactive(app):
        raise UsageFault(
            _("a draft is taken up in an editor, at a terminal"), _("or send it as it is: --file {path}", path=one.path)
        )
    app.resumes = one
    view: View = _run(one.command, [*options, "-f", app.output])
    return view


def _run(words: Sequence[str], options: Sequence[str]) -> Any:
    """A command of the table, as if it had been typed."""
    path = " ".join(words[:2])
    ctx = click.get_current_context()
    parent = ctx.parent or ctx
    with load(COMMANDS[path]).make_context(path, [*words[2:], *options], parent=parent) as within:
        return within.command.invoke(within)


@leaf.leaf("drop", example="desk draft drop reply-260723-7K3Q.maria.left\ndesk draft drop --all")
@click.argument("names", metavar="[NAME…]", nargs=-1, shell_complete=complete.complete_draft)
@click.option("--all", "everything", is_flag=True, help="All of your own that nobody is writing in.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask first, at a terminal.")
def drop(app: App, names: tuple[str, ...], *, everything: bool, yes: bool) -> Done:
    """Throw drafts away: what was written in them is gone, since nothing else has it."""
    if bool(names) == everything:
        raise UsageFault(_("name the drafts, or give --all"), _("desk draft list shows them"))
    found = [one for one in _mine(app) if not one.busy] if everything else [_chosen(app, name) for name in names]
    if busy := next((one for one in found if one.busy), None):
        raise Conflict(_("{name} is open in an editor", name=busy.name), _("close it first"))
    if found and app.env.interactive and not yes:
        for one in found:
            tell(app, arranged("{name}  {begins}", name=one.name, begins=_beginning(one)))
        if not confirm(app, _("Throw away what was written?"), default=False):
            raise Interrupted(_("given up"), _("nothing was thrown away; without a question: --yes"))
    for one in found:
        unfinished.drop(one.path)
    rows = [{"id": one.name, "deleted": True} for one in found]
    lines = tuple(_("{name}  thrown away", name=one.name) for one in found)
    if not lines:
        app.idle()
    return Done("drafts", rows, lines)


resume.context_settings.update(_ANY)
