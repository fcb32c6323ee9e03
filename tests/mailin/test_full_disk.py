"""A disk that is full while mail comes in and goes out: everything waits where it is, and is there once when there is room."""

from __future__ import annotations

import os
import shutil
import smtplib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from tests.conftest import Runner
from tests.mail.conftest import content
from tests.mailin.conftest import MAILBOX, mail
from tests.mailin.post import Post, post_of
from tests.post.conftest import Dovecot, Mailserver, smtp
from tests.store.indexes import assert_sound, mounted
from tests.store.indexes import git as run_git

__all__ = ["smtp"]
pytestmark = pytest.mark.filterwarnings("ignore:.*login_data.*:DeprecationWarning")
SIZE = 5 << 20
FETCHING = (0, 12 << 10, 64 << 10, 96 << 10, 128 << 10)
"""Bytes that are left: for nothing; not for the journal; not for git's objects; for the commit, and nothing after it …"""
HOLDING = (4 << 10, 24 << 10)
SENDING = (0, 8 << 10)


class Full:
    """A desk on a disk of its own, which is full at will."""

    def __init__(self, small: Path, post: Post) -> None:
        self.folder, self.filler = small / "desk", small / "filler"
        self.post = post._replace(desk=partial(post.desk, "--desk", str(self.folder)))

    def fill(self, left: int) -> None:
        with suppress(OSError):
            self.filler.write_bytes(bytes(SIZE))
        os.truncate(self.filler, self.filler.stat().st_size - left)

    def run(self, *words: str, left: int) -> int:
        """As cron does it; how often it was said that the disk is full."""
        self.fill(left)
        codes = []
        for _ in range(3 if not left else 1):  # what is begun on a full disk is not begun once too often
            done = self.post.desk("mail", *words, code=None, env=self.post.env)
            codes.append(done.code)
            if done.code == 9:
                assert "No space left on device" in done.err or "the disk is full" in done.err, done.err
                assert "\nhint: " in done.err
        self.filler.unlink()
        assert set(codes) <= {0, 9, 10}
        return codes.count(9)

    def deliver(self, raw: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self.post.dovecot.ports.lmtp) as client:
            client.sendmail("someone@x.example", [self.post.user], raw)


@pytest.fixture
def recorder(smtp: Callable[..., Mailserver]) -> Mailserver:
    return smtp("none")


@pytest.fixture
def _template(mail_hosts: Callable[..., Path], recorder: Mailserver) -> Path:
    server = recorder.server
    return mail_hosts(
        f'smtp.host = "{server.host}"', f"smtp.port = {server.port}", 'smtp.security = "none"', "smtp.per_minute = 0",
        f'address = "{MAILBOX}"',
    )  # fmt: skip


@pytest.fixture
def full(desk: Runner, dovecot: Dovecot, tmp_path: Path) -> Full:
    post = post_of(desk, dovecot)
    desk("mail", "trust", "--yes")
    small = tmp_path / "small"
    small.mkdir()
    return Full(small, post._replace(env={**post.env, "DESK_SMTP_SECRET": "secret"}))


def test_everything_waits_and_is_there_once(full: Full, home: Path, recorder: Mailserver) -> None:
    small = full.folder.parent
    with mounted("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(small)):
        shutil.copytree(home, full.folder, symlinks=True)
        full.post.desk("mail", "run", env=full.post.env)
        met = Counter[str]()
        for number, left in enumerate(FETCHING):
            for name in ("One", "Two"):
                full.deliver(mail(f"{name}{number}@x.example", f"{name} {number}", "ab " * 4000))
            met["fetching"] += full.run("fetch", left=left) > 0
            states = [row["state"] for row in full.post.fetch().data]
            assert set(states) <= {"taken", "known"}, left
            assert full.post.folders()["INBOX"] == 0
        for number, left in enumerate(HOLDING):
            away = mail("new@x.example", f"Automatic reply: {number}", "ab " * 8000, "Auto-Submitted: auto-replied")
            full.deliver(away)
            met["holding"] += full.run("fetch", left=left) > 0
            assert [row["state"] for row in full.post.fetch(code=10).data] == ["held"], left
        for left in SENDING:
            met["sending"] += full.run("send", left=left) > 0
        full.post.desk("mail", "send", env=full.post.env)
        assert met == {"fetching": len(FETCHING), "holding": len(HOLDING), "sending": 1}
        assert full.post.folders() == {"INBOX": 0, "Processed": 2 * len(FETCHING), "Held": len(HOLDING)}
        titles = run_git(full.folder, "grep", "-h", "^title: ", "HEAD", "--", "records/tickets").splitlines()
        assert sorted(titles) == sorted(f"title: {n} {k}" for n in ("One", "Two") for k in range(len(FETCHING)))
        assert len(full.post.desk("mail", "held", "-f", "json").data) == len(HOLDING)
        assert full.post.desk("mail", "outbox", "-f", "json").data == []
        told = [parsing.parse(content(one), ("en",), Limits()) for one in recorder.recorder.taken]
        assert {one.to[0].key for one in told if "registered" in one.subject} == {
            f"{n}{k}@x.example" for n in ("one", "two") for k in range(len(FETCHING))
        }
        assert len({(one.id, one.text) for one in told}) == len({one.id for one in told}), "what went twice is the same"
        assert "no fault" in full.post.desk("audit", "verify").out
        assert_sound(full.folder)
