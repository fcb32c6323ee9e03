"""Replies to the requester, and private notes for staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from desk.actions.acting import require_tickets
from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.followup import NOTHING_MORE, FollowUp
from desk.actions.tickets.owed import warn_owed
from desk.cli import answering, arguments, complete, editor, leaf
from desk.cli.answering import From
from desk.cli.app import App
from desk.cli.clerk import caller, followup
from desk.cli.told import answer_tickets, tell_of_requester
from desk.domain.model.change import Edit
from desk.domain.model.ticket import NOTE, REPLY, Ticket
from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import _
from desk.view.model import Done

_attach = click.option(
    "--attach", metavar="FILE", multiple=True, type=click.Path(), help="A file to attach; repeat for more."
)


@leaf.leaf(
    "reply",
    example='desk ticket reply 7K3Q --body "We are looking into it."\n'
    "desk ticket reply 7K3Q --response incident-resolved --close\n"
    'desk ticket reply @ --body "Which country?" --assign me --pending requester\n'
    "desk ticket reply 7K3Q --article partner-not-reachable\n"
    'desk ticket reply 7K3Q --requester andreou --body "We have found it."',
    careful=True,
)
@arguments.ticket_ids
@editor.body_options("The text.")
@click.option(
    "--response",
    cls=arguments.PickedOption,
    kind="response",
    metavar="NAME",
    shell_complete=complete.complete_response,
    help="Start from a custom response.",
)
@click.option(
    "--article",
    "articles",
    cls=arguments.PickedOption,
    kind="article",
    metavar="SLUG",
    multiple=True,
    shell_complete=complete.complete_kind("article"),
    help="A published article that answers it: named in the text, kept with the reply; repeat for more.",
)
@click.option("--draft", is_flag=True, help="For a colleague to look at: a note that holds the reply, and is not sent.")
@click.option("--entry", metavar="N", type=int, help="Start from entry N of the thread: somebody's draft.")
@_attach
@arguments.requester_option("Whose ticket it is after all, with --body or --file.")
@followup.follow_options(fresh=False)
@click.option("--stay", is_flag=True, help="Leave the state as it is, whatever the response says follows.")
def reply(
    app: App,
    ids: tuple[str, ...],
    body: str | None,
    file: str | None,
    response: str | None,
    articles: tuple[str, ...],
    attach: tuple[str, ...],
    draft: bool,
    entry: int | None,
    requester: str | None,
    stay: bool,
    **given: Any,
) -> Done:
    """Answer the requester. Without a text, the editor opens with the thread below.

    What follows is one change with it: to whom the ticket goes, that it waits, or that it is closed. A custom response
    may say that itself (see desk response show); an option goes before what it says.

    With --draft nothing is sent: the reply is a note that says so, for a colleague, who sends it by --entry N. With
    --assign it is theirs.
    """
    then = followup.follow_up(app, given)
    if stay and (then.wait or then.resolution):
        raise UsageFault(_("--stay leaves the state as it is"), _("leave it out, or what changes the state"))
    if draft and (then.wait or then.resolution):
        raise UsageFault(_("a draft is not sent, so the state stays as it is"), _("leave out what changes the state"))
    if requester and (response or entry or (body, file) == (None, None)):
        raise UsageFault(
            _(
                "--requester goes with a text of its own: what a response or a form says is for whoever was known before"
            ),
            _("give it with --body or --file; or first: desk ticket edit ID --requester WHO"),
        )
    who = caller.choose_requester(app, requester)
    source = Source((body, file), attach, From(None, response, articles, entry, draft), then, stay or draft, who)
    return _entry(app, NOTE if draft else REPLY, ids, source)


@leaf.leaf("note", example='desk ticket note 7K3Q --body "Malta confirms a certificate problem."', careful=True)
@arguments.ticket_ids
@editor.body_options("The text.")
@_attach
def note(app: App, ids: tuple[str, ...], body: str | None, file: str | None, attach: tuple[str, ...]) -> Done:
    """Write a private note: staff see it, the requester never does."""
    return _entry(app, NOTE, ids, Source((body, file), attach))


class Source(NamedTuple):
    """What an entry is made of: --body and --file, files to attach, what it starts from, and what follows it.

    `stays`: whatever a response says follows, the state is left alone.
    """

    given: tuple[str | None, str | None]
    attach: tuple[str, ...]
    start: From = From()
    then: FollowUp = NOTHING_MORE
    stays: bool = False
    requester: str | None = None


def _entry(app: App, kind: str, ids: tuple[str, ...], source: Source) -> Done:
    with editor.keep_text(app, kind):
        given = editor.given_text(app, *source.given)
        found = arguments.resolve(app, ids)
        if given is None and editor.interactive(app):
            require_tickets(app, found, kind)
        named = answering.require_articles_named(app, source.start.articles)
        start = source.start._replace(text=given, articles=named)
        text = answering.text_for(app, kind, found, start, may_be_empty=bool(source.attach))
        meta: dict[str, Any] = {"article": named[0] if len(named) == 1 else list(named)} if named else {}
        if source.start.proposed:
            meta[answering.PROPOSAL] = True

        def made(ticket: Ticket) -> answering.Made:
            return answering.Made(text) if isinstance(text, str) else text[ticket.id]

        def then(ticket: Ticket) -> FollowUp:
            said = None if source.stays else made(ticket).then
            return followup.after_response(app, source.then, said, ticket)

        entry = tickets.NewEntry(
            lambda ticket: made(ticket).text,
            lambda ticket: editor.attachments(app, source.attach, ticket.all_attachments),
            meta,
            then,
            source.requester,
        )
        done = (tickets.reply if kind == REPLY else tickets.note)(app, found, entry)
        warn_owed(app, done.edits)
        tell_of_requester(app, done.done.change.edits)
        if source.start.proposed:
            _tell_of_proposals(app, done.edits)
        if kind == REPLY:
            answering.tell_of_unheard(app, [e.after for e in done.edits if isinstance(e.after, Ticket)])
        return answer_tickets(done)


def _tell_of_proposals(app: App, edits: Iterable[Edit]) -> None:
    for edit in edits:
        if isinstance(edit.after, Ticket):
            number = len(edit.after.thread)
            app.notes.append(_("to send it: desk ticket reply {id} --entry {n}", id=edit.after.id, n=number))
