"""The server that sends, by desk.toml; whether this machine has agreed to it; and being logged in there."""

from __future__ import annotations

from collections.abc import Mapping

from desk.config import Config
from desk.errors import ConfigError
from desk.post import secrets, servers, smtp
from desk.post.secrets import Secret
from desk.post.servers import SENDMAIL, Server, SignInRefused
from desk.post.smtp import Sender
from desk.session.session import Session
from desk.text import _

_NOBODY = "none"
"""As the user of a server: it takes mail from this machine without a log-in."""


def sending_server(config: Config, address: str) -> Server:
    """The server that desk.toml names; ConfigError where it names none."""
    host = str(config["mail.smtp.host"])
    if not host:
        raise ConfigError(_("no server is named that sends"), "desk config set mail.smtp.host smtp.example.org")
    if host == SENDMAIL:
        return Server("smtp", host, 0, "none", _NOBODY)
    return Server(
        "smtp",
        host,
        config["mail.smtp.port"],
        config["mail.smtp.security"],
        str(config["mail.smtp.user"] or address),
        config["mail.smtp.auth"],
    )


def require_trusted(server: Server, settings: Mapping[str, str]) -> None:
    """ConfigError for a server that isn't pinned on this machine. The program of this machine needs no pin."""
    if server.host != SENDMAIL:
        servers.check(server, settings.get("trust", "").split())


def connect(
    session: Session, server: Server, settings: Mapping[str, str], domain: str, secret: Secret | None = None
) -> Sender:
    """Log in, first with `secret` where there is one already; a token that has run out is asked for anew, once.

    ConfigError, MailError.
    """
    secret = secret or _secret(session, server, settings)
    try:
        sender = smtp.connect(server, secret, domain)
    except SignInRefused:
        if secret is None:
            raise
        secrets.remember(server, session.place, secret, good=False)
        if server.auth == "password":
            raise
        secret = _secret(session, server, settings)
        sender = smtp.connect(server, secret, domain)
    if secret is not None:
        secrets.remember(server, session.place, secret, good=True)
    return sender


def _secret(session: Session, server: Server, settings: Mapping[str, str]) -> Secret | None:
    return None if server.user == _NOBODY else secrets.find(server, session.place, settings)
