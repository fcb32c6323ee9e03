"""desk problem open, and what ticket transfer shares with it: incidents handed to problem management."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from desk.actions.draft import Draft
from desk.actions.tickets.classification import matrix_of
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import told
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, join
from desk.domain.model.organisation import PROBLEM
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.tickets import problems as tickets_problems
from desk.domain.tickets import relations
from desk.errors import UsageFault
from desk.store.snapshot import Snapshot
from desk.view.model import Done


@leaf.leaf(
    "open",
    example='desk problem open --from 7K3Q,9ABC --title "Certificates expire unnoticed"\n'
    "desk incident list --tag malta -f ids | desk problem open --from -",
)
@click.argument("more", metavar="[ID…]", nargs=-1, shell_complete=complete.complete_ticket)
@click.option(
    "--from", "first", metavar="ID…", multiple=True, required=True, shell_complete=complete.complete_ticket,
    help="The incidents it comes from; - reads them from stdin.",
)  # fmt: skip
@click.option("--title", metavar="T", help="Title of the problem; default: that of the first incident.")
def open_(app: App, more: tuple[str, ...], first: tuple[str, ...], title: str | None) -> Done:
    """Open one problem from several incidents, and link them all.

    It takes their most common department and service, the highest impact and urgency, and all their tags.
    """
    ids = arguments.resolve(app, [*first, *more])

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        incidents = handed(draft, ids, by)
        return relations.transfer(incidents, new_problem(app, draft, incidents, title, by), None, by=by, at=at)

    return said(app.apply(plan).change)


def handed(draft: Draft, ids: Sequence[str], by: Actor) -> list[Ticket]:
    """The tickets named, each once, if whoever acts may hand all of them over."""
    found = {ticket.id: ticket for ticket in map(draft.ticket, ids)}
    for ticket in found.values():
        rights.require_act(by, ticket, "transfer")
        draft.require_public(ticket)
    return list(found.values())


def new_problem(app: App, draft: Draft, incidents: Sequence[Ticket], title: str | None, by: Actor) -> Ticket:
    """A problem made from incidents, with a new id."""
    draft.snapshot.get("tag", PROBLEM)
    ranks = {name: app.config[f"ticket.{plural}"] for name, plural in RANKED.items()}
    values = tickets_problems.drawn(incidents, ranks)
    by_matrix = matrix_of(app.config).priority(values["impact"], values["urgency"])
    values |= {
        "id": draft.snapshot.new_ticket_id(app.today),
        "state": "open",
        "priority": by_matrix or values["priority"],
        "created": app.now.isoformat(),
        "author": by.id,
        **({"title": title} if title is not None else {}),
    }
    try:
        return Ticket.new(**values, body=tickets_problems.listed(incidents))
    except ValueError as error:
        raise UsageFault(str(error)) from None


RANKED = {"priority": "priorities", "impact": "impacts", "urgency": "urgencies"}


def each_its_own(app: App, ids: Sequence[str], title: str | None) -> Done:
    """A problem for each incident, as one change."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        for incident in handed(draft, ids, by):
            fresh = new_problem(app, draft, [incident], title, by)
            draft.take(relations.transfer([incident], fresh, None, by=by, at=at))
        return join(draft.changes)

    return said(app.apply(plan).change)


def to_existing(app: App, ids: Sequence[str], target: str) -> Done:
    """Incidents linked to a problem that is open already."""

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        draft = Draft(snapshot)
        goal = draft.ticket(target)
        rights.require_act(by, goal, "transfer to")
        return relations.transfer(handed(draft, ids, by), goal, goal, by=by, at=at)

    return said(app.apply(plan).change)


def said(change: Change) -> Done:
    """What was handed over, and the problems it was handed to: these are the answer."""
    problems = [e for e in change.edits if isinstance(e.after, Ticket) and e.after.kind_of_work == PROBLEM]
    incidents = [e for e in change.edits if e not in problems]
    view = told(problems, several=len(problems) > 1)
    return view._replace(lines=told(incidents, several=True).lines + view.lines)
