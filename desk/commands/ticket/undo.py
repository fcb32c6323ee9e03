"""desk ticket undo: the last change of a ticket, taken back by a change of its own."""

from __future__ import annotations

from collections.abc import Sequence

import click

from desk.actions import identifiers
from desk.actions.tickets import undo as tickets_undo
from desk.cli import arguments, leaf
from desk.cli.app import App
from desk.cli.told import describe_events
from desk.domain.changes.undo import VERB, Taken
from desk.domain.model import plain
from desk.domain.model.change import Edit
from desk.domain.model.ticket import Ticket
from desk.text import _, arranged, ngettext
from desk.view.model import Done


@leaf.leaf("undo", example='desk ticket undo 7K3Q --reason "closed the wrong one"', asks=True)
@arguments.ticket_ids
@click.option("-m", "--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
def undo(app: App, ids: tuple[str, ...], reason: str | None) -> Done:
    """Take back the last change of tickets: whatever it was, with everything that changed together with it.

    History stays: the undo is a commit of its own, and can be taken back as well. It takes the right that the change
    took, and is refused when anything that it touched has changed since. Messages about the change that still wait in
    the outbox are taken out; what was sent stays sent.
    """
    found = [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)]
    done, taken = tickets_undo.undo(app, found, reason=reason)
    _say_what_was_sent(app, taken, len(done.withdrawn))
    edits = [e for e in done.change.edits if isinstance(e.record, Ticket)]
    lines = tuple(
        arranged("{id}  {words}", id=e.record.id, words=describe_events(e))
        for e in sorted(edits, key=lambda e: e.record.id not in found)
    )
    own = [e for e in edits if e.record.id in found]
    wholes = [{**plain.whole(e.record), **({} if e.after else {"deleted": True})} for e in own]
    return Done("tickets", wholes, lines) if len(wholes) > 1 else Done("ticket", wholes[0], lines)


@leaf.leaf("undo", example='desk undo\ndesk undo 3f2a8c1b9d --reason "the wrong department"', asks=True)
@click.argument("commit", metavar="[COMMIT]", required=False)
@click.option("-m", "--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
def undo_any(app: App, commit: str | None, reason: str | None) -> Done:
    """Take back the last change you made, whatever it was about: a deletion, a move of forty tickets, a changed response.

    With COMMIT, as desk log names it, that change. It is a commit of its own, takes the right that the change took, and is
    refused when anything that it touched has changed since; changes that were taken back don't count as such.
    """
    done, taken = tickets_undo.undo_commit(app, commit, reason=reason)
    _say_what_was_sent(app, taken, len(done.withdrawn))
    edits = done.change.edits
    lines = [_("took back {verb} of commit {commit}", verb=one.verb, commit=one.commit[:10]) for one in taken]
    lines += [arranged("{id}  {words}", id=e.record.id, words=_what_became_of(e)) for e in edits]
    records = [{"kind": e.record.kind, "id": e.record.id, "deleted": e.after is None} for e in edits]
    data = {"id": taken[0].commit, "verb": taken[0].verb, "commit": done.commit, "records": records}
    return Done("undo", data, tuple(lines))


def _what_became_of(edit: Edit) -> str:
    if edit.before is None:
        return _("is there again")
    return _("is gone again") if edit.after is None else _("is what it was before")


def _say_what_was_sent(app: App, taken: Sequence[Taken], withdrawn: int) -> None:
    """Messages of what was taken back that nobody has got, and will not get; or that somebody has."""
    for one in taken:
        if one.verb == VERB:
            app.notes.append(_("that was an undo itself; to go further back: desk undo COMMIT, from desk log"))
    if withdrawn:
        app.notes.append(
            ngettext(
                "{n} message that was not sent yet: taken out of the outbox",
                "{n} messages that were not sent yet: taken out of the outbox",
                withdrawn,
            )
        )
    elif any(one.verb == "reply" for one in taken):
        app.warnings.append(_("a reply that was sent to the requester can't be unsent"))
