"""desk ticket edit: title, text and fields by options or in the editor; the last reply by its author."""

from __future__ import annotations

from zlib import crc32

import click

from desk.actions import identifiers
from desk.actions.acting import require_tickets
from desk.actions.tickets import edits
from desk.actions.tickets.edits import Revision
from desk.cli import arguments, complete, editor, form, leaf
from desk.cli.app import App
from desk.cli.told import answer_tickets, tell_of_requester
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import thread
from desk.errors import NotFound, UsageFault
from desk.text import _
from desk.view.model import Done


@leaf.leaf(
    "edit",
    example='desk ticket edit 7K3Q --title "Patient summaries from Malta fail"\ndesk ticket edit 7K3Q',
    careful=True,
)
@arguments.ticket_ids
@click.option("--title", metavar="T", help="A new title.")
@editor.body_options("A new text of the request.")
@click.option("--service", metavar="S", help="The affected service; empty takes it away.")
@arguments.requester_option("On whose behalf; empty takes it away.")
@click.option("--channel", metavar="C", shell_complete=complete.complete_channel, help="How it came in.")
@click.option("--language", metavar="L", shell_complete=complete.complete_language, help="Language of the request.")
@click.option(
    "--field",
    "fields",
    metavar="K=V",
    multiple=True,
    shell_complete=complete.complete_ticket_field,
    help="Set a custom field; empty takes it away.",
)
@click.option("--reason", metavar="TEXT", help="Why; it stays in the history and can't be taken back.")
@click.option("--entry", metavar="N", type=int, help="Edit entry N of the thread: your own, while it is the last.")
def edit(
    app: App,
    ids: tuple[str, ...],
    title: str | None,
    body: str | None,
    file: str | None,
    service: str | None,
    requester: str | None,
    channel: str | None,
    language: str | None,
    fields: tuple[str, ...],
    reason: str | None,
    entry: int | None,
) -> Done:
    """Change a ticket. Without options the editor opens with its fields and text."""
    with editor.keep_text(app, "edit"):
        text = editor.given_text(app, body, file)
        found = arguments.resolve(app, ids)
        if entry is not None:
            if (title, service, requester, channel, language) != (None,) * 5 or fields:
                raise UsageFault(_("--entry changes a text alone"), _("give the others in a command of their own"))
            return _edit_entry(app, found, entry, text)
        if (title, text, service, requester, channel, language) == (None,) * 6 and not fields:
            return _in_editor(app, found, reason)
        done = edits.edit(
            app,
            found,
            title=title,
            body=text,
            service=service,
            requester=requester,
            ways={"channel": channel, "language": language},
            fields=identifiers.fields_of(fields),
            reason=reason,
        )
        tell_of_requester(app, done.done.change.edits)
        return answer_tickets(done)


def _one(app: App, ids: list[str], otherwise: str) -> Ticket:
    if len(ids) > 1:
        raise UsageFault(_("one ticket at a time, please"), otherwise)
    ticket = app.store.read("ticket", ids[0])
    if not isinstance(ticket, Ticket):
        raise NotFound(_("{ids} is not a ticket", ids=ids[0]))
    return ticket


def _edit_entry(app: App, ids: list[str], number: int, text: str | None) -> Done:
    ticket = _one(app, ids, "--entry N means an entry of one ticket")
    if text is None:
        thread.require_last(ticket, number, app.me())
        old = ticket.thread[number - 1].text
        text = editor.entry_text(app, None, f"entry-{ids[0]}-{number}", "", old)
    return answer_tickets(edits.edit_entry(app, ids, number, text))


def _in_editor(app: App, ids: list[str], reason: str | None) -> Done:
    if not editor.interactive(app):
        raise UsageFault(_("nothing to change"), _("give --title, --body, --file, --requester or another option"))
    before = _one(app, ids, "give --title, --body or --field to change several alike")
    require_tickets(app, ids, "edit")
    mark, seen = crc32(form.write_ticket(before).encode()), before

    def apply(text: str) -> Done:
        nonlocal seen
        values, body = form.split(text, edits.OPEN_FIELDS)
        try:
            done = edits.revise(app, ids, Revision(seen, values, body, reason))
        except edits.Overtaken as clash:
            seen = clash.seen  # it is told what the others set, so saving again means it
            raise
        tell_of_requester(app, done.done.change.edits)
        return answer_tickets(done)

    # A draft from before the ticket changed must not be taken up again: it would undo that change.
    return editor.edit(app, f"edit-{ids[0]}-{mark:08x}", form.write_ticket(before, form.teach(app)), apply)
