"""desk problem open, and what ticket transfer shares with it: incidents handed to problem management."""

from __future__ import annotations

from collections.abc import Sequence

import click

from desk.actions import problems
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_change
from desk.domain.model.change import Change
from desk.domain.model.organisation import PROBLEM
from desk.domain.model.ticket import Ticket
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
    found = arguments.resolve(app, [*first, *more])
    app.several = False  # the answer is about the one problem
    return answer_handover(problems.open_from(app, found, title).change)


def open_each(app: App, ids: Sequence[str], title: str | None) -> Done:
    """A problem for each incident, as one change."""
    return answer_handover(problems.open_each(app, ids, title).change)


def link_to_existing(app: App, ids: Sequence[str], target: str) -> Done:
    """Incidents linked to a problem that is open already."""
    return answer_handover(problems.hand_over(app, ids, target).change)


def answer_handover(change: Change) -> Done:
    """What was handed over, and the problems it was handed to: these are the answer."""
    opened = [e for e in change.edits if isinstance(e.after, Ticket) and e.after.kind_of_work == PROBLEM]
    incidents = [e for e in change.edits if e not in opened]
    view = answer_change(opened, several=len(opened) > 1)
    return view._replace(lines=answer_change(incidents, several=True).lines + view.lines)
