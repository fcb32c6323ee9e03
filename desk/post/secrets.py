"""The secrets that open mail servers: never in the repository, never shown. The first place that has one counts.

The environment of this run, systemd's credentials, a program that this machine's own configuration names, then git's
credential helpers, which keep passwords by host: a server of another name is given nothing.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress

from desk.errors import ConfigError
from desk.git import credential
from desk.git.place import Place
from desk.post.servers import Server
from desk.text import _, arranged

GIT = "git credential"
_PATIENCE = 60
"""Seconds that a program may take to hand out a secret: some ask a person to touch a key."""


class Secret:
    """A password or an access token. Printed, logged or in a traceback it shows only where it came from."""

    __slots__ = ("_value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self._value = value
        self.origin = origin

    def reveal(self) -> str:
        """The secret itself, for the server alone."""
        return self._value

    def __repr__(self) -> str:
        return _("<secret from {origin}>", origin=self.origin)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


def find(server: Server, place: Place, settings: Mapping[str, str]) -> Secret:
    """The secret for a server; ConfigError if there is none, MailError if a token can't be had.

    `settings` are those of this clone's git configuration below `desk.mail.`, names in lower case: `secretcommand`,
    `tokencommand`, `oauth.url`, `oauth.client`, `oauth.scope`. The environment is the place's.
    """
    token = server.auth != "password"
    if token and settings.get("tokencommand"):
        return _command(settings["tokencommand"], "desk.mail.tokenCommand", place.environ)
    found = _stored(server, place.environ) or _kept(server, place, settings)
    if found is None:
        name = f"DESK_{server.protocol.upper()}_SECRET"
        raise ConfigError(
            _("there is no secret for {user} at {place}", user=server.user, place=server.place),
            _(
                "set {name}, or desk.mail.secretCommand in git's configuration, or keep it with: git credential approve",
                name=name,
            ),
        )
    if token and settings.get("oauth.url"):
        return Secret(
            _exchanged(found, settings),
            _("{url}, with the secret from {origin}", url=settings["oauth.url"], origin=found.origin),
        )
    return found


def remember(server: Server, place: Place, secret: Secret, *, good: bool) -> None:
    """Tell git's credential helpers whether the secret that they gave was right."""
    if secret.origin == GIT:
        credential.tell(place, server.protocol, server.place, server.user, secret.reveal(), good=good)


def _stored(server: Server, environ: Mapping[str, str]) -> Secret | None:
    name = f"DESK_{server.protocol.upper()}_SECRET"
    if environ.get(name):
        return Secret(environ[name], name)
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder:
        with (
            suppress(FileNotFoundError),
            open(os.path.join(folder, f"desk-{server.protocol}"), encoding="utf-8") as file,
        ):
            return Secret(file.read().rstrip("\r\n"), f"$CREDENTIALS_DIRECTORY/desk-{server.protocol}")
    return None


def _kept(server: Server, place: Place, settings: Mapping[str, str]) -> Secret | None:
    if settings.get("secretcommand"):
        return _command(settings["secretcommand"], "desk.mail.secretCommand", place.environ)
    password = credential.fill(place, server.protocol, server.place, server.user)
    return Secret(password, GIT) if password else None


def _command(command: str, name: str, environ: Mapping[str, str]) -> Secret:
    """What a program prints on its first line. It is a shell's line, as in msmtp and isync, from this machine's own settings."""
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(
            _("{name} took more than {patience} s", name=name, patience=_PATIENCE),
            _("run it by hand: does it wait for somebody?"),
        ) from None
    value = done.stdout.decode(errors="replace").partition("\n")[0].rstrip("\r")
    if done.returncode or not value:
        what = _("ended with {returncode}", returncode=done.returncode) if done.returncode else _("printed nothing")
        raise ConfigError(
            arranged("{name} {what}", name=name, what=what),
            _("it must print the secret on its first line; run it by hand"),
        )
    return Secret(value, name)


def _exchanged(secret: Secret, settings: Mapping[str, str]) -> str:
    missing = [name for name in ("oauth.client", "oauth.scope") if not settings.get(name)]
    if missing:
        raise ConfigError(
            _("desk.mail.{missing} isn't set", missing=missing[0]),
            _("git config desk.mail.oauth.client …; docs of your provider"),
        )
    from desk.post import tokens  # noqa: PLC0415 - 60 ms of urllib, for tokens alone

    client = tokens.Client(settings["oauth.url"], settings["oauth.client"], settings["oauth.scope"])
    return tokens.ask(client, secret.reveal())
