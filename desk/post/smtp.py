"""Handing messages to a server (SMTP), or to the sendmail program of this machine; each one's outcome is told."""

from __future__ import annotations

import base64
import shutil
import smtplib
import ssl
import subprocess
from contextlib import suppress
from typing import Literal, Protocol

from desk.errors import ConfigError
from desk.mail.addresses import on_the_wire
from desk.named import NamedTuple
from desk.post.secrets import Secret
from desk.post.servers import SENDMAIL, TIMEOUT, Server, SignInRefused, context, trouble
from desk.text import _

_DOT = 120.0
"""Seconds that a server may think about a message, with its virus scanner."""
_LATER = 75
"""What sendmail ends with when it should be tried again (sysexits.h)."""


class Outcome(NamedTuple):
    """`sent`: the server has taken it; `later`: try again; `refused`: never. `code` is 0 where no server spoke.

    A connection that broke tells `later`, even after the last byte: the message may have arrived, and goes again.
    """

    state: Literal["sent", "later", "refused"]
    code: int
    words: str


class Sender(Protocol):
    """A way to send; `alive` is whether it can be used for another message."""

    @property
    def alive(self) -> bool: ...
    def send(self, sender: str, to: str, message: bytes) -> Outcome: ...
    def close(self) -> None: ...


def connect(server: Server, secret: Secret | None, domain: str, tls: ssl.SSLContext | None = None) -> Sender:
    """Connect and log in, as `domain`; SignInRefused, MailError. `secret` None: no log-in. Check the server first."""
    if server.host == SENDMAIL:
        return Program(_program())
    try:
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, domain, timeout=TIMEOUT, context=tls or context()
            )
        else:
            client = smtplib.SMTP(server.host, server.port, domain, timeout=TIMEOUT)
    except (smtplib.SMTPException, OSError) as error:
        raise trouble(server, error) from None
    try:
        _begin(client, server, secret, tls)
    except (smtplib.SMTPException, OSError, SignInRefused) as error:
        client.close()
        raise error if isinstance(error, SignInRefused) else trouble(server, error) from None
    return Connection(client)


def _begin(client: smtplib.SMTP, server: Server, secret: Secret | None, tls: ssl.SSLContext | None) -> None:
    if server.security == "starttls":
        client.starttls(context=tls or context())  # raises where the server offers none: nothing goes in the clear
    client.ehlo_or_helo_if_needed()
    if secret is not None:
        try:
            _sign_in(client, server, secret.reveal())
        except smtplib.SMTPAuthenticationError as error:
            if 400 <= error.smtp_code < 500:  # it can't tell now whether the secret is right
                raise
            raise SignInRefused(
                _(
                    "{place} refused to log {user} in with the secret from {origin} ({smtp_code})",
                    place=server.place,
                    user=server.user,
                    origin=secret.origin,
                    smtp_code=error.smtp_code,
                ),
                "is it right, and may it be used for this way of signing in? desk mail test --smtp",
            ) from None
    if client.sock is not None:
        client.sock.settimeout(_DOT)


def _sign_in(client: smtplib.SMTP, server: Server, secret: str) -> None:
    if server.auth == "password":
        if server.user.isascii() and secret.isascii():
            client.login(server.user, secret)
        else:
            _sign_in_plainly(client, server.user, secret)
        return
    if server.auth == "xoauth2":
        first, last = f"user={server.user}\1auth=Bearer {secret}\1\1", ""
    else:
        first, last = f"n,a={server.user},\1host={server.host}\1port={server.port}\1auth=Bearer {secret}\1\1", "\1"
    # A server that refuses first explains why; it is answered, and then says no.
    client.auth(server.auth.upper(), lambda challenge=None: first if challenge is None else last)


def _sign_in_plainly(client: smtplib.SMTP, user: str, secret: str) -> None:
    """In letters of any script (RFC 4616), which the library's own way can't write."""
    told = base64.b64encode(f"\0{user}\0{secret}".encode()).decode()
    code, words = client.docmd("AUTH", f"PLAIN {told}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


class Connection:
    """One connection to a server."""

    def __init__(self, client: smtplib.SMTP) -> None:
        self._client = client
        self._alive = True

    @property
    def alive(self) -> bool:
        return self._alive

    @property
    def features(self) -> frozenset[str]:
        """What the server can do: SIZE, SMTPUTF8, 8BITMIME …"""
        return frozenset(name.upper() for name in self._client.esmtp_features)

    def send(self, sender: str, to: str, message: bytes) -> Outcome:
        """Send one message; an empty `sender` is the one that nothing bounces to."""
        try:
            return self._send(sender, to, message)
        except smtplib.SMTPResponseException as error:
            # The library left, over an answer that was too long for it; or it was told yes where nothing was sent yet.
            if self._client.sock is None or error.smtp_code < 400:
                return self._broken(error)
            return self._outcome(error.smtp_code, error.smtp_error)
        except ValueError as error:
            return Outcome("refused", 0, str(error))
        except (smtplib.SMTPException, OSError) as error:
            return self._broken(error)

    def _send(self, sender: str, to: str, message: bytes) -> Outcome:
        mailbox = on_the_wire(to)
        options: list[str] = []
        if not mailbox.isascii() or not sender.isascii():
            if "smtputf8" not in self._client.esmtp_features:
                return Outcome("refused", 0, _("the server knows only addresses in Latin letters, not {to}", to=to))
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            self._client.command_encoding = "utf-8"
        for code, words in (self._client.mail(sender, options), self._client.rcpt(mailbox)):
            if not 200 <= code < 300:
                return self._outcome(code, words)
        code, words = self._client.data(message)
        return self._outcome(code, words)

    def _outcome(self, code: int, words: bytes | str) -> Outcome:
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        told = " ".join(text.split())[:300]
        if 200 <= code < 300:
            return Outcome("sent", code, told)
        if code < 200:  # no answer as SMTP has them: what comes next would answer something else
            return self._broken(smtplib.SMTPResponseException(code, told))
        if code == 421:
            self._alive = False
        else:
            with suppress(smtplib.SMTPException, OSError):
                self._client.rset()
        return Outcome("refused" if 500 <= code < 600 else "later", code, told)

    def _broken(self, error: Exception) -> Outcome:
        self._alive = False
        return Outcome("later", 0, _("the connection broke: {name}", name=type(error).__name__))

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self._client.quit()
        self._client.close()


class Program:
    """The sendmail of this machine, which queues what it takes."""

    alive = True

    def __init__(self, path: str) -> None:
        self._path = path

    def send(self, sender: str, to: str, message: bytes) -> Outcome:
        """Hand one message over."""
        try:
            command = [self._path, "-i", "-f", sender or "<>", "--", on_the_wire(to)]
        except ValueError as error:
            return Outcome("refused", 0, str(error))
        text = message.replace(b"\r\n", b"\n")
        try:
            done = subprocess.run(command, input=text, capture_output=True, timeout=_DOT, check=False)
        except subprocess.TimeoutExpired:
            return Outcome("later", 0, _("{sendmail} took more than {dot:g} s", sendmail=SENDMAIL, dot=_DOT))
        if done.returncode == 0:
            return Outcome("sent", 0, _("{sendmail} has taken it", sendmail=SENDMAIL))
        words = " ".join(done.stderr.decode(errors="replace").split())[:300]
        return Outcome("later" if done.returncode == _LATER else "refused", done.returncode, words or "no word of why")

    def close(self) -> None:
        """Nothing is kept open."""


def _program() -> str:
    """Where sendmail is: many keep it off the path of people."""
    found = shutil.which(SENDMAIL) or shutil.which(SENDMAIL, path="/usr/sbin:/usr/lib")
    if found is None:
        raise ConfigError(
            _("there is no sendmail on this machine"), _("install one, or name an SMTP server: smtp.host")
        )
    return found
