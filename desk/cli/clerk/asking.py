"""Whether a change that takes much away is meant: a question to a person at a terminal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk.cli.speech.asking import confirm, tell
from desk.cli.told import describe_events
from desk.domain.changes import undo
from desk.domain.model.change import Change, Edit
from desk.errors import Interrupted
from desk.text import _, arranged, ngettext

if TYPE_CHECKING:
    from desk.cli.app import App

_SHOWN = 5
"""Records that a question names."""


def ask_first(app: App) -> None:
    """Have a person at a terminal agree before what the command does is done; a script isn't asked."""
    if app.talks and app.env.interactive and not app.quiet:
        app.consent = partial(_consent, app)


def _consent(app: App, change: Change) -> None:
    """Ask about an undo, and about whatever takes away more than one record."""
    is_undo = change.verb == undo.VERB
    if not is_undo and len(change.edits) < 2:
        return
    for edit in change.edits[:_SHOWN]:
        tell(app, arranged("  {id}  {words}", id=edit.record.id, words=_fate(edit)))
    if (left := len(change.edits) - _SHOWN) > 0:
        tell(app, ngettext("  and {n} record more", "  and {n} records more", left))
    question = _("Take that back?") if is_undo else _("Is that meant?")
    if not confirm(app, question, default=is_undo):
        raise Interrupted(_("given up; nothing was changed"))


def _fate(edit: Edit) -> str:
    """What becomes of a record."""
    if edit.after is None:
        return _("is deleted")
    return describe_events(edit) or _("changes")
