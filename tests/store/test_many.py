"""Several processes writing, reading and rebuilding at the same time."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import Runner
from tests.store.indexes import assert_sound, git
from tests.store.test_crash import TOP, victim

PROCESSES = 8
EACH = int(os.environ.get("DESK_TEST_EACH", "2"))


def start(home: Path, environment: dict[str, str], *args: str) -> subprocess.Popen[str]:
    """A process beside those that `victim` has one after the other."""
    env = {**environment, "PYTHONPATH": str(TOP)}
    return subprocess.Popen(
        [sys.executable, "-m", *args], cwd=home, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_eight_processes_create_tickets_at_once(desk: Runner, home: Path, environment: dict[str, str]) -> None:
    """DESK_TEST_EACH sets how many each of them creates."""
    before = int(git(home, "rev-list", "--count", "HEAD"))
    writers = victim(home, environment, "crowd", str(PROCESSES), str(EACH))
    assert writers.returncode == 0, writers.stderr
    assert "Traceback" not in writers.stderr
    printed = writers.stdout.split()
    assert len(set(printed)) == PROCESSES * EACH
    assert int(git(home, "rev-list", "--count", "HEAD")) == before + PROCESSES * EACH
    assert git(home, "rev-list", "--min-parents=2", "HEAD") == ""
    assert set(desk("ticket", "list", "-f", "ids", "--limit", "0").out.split()) == set(printed)
    assert_sound(home)


def test_reading_and_rebuilding_while_others_write(desk: Runner, home: Path, environment: dict[str, str]) -> None:
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(victim, home, environment, "crowd", "2", str(2 * EACH))
        read_until(writing.done, desk, home)
    writers = writing.result()
    assert writers.returncode == 0, writers.stderr
    assert len(desk("ticket", "list", "-f", "ids", "--limit", "0").out.split()) == 4 * EACH
    assert_sound(home)


def read_until(done: Callable[[], bool], desk: Runner, home: Path) -> None:
    """Tickets become more, whether their index is there or has to be built first."""
    seen = 0
    for turn in itertools.takewhile(lambda _: not done(), itertools.count()):
        if turn % 2:
            (home / ".git/desk/index.sqlite").unlink(missing_ok=True)
        found = len(desk("ticket", "list", "-f", "ids", "--limit", "0").out.split())
        assert found >= seen
        seen = found
        time.sleep(0.05)  # they have more to do than to be watched
