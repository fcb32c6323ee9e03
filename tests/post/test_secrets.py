"""Where secrets come from, which one counts, and that none is ever shown; servers that were pinned, and others."""

from __future__ import annotations

import json
import pickle
import subprocess
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from desk.errors import ConfigError, MailError
from desk.git.place import Place
from desk.post import secrets, servers, tokens
from desk.post.servers import Server

AT = Server("imap", "mail.ncpeh.example", 993, "tls", "desk@ncpeh.example")
At = Callable[..., Place]


def test_the_first_place_counts(place: At, tmp_path: Path) -> None:
    (tmp_path / "desk-imap").write_text("of-systemd\n", encoding="utf-8")
    subprocess.run(["git", "config", "credential.helper", f"store --file={tmp_path}/kept"], check=True)
    kept = secrets.Secret("of-git", secrets.GIT)
    secrets.remember(AT, place(), kept, good=True)
    command = {"secretcommand": "echo of-command; echo more"}
    folder = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    for environ, settings, value in (
        ({"DESK_IMAP_SECRET": "of-environ", **folder}, command, "of-environ"),
        (folder, command, "of-systemd"),
        ({"DESK_SMTP_SECRET": "of-another"}, command, "of-command"),
        ({}, {}, "of-git"),
    ):
        assert secrets.find(AT, place(**environ), settings).reveal() == value


def test_git_gives_a_secret_only_for_its_own_host(place: At, tmp_path: Path) -> None:
    subprocess.run(["git", "config", "credential.helper", f"store --file={tmp_path}/kept"], check=True)
    kept = secrets.Secret("of-git", secrets.GIT)
    secrets.remember(AT, place(), kept, good=True)
    for other in (
        AT._replace(host="evil.example"),
        AT._replace(port=143),
        AT._replace(user="x"),
        AT._replace(protocol="smtp"),
    ):
        with pytest.raises(ConfigError, match="no secret"):
            secrets.find(other, place(), {})
    secrets.remember(AT, place(), kept, good=False)
    with pytest.raises(ConfigError, match="no secret") as missing:
        secrets.find(AT, place(), {})
    assert "DESK_IMAP_SECRET" in str(missing.value.hint)


def test_a_program_that_gives_none(place: At) -> None:
    for command, words in (
        ("exit 3", "ended with 3"),
        ("true", "printed nothing"),
        ("no-such-program", "ended with 127"),
    ):
        with pytest.raises(ConfigError, match=words):
            secrets.find(AT, place(), {"secretcommand": command})


def test_a_token_is_asked_for_each_time(place: At, tmp_path: Path) -> None:
    count = f"echo x >> {tmp_path}/n; wc -l < {tmp_path}/n"
    server = AT._replace(auth="xoauth2")
    assert [secrets.find(server, place(), {"tokencommand": count}).reveal() for _ in range(2)] == ["1", "2"]


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = secrets.Secret("swordfish", "DESK_IMAP_SECRET")
    assert "swordfish" not in f"{secret} {secret!r} {[secret]} {vars(secrets)}"
    assert "DESK_IMAP_SECRET" in repr(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_only_pinned_servers_are_talked_to() -> None:
    pins = [servers.pin(AT), "smtp+starttls://desk@ncpeh.example@mail.ncpeh.example:587"]
    servers.check(AT, pins)
    servers.check(AT._replace(host="MAIL.ncpeh.example"), pins)
    for other in (
        AT._replace(host="evil.example"),
        AT._replace(port=994),
        AT._replace(user="other"),
        AT._replace(security="starttls"),
        AT._replace(protocol="smtp"),
    ):
        with pytest.raises(ConfigError, match="not trusted on this machine") as refused:
            servers.check(other, pins)
        assert refused.value.exit_code == 8
    open_ = AT._replace(security="none")
    with pytest.raises(ConfigError, match="unencrypted"):
        servers.check(open_, [servers.pin(open_)])
    for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1"):
        here = open_._replace(host=host)
        servers.check(here, [servers.pin(here)])


class _Provider(BaseHTTPRequestHandler):
    asked: list[dict[str, list[str]]]
    answers: list[tuple[int, Any]]

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(urllib.parse.parse_qs(form))
        status, answer = self.answers.pop(0)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[type[_Provider]]:
    class Own(_Provider):
        asked: list[dict[str, list[str]]] = []  # noqa: RUF012 - one list a test
        answers: list[tuple[int, Any]] = []  # noqa: RUF012
        url = ""

    server = HTTPServer(("127.0.0.1", 0), Own)
    Own.url = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Own
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_for_a_program(place: At, provider: Any) -> None:
    provider.answers.append((200, {"access_token": "tok", "expires_in": 3599}))
    settings = {
        "oauth.url": provider.url,
        "oauth.client": "desk",
        "oauth.scope": "https://outlook.office365.com/.default",
    }
    found = secrets.find(AT._replace(auth="xoauth2"), place(DESK_IMAP_SECRET="client-secret"), settings)
    assert found.reveal() == "tok"
    assert "client-secret" not in repr(found)
    (form,) = provider.asked
    assert form == {
        "grant_type": ["client_credentials"],
        "client_id": ["desk"],
        "client_secret": ["client-secret"],
        "scope": ["https://outlook.office365.com/.default"],
    }
    with pytest.raises(ConfigError, match=r"oauth\.scope"):
        secrets.find(AT._replace(auth="xoauth2"), place(DESK_IMAP_SECRET="s"), {**settings, "oauth.scope": ""})


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (401, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"}, "AADSTS7000222: expired"),
        (500, b"oops", "status 500"),
        (302, b"", "status 302"),
        (200, b"<html>", "gave no token"),
        (200, {"token": "x"}, "with no token"),
        (200, {"access_token": "ü"}, "with no token"),
    ],
)
def test_no_token(provider: Any, status: int, answer: Any, words: str) -> None:
    provider.answers.append((status, answer))
    with pytest.raises(MailError, match=words) as refused:
        tokens.ask(tokens.Client(provider.url, "desk", "s"), "client-secret")
    assert "client-secret" not in str(refused.value)
    assert len(provider.asked) == 1


def test_the_secret_of_a_program_goes_only_where_it_is_safe() -> None:
    for url in ("http://login.example/token", "ftp://login.example", "file:///etc/passwd", "nonsense"):
        with pytest.raises(ConfigError, match="https"):
            tokens.ask(tokens.Client(url, "desk", "s"), "client-secret")
    with pytest.raises(MailError, match="gave no token"):
        tokens.ask(tokens.Client("http://127.0.0.1:1/token", "desk", "s"), "client-secret")
