"""Trying servers and trusting them: what desk.toml names counts only after this machine has agreed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.mailin.conftest import MAILBOX
from tests.mailin.post import Carrier, Git, Post, post_of
from tests.post.conftest import Dovecot


@pytest.fixture(scope="module")
def carrier(dovecot: Dovecot) -> Iterator[Carrier]:
    found = Carrier(dovecot, MAILBOX)
    found.controller.start()
    yield found
    found.controller.stop()


@pytest.fixture
def _template(mail_hosts: Callable[..., Path], carrier: Carrier) -> Path:
    return mail_hosts(
        'smtp.host = "127.0.0.1"', f"smtp.port = {carrier.controller.port}", 'smtp.security = "none"', 'smtp.user = "none"'
    )  # fmt: skip


@pytest.fixture
def post(desk: Runner, dovecot: Dovecot) -> Post:
    return post_of(desk, dovecot)


def test_trust_shows_and_pins(post: Post, git: Git, carrier: Carrier) -> None:
    shown = post.desk("mail", "trust", "--show", "-f", "json", code=8).data
    assert [(row["protocol"], row["trusted"]) for row in shown] == [("imap", True), ("smtp", False)]
    before = git("config", "desk.mail.trust")
    assert "not trusted: desk mail trust" in post.desk("mail", "trust", "--show", code=8).out
    assert git("config", "desk.mail.trust") == before
    post.desk("mail", "trust")
    pins = git("config", "desk.mail.trust").split()
    assert pins[1:] == [f"smtp://none@127.0.0.1:{carrier.controller.port}"]


def test_another_host_in_desk_toml_is_sent_nothing(post: Post) -> None:
    post.desk("config", "set", "mail.imap.host", "127.0.0.2")
    done = post.desk("mail", "fetch", code=8, env=post.env)
    assert "not trusted on this machine" in done.err


def test_a_server_elsewhere_without_encryption_is_never_pinned(post: Post, git: Git) -> None:
    post.desk("config", "set", "mail.smtp.host", "mail.example.org")
    done = post.desk("mail", "trust", code=8)
    assert "unencrypted" in done.out
    assert "example.org" not in git("config", "desk.mail.trust")


def test_what_is_configured_from_where_and_what_the_servers_can(post: Post) -> None:
    post.desk("mail", "trust")
    said = post.desk("mail", "test", env=post.env).out
    for words in (
        "host: localhost  (desk.toml)",
        "security: tls  (default)",
        "secret from DESK_IMAP_SECRET",
        "MOVE, UIDPLUS, IDLE",
        "logged in; 0 mails wait",
    ):
        assert words in said, said
    assert "secret\n" not in said
    [imap] = post.desk("mail", "test", "--imap", "-f", "json", env=post.env).data["servers"]
    assert (imap["problem"], imap["from"]["port"], imap["from"]["auth"]) == (None, "desk.toml", "default")


def test_what_is_wrong_is_told_of_each(post: Post) -> None:
    post.desk("mail", "trust")
    done = post.desk("mail", "test", "-f", "json", code=10, env={**post.env, "DESK_IMAP_SECRET": "wrong-one"})
    imap, smtp = done.data["servers"]
    assert "refused to log" in imap["problem"]
    assert smtp["problem"] is None
    assert "wrong-one" not in done.out + done.err


def test_a_message_that_really_arrives(post: Post) -> None:
    post.desk("mail", "trust")
    post.deliver(b"Subject: waits\r\nFrom: a@b.example\r\n\r\nStays.\r\n")
    done = post.desk("mail", "test", "--to", MAILBOX, "-f", "json", env=post.env)
    assert done.data["message"]["to"] == MAILBOX
    assert 0 < done.data["message"]["seconds"] < 30
    assert post.folders() == {"INBOX": 1}


def test_the_key_of_another_machine(post: Post, home: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    post.desk("mail", "trust", "--key", str(tmp_path / "key"))
    key = home / ".git/desk/mail/key"
    assert (key.read_bytes(), key.stat().st_mode & 0o777) == (b"k" * 32, 0o600)
    (tmp_path / "key").write_bytes(b"short")
    post.desk("mail", "trust", "--key", str(tmp_path / "key"), code=2)
