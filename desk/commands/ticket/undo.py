"""desk ticket undo: the last change of a ticket, taken back by a change of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desk.actions import identifiers
from desk.actions.tickets import undo as tickets_undo
from desk.actions.tickets.undo import Undone
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import describe_events
from desk.domain.changes.message import SETTINGS
from desk.domain.changes.sentences import CUT, differing
from desk.domain.changes.undo import VERB, Taken
from desk.domain.model import plain
from desk.domain.model.change import Edit
from desk.domain.model.ticket import Ticket
from desk.domain.rights.words import word
from desk.errors import UsageFault
from desk.text import _, arranged, ngettext
from desk.view.model import Done

_steps = click.option(
    "--steps",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="The last N changes that stand, newest first, each by a commit.",
)
_reason = click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")


@leaf.leaf(
    "undo",
    example='desk ticket undo 7K3Q --reason "closed the wrong one"\ndesk ticket undo 7K3Q --steps 2 --dry-run',
    careful=True,
)
@arguments.ticket_ids
@_steps
@_reason
def undo(app: App, ids: tuple[str, ...], steps: int | None, reason: str | None) -> Done:
    """Take back the last change of tickets: whatever it was, with everything that changed together with it.

    History stays: the undo is a commit of its own, and can be taken back as well. It takes the right that the change
    took, and is refused when anything that it touched has changed since. Messages about the change that still wait in
    the outbox are taken out; what was sent stays sent. With --steps, changes that were taken back, and undos, don't count.
    """
    found = [identifiers.require_known(app, i) for i in arguments.ticket_words(app, ids)]
    if steps is not None:
        if len(found) > 1:
            raise UsageFault(_("--steps goes back on one ticket"), _("one after the other, please"))
        return _tell_steps(app, tickets_undo.undo_steps(app, steps, ticket=found[0], reason=reason))
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


@leaf.leaf(
    "undo",
    example='desk undo\ndesk undo --steps 3 --dry-run\ndesk undo 3f2a8c1b9d --reason "the wrong department"',
    careful=True,
)
@click.argument("commit", metavar="[COMMIT]", required=False, shell_complete=complete.complete_commit)
@click.option("--commit", "named", metavar="C", shell_complete=complete.complete_commit,
              help="The change of this commit, as desk log names it.")  # fmt: skip
@_steps
@_reason
def undo_any(app: App, commit: str | None, named: str | None, steps: int | None, reason: str | None) -> Done:
    """Take back the last change you made, whatever it was about: a deletion, a move of forty tickets, a response, a setting.

    With COMMIT, as desk log names it, that change. It is a commit of its own, takes the right that the change took, and is
    refused when anything that it touched has changed since; changes that were taken back don't count as such. With --steps,
    the last N changes of yours that stand: neither those that were taken back, nor undos.
    """
    if sum(given is not None for given in (commit, named, steps)) > 1:
        raise UsageFault(_("either a commit, or --steps"), _("name one of them"))
    if steps is not None:
        return _tell_steps(app, tickets_undo.undo_steps(app, steps, reason=reason))
    one = tickets_undo.undo_commit(app, commit or named, reason=reason)
    _say_what_was_sent(app, one.taken, len(one.done.withdrawn))
    return Done("undo", _data(one), tuple(_lines(one)))


def _tell_steps(app: App, undone: Sequence[Undone]) -> Done:
    _say_what_was_sent(app, [one for step in undone for one in step.taken], sum(len(u.done.withdrawn) for u in undone))
    return Done("undos", [_data(one) for one in undone], tuple(line for one in undone for line in _lines(one)))


def _lines(undone: Undone) -> list[str]:
    taken = [
        _("took back {verb} of commit {commit}", verb=word(one.verb, "verb"), commit=one.commit[:10])
        for one in undone.taken
    ]
    edits = undone.done.change.edits
    back = [arranged("{id}  {words}", id=e.record.id, words=_what_became_of(e)) for e in edits]
    return [
        *taken,
        *back,
        *(_setting_line(name, value) for name, value in _settings(undone)),
    ]


def _setting_line(name: str, value: str | None) -> str:
    """A long value of which parts went is told by no part of its own."""
    if value == CUT:
        return arranged("{id}  {words}", id=name, words=_("is what it was before"))
    return _("{name} is {value} again", name=name, value=value or _("not set"))


def _data(undone: Undone) -> dict[str, Any]:
    first, edits = undone.taken[0], undone.done.change.edits
    records = [{"kind": e.record.kind, "id": e.record.id, "deleted": e.after is None} for e in edits]
    records += [{"kind": SETTINGS, "id": name, "deleted": False} for name, _value in _settings(undone)]
    return {"id": first.commit, "verb": first.verb, "commit": undone.done.commit, "records": records}


def _settings(undone: Undone) -> list[tuple[str, str | None]]:
    """The settings that are again what they were, by name."""
    return [
        (name, differing(event.before, event.after)[1])
        for name, event in undone.done.change.settings
        if event.verb != VERB
    ]


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
