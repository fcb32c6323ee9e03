"""Questions to a person at a terminal: yes or no, and whether a change that takes much away is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.cli.told import describe_events
from desk.domain.changes import undo
from desk.domain.model.change import Change, Edit
from desk.errors import Interrupted
from desk.text import _, arranged, ngettext

if TYPE_CHECKING:
    from desk.cli.app import App

_YES, _NO = ("y", "yes", "ν", "ναι"), ("n", "no", "ο", "όχι", "οχι")
_SHOWN = 5
"""Records that a question names."""


def agreed(question: str, *, default: bool) -> bool:
    """The answer to a question; Enter alone means the default."""
    asked = _("{question} [Y/n]", question=question) if default else _("{question} [y/N]", question=question)
    while True:
        typed = click.prompt(asked, default="", show_default=False, err=True).strip().lower()
        if not typed or typed in _YES or typed in _NO:
            return typed in _YES or (not typed and default)
        click.echo(_("answer y or n"), err=True)


def ask_first(app: App) -> None:
    """Have a person at a terminal agree before what the command does is done; a script isn't asked."""
    if app.talks and app.env.interactive and not app.quiet:
        app.consent = _consent


def _consent(change: Change) -> None:
    """Ask about an undo, and about whatever takes away more than one record."""
    is_undo = change.verb == undo.VERB
    if not is_undo and len(change.edits) < 2:
        return
    for edit in change.edits[:_SHOWN]:
        click.echo(arranged("  {id}  {words}", id=edit.record.id, words=_fate(edit)), err=True)
    if (left := len(change.edits) - _SHOWN) > 0:
        click.echo(ngettext("  and {n} record more", "  and {n} records more", left), err=True)
    question = _("Take that back?") if is_undo else _("Is that meant?")
    if not agreed(question, default=is_undo):
        raise Interrupted(_("given up; nothing was changed"))


def _fate(edit: Edit) -> str:
    """What becomes of a record."""
    if edit.after is None:
        return _("is deleted")
    return describe_events(edit) or _("changes")
