"""All that the mail host does, once: take in what has come, then send what waits, what the mails just led to among it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desk.errors import ConfigError, DeskError, MailError
from desk.local import cursor, mailhost, outbox
from desk.named import NamedTuple
from desk.session.session import Session
from desk.text import _

if TYPE_CHECKING:
    from desk.actions.mail.fetching import Fetched
    from desk.actions.mail.sending import Round


class Ran(NamedTuple):
    """What each half did; None where there was nothing to do, or it failed: the reason is among `troubles`."""

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
        from desk.actions.mail import fetching  # noqa: PLC0415 - each half for itself: cron runs this every minute

        try:
            fetched = fetching.fetch(session, settings, dry_run=dry_run)
        except (MailError, ConfigError) as error:
            troubles.append(error)
    if config["mail.smtp.host"] and _is_to_be_told(session):
        from desk.actions.mail import sending  # noqa: PLC0415 - as above
        from desk.actions.mail.queue import Dispatch  # noqa: PLC0415

        try:
            sent = sending.send(session, settings, Dispatch(dry_run=dry_run))
        except (MailError, ConfigError) as error:
            troubles.append(error)
    return Ran(fetched, sent, tuple(troubles))


def _is_to_be_told(session: Session) -> bool:
    """Whether anything waits, or was committed since the last time: on most runs of a quiet desk nothing was."""
    at = cursor.load(session.place)
    return at is None or at.commit != session.store.commit_now() or bool(outbox.ids(session.place.own(outbox.FOLDER)))
