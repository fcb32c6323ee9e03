"""Trying the mail servers: who they are, whether this machine may talk to them, logs in, and what they can do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime

from desk.actions.care import trusting
from desk.actions.care.trusting import Named
from desk.actions.mail import mailboxes
from desk.actions.mail import servers as sending
from desk.actions.mail.arrivals import Door
from desk.errors import DeskError, MailError
from desk.intake import authentication, parsing
from desk.mail import addresses, headers
from desk.mail.addresses import Address
from desk.named import NamedTuple
from desk.post import secrets
from desk.post.secrets import Secret
from desk.post.smtp import Connection, Sender
from desk.session.session import Session
from desk.text import _, arranged, ngettext

_PATIENCE = 60.0
"""Seconds in which a test message must come back."""
_PAUSE = 0.5
_WANTED = {"imap": ("MOVE", "UIDPLUS", "IDLE"), "smtp": ("STARTTLS", "SIZE", "8BITMIME", "SMTPUTF8", "DSN")}
"""What is worth knowing of a server, in the order in which it is told."""


class Trial(NamedTuple):
    """What came of trying one server. `secret` is where the secret came from; `problem` and `hint` say why it failed."""

    named: Named
    secret: str = ""
    can: tuple[str, ...] = ()
    said: str = ""
    problem: str = ""
    hint: str = ""


def attempt(session: Session, settings: Mapping[str, str], door: Door, protocols: Iterable[str]) -> list[Trial]:
    """Try each server that desk.toml names; what is wrong with one is told, and the next one tried."""
    return [
        _attempt(session, settings, door, one)
        for one in trusting.named(session, settings, door.address)
        if one.server.protocol in protocols
    ]


def _attempt(session: Session, settings: Mapping[str, str], door: Door, one: Named) -> Trial:
    trial = Trial(one)
    try:
        sending.require_trusted(one.server, settings)
        secret = secrets.find(one.server, session.place, settings) if one.server.user != "none" else None
        trial = trial._replace(secret=secret.origin if secret else "")
        if one.server.protocol == "imap":
            return _receive(session, settings, door, trial, secret)
        sender = sending.connect(session, one.server, settings, door.ours.domain, secret)
    except DeskError as error:
        return trial._replace(problem=error.message, hint=error.hint or "")
    try:
        can = sender.features if isinstance(sender, Connection) else frozenset()
        return trial._replace(can=_told("smtp", can), said=_("logged in"))
    finally:
        sender.close()


def _receive(session: Session, settings: Mapping[str, str], door: Door, trial: Trial, secret: Secret | None) -> Trial:
    box = mailboxes.open_mailbox(session, door, settings, secret=secret)
    try:
        number = sum(box.open(folder).mails for folder in session.config["mail.imap.folder"])
        said = ngettext("logged in; 1 mail waits", "logged in; {n} mails wait", number)
        return trial._replace(can=_told("imap", box.capabilities), said=said)
    finally:
        box.close()


def _told(protocol: str, can: Iterable[str]) -> tuple[str, ...]:
    known = set(can)
    return tuple(name for name in _WANTED[protocol] if name in known)


# -- a message, there and back -----------------------------------------------------------------------------------------


class Arrival(NamedTuple):
    """What became of a test message. `seconds` it took to come back, None for one that goes elsewhere, or never came.

    `verdict` is what the receiving server found out about its sender, in its words; `missing` what of that doesn't vouch for
    the desk, empty where it said nothing.
    """

    to: str
    sent: str
    seconds: float | None
    verdict: str
    missing: tuple[str, ...] = ()


def send_and_wait(session: Session, settings: Mapping[str, str], door: Door, to: str) -> Arrival:
    """Send a message; where it goes to the desk's own mailbox, wait for it there and take it out. MailError, ConfigError."""
    server = sending.sending_server(session.config, door.address)
    sending.require_trusted(server, settings)
    own = bool(session.config["mail.imap.host"]) and to.lower() in door.ours.addresses
    box = mailboxes.open_mailbox(session, door, settings) if own else None
    try:
        after = box.open(session.config["mail.imap.folder"][0]).next if box else 0
        reference = f"<test.{os.urandom(8).hex()}@{door.ours.domain}>"
        began = time.monotonic()
        sender = sending.connect(session, server, settings, door.ours.domain)
        said = _send(sender, door, to, message(door, to, reference, session.now))
        if box is None:
            return Arrival(to, said, None, "")
        while time.monotonic() - began < _PATIENCE:
            for one in box.waiting():
                head = headers.split(box.beginning(one.uid) or b"")[0] if one.uid >= after else None
                if head is not None and reference in head.raw("message-id"):
                    box.delete(one.uid)
                    verdict = parsing.head_text(head, "authentication-results")
                    missing = authentication.list_unproven(verdict) if verdict else ()
                    return Arrival(to, said, time.monotonic() - began, verdict, missing)
            time.sleep(_PAUSE)
        return Arrival(to, said, None, "")
    finally:
        if box is not None:
            box.close()


def message(door: Door, to: str, reference: str, at: datetime) -> bytes:
    """A test message: it never becomes a ticket, since it bears the mark of the desk's own."""
    head = {
        "From": addresses.write(Address("", door.address)),
        "To": addresses.write(Address("", to)),
        "Subject": "Test of the desk's mail",
        "Date": format_datetime(at),
        "Message-ID": reference,
        "Auto-Submitted": "auto-generated",
        "X-Desk-Loop": door.ours.loop,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = (f"{name}: {value}" for name, value in head.items())
    return "\r\n".join((*lines, "", "This message shows that mail of the desk arrives.", "")).encode()


def _send(sender: Sender, door: Door, to: str, raw: bytes) -> str:
    try:
        outcome = sender.send(door.address, to, raw)
    finally:
        sender.close()
    if outcome.state != "sent":
        raise MailError(arranged("{to}: {words}", to=to, words=outcome.words), _("see: desk mail test --smtp"))
    return outcome.words
