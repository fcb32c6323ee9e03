"""Watching tickets: watch, unwatch."""

from __future__ import annotations

import click

from desk.actions.tickets import watching
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.errors import NotFound
from desk.queries import people
from desk.text import _
from desk.view.model import Done

_who = click.option(
    "--who", metavar="HANDLE|USER", default="me", show_default=True, shell_complete=complete.complete_who,
    help="A staff member, or a requester by id or e-mail address.",
)  # fmt: skip


@leaf.leaf(
    "watch", example="desk ticket watch 7K3Q\ndesk ticket watch 7K3Q --who dr.andreou@hospital.example", careful=True
)
@arguments.ticket_ids
@_who
def watch(app: App, ids: tuple[str, ...], who: str) -> Done:
    """Have messages sent when something happens to tickets. Requesters never hear of private notes."""
    watcher = _known(app, who)
    return answer_tickets(watching.watch(app, arguments.resolve(app, ids), watcher))


@leaf.leaf("unwatch", example="desk ticket unwatch 7K3Q\ndesk ticket unwatch 7K3Q,9ABC --who u-4f9x2", careful=True)
@arguments.ticket_ids
@_who
def unwatch(app: App, ids: tuple[str, ...], who: str) -> Done:
    """Have no more messages sent."""
    watcher = _known(app, who)
    return answer_tickets(watching.unwatch(app, arguments.resolve(app, ids), watcher))


def _known(app: App, typed: str) -> str:
    """A handle or a requester's id from what was typed."""
    if "@" not in typed:
        return app.person(typed) or typed
    found = app.store.ask(lambda index: people.with_address(index, typed))
    if not found:
        raise NotFound(_("nobody here has the address {address}", address=typed[:60]), "desk user list --search WORDS")
    return found[0][1]
