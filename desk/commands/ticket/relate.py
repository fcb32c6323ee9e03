"""Relations between tickets: transfer, link, unlink, merge, split."""

from __future__ import annotations

import click

from desk.actions.tickets import relations
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.told import answer_change, answer_tickets
from desk.commands.problem import opening
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done

RELATIONS = ("relates", "duplicates", "caused-by")


@leaf.leaf(
    "transfer",
    example='desk ticket transfer 7K3Q --title "Certificates expire unnoticed"\n'
    "desk ticket transfer 9ABC 5XYZ --to 7K3Q",
    careful=True,
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
        return opening.open_each(app, arguments.resolve(app, ids), title)
    if title is not None:
        raise UsageFault(_("--title is for a new problem, --to for one that is there"), _("give one of them"))
    found, problem = arguments.resolve(app, ids), arguments.require_one(app, target)
    app.several = False  # the answer is about the one problem
    return opening.link_to_existing(app, found, problem)


_other = click.argument("other", metavar="OTHER", shell_complete=complete.complete_ticket)


@leaf.leaf("link", example="desk ticket link 7K3Q 9ABC --as duplicates", careful=True)
@arguments.one_ticket
@_other
@click.option(
    "--as", "relation", type=click.Choice(RELATIONS), default="relates", show_default=True, help="How they relate."
)
def link(app: App, ids: str, other: str, relation: str) -> Done:
    """Relate tickets to another one; the relation is written on both."""
    target = arguments.require_one(app, other)
    return answer_tickets(relations.link(app, arguments.resolve(app, ids), target, relation))


@leaf.leaf("unlink", example="desk ticket unlink 7K3Q 9ABC", careful=True)
@arguments.one_ticket
@_other
def unlink(app: App, ids: str, other: str) -> Done:
    """Take every relation between two tickets away."""
    target = arguments.require_one(app, other)
    return answer_tickets(relations.unlink(app, arguments.resolve(app, ids), target))


@leaf.leaf("merge", example="desk ticket merge 9ABC --into 7K3Q", careful=True)
@arguments.ticket_ids
@click.option(
    "--into", metavar="OTHER", required=True, shell_complete=complete.complete_ticket, help="The ticket that goes on."
)
def merge(app: App, ids: tuple[str, ...], into: str) -> Done:
    """Merge tickets into another one, which takes over their text, thread, attachments, tags and links.

    It takes the higher priority too, and what it lacks of impact, urgency, service and custom fields. The merged ones are
    closed, and their ids lead to the other for ever.
    """
    target = arguments.require_one(app, into)
    acted = relations.merge(app, arguments.resolve(app, ids), target)
    for merged, left in relations.left_behind(acted):
        app.notes.append(_("left with {id}: {values}", id=merged, values=left))
    return answer_tickets(acted)


@leaf.leaf("split", example='desk ticket split 7K3Q --at 3 --title "Second fault: prescriptions"')
@arguments.ticket_ids
@click.option("--at", "number", metavar="N", type=int, required=True, help="The entry of the thread it starts with.")
@click.option("--title", metavar="T", help="Title of the new ticket; default: that of the old one.")
def split(app: App, ids: tuple[str, ...], number: int, title: str | None) -> Done:
    """Make the thread from entry N on a ticket of its own, linked to the old one."""
    done = relations.split(app, arguments.resolve(app, ids), number, title).done
    fresh_edits = [e for e in done.change.edits if e.before is None]
    old_edits = [e for e in done.change.edits if e.before is not None]
    view = answer_change(fresh_edits, several=len(fresh_edits) > 1)
    return view._replace(lines=answer_change(old_edits, several=True).lines + view.lines)
