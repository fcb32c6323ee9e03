"""Killed at each step of sending: every message arrives, under one Message-ID, and none twice that could be known to have gone."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.mail.conftest import Known, Sending
from tests.store.test_crash import killed_at, victim
from tests.terminals import start

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data.*:DeprecationWarning", "ignore:Requiring AUTH while not requiring TLS.*"
)
Make = Callable[..., str]
Git = Callable[..., str]
KILLS = int(os.environ.get("DESK_TEST_KILLS", "6"))
POST = "desk.post.smtp:Connection.send"
KNOWN = [
    "desk.session.deriving:_derive:before:1:self",
    "desk.local.outbox:stage:before:1:self",
    "desk.local.outbox:stage:after:1:self",
    "desk.local.cursor:move:before:1:self",
    "desk.local.cursor:move:after:1:self",
    "desk.local.outbox:publish:before:1:self",
    "os:replace:after:1:self",
    "os:replace:after:3:self",
    "desk.local.delivery:begin:before:1:self",
    "desk.local.delivery:begin:before:2:self",
    "desk.local.maillog:add:after:1:self",
    "desk.local.outbox:drop:before:1:self",
    "desk.local.delivery:forget:before:1:self",
    "desk.local.delivery:forget:after:2:self",
]
"""Steps after which a message is known to have gone, or not to have."""
UNKNOWN = [
    "desk.local.delivery:begin:after:1:self",
    f"{POST}:before:1:self",
    f"{POST}:after:1:self",
    f"{POST}:after:2:self",
    "desk.local.maillog:add:before:2:self",
]
"""Steps between the server's word and the log's line: nobody can say, so it goes again."""


@pytest.fixture(scope="module")
def _template(
    hosting: Path, known: Known, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Path:
    """Three messages that lie in the outbox, and one that a colleague's commit leads to."""
    folder = tmp_path_factory.mktemp("waiting")
    top, other = copy_of(hosting, folder), folder / "other"
    with at_work(top, environment) as desk:
        create = ("ticket", "create", "--title", "T", "--department", "technical", "--requester", known.anna)
        ticket = desk(*create, "-f", "ids").out.strip()
        desk("ticket", "reply", ticket, "--body", "here")
        subprocess.run(["git", "clone", "-q", str(top), str(other)], check=True)
        later = {"DESK_NOW": "2026-07-23T06:12:50Z"}
        desk("--desk", str(other), "ticket", "reply", ticket, "--body", "there", env=later)
        subprocess.run(["git", "pull", "-q", str(other), "main"], check=True)
    return top


def arrived(sending: Sending) -> Counter[tuple[str, str]]:
    """How often each message came: its Message-ID, and to whom."""
    return Counter((mail.id, to) for mail, to in zip(sending.taken, sending.to(), strict=True))


@pytest.mark.parametrize("step", [*KNOWN, *UNKNOWN])
def test_killed_at_each_step(sending: Sending, home: Path, environment: dict[str, str], step: str) -> None:
    killed_at(step, home, {**environment, "DESK_SMTP_SECRET": "secret"}, "mail", "send")
    sending.send()
    found = arrived(sending)
    assert len(found) == 4
    assert sum(found.values()) <= 4 + (step in UNKNOWN)
    if step in KNOWN:
        assert set(found.values()) == {1}
    assert sending.send() == []
    assert [p.name for p in (home / ".git/desk/outbox").iterdir()] == []


def test_killed_at_random(
    sending: Sending, make: Make, desk: Runner, home: Path, environment: dict[str, str], anna: str
) -> None:
    """Runs, each killed after a while that nobody chose, with new messages in between."""
    chance = random.Random(15)
    made = 0
    env = {**environment, "DESK_SMTP_SECRET": "secret"}
    for number in range(KILLS):
        for _ in range(2):
            make(
                f"T{number}",
                "--requester",
                anna if number % 2 else f"a{number}@clinic.example",
                "--department",
                "organizational",
            )
            made += 1
        victim(home, env, "within", f"{chance.uniform(0, 0.25):.3f}", "self", "mail", "send")
    for minutes in range(0, max(60, 5 * KILLS), 10):
        sending.send(at=f"2026-07-23T{7 + minutes // 60:02}:{minutes % 60:02}:00Z", code=0)
    found = arrived(sending)
    text = "".join(mail.text for mail in sending.taken)
    assert all(f"T{number}" in text for number in range(KILLS))
    assert len({mail_id for mail_id, _ in found}) == len(found)
    assert desk("mail", "outbox", "-f", "json").data == []


def test_two_runs_at_once(sending: Sending, home: Path, environment: dict[str, str]) -> None:
    """One of them sends, the others say so and do nothing."""
    env = {**environment, "DESK_SMTP_SECRET": "secret"}
    runs = [start("mail", "send", cwd=home, env=env, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [run.communicate()[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert set(codes) <= {0, 6}
    assert 0 in codes
    assert all("another desk mail command is at work" in e for e, code in zip(errors, codes, strict=True) if code == 6)
    assert set(arrived(sending).values()) == {1}
    assert len(arrived(sending)) == 4


def test_a_copy_of_the_desk_sends_nothing(sending: Sending, home: Path, tmp_path: Path) -> None:
    """Made by git for a rehearsal: it has neither the flag nor the outbox."""
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", str(home), str(copy)], check=True)
    assert "not the desk's mail host" in sending.desk("--desk", str(copy), "mail", "send", code=8).err
    shutil.rmtree(copy)
    assert sending.taken == []
