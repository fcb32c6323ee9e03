"""Major incidents: major, review."""

from __future__ import annotations

import click

from desk.actions.acting import require_tickets
from desk.actions.tickets import major as tickets_major
from desk.cli import arguments, complete, editor, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done


@leaf.leaf(
    "major",
    example='desk ticket major 7K3Q --coordinator maria --reason "all summaries fail"\ndesk ticket major 7K3Q --off',
)
@arguments.ticket_ids
@click.option("--coordinator", metavar="WHO", shell_complete=complete.complete_who,
              help="Who leads the work; default: the owner, else you.")  # fmt: skip
@click.option("--off", is_flag=True, help="It is no major incident, or no longer.")
@click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
def major(app: App, ids: tuple[str, ...], coordinator: str | None, off: bool, reason: str | None) -> Done:
    """Declare major incidents, or name another coordinator. The whole department is told.

    A major incident has targets of its own, a coordinator, and a review at the end: desk ticket review.
    """
    if off:
        if coordinator:
            raise UsageFault(_("--off takes the coordinator away"), _("leave out --coordinator, or --off"))
        return answer_tickets(tickets_major.end(app, arguments.resolve(app, ids), reason=reason))
    if coordinator == "none":
        raise UsageFault(_("a major incident has a coordinator"), _("name somebody, or: desk ticket major ID --off"))
    handle = app.person(coordinator) if coordinator else None
    return answer_tickets(tickets_major.declare(app, arguments.resolve(app, ids), handle, reason=reason))


@leaf.leaf("review", example="desk ticket review 7K3Q --file review.md")
@arguments.ticket_ids
@editor.body_options("The review.")
def review(app: App, ids: tuple[str, ...], body: str | None, file: str | None) -> Done:
    """Write the review of a closed major incident: what happened, what helped, what is to change.

    Without a text, the editor opens with the headings of a review. A later review replaces an earlier one.
    """
    with editor.keep_text(app, "review"):
        given = editor.given_text(app, body, file)
        found = arguments.resolve(app, ids)
        if given is None:
            if len(found) > 1:
                raise UsageFault(_("one review at a time, please"), _("or give one text to several: --body, --file"))
            require_tickets(app, found, "review")
            given = _written(app, found[0])
        return answer_tickets(tickets_major.review(app, found, given))


OUTLINE = "What happened, and who was affected\n\n\nWhat was done, and what helped\n\n\nWhat we change, who does it, until when\n\n"


def _written(app: App, ticket_id: str) -> str:
    before = app.store.read("ticket", ticket_id).values.get("review")
    return editor.entry_text(app, None, f"review-{ticket_id}", "", str(before or OUTLINE))
