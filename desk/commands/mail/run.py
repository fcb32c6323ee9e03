"""desk mail run: all that the mail host does, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.actions.mail import running
from desk.cli import leaf
from desk.cli.app import App
from desk.local import mailhost
from desk.text import arranged, listed
from desk.view.model import Done

if TYPE_CHECKING:
    from desk.actions.mail.taking import TakenMail

_TROUBLE = 10
"""What is left with when a mail was put aside, or a message refused for good."""


@leaf.leaf("run", example="desk mail run\n* * * * *  cd /srv/helpdesk && desk mail run  # in a crontab")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def run(app: App, dry_run: bool) -> Done:
    """Fetch and send, once: all that the mail host does, for cron or a timer. It says something only when something happened.

    Where the server of one half can't be reached, the other half is done all the same; the run then ends with 10.
    """
    with mailhost.alone(app.place):
        done = running.run(app, mailhost.settings(app.place), dry_run=dry_run)
    for error in done.troubles:
        app.exit_code = error.exit_code
        app.warnings.append(error.message if error.hint is None else listed((error.message, error.hint), "; "))
    taken = done.fetched.mails if done.fetched else ()
    app.warnings.extend(done.fetched.warnings if done.fetched else ())
    stuck = done.fetched is not None and done.fetched.stuck > 0
    if stuck or (any(one.state == "held" for one in taken) and not dry_run):
        app.exit_code = _TROUBLE
    items, lines = _sent(app, done, dry_run=dry_run)
    if not taken and not items and not done.troubles and not stuck:
        app.idle()
    came = [
        arranged("{ticket}  {state}  {sender}", ticket=one.ticket or "-", state=one.state, sender=one.sender)
        for one in taken
    ]
    return Done("run", {"taken": [_taken(one) for one in taken], "sent": items}, (*came, *lines))


def _sent(app: App, done: running.Ran, *, dry_run: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """What was sent, to programs and to people."""
    if done.sent is None:
        return [], []
    from desk.commands.mail import send  # noqa: PLC0415 - only where there was something to send

    send.end(app, done.sent)
    return [send.item(one) for one in done.sent.posted], [send.line(one, dry_run=dry_run) for one in done.sent.posted]


def _taken(one: TakenMail) -> dict[str, Any]:
    return {
        "state": one.state,
        "ticket": one.ticket or None,
        "sender": one.sender,
        "message_id": one.message_id or None,
        "commit": one.commit or None,
    }
