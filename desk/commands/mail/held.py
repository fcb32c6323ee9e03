"""desk mail held, release and discard: mails that were put aside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click
from click.shell_completion import CompletionItem

from desk.actions.mail import holding
from desk.actions.mail.deciding import Doing
from desk.cli import arguments, complete, leaf
from desk.cli.app import App
from desk.cli.filters import watched
from desk.domain.rights.words import word
from desk.errors import DeskError, UsageFault
from desk.local import held, maillog
from desk.text import _, arranged, pgettext
from desk.view.model import Column, Done, Listing, Row

_AS: dict[str, Doing] = {"reply": "answer", "new": "new", "note": "note"}


def _complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        rows = held.rows(complete.app_for_completion(ctx).place)
        return [CompletionItem(row["id"], help=row["subject"]) for row in rows if row["id"].startswith(incomplete)]
    except (DeskError, OSError):
        return []


_ids = click.argument("ids", metavar="ID…", nargs=-1, required=True, shell_complete=_complete)


@leaf.leaf("held", example="desk mail held\ndesk mail held --why forged\ndesk mail held --watch")
@partial(watched, files=True)
@click.option("--why", metavar="WORDS", help="Only those with these words in the reason.")
def list_(app: App, why: str | None) -> Listing:
    """List the mails that were put aside, the oldest first, each with the reason."""
    app.config  # noqa: B018 - the times are told on its clock
    rows = [row for row in held.rows(app.place) if why is None or why.lower() in row["why"].lower()]
    columns = (
        Column("id", pgettext("column", "ID"), "id"),
        Column("at", pgettext("column", "AT"), "time"),
        Column("sender", pgettext("column", "FROM"), "email"),
        Column("subject", pgettext("column", "SUBJECT"), "title"),
        Column("why", pgettext("column", "WHY"), "phrase"),
    )
    notes = (_("look at one: desk mail preview ID; take it in: desk mail release ID; else: desk mail discard ID"),)
    return Listing("mails", rows, columns, _("no mails are held"), notes=notes if rows else (), spell=_spell)


def _spell(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "why": maillog.recall(str(row["why"]))} for row in rows]


@leaf.leaf("release", example="desk mail release 3f9a1c22d0\ndesk mail release 3f9a1c22d0 --as note --ticket 7K3Q")
@_ids
@click.option("--as", "doing", type=click.Choice(sorted(_AS)), help="Make this of it, whatever the rules say.")
@click.option(
    "--ticket", metavar="ID", shell_complete=complete.complete_ticket, help="Of which ticket; for reply and note."
)
def release(app: App, ids: tuple[str, ...], doing: str | None, ticket: str | None) -> Done:
    """Take mails in that were put aside: by the rules as they are now, or as you say."""
    if (doing in ("reply", "note")) != (ticket is not None):
        raise UsageFault(_("--ticket goes with --as reply and --as note"), "desk mail release ID --as note --ticket ID")
    where = arguments.resolve(app, ticket)[0] if ticket else None
    items, lines = [], []
    for typed in arguments.split_words(app, ids):
        done = holding.release(app, typed, _AS[doing] if doing else None, where)
        why = done.reasons[-1] if done.reasons else ""
        items.append({"id": typed, "state": done.state, "did": done.doing, "ticket": done.ticket or None, "why": why})
        lines.append(
            arranged("{id}  {state}  {ticket}  {why}", id=typed, state=word(done.state), ticket=done.ticket, why=why)
        )
        if done.state == "held":
            app.exit_code = 10
    return Done("mails", items, tuple(lines)) if len(items) > 1 else Done("mail", items[0], tuple(lines))


@leaf.leaf("discard", example='desk mail discard 3f9a1c22d0 --reason "advertising"')
@_ids
@click.option("--reason", metavar="TEXT", required=True, help="Why; it stays in the log of this machine.")
def discard(app: App, ids: tuple[str, ...], reason: str) -> Done:
    """Throw mails away that were put aside. Those on the server stay in its folder."""
    rows = [holding.discard(app, typed, reason) for typed in arguments.split_words(app, ids)]
    items = [{"id": row["id"], "discarded": True} for row in rows]
    lines = tuple(_("{id}  discarded", id=row["id"]) for row in rows)
    return Done("mails", items, lines) if len(items) > 1 else Done("mail", items[0], lines)
