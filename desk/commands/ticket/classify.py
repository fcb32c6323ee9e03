"""Classification: classify, tag, untag."""

from __future__ import annotations

import re

import click

from desk.actions import identifiers
from desk.actions.tickets import classification
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.domain.model.fields import TICKET_ID
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done


@leaf.leaf("classify", example="desk ticket classify 7K3Q --impact high --urgency medium", careful=True)
@arguments.ticket_ids
@click.option(
    "--priority", metavar="P", shell_complete=complete.complete_priority, help="Overrides the matrix, with a --reason."
)
@click.option("--impact", metavar="I", shell_complete=complete.complete_impact, help="How much is affected.")
@click.option("--urgency", metavar="U", shell_complete=complete.complete_urgency, help="How soon it hurts.")
@click.option(
    "--reason",
    metavar="TEXT",
    help="Why; needed where --priority isn't what the matrix gives. It can't be taken back.",
)
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
    found = arguments.resolve(app, ids)
    done = classification.classify(app, found, priority=priority, impact=impact, urgency=urgency, reason=reason)
    return answer_tickets(done)


_tags = click.argument("tags", metavar="TAG…", nargs=-1, required=True, shell_complete=complete.complete_tag)


@leaf.leaf(
    "tag", example="desk ticket tag 7K3Q incident patient-summary\ndesk ticket tag 7K3Q,9ABC malta", careful=True
)
@arguments.one_ticket
@_tags
def tag(app: App, ids: str, tags: tuple[str, ...]) -> Done:
    """Put tags on tickets. The tags incident and problem decide what kind of ticket it is."""
    wanted = [_known(app, t) for t in dict.fromkeys(arguments.split(app, tags))]
    return answer_tickets(classification.tag(app, arguments.resolve(app, ids), wanted))


def _known(app: App, name: str) -> str:
    if re.fullmatch(TICKET_ID, name.upper()):
        raise UsageFault(
            _("{name} stands where a tag is expected", name=name),
            _("join several ids by commas: desk ticket tag ID,ID TAG"),
        )
    return identifiers.require_existing(app, "tag", name)


@leaf.leaf("untag", example="desk ticket untag 7K3Q malta", careful=True)
@arguments.one_ticket
@_tags
def untag(app: App, ids: str, tags: tuple[str, ...]) -> Done:
    """Take tags off tickets."""
    gone = [
        _known(app, t) if re.fullmatch(TICKET_ID, t.upper()) else t.lower()
        for t in dict.fromkeys(arguments.split(app, tags))
    ]
    return answer_tickets(classification.untag(app, arguments.resolve(app, ids), gone))
