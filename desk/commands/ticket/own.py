"""Owner and department: assign, unassign, escalate, move."""

from __future__ import annotations

from datetime import datetime

import click

from desk.actions import identifiers
from desk.actions.draft import Draft
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import acted
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import ownership
from desk.errors import Refused, UsageFault
from desk.queries import tickets
from desk.store.snapshot import Snapshot
from desk.view.model import Done


@leaf.leaf(
    "assign",
    example="desk ticket assign 7K3Q --to maria\ndesk ticket list --tag malta -f ids | desk ticket assign - --to me",
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
    if handle is None:
        return acted(app, ids, "unassign", lambda _, t, by, at: ownership.unassign(t, by=by, at=at))
    return acted(app, ids, "assign", lambda d, t, by, at: ownership.assign(t, d.snapshot.staff(handle), by=by, at=at))


@leaf.leaf("unassign", example="desk ticket unassign 7K3Q")
@arguments.ticket_ids
def unassign(app: App, ids: tuple[str, ...]) -> Done:
    """Take the owner off."""
    return acted(app, ids, "unassign", lambda _, t, by, at: ownership.unassign(t, by=by, at=at))


@leaf.leaf(
    "escalate",
    example='desk ticket escalate 7K3Q --to petros --reason "needs the certificate team"\n'
    'desk ticket escalate 7K3Q --up --reason "will not be solved by noon"',
)
@arguments.ticket_ids
@click.option(
    "--to", "to", metavar="WHO", shell_complete=complete.complete_who, help="A handle or me; left out: the next tier."
)
@click.option("--up", is_flag=True, help="Tell who is named for the department; the owner stays.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
def escalate(app: App, ids: tuple[str, ...], to: str | None, up: bool, reason: str | None) -> Done:
    """Hand tickets, owned or not, to a specific person; or, with --up, tell who is named for their department.

    Without --to a ticket goes to the least loaded member of the department on the next level up: above its owner's, or
    above yours if nobody owns it. Members who are away are passed over.
    """
    if up:
        if to:
            raise UsageFault("--up goes to who is named for the department", "leave out --to, or --up")
        return acted(app, ids, "escalate-up", lambda d, t, by, at: _up(d, t, by, at, reason))
    if to == "none":
        raise UsageFault("a ticket is escalated to somebody", "to take the owner off: desk ticket unassign ID")
    handle = app.person(to) if to else None

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        target = draft.snapshot.staff(handle) if handle else _next_tier(draft.snapshot, ticket, by)
        return ownership.escalate(ticket, target, by=by, at=at, reason=reason)

    return acted(app, ids, "escalate", one)


def _up(draft: Draft, ticket: Ticket, by: Actor, at: datetime, reason: str | None) -> Change:
    return ownership.escalate_up(ticket, named(draft.snapshot, ticket.department), by=by, at=at, reason=reason)


def named(snapshot: Snapshot, department: str) -> Staff:
    """Who is told when a ticket of a department is escalated upwards."""
    record = snapshot.get("department", department)
    who = record.values.get("escalation")
    if not who:
        raise Refused(
            f"nobody is named for escalations of {department}",
            f"level 3 names somebody: desk department edit {department} --escalation WHO",
        )
    return snapshot.staff(str(who))


_TOP = 3
"""The highest level."""


def _next_tier(snapshot: Snapshot, ticket: Ticket, by: Actor) -> Staff:
    index = snapshot.index
    staff = [snapshot.staff(str(row["id"])) for row in index.rows("staff", tail="ORDER BY id")]
    owner = next((s for s in staff if s.id == ticket.owner), None)
    # What nobody owns stands with whoever inspects it; above the highest level there is none, so its own members take it.
    return ownership.next_tier(
        ticket, staff, tickets.load(index), above=owner.level if owner else min(by.level, _TOP - 1)
    )


@leaf.leaf("move", example="desk ticket move 7K3Q --to semantic")
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
    department = identifiers.existing(app, "department", to)
    return acted(app, ids, "move", lambda d, t, by, at: d.moved(t, department, by, at))
