"""A desk of several people, and what lies in its outbox."""

from __future__ import annotations

import functools
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.smtp import Envelope

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from desk.post import servers
from desk.post.servers import Server
from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.post.conftest import Listening, Mailserver, Recorder, certificate, smtp

__all__ = ["certificate", "smtp"]


class Known(NamedTuple):
    """A desk, and a requester who has an account there."""

    top: Path
    anna: str


@pytest.fixture(scope="session")
def known(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    top = copy_of(few_articles, tmp_path_factory.mktemp("known"))
    with at_work(top, environment) as desk:
        options = ("--name", "Anna Georgiou", "--email", "anna@clinic.example", "--group", "patient")
        return Known(top, desk("user", "create", *options, "--language", "el", "-f", "ids").out.strip())


@pytest.fixture(scope="session")
def _template(known: Known) -> Path:
    return known.top


Drafts = Callable[[], list[dict[str, Any]]]
Told = Callable[[], set[tuple[str, str]]]


@pytest.fixture
def drafts(home: Path) -> Drafts:
    """The files of the outbox, as they are."""
    return lambda: [
        json.loads(p.read_text(encoding="utf-8")) for p in sorted((home / ".git/desk/outbox").glob("*.json"))
    ]


@pytest.fixture
def told(home: Path) -> Told:
    """Who was told, by which text, since this was last asked."""
    return lambda: {(d["to"]["id"], d["template"]) for d in take(home)}


@pytest.fixture
def anna(known: Known) -> str:
    """A requester with an account."""
    return known.anna


def take(home: Path) -> list[dict[str, Any]]:
    """What lies in the outbox is sent, by somebody who doesn't ask desk."""
    found = []
    for path in sorted((home / ".git/desk/outbox").glob("*.json")):
        found.append(json.loads(path.read_text(encoding="utf-8")))
        path.unlink()
    return found


class Followed(NamedTuple):
    """A desk, and a ticket of it about which a reply tells three people: its requester and two watchers."""

    top: Path
    ticket: str


@pytest.fixture(scope="session")
def followed(known: Known, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Followed:
    top = copy_of(known.top, tmp_path_factory.mktemp("followed"))
    with at_work(top, environment) as desk:
        create = ("ticket", "create", "--title", "T", "--department", "technical", "--requester", known.anna)
        ticket = desk(*create, "-f", "ids").out.strip()
        desk("ticket", "watch", ticket, "--who", "petros")
        bob = ("--name", "Bob", "--email", "bob@clinic.example", "--group", "patient")
        desk("ticket", "watch", ticket, "--who", desk("user", "create", *bob, "-f", "ids").out.strip())
    take(top)
    return Followed(top, ticket)


def content(envelope: Envelope) -> bytes:
    """A message as a server got it."""
    assert isinstance(envelope.content, bytes)
    return envelope.content


@functools.cache
def _read(message: bytes) -> Mail:
    return parsing.parse(message, ("en", "el"), Limits())


class Sending(NamedTuple):
    """A desk that sends, and the server that it sends to."""

    desk: Runner
    server: Mailserver

    @property
    def recorder(self) -> Recorder:
        return self.server.recorder

    @property
    def taken(self) -> list[Mail]:
        """What the server has, as another desk reads it."""
        return [_read(content(e)) for e in self.recorder.taken]

    def to(self) -> list[str]:
        """To whom it went, each once."""
        return [to for e in self.recorder.taken for to in e.rcpt_tos]

    def send(self, *words: str, at: str = "", code: int = 0) -> list[dict[str, Any]]:
        """What a run says of each message; `at` is the time of it."""
        env = {"DESK_NOW": at} if at else {}
        result = self.desk("mail", "send", *words, "-f", "json", code=code, env=env)
        return result.data if result.out else []


@pytest.fixture(scope="session")
def listening(certificate: Path) -> Iterator[Listening]:
    """A server for all tests that send: where it is stands in the desk that they begin with."""
    server = Listening(certificate, "none")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def hosting(
    known: Known, listening: Listening, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Path:
    """The desk as the mail host, on the machine of the server; modules of tests that send begin with it."""
    top = copy_of(known.top, tmp_path_factory.mktemp("hosting"))
    with at_work(top, environment) as desk:
        make_host(top, listening.begin().server)
        desk("mail", "send", env={"DESK_SMTP_SECRET": "secret"})
    return top


@pytest.fixture
def sending(desk: Runner, listening: Listening, monkeypatch: pytest.MonkeyPatch) -> Sending:
    """The desk that sends, and what comes of it; for modules that begin with `hosting`."""
    monkeypatch.setenv("DESK_SMTP_SECRET", "secret")
    return Sending(desk, listening.begin())


def make_host(home: Path, server: Server) -> None:
    """Name a server in desk.toml, agree to it on this machine, and let it send."""
    toml = home / "desk.toml"
    text = toml.read_text(encoding="utf-8")
    lines = f'[mail.smtp]\nhost = "{server.host}"\nport = {server.port}\nsecurity = "{server.security}"\nuser = "{server.user}"\nper_minute = 0\n'
    toml.write_text(text.replace("[attachment]", f"{lines}\n[attachment]"), encoding="utf-8")
    git = ["git", "-C", str(home)]
    subprocess.run([*git, "commit", "-q", "-a", "-m", "mail"], check=True)
    subprocess.run([*git, "config", "desk.mail.host", "true"], check=True)
    subprocess.run([*git, "config", "desk.mail.trust", servers.pin(server)], check=True)
