"""Mail servers: where they are, how the way to them is secured, and whether this machine has agreed to talk to them.

Whoever can commit desk.toml could name another server in it, and have the password sent there. So a server counts only
after it was pinned on this machine, and nothing is sent to one that isn't.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Collection
from typing import Literal

from desk.errors import ConfigError, MailError
from desk.named import NamedTuple
from desk.text import _, arranged

Protocol = Literal["imap", "smtp"]
Security = Literal["tls", "starttls", "none"]
Auth = Literal["password", "xoauth2", "oauthbearer"]
TIMEOUT = 15.0
"""Seconds until a server that doesn't answer is given up."""
SENDMAIL = "sendmail"
"""As the host of an SMTP server: the program of that name on this machine."""


class Server(NamedTuple):
    """`security` tls from the first byte, starttls without which nothing is sent, none on this machine alone."""

    protocol: Protocol
    host: str
    port: int
    security: Security
    user: str
    auth: Auth = "password"

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


class SignInRefused(MailError):
    """The server didn't take the secret; a token may have run out, so a new one is worth a try."""


class CommandRefused(MailError):
    """The server said no to one command, or nothing that can be understood; others it may obey, over the same connection."""


def pin(server: Server) -> str:
    """The server as it is pinned: another host, port, user or less security is another one."""
    scheme = {"tls": f"{server.protocol}s", "starttls": f"{server.protocol}+starttls", "none": server.protocol}
    return f"{scheme[server.security]}://{server.user}@{server.host.lower()}:{server.port}"


def check(server: Server, pins: Collection[str]) -> None:
    """ConfigError unless this machine has agreed to the server, and the way to it is one that may be used."""
    if server.security == "none" and not is_here(server.host):
        raise ConfigError(
            _("{protocol} to {host} would go unencrypted", protocol=server.protocol, host=server.host),
            _("set its security to tls or starttls"),
        )
    if pin(server) not in pins:
        raise ConfigError(
            _("{pin} is named in desk.toml, but not trusted on this machine", pin=pin(server)),
            _("look at it, then: desk mail trust"),
        )


def is_here(host: str) -> bool:
    """Whether the host is this machine, so that what is sent there passes no network."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def context(authorities: str | None = None) -> ssl.SSLContext:
    """What a server must show: a certificate for its name, by an authority of this machine, or of the file named."""
    return ssl.create_default_context(cafile=authorities)


def trouble(server: Server, error: Exception, *, kind: type[MailError] = MailError) -> MailError:
    """What went wrong with a server, in words, and what to look at."""
    words = _words(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailError(
            _(
                "{place}: its certificate isn't good: {verify_message}",
                place=server.place,
                verify_message=error.verify_message,
            ),
            _("see: desk mail test"),
        )
    if isinstance(error, TimeoutError):
        return MailError(
            _("{place} doesn't answer", place=server.place), _("is the port right, and open? desk mail test")
        )
    return kind(arranged("{place}: {words}", place=server.place, words=words), _("see: desk mail test"))


def _words(error: Exception) -> str:
    """One line of the error's own words."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:300] or type(error).__name__
