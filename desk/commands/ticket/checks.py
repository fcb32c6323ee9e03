"""Checklists on tickets: checklist, check."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import click

from desk.actions.draft import Draft
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import acted
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import checklists
from desk.errors import Refused
from desk.store.snapshot import Snapshot
from desk.view.model import Done


@leaf.leaf("checklist", example="desk ticket checklist 7K3Q\ndesk ticket checklist 7K3Q --from security-incident")
@arguments.ticket_ids
@click.option("--from", "name", metavar="NAME", shell_complete=complete.complete_checklist,
              help="The template; left out: the one that fits best.")  # fmt: skip
def checklist(app: App, ids: tuple[str, ...], name: str | None) -> Done:
    """Copy the steps of a template into tickets, behind those they have.

    The ticket keeps its own copy: later edits of the template don't change it. See: desk checklist list.
    """
    languages = app.config["desk.languages"]

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        templates = all_templates(draft.snapshot)
        found = (
            checklists.named(name, ticket, templates, languages)
            if name
            else checklists.best(ticket, templates, languages)
        )
        if found is None and name:
            raise draft.snapshot.missing("checklist", name)
        if found is None:
            raise Refused(
                f"no checklist is for tickets such as {ticket.id} ({ticket.kind_of_work}, {ticket.department})",
                "name one with --from NAME; see: desk checklist list",
            )
        return checklists.put(ticket, found, by=by, at=at)

    return acted(app, ids, "checklist", one)


def all_templates(snapshot: Snapshot) -> list[Checklist]:
    """All templates as committed."""
    rows = snapshot.index.rows("checklist", tail="ORDER BY id")
    return [cast("Checklist", snapshot.get("checklist", str(row["id"]))) for row in rows]


@leaf.leaf("check", example="desk ticket check 7K3Q 1 2\ndesk ticket check 7K3Q 2 --undo")
@arguments.one_ticket
@click.argument("numbers", metavar="N…", nargs=-1, required=True, type=int)
@click.option("--undo", is_flag=True, help="Take the tick back.")
def check(app: App, ids: str, numbers: tuple[int, ...], undo: bool) -> Done:
    """Tick off steps of a ticket's checklist, by their numbers in desk ticket show."""
    verb = "uncheck" if undo else "check"
    return acted(app, ids, verb, lambda _, t, by, at: checklists.check(t, numbers, by=by, at=at, done=not undo))
