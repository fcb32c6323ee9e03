"""desk mail fetch, import and preview: mails from the server, or from disk, become tickets and answers."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator

import click

from desk.actions.mail import fetching, previewing, taking
from desk.actions.mail.fetching import Fetched, Watch
from desk.actions.mail.taking import Arriving, TakenMail
from desk.cli import dates, leaf
from desk.cli.app import App
from desk.domain.rights.words import word
from desk.errors import UsageFault
from desk.intake import saved
from desk.local import held, mailhost
from desk.text import _, arranged, ngettext, pgettext
from desk.view.model import Column, Detail, Listing

_COLUMNS = (
    Column("state", pgettext("column", "STATE"), "word"),
    Column("ticket", pgettext("column", "TICKET"), "id"),
    Column("sender", pgettext("column", "FROM"), "email"),
    Column("subject", pgettext("column", "SUBJECT"), "title"),
    Column("why", pgettext("column", "WHY"), "phrase"),
)
_TROUBLE = 10
"""What a run leaves with that has put a mail aside, or had to leave one where it was."""
_LATER = 75
"""What tells an MTA to try again (sysexits.h)."""


def _listing(app: App, mails: list[TakenMail], *, dry_run: bool) -> Listing:
    if any(one.state == "held" for one in mails) and not dry_run:
        app.exit_code = _TROUBLE
    rows = [
        {
            "state": one.state,
            "did": one.doing,
            "ticket": one.ticket or None,
            "sender": one.sender,
            "subject": one.subject,
            "why": one.reasons[-1] if one.reasons else "",
            "reasons": list(one.reasons),
            "message_id": one.message_id or None,
            "commit": one.commit or None,
            "held": one.held or None,
        }
        for one in mails
    ]
    # cron sends each line as a mail: where nothing came in nothing is said, but to somebody who waits for an answer.
    empty = _("no mail has come in") if app.env.stdout.isatty() or app.output != "table" else ""
    number = sum(one.state == "held" for one in mails)
    notes = (
        (ngettext("1 mail is held: desk mail held", "{n} mails are held: desk mail held", number),) if number else ()
    )
    return Listing("mails", rows, _COLUMNS, empty, notes=notes)


@leaf.leaf("fetch", example="desk mail fetch --dry-run\ndesk mail fetch --watch --every 5m")
@click.option("--dry-run", is_flag=True, help="Say what would be done; nothing is committed, moved or marked.")
@click.option("--limit", metavar="N", type=click.IntRange(1, 10**9), help="At most N mails.")
@click.option("--watch", is_flag=True, help="Go on, and take in what comes, until stopped.")
@click.option(
    "--every",
    metavar="TIME",
    callback=dates.interval(5, 3600),
    default="60s",
    show_default=True,
    help="How often to look where the server can't tell: 60s, 5m.",
)
def fetch(app: App, dry_run: bool, limit: int | None, watch: bool, every: int) -> Listing:
    """Take in what lies in the mailbox: each mail becomes a ticket or an answer, one commit each, and is then moved."""
    if watch and dry_run:
        raise UsageFault(_("--watch and --dry-run make no sense together"), _("leave one of them out"))
    settings = mailhost.settings(app.place)
    with mailhost.alone(app.place):
        done = fetching.fetch(app, settings, limit=limit, dry_run=dry_run)
    if watch:
        _tell(app, done)
        _stay(app, fetching.Watch(app, settings, every, limit, app.env.now))
        return Listing("mails", [], _COLUMNS, "")
    app.warnings.extend(done.warnings)
    app.exit_code = _TROUBLE if done.stuck else 0
    return _listing(app, list(done.mails), dry_run=dry_run)


def _stay(app: App, watch: Watch) -> None:
    """Take in what comes until somebody ends it: Ctrl-C at once, SIGTERM after the mail in hand."""
    signal.signal(signal.SIGTERM, lambda *_: watch.stop())
    for done in watch.rounds():
        _tell(app, done)


def _tell(app: App, done: Fetched) -> None:
    for one in done.mails:
        line = arranged(
            "{state}  {ticket}  {sender}  {subject}",
            state=word(one.state),
            ticket=one.ticket,
            sender=one.sender,
            subject=one.subject,
        )
        click.echo(app.say(line), file=app.env.stdout)
    for warning in done.warnings:
        click.echo(app.say(warning), file=app.env.stderr)
    app.env.stdout.flush()


def waiting_in(app: App, paths: tuple[str, ...], *, mbox: bool) -> Iterator[Arriving]:
    """The mails at these paths; - is stdin, and so is no path at all in a pipe."""
    most = taking.most_bytes(app)
    if not paths and app.env.stdin.isatty():
        raise UsageFault(_("no mails were given"), _("name files, mbox mailboxes or Maildir folders; - reads a pipe"))
    for path in paths or ("-",):
        if path == "-":
            stream = io.BytesIO(app.env.read_stdin())
            found = saved.of_stream(stream, "-", most, mbox=True if mbox else None)
        elif mbox:
            with open(path, "rb") as file:
                found = iter(list(saved.of_stream(file, path, most, mbox=True)))
        else:
            found = saved.read(path, most)
        for mail in found:
            if mail.raw.strip():
                yield Arriving(mail.raw, mail.size)


_paths = click.argument("paths", metavar="[FILE…|-]", nargs=-1, type=click.Path())
_mbox = click.option("--mbox", is_flag=True, help="They are mbox mailboxes, even if they don't look like it.")


@leaf.leaf("import", example="desk mail import old.mbox\ncat mail.eml | desk mail import -")
@_paths
@_mbox
@click.option("--dry-run", is_flag=True, help="Say what would be done; nothing is written.")
@click.option("--pipe", is_flag=True, help="For an MTA: end with 75 when it should be tried again.")
def import_(app: App, paths: tuple[str, ...], mbox: bool, dry_run: bool, pipe: bool) -> Listing:
    """Take in saved mails: single ones (.eml), mailboxes (mbox, Maildir), or one through a pipe, as fetch does."""
    try:
        mails = list(fetching.take_in_saved(app, waiting_in(app, paths, mbox=mbox), dry_run=dry_run))
    except Exception as error:
        # The lock, the disk, settings that somebody has spoilt, a bug of ours: nothing of it is the mail's own fault.
        if not pipe:
            raise
        app.warnings.append(str(error) or type(error).__name__)
        app.exit_code = _LATER
        mails = []
    listing = _listing(app, mails, dry_run=dry_run)
    if pipe and app.exit_code == _TROUBLE:
        app.exit_code = 0  # the mail is kept here: the MTA must not send it back to whoever wrote it
    return listing


@leaf.leaf("preview", example="desk mail preview mail.eml\ndesk mail preview 3f9a1c22d0")
@click.argument("given", metavar="[FILE…|-|ID…]", nargs=-1)
@_mbox
def preview(app: App, given: tuple[str, ...], mbox: bool) -> Detail:
    """Show what would be done with mails and why: ticket, rule, text that is kept and cut, files. Writes nothing."""
    ids = {row["id"] for row in held.rows(app.place)}
    put_aside = [word for word in given if word in ids]
    paths = tuple(word for word in given if word not in ids)
    found = [Arriving(held.raw_of(app.place, word), 0) for word in put_aside]
    if paths or not put_aside:
        found += waiting_in(app, paths, mbox=mbox)
    items = [previewing.preview(app, waiting) for waiting in found]
    return Detail("mail", items[0]) if len(items) == 1 else Detail("mails", items)
