"""All that the mail host does, once: take in what has come, then send what waits, what the mails just led to among it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from desk.actions.mail import fetching, sending
from desk.actions.mail.fetching import Fetched
from desk.actions.mail.queue import Dispatch
from desk.actions.mail.sending import Round
from desk.errors import ConfigError, DeskError, MailError
from desk.local import mailhost
from desk.session.session import Session
from desk.text import _


class Ran(NamedTuple):
    """What each half did; None where no server is named for it, or it failed: the reason is among `troubles`."""

    fetched: Fetched | None
    sent: Round | None
    troubles: tuple[DeskError, ...]


def run(session: Session, settings: Mapping[str, str], *, dry_run: bool = False) -> Ran:
    """Fetch and send. Hold `mailhost.alone` around it. ConfigError where this machine isn't the mail host.

    What stands in the way of one half doesn't keep the other; anything else (a lock, a full disk) ends the run.
    """
    mailhost.require(settings)
    config = session.config
    if not config["mail.imap.host"] and not config["mail.smtp.host"]:
        raise ConfigError(
            _("no mail server is named"),
            _("desk config set mail.imap.host imap.example.org, and mail.smtp.host smtp.example.org"),
        )
    troubles: list[DeskError] = []
    fetched, sent = None, None
    if config["mail.imap.host"]:
        try:
            fetched = fetching.fetch(session, settings, dry_run=dry_run)
        except (MailError, ConfigError) as error:
            troubles.append(error)
    if config["mail.smtp.host"]:
        try:
            sent = sending.send(session, settings, Dispatch(dry_run=dry_run))
        except (MailError, ConfigError) as error:
            troubles.append(error)
    return Ran(fetched, sent, tuple(troubles))
