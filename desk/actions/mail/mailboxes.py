"""The server that mail is fetched from, by desk.toml and this machine's agreement to it; and being logged in there."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from desk.actions.mail.arrivals import Door
from desk.config import Config
from desk.errors import ConfigError
from desk.post import imap, secrets, servers
from desk.post.imap import Mailbox
from desk.post.secrets import Secret
from desk.post.servers import Server, SignInRefused
from desk.session.session import Session
from desk.text import _


def receiving_server(config: Config, address: str) -> Server:
    """The server that desk.toml names; ConfigError where it names none."""
    host = str(config["mail.imap.host"])
    if not host:
        raise ConfigError(
            _("no server is named that mail is fetched from"), "desk config set mail.imap.host imap.example.org"
        )
    user = str(config["mail.imap.user"] or address)
    return Server("imap", host, config["mail.imap.port"], config["mail.imap.security"], user, config["mail.imap.auth"])


def open_mailbox(
    session: Session,
    door: Door,
    settings: Mapping[str, str],
    tls: ssl.SSLContext | None = None,
    secret: Secret | None = None,
) -> Mailbox:
    """Log in to the trusted server, first with `secret` where there is one already; ConfigError, MailError.

    A token that has run out is asked for anew, once.
    """
    server = receiving_server(session.config, door.address)
    servers.check(server, settings.get("trust", "").split())
    secret = secret or secrets.find(server, session.place, settings)
    try:
        box = imap.connect(server, secret, tls)
    except SignInRefused:
        secrets.remember(server, session.place, secret, good=False)
        if server.auth == "password":
            raise
        secret = secrets.find(server, session.place, settings)
        box = imap.connect(server, secret, tls)
    secrets.remember(server, session.place, secret, good=True)
    return box
