"""What a command would change, told before it does: to whoever only wants to know, and to whoever is asked first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from desk.cli.app import App, Rehearsed
from desk.cli.speech.asking import confirm, tell
from desk.cli.told import describe_edit, describe_setting
from desk.domain.changes.message import SET, SETTINGS
from desk.domain.changes.undo import VERB as UNDO
from desk.domain.model.change import Change, Edit, Event
from desk.errors import Interrupted
from desk.text import _, arranged, ngettext
from desk.view.model import Done

MANY = 10
"""Records from which on a person at a terminal is asked first."""
_NAMED = 10
"""Records that a question names; the others are counted."""


def act(app: App, command: Callable[[], Any]) -> Any:
    """Run a command: to the point where it would change something, or on from there once a person has agreed."""
    app.review = _stop if app.rehearses else partial(_ask, app)
    try:
        return command()
    except Rehearsed as told:
        return _answer(app, told.changes)


def _stop(changes: Sequence[Change]) -> None:
    raise Rehearsed(changes)


def _answer(app: App, changes: Sequence[Change]) -> Done:
    """What would be changed, as data for programs and in the words that the command itself would use."""
    app.notes.append(_("nothing was changed: this is what would be"))
    if app.draft:
        app.notes.append(_("your text is kept: {draft}", draft=app.draft))
    records = [
        {
            "kind": edit.record.kind,
            "id": edit.record.id,
            "deleted": edit.after is None,
            "events": [{"verb": e.verb, "from": e.before, "to": e.after} for e in edit.events],
        }
        for edit in _edits(changes)
    ]
    records += [
        {
            "kind": SETTINGS,
            "id": name,
            "deleted": False,
            "events": [{"verb": event.verb, "from": event.before, "to": event.after}],
        }
        for name, event in _settings(changes)
    ]
    data = {"verb": changes[0].verb, "dry_run": True, "records": records}
    return Done("rehearsal", data, tuple(_lines(changes)), answer=True)


def _ask(app: App, changes: Sequence[Change]) -> None:
    """Name what is grave, and have a person say yes to it; Interrupted for whoever doesn't."""
    if not _is_grave(changes):
        return
    lines = _lines(changes)
    for line in lines[:_NAMED]:
        tell(app, line)
    if len(lines) > _NAMED:
        tell(app, _("and {n} more", n=len(lines) - _NAMED))
    question = ngettext("This changes {n} record. Go on?", "This changes {n} records. Go on?", len(lines))
    if not confirm(app, question, default=False):
        raise Interrupted(_("given up"), _("nothing was changed; without a question: --yes"))


def _is_grave(changes: Sequence[Change]) -> bool:
    """Whether something is taken away or taken back, or more is touched than a person has in view."""
    edits = _edits(changes)
    taken = any(edit.after is None for edit in edits) or any(change.verb == UNDO for change in changes)
    return taken or len(edits) >= MANY


def _edits(changes: Sequence[Change]) -> list[Edit]:
    return [edit for change in changes for edit in change.edits]


def _settings(changes: Sequence[Change]) -> list[tuple[str, Event]]:
    """What becomes of settings: the value of each, not that it was taken back."""
    return [(name, event) for change in changes for name, event in change.settings if event.verb == SET]


def _lines(changes: Sequence[Change]) -> list[str]:
    records = [arranged("{id}  {words}", id=e.record.id, words=describe_edit(e)) for e in _edits(changes)]
    return [*records, *(describe_setting(name, event) for name, event in _settings(changes))]
