"""Another machine takes the mail host's place: nothing is told twice, and what waited on the old one goes from the new one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.mail.conftest import Sending
from tests.post.conftest import Fault

Make = Callable[..., str]


@pytest.fixture(scope="session")
def _template(hosting: Path) -> Path:
    return hosting


@pytest.fixture
def hub(desk: Runner, home: Path, tmp_path: Path, sending: Sending) -> Path:  # noqa: ARG001 - the desk sends
    top = tmp_path / "hub.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(top)], check=True)
    subprocess.run(["git", "-C", str(home), "remote", "add", "origin", str(top)], check=True)
    desk("sync")
    return top


def clone(hub: Path, home: Path, tmp_path: Path) -> Path:
    """Another machine's clone, which may talk to the same server; not a mail host yet."""
    top = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(hub), str(top)], check=True)
    trust = subprocess.run(
        ["git", "-C", str(home), "config", "desk.mail.trust"], check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run(["git", "-C", str(top), "config", "desk.mail.trust", trust], check=True)
    return top


def test_another_machine_goes_on_where_the_mail_host_stopped(
    sending: Sending, desk: Runner, make: Make, hub: Path, home: Path, tmp_path: Path, anna: str
) -> None:
    make("Told", "--requester", anna, "--department", "organizational")
    assert [row["state"] for row in sending.send()] == ["sent"]
    sending.recorder.faults = [Fault("rcpt", "450 4.2.1 greylisted")]
    make("Waits", "--requester", anna, "--department", "organizational")
    [waiting] = sending.send()
    assert waiting["state"] == "later"
    sending.recorder.faults = []
    desk("sync")
    desk("mail", "send")
    ledgers = subprocess.run(
        ["git", "-C", str(hub), "for-each-ref", "--format=%(refname)", "refs/desk/mail"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert ledgers == ["refs/desk/mail/maria"]

    other = str(clone(hub, home, tmp_path))
    desk("--desk", other, "sync")
    assert "known: maria" in desk("--desk", other, "mail", "trust", "--adopt", "nobody", code=3).err
    desk("--desk", other, "mail", "trust", "--key", str(home / ".git/desk/mail/key"))
    said = desk("--desk", other, "mail", "trust", "--adopt", "maria")
    assert "maria is taken over: 1 message waited there" in said.err
    assert "has told of commits itself" in desk("--desk", other, "mail", "trust", "--adopt", "maria", code=5).err
    assert [row["id"] for row in desk("--desk", other, "mail", "outbox", "-f", "json").data] == [waiting["id"]]
    subprocess.run(["git", "-C", other, "config", "desk.mail.host", "true"], check=True)
    before = len(sending.taken)
    [sent] = desk("--desk", other, "mail", "send", "-f", "json").data
    assert (sent["state"], sent["id"], sent["message_id"]) == ("sent", waiting["id"], waiting["message_id"])
    assert len(sending.taken) == before + 1
    assert desk("--desk", other, "mail", "send").out == ""
    # What is committed from now on is told from there.
    make("Later", "--requester", anna, "--department", "organizational")
    desk("sync")
    desk("--desk", other, "sync")
    [row] = desk("--desk", other, "mail", "send", "-f", "json").data
    assert row["state"] == "sent"


def test_a_ledger_whose_commits_are_not_here_is_not_taken_over(
    sending: Sending, desk: Runner, make: Make, hub: Path, home: Path, tmp_path: Path, anna: str
) -> None:
    make("T", "--requester", anna)
    sending.send()
    other = clone(hub, home, tmp_path)
    subprocess.run(["git", "-C", str(home), "push", "-q", "origin", "refs/desk/mail/maria"], check=True)
    subprocess.run(
        ["git", "-C", str(other), "fetch", "-q", "origin", "refs/desk/mail/*:refs/desk/mailhosts/*"], check=True
    )
    found = desk("--desk", str(other), "mail", "trust", "--adopt", "maria", code=6)
    assert "which isn't here" in found.err
    assert "desk sync" in found.err


def test_a_desk_that_meets_nobody_keeps_no_ledger(sending: Sending, make: Make, home: Path, anna: str) -> None:
    make("T", "--requester", anna)
    sending.send()
    assert not (home / ".git/refs/desk").exists()
