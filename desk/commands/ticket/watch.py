"""Watching tickets: watch, unwatch."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import click

from desk.actions import requesters
from desk.actions.draft import Draft
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import acted
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import Department
from desk.domain.model.person import USER_PREFIX, Staff, User
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import watching
from desk.errors import NotFound
from desk.queries import people
from desk.store.snapshot import Snapshot
from desk.view.model import Done

_who = click.option(
    "--who", metavar="HANDLE|USER", default="me", show_default=True, shell_complete=complete.complete_who,
    help="A staff member, or a requester by id or e-mail address.",
)  # fmt: skip


@leaf.leaf("watch", example="desk ticket watch 7K3Q\ndesk ticket watch 7K3Q --who dr.andreou@hospital.example")
@arguments.ticket_ids
@_who
def watch(app: App, ids: tuple[str, ...], who: str) -> Done:
    """Have messages sent when something happens to tickets. Requesters never hear of private notes."""
    watcher = _known(app, who)

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        department = cast("Department", draft.snapshot.get("department", ticket.department))
        return watching.watch(ticket, _person(draft.snapshot, watcher), department, by=by, at=at)

    return acted(app, ids, "watch", one)


@leaf.leaf("unwatch", example="desk ticket unwatch 7K3Q\ndesk ticket unwatch 7K3Q,9ABC --who u-4f9x2")
@arguments.ticket_ids
@_who
def unwatch(app: App, ids: tuple[str, ...], who: str) -> Done:
    """Have no more messages sent."""
    watcher = _known(app, who)
    return acted(app, ids, "unwatch", lambda _, t, by, at: watching.unwatch(t, watcher, by=by, at=at))


def _known(app: App, typed: str) -> str:
    """A handle or a requester's id from what was typed."""
    if "@" not in typed:
        return app.person(typed) or typed
    found = app.store.ask(lambda index: people.with_address(index, typed))
    if not found:
        raise NotFound(f"nobody here has the address {typed[:60]}", "desk user list --search WORDS")
    return found[0][1]


def _person(snapshot: Snapshot, who: str) -> Staff | User:
    if not who.startswith(USER_PREFIX):
        return snapshot.staff(who)
    user = snapshot.get("user", who)
    requesters.refuse_barred(snapshot, user)
    return cast("User", user)
