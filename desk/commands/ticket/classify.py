"""Classification: classify, tag, untag."""

from __future__ import annotations

import re
from datetime import datetime

import click

from desk.actions import identifiers
from desk.actions.draft import Draft
from desk.actions.tickets import matrix_of
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import acted
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.fields import TICKET_ID
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import classification
from desk.errors import UsageFault
from desk.view.model import Done


@leaf.leaf("classify", example="desk ticket classify 7K3Q --impact high --urgency medium")
@arguments.ticket_ids
@click.option(
    "--priority", metavar="P", shell_complete=complete.complete_priority, help="Overrides the matrix, with a --reason."
)
@click.option("--impact", metavar="I", shell_complete=complete.complete_impact, help="How much is affected.")
@click.option("--urgency", metavar="U", shell_complete=complete.complete_urgency, help="How soon it hurts.")
@click.option("--reason", metavar="TEXT", help="Why; needed where --priority isn't what the matrix gives.")
def classify(
    app: App,
    ids: tuple[str, ...],
    priority: str | None,
    impact: str | None,
    urgency: str | None,
    reason: str | None,
) -> Done:
    """Set impact and urgency; the matrix in desk.toml gives the priority.

    --priority names another one: where impact and urgency are known that takes a --reason, and the history shows both.
    """
    if not (priority or impact or urgency):
        raise UsageFault("nothing to set", "give --priority, --impact or --urgency")
    p = identifiers.chosen(app, "ticket.priorities", priority)
    i = identifiers.chosen(app, "ticket.impacts", impact)
    u = identifiers.chosen(app, "ticket.urgencies", urgency)
    matrix = matrix_of(app.config)

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return classification.classify(
            ticket, by=by, at=at, matrix=matrix, priority=p, impact=i, urgency=u, reason=reason
        )

    return acted(app, ids, "classify", one)


_tags = click.argument("tags", metavar="TAG…", nargs=-1, required=True, shell_complete=complete.complete_tag)


@leaf.leaf("tag", example="desk ticket tag 7K3Q incident patient-summary\ndesk ticket tag 7K3Q,9ABC malta")
@arguments.one_ticket
@_tags
def tag(app: App, ids: str, tags: tuple[str, ...]) -> Done:
    """Put tags on tickets. The tags incident and problem decide what kind of ticket it is."""
    wanted = [_known(app, t) for t in arguments.words(app, tags)]

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        for name in wanted:
            draft.snapshot.get("tag", name)
        return classification.tag(ticket, wanted, by=by, at=at)

    return acted(app, ids, "tag", one)


def _known(app: App, name: str) -> str:
    if re.fullmatch(TICKET_ID, name.upper()):
        raise UsageFault(
            f"{name} stands where a tag is expected", "join several ids by commas: desk ticket tag ID,ID TAG"
        )
    return identifiers.existing(app, "tag", name)


@leaf.leaf("untag", example="desk ticket untag 7K3Q malta")
@arguments.one_ticket
@_tags
def untag(app: App, ids: str, tags: tuple[str, ...]) -> Done:
    """Take tags off tickets."""
    gone = [_known(app, t) if re.fullmatch(TICKET_ID, t.upper()) else t.lower() for t in arguments.words(app, tags)]
    return acted(app, ids, "untag", lambda _, t, by, at: classification.untag(t, gone, by=by, at=at))
