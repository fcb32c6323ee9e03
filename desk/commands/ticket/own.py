"""Owner and department: assign, unassign, escalate, move."""

from __future__ import annotations

import click

from desk.actions import identifiers
from desk.actions.tickets import ownership
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done


@leaf.leaf(
    "assign",
    example="desk ticket assign 7K3Q --to maria\ndesk ticket list --tag malta -f ids | desk ticket assign - --to me",
    careful=True,
)
@arguments.ticket_ids
@click.option(
    "--to", "to", metavar="WHO", required=True, shell_complete=complete.complete_who, help="A handle, me, or none."
)
def assign(app: App, ids: tuple[str, ...], to: str) -> Done:
    """Give tickets that nobody owns to a staff member who serves their department.

    An owned ticket is refused: escalate it, or unassign it first. `--to none` takes the owner off.
    """
    handle = app.person(to)
    found = arguments.resolve(app, ids)
    return answer_tickets(ownership.unassign(app, found) if handle is None else ownership.assign(app, found, handle))


@leaf.leaf("unassign", example="desk ticket unassign 7K3Q", careful=True)
@arguments.ticket_ids
def unassign(app: App, ids: tuple[str, ...]) -> Done:
    """Take the owner off."""
    return answer_tickets(ownership.unassign(app, arguments.resolve(app, ids)))


@leaf.leaf(
    "escalate",
    example='desk ticket escalate 7K3Q --to petros --reason "needs the certificate team"\n'
    'desk ticket escalate 7K3Q --up --reason "will not be solved by noon"',
    careful=True,
)
@arguments.ticket_ids
@click.option(
    "--to", "to", metavar="WHO", shell_complete=complete.complete_who, help="A handle or me; left out: the next tier."
)
@click.option("--up", is_flag=True, help="Tell who is named for the department; the owner stays.")
@click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
def escalate(app: App, ids: tuple[str, ...], to: str | None, up: bool, reason: str | None) -> Done:
    """Hand tickets, owned or not, to a specific person; or, with --up, tell who is named for their department.

    Without --to a ticket goes to the least loaded member of the department on the next level up: above its owner's, or
    above yours if nobody owns it. Members who are away are passed over.
    """
    if up:
        if to:
            raise UsageFault(_("--up goes to who is named for the department"), _("leave out --to, or --up"))
        return answer_tickets(ownership.escalate_up(app, arguments.resolve(app, ids), reason=reason))
    if to == "none":
        raise UsageFault(_("a ticket is escalated to somebody"), _("to take the owner off: desk ticket unassign ID"))
    handle = app.person(to) if to else None
    return answer_tickets(ownership.escalate(app, arguments.resolve(app, ids), handle, reason=reason))


@leaf.leaf("move", example="desk ticket move 7K3Q --to semantic", careful=True)
@arguments.ticket_ids
@click.option(
    "--to",
    "to",
    metavar="DEPARTMENT",
    required=True,
    shell_complete=complete.complete_department,
    help="The department that takes over.",
)
def move(app: App, ids: tuple[str, ...], to: str) -> Done:
    """Move tickets to another department. An owner who doesn't serve it is dropped."""
    department = identifiers.require_existing(app, "department", to)
    return answer_tickets(ownership.move(app, arguments.resolve(app, ids), department))
