"""desk mail send and log: messages on their way, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from desk.actions.mail import sending
from desk.actions.mail.queue import Dispatch
from desk.actions.mail.sending import Posted, Round
from desk.cli import arguments, complete, dates, leaf
from desk.cli.app import App
from desk.local import mailhost, maillog, outbox
from desk.queries import events
from desk.text import _, arranged, ngettext, pgettext
from desk.view.model import Column, Done, Listing, Row

_LATELY = "7d"
_TROUBLE = 10
"""What is left with when something was refused for good."""
_SAID = {
    "sent": _("sent to {to}"),
    "later": _("not yet sent to {to}: {reason}"),
    "failed": _("refused for {to}: {reason}"),
    "held": _("held, {to}: {reason}"),
    "dropped": _("not sent to {to}: {reason}"),
    "waiting": _("can't be sent to {to}: {reason}"),
}


@leaf.leaf("send", example="desk mail send --dry-run\ndesk mail send 4f9a1c22-1")
@click.argument("ids", metavar="[ID]…", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--limit", metavar="N", type=click.IntRange(1, 10**9), help="At most N messages.")
@click.option("--no-digest", is_flag=True, help="Each message by itself, whatever its reader wants.")
def send(app: App, ids: tuple[str, ...], dry_run: bool, limit: int | None, no_digest: bool) -> Done:
    """Send what waits in the outbox, with what others committed since the last time. For the mail host.

    A message goes once; one that was cut off goes again with the same Message-ID. What a server can't take now is tried
    again after 1, 5, 15 and 60 minutes, then each hour, for three days. With IDs: only these, and now.
    """
    folder = app.store.place.own(outbox.FOLDER)
    words = arguments.split_words(app, ids) if ids else []
    found = tuple(dict.fromkeys(outbox.find(folder, word) for word in words))
    settings = mailhost.settings(app.place)
    with mailhost.alone(app.place):
        done = sending.send(app, settings, Dispatch(found, limit or 0, dry_run, not no_digest))
    return _sent(app, done, dry_run=dry_run)


def _sent(app: App, run: Round, *, dry_run: bool) -> Done:
    """What a run has sent, a line each; nothing where nothing happened, for cron mails each line."""
    end(app, run)
    if not run.posted:
        app.idle()
    lines = tuple(line(one, dry_run=dry_run) for one in run.posted)
    return Done("messages", [item(one) for one in run.posted], lines)


def end(app: App, run: Round) -> None:
    """What a run of sending leaves the program with, and what it left."""
    if run.troubled:
        app.exit_code = _TROUBLE
        app.notes.append(
            _("what was refused stays: put the address right, then desk mail retry ID, or desk mail drop ID")
        )
    if run.posted and run.waiting:
        app.notes.append(
            ngettext("1 message waits: desk mail outbox", "{n} messages wait: desk mail outbox", run.waiting)
        )


def line(one: Posted, *, dry_run: bool) -> str:
    """What became of a message, to people."""
    words = _("would be sent to {to}", to=one.to) if dry_run and one.state == "sent" else None
    said = words or _SAID[one.state].format(to=one.to, reason=one.reason)
    return arranged("{id}  {words}", id=one.draft["id"], words=said)


def item(one: Posted) -> dict[str, Any]:
    """What became of a message, to programs."""
    return {
        "id": one.draft["id"],
        "state": one.state,
        "to": one.to,
        "ticket": one.draft["ticket"] or None,
        "event": one.draft["event"],
        "subject": one.subject,
        "message_id": one.message_id or None,
        "reason": one.reason or None,
    }


@leaf.leaf("log", example="desk mail log --since yesterday\ndesk mail log --ticket 7K3Q --out -f json")
@click.option("--since", metavar="DATE", help="From that day on; else the last seven days.")
@click.option(
    "--ticket", metavar="ID", shell_complete=complete.complete_ticket, help="Only about this ticket, however long ago."
)
@click.option("--in", "taken", is_flag=True, help="Only mail that came in.")
@click.option("--out", "gone", is_flag=True, help="Only messages that went out.")
def log(app: App, since: str | None, ticket: str | None, taken: bool, gone: bool) -> Listing:
    """Tell what became of each mail, in and out, the newest last: as this machine knows it, and what history took in elsewhere."""
    ways = {way for way, wanted in (("in", taken), ("out", gone)) if wanted} or {"in", "out"}
    if ticket:
        found = [app.store.read("ticket", one) for one in arguments.resolve(app, ticket)]
        rows = [row for one in found for row in maillog.about(app.place, one.id, one.values["created"])]
        wanted, first = tuple(one.id for one in found), ""
    else:
        wanted, first = (), str(dates.parse_moment(app, since or _LATELY))
        rows = maillog.since(app.place, dates.parse_instant(first))
    rows = sorted((*rows, *_elsewhere(app, rows, first, wanted)), key=lambda row: row["at"])
    return Listing(
        "mails",
        [_logged(row) for row in rows if row.get("way") in ways],
        _COLUMNS,
        _("no mail in that time"),
        spell=_spell,
    )


def _spell(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "reason": row["reason"] and maillog.recall(row["reason"])} for row in rows]


def _elsewhere(app: App, known: list[maillog.MailRow], since: str, tickets: tuple[str, ...]) -> list[maillog.MailRow]:
    """What history took in that no line here tells of: another machine did, or the log of this one is gone."""
    here = {row.get("commit") for row in known}
    found = app.store.ask(lambda index: events.mails(index, since, tickets))
    return [
        {
            "at": one.at,
            "way": "in",
            "state": "taken",
            "ticket": one.ticket,
            "commit": one.commit,
            "sender": one.by,
            "reason": _("taken in on another machine"),
        }
        for one in found
        if one.commit not in here
    ]


_COLUMNS = (
    Column("at", pgettext("column", "AT"), "time"),
    Column("way", pgettext("column", "WAY"), "word"),
    Column("state", pgettext("column", "STATE"), "word"),
    Column("ticket", pgettext("column", "TICKET"), "id"),
    Column("address", pgettext("column", "WHO"), "email"),
    Column("reason", pgettext("column", "WHY"), "phrase"),
    Column("message_id", pgettext("column", "MESSAGE-ID"), spare=1),
)


def _logged(row: maillog.MailRow) -> dict[str, Any]:
    return {
        "at": row["at"],
        "way": row.get("way"),
        "state": row.get("state"),
        "ticket": row.get("ticket") or None,
        "recipient": row.get("recipient"),
        "address": row.get("to") or row.get("sender"),
        "reason": row.get("reason") or None,
        "message_id": row.get("message_id") or None,
        "event": row.get("event"),
        "code": row.get("code"),
        "subject": row.get("subject"),
        "id": row.get("id"),
    }
