"""Signing in without a password: a token is asked for with a program's own secret, or of a command, and the server takes it or not.

The provider is one of the tests', the mailbox a real server that checks what it signed.
"""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.mailin.conftest import mail, place_settings
from tests.mailin.post import Git, Post, post_of
from tests.post.conftest import Dovecot, Mailserver, smtp, token

__all__ = ["smtp"]
PROGRAM = "the-secret-of-the-program"


class Provider:
    """Gives out what it is told to, an answer each: a token, or an error and what it means."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[str | tuple[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append(dict(urllib.parse.parse_qsl(form)))
                given = provider.answers.pop(0)
                told = {"access_token": given} if isinstance(given, str) else dict(zip(_ERROR, given, strict=True))
                self.send_response(200 if isinstance(given, str) else 400)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"


_ERROR = ("error", "error_description")


@pytest.fixture
def provider(home: Path) -> Iterator[Provider]:
    found = Provider()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with (home / ".git/config").open("a", encoding="utf-8") as file:
        file.write(
            f'[desk "mail.oauth"]\n\turl = {found.url}\n\tclient = desk\n\tscope = https://mail.example/.default\n'
        )
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.fixture
def _template(mail_hosts: Callable[..., Path], request: pytest.FixtureRequest) -> Path:
    """A desk that signs in as the parameter says."""
    return mail_hosts(f'imap.auth = "{getattr(request, "param", "xoauth2")}"')


@pytest.fixture
def post(desk: Runner, dovecot: Dovecot) -> Post:
    """A mailbox in which a mail lies."""
    found = post_of(desk, dovecot)
    found.deliver(mail("anna@clinic.example", "One", "First."))
    return found._replace(env={**found.env, "DESK_IMAP_SECRET": PROGRAM})


@pytest.mark.parametrize("_template", ["xoauth2", "oauthbearer"], indirect=True)
def test_one_that_has_run_out_is_asked_for_anew(post: Post, provider: Provider) -> None:
    provider.answers = [token(post.user, -30), token(post.user)]
    assert [row["state"] for row in post.fetch().data] == ["taken"]
    assert (
        provider.asked
        == [
            {
                "grant_type": "client_credentials",
                "client_id": "desk",
                "client_secret": PROGRAM,
                "scope": "https://mail.example/.default",
            }
        ]
        * 2
    )
    provider.answers = [token(post.user)]
    said = post.desk("mail", "test", "--imap", env=post.env).out
    assert f"secret from {provider.url}, with the secret from DESK_IMAP_SECRET" in said
    assert "logged in; 0 mails wait" in said
    assert provider.answers == []


def test_one_that_is_refused_twice_is_told_and_shown_nowhere(post: Post, home: Path, provider: Provider) -> None:
    other = token("somebody-else@ncpeh.example")  # as of a program that was never given this mailbox
    for given in ([token(post.user, -30)] * 2, [other] * 2, ["nonsense"] * 2):
        provider.answers = list(given)
        done = post.desk("mail", "fetch", code=10, env=post.env)
        assert f"refused to log {post.user} in with the secret from {provider.url}" in done.err
        assert "desk mail test --imap" in done.err
        for hidden in (PROGRAM, *given):
            assert hidden not in done.out + done.err
            for path in (p for p in home.glob(".git/desk/**/*") if p.is_file()):
                assert hidden.encode() not in path.read_bytes(), path
    assert len(provider.asked) == 6, "asked once more each time, and no more than that"
    assert post.folders() == {"INBOX": 1}


@pytest.mark.parametrize(
    ("error", "words", "hint"),
    [
        ("invalid_scope", "AADSTS70011: The provided value for scope is not valid.", "git config desk.mail.oauth.scope"),
        ("invalid_client", "AADSTS7000222: The provided client secret keys are expired.", "is the secret of the program still valid"),
        ("unauthorized_client", "AADSTS700016: Application was not found in the directory.", "allowed to sign in by itself"),
        ("invalid_request", "AADSTS90002: Tenant not found.", "git config --get-regexp desk.mail.oauth"),
    ],
)  # fmt: skip
def test_a_provider_that_gives_none_says_why(post: Post, provider: Provider, error: str, words: str, hint: str) -> None:
    provider.answers = [(error, words)]
    done = post.desk("mail", "fetch", code=10, env=post.env)
    assert f"127.0.0.1 gave no token: {words}" in done.err
    assert hint in done.err
    assert PROGRAM not in done.err
    assert len(provider.asked) == 1


def test_a_command_gives_another_one(post: Post, git: Git, tmp_path: Path) -> None:
    """As oama and others do: what it prints is asked for again when the server doesn't take it."""
    for name, given in (("1", token(post.user, -30)), ("2", token(post.user))):
        (tmp_path / name).write_text(given, encoding="ascii")
    git("config", "desk.mail.tokenCommand", f"cd {tmp_path}; ls [12] | head -1 | xargs sh -c 'cat $0; mv $0 used-$0'")
    assert [row["state"] for row in post.fetch().data] == ["taken"]
    git("config", "desk.mail.tokenCommand", "exit 3")
    assert "desk.mail.tokenCommand ended with 3" in post.desk("mail", "fetch", code=8, env=post.env).err


def test_a_setting_that_is_missing_is_named(post: Post, provider: Provider, git: Git) -> None:
    git("config", "--unset", "desk.mail.oauth.scope")
    assert "desk.mail.oauth.scope isn't set" in post.desk("mail", "fetch", code=8, env=post.env).err
    assert provider.asked == []


@pytest.mark.parametrize("auth", ["xoauth2", "oauthbearer"])
def test_who_sends_signs_in_so_as_well(
    desk: Runner, home: Path, git: Git, provider: Provider, smtp: Callable[..., Mailserver], auth: str
) -> None:
    server = smtp("none", auth).server
    place_settings(
        home,
        f'smtp.host = "{server.host}"',
        f"smtp.port = {server.port}",
        f'smtp.security = "{server.security}"',
        f'smtp.user = "{server.user}"',
        f'smtp.auth = "{auth}"',
    )
    git("commit", "-qam", "smtp")
    desk("mail", "trust")
    provider.answers = ["bad-token", "good-token"]
    said = desk("mail", "test", "--smtp", env={"DESK_SMTP_SECRET": PROGRAM}).out
    assert f"auth: {auth}  (desk.toml)" in said
    assert "logged in" in said
    assert provider.answers == []
    provider.answers = ["bad-token"] * 2
    done = desk("mail", "test", "--smtp", code=10, env={"DESK_SMTP_SECRET": PROGRAM})
    assert f"refused to log {server.user} in" in done.out
    assert "bad-token" not in done.out + done.err
