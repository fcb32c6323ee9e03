"""Relations between tickets: transfer, link, unlink, merge, split."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from desk.actions.acting import act_on_tickets
from desk.actions.draft import Draft
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import acted, told
from desk.commands.problem import opening
from desk.domain.model import filenames
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.tickets import relations
from desk.errors import UsageFault
from desk.store.snapshot import Snapshot
from desk.view.model import Done

RELATIONS = ("relates", "duplicates", "caused-by")


@leaf.leaf(
    "transfer",
    example='desk ticket transfer 7K3Q --title "Certificates expire unnoticed"\n'
    "desk ticket transfer 9ABC 5XYZ --to 7K3Q",
)
@arguments.ticket_ids
@click.option(
    "--to",
    "target",
    metavar="PROBLEM",
    shell_complete=complete.complete_ticket,
    help="A problem that is open already; default: a new one for each incident.",
)
@click.option("--title", metavar="T", help="Title of a new problem; default: that of the incident.")  # fmt: skip
def transfer(app: App, ids: tuple[str, ...], target: str | None, title: str | None) -> Done:
    """Hand incidents to problem management: opens a problem for each, or links them to one, in one commit."""
    if target is None:
        return opening.each_its_own(app, arguments.resolve(app, ids), title)
    if title is not None:
        raise UsageFault("--title is for a new problem, --to for one that is there", "give one of them")
    return opening.to_existing(app, arguments.resolve(app, ids), arguments.only(app, target))


def fresh(app: App, snapshot: Snapshot, ticket: Ticket, by: Actor) -> dict[str, Any]:
    """What a ticket made out of another one starts with."""
    kept = ("priority", "impact", "urgency", "department", "requester", "language", "channel")
    return {
        "id": snapshot.new_ticket_id(app.today),
        "title": ticket.title,
        "state": "open",
        **{n: getattr(ticket, n) for n in kept},
        "created": app.now.isoformat(),
        "author": by.id,
    }


_other = click.argument("other", metavar="OTHER", shell_complete=complete.complete_ticket)


@leaf.leaf("link", example="desk ticket link 7K3Q 9ABC --as duplicates")
@arguments.one_ticket
@_other
@click.option(
    "--as", "relation", type=click.Choice(RELATIONS), default="relates", show_default=True, help="How they relate."
)
def link(app: App, ids: str, other: str, relation: str) -> Done:
    """Relate tickets to another one; the relation is written on both."""
    target = arguments.only(app, other)

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(target)
        rights.require_act(by, goal, "link")
        return relations.link(ticket, goal, relation, by=by, at=at)

    return acted(app, ids, "link", one)


@leaf.leaf("unlink", example="desk ticket unlink 7K3Q 9ABC")
@arguments.one_ticket
@_other
def unlink(app: App, ids: str, other: str) -> Done:
    """Take every relation between two tickets away."""
    target = arguments.only(app, other)

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(target)
        rights.require_act(by, goal, "unlink")
        return relations.unlink(ticket, goal, by=by, at=at)

    return acted(app, ids, "unlink", one)


@leaf.leaf("merge", example="desk ticket merge 9ABC --into 7K3Q")
@arguments.ticket_ids
@click.option(
    "--into", metavar="OTHER", required=True, shell_complete=complete.complete_ticket, help="The ticket that goes on."
)
def merge(app: App, ids: tuple[str, ...], into: str) -> Done:
    """Merge tickets into another one, which takes over their text, thread and attachments.

    The merged ones are closed, and their ids lead to the other for ever.
    """
    target = arguments.only(app, into)

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        goal = draft.ticket(target)
        rights.require_act(by, goal, "merge into")
        draft.require_public(ticket, goal.department)
        carried = carry(draft.snapshot, ticket.id, ticket.all_attachments, goal.all_attachments)
        return relations.merge(ticket, goal, carried, by=by, at=at)

    return acted(app, ids, "merge", one)


@leaf.leaf("split", example='desk ticket split 7K3Q --at 3 --title "Second fault: prescriptions"')
@arguments.ticket_ids
@click.option("--at", "number", metavar="N", type=int, required=True, help="The entry of the thread it starts with.")
@click.option("--title", metavar="T", help="Title of the new ticket; default: that of the old one.")
def split(app: App, ids: tuple[str, ...], number: int, title: str | None) -> Done:
    """Make the thread from entry N on a ticket of its own, linked to the old one."""

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        draft.require_public(ticket)
        moved = [name for entry in ticket.thread[number - 1 :] for name in entry.attachments] if number > 0 else []
        values = {**fresh(app, draft.snapshot, ticket, by), "tags": list(ticket.tags)}
        new = Ticket.new(**{**values, "title": title or ticket.title})
        return relations.split(ticket, number, new, carry(draft.snapshot, ticket.id, moved, ()), by=by, at=at)

    done, _ = act_on_tickets(app, arguments.resolve(app, ids), "split", one)
    fresh_edits = [e for e in done.change.edits if e.before is None]
    old_edits = [e for e in done.change.edits if e.before is not None]
    view = told(fresh_edits, several=len(fresh_edits) > 1)
    return view._replace(lines=told(old_edits, several=True).lines + view.lines)


def carry(snapshot: Snapshot, source: str, names: Iterable[str], taken: Iterable[str]) -> dict[str, tuple[str, bytes]]:
    """Attachments to take along: old name → name there, and content."""
    used = set(taken)
    found: dict[str, tuple[str, bytes]] = {}
    for name in names:
        new = filenames.attachment_name(name, used)
        used.add(new)
        found[name] = (new, snapshot.attachment(source, name))
    return found
