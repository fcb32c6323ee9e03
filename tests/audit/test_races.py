"""Every command beside every other one, all of them waiting for one lock: what each acknowledges is true, and was allowed."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from desk.cli import main
from tests.cli.conftest import Git
from tests.conftest import Begin, Make, Runner
from tests.store import victim

_WAIT = 0.7
"""Seconds until those that were started have read what they read before they take the lock."""


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


def _at_once(home: Path, commands: list[tuple[str, ...]]) -> list[int]:
    """The exit codes of commands that all began while somebody else held the lock."""
    (home / ".git/desk").mkdir(exist_ok=True)
    victim.load()
    with (home / ".git/desk/lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        children = []
        for words in commands:
            pid = os.fork()
            if not pid:
                lock.close()
                quiet = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(quiet, stream)
                os._exit(main.run(list(words)))
            children.append(pid)
        time.sleep(_WAIT)
        fcntl.flock(lock, fcntl.LOCK_UN)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]


@pytest.mark.parametrize("turn", [1, -1])
def test_every_pair_of_commands(desk: Runner, begin: Begin, make: Make, home: Path, git: Git, turn: int) -> None:
    begin("config", "set", "write.lock_timeout", "300")
    one, two = make("One", "--tag", "incident"), make("Two")
    begin("--as", "petros", "ticket", "note", one, "--body", "first")
    begin("tag", "create", "malta")
    begin("ticket", "tag", two, "malta")
    commands = [
        ("ticket", "note", one, "--body", "raced"),
        ("--as", "petros", "ticket", "reply", one, "--body", "raced"),
        ("ticket", "classify", one, "--priority", "high"),
        ("ticket", "classify", one, "--priority", "medium"),
        ("ticket", "assign", one, "--to", "petros"),
        ("ticket", "assign", one, "--to", "maria"),
        ("ticket", "edit", one, "--title", "Another"),
        ("ticket", "move", one, "--to", "legal"),
        ("ticket", "close", one),
        ("ticket", "merge", two, "--into", one),
        ("ticket", "split", one, "--at", "1"),
        ("ticket", "undo", one),
        ("ticket", "link", one, two),
        ("ticket", "create", "--title", "Three", "--department", "technical"),
        ("tag", "delete", "malta"),
        ("staff", "edit", "petros", "--department", "legal"),
        ("staff", "delete", "eleni"),
        ("config", "set", "list.limit", "60"),
        ("config", "set", "list.limit", "70"),
        ("kb", "edit", "which-countries", "--title", "Where"),
        ("kb", "publish", "which-countries"),
        ("user", "signup", "--name", "A", "--email", "a@x.example", "--group", "patient"),
        ("sla", "check"),
    ][::turn]
    codes = _at_once(home, commands)
    assert not {1, 9, -11} & set(codes), list(zip(commands, codes, strict=True))
    noted = codes[commands.index(("ticket", "note", one, "--body", "raced"))]
    assert noted == 0
    # Whatever became of it since: another one may have split it off, or taken it back.
    assert git("log", "--format=%s").count(f"{one} note\n") == 2
    found = desk("audit", "verify", "--full", "-f", "json", code=None).data["findings"]
    assert [f["problem"] for f in found if f["level"] == "fault"] == []
    assert desk("status", "-f", "json").data
    assert [f for f in desk("doctor", "-f", "json", code=None).data if f["check"] != "log"] == []
