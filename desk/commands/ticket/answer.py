"""Replies to the requester, and private notes for staff."""

from __future__ import annotations

import click

from desk.actions.acting import require_tickets
from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.owed import warn_owed
from desk.cli import answering, arguments, complete, editor, leaf
from desk.cli.answering import From
from desk.cli.app import App
from desk.cli.told import answer_tickets
from desk.domain.model.states import RESOLUTIONS, SOLVED
from desk.domain.model.ticket import NOTE, REPLY, Ticket
from desk.errors import UsageFault
from desk.text import _
from desk.view.model import Done

_attach = click.option(
    "--attach", metavar="FILE", multiple=True, type=click.Path(), help="A file to attach; repeat for more."
)


@leaf.leaf(
    "reply",
    example='desk ticket reply 7K3Q --body "We are looking into it."\n'
    "desk ticket reply 7K3Q --response incident-resolved --close\n"
    "desk ticket reply 7K3Q --article partner-not-reachable",
)
@arguments.ticket_ids
@editor.body_options("The text.")
@click.option(
    "--response", metavar="NAME", shell_complete=complete.complete_response, help="Start from a custom response."
)
@click.option(
    "--article",
    "articles",
    metavar="SLUG",
    multiple=True,
    shell_complete=complete.complete_kind("article"),
    help="A published article that answers it: named in the text, kept with the reply; repeat for more.",
)
@_attach
@click.option("--close", "close_too", is_flag=True, help="Close the ticket as well.")
@click.option("--resolution", type=click.Choice(tuple(RESOLUTIONS)), help="How it ends, with --close; default: solved.")
def reply(
    app: App,
    ids: tuple[str, ...],
    body: str | None,
    file: str | None,
    response: str | None,
    articles: tuple[str, ...],
    attach: tuple[str, ...],
    close_too: bool,
    resolution: str | None,
) -> Done:
    """Answer the requester. Without a text, the editor opens with the thread below."""
    if resolution and not close_too:
        raise UsageFault(_("--resolution says how a ticket is closed"), _("add --close, or leave it out"))
    ends = (resolution or SOLVED) if close_too else None
    return _entry(app, REPLY, ids, (body, file), attach, From(None, response, articles), ends)


@leaf.leaf("note", example='desk ticket note 7K3Q --body "Malta confirms a certificate problem."')
@arguments.ticket_ids
@editor.body_options("The text.")
@_attach
def note(app: App, ids: tuple[str, ...], body: str | None, file: str | None, attach: tuple[str, ...]) -> Done:
    """Write a private note: staff see it, the requester never does."""
    return _entry(app, NOTE, ids, (body, file), attach, From(), None)


def _entry(
    app: App,
    kind: str,
    ids: tuple[str, ...],
    source: tuple[str | None, str | None],
    attach: tuple[str, ...],
    start: From,
    resolution: str | None,
) -> Done:
    with editor.keep_text(app, kind):
        given = editor.given_text(app, *source)
        found = arguments.resolve(app, ids)
        if given is None and editor.interactive(app):
            require_tickets(app, found, kind)
        named = answering.require_articles_named(app, start.articles)
        start = start._replace(text=given, articles=named)
        text = answering.text_for(app, kind, found, start, may_be_empty=bool(attach))
        meta = {"article": named[0] if len(named) == 1 else list(named)} if named else {}

        entry = tickets.NewEntry(
            (lambda _: text) if isinstance(text, str) else (lambda ticket: text[ticket.id]),
            lambda ticket: editor.attachments(app, attach, ticket.all_attachments),
            meta,
            resolution,
        )
        done = (tickets.reply if kind == REPLY else tickets.note)(app, found, entry)
        warn_owed(app, done.edits)
        if kind == REPLY:
            answering.tell_of_unheard(app, [e.after for e in done.edits if isinstance(e.after, Ticket)])
        return answer_tickets(done)
