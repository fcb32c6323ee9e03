"""Checklists on tickets: checklist, check."""

from __future__ import annotations

import click

from desk.actions.tickets import checklists
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.view.model import Done


@leaf.leaf(
    "checklist", example="desk ticket checklist 7K3Q\ndesk ticket checklist 7K3Q --from security-incident", careful=True
)
@arguments.ticket_ids
@click.option("--from", "name", metavar="NAME", shell_complete=complete.complete_checklist,
              help="The template; left out: the one that fits best.")  # fmt: skip
def checklist(app: App, ids: tuple[str, ...], name: str | None) -> Done:
    """Copy the steps of a template into tickets, behind those they have.

    The ticket keeps its own copy: later edits of the template don't change it. See: desk checklist list.
    """
    return answer_tickets(checklists.put(app, arguments.resolve(app, ids), name))


@leaf.leaf("check", example="desk ticket check 7K3Q 1 2\ndesk ticket check 7K3Q 2 --undo")
@arguments.one_ticket
@click.argument("numbers", metavar="N…", nargs=-1, required=True, type=int)
@click.option("--undo", is_flag=True, help="Take the tick back.")
def check(app: App, ids: str, numbers: tuple[int, ...], undo: bool) -> Done:
    """Tick off steps of a ticket's checklist, by their numbers in desk ticket show."""
    return answer_tickets(checklists.check(app, arguments.resolve(app, ids), numbers, done=not undo))
