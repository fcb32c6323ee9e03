"""Several processes writing, reading and rebuilding at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Runner
from tests.store.indexes import assert_sound, git
from tests.store.test_crash import TOP, victim

PROCESSES = 8
EACH = int(os.environ.get("DESK_TEST_EACH", "2"))


def start(home: Path, environment: dict[str, str], *args: str) -> subprocess.Popen[str]:
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
    writers = start(home, environment, "tests.store.victim", "crowd", "2", str(2 * EACH))
    seen = 0
    while writers.poll() is None:
        if seen % 2:
            (home / ".git/desk/index.sqlite").unlink(missing_ok=True)
        found = len(desk("ticket", "list", "-f", "ids", "--limit", "0").out.split())
        assert found >= seen
        seen = found
        time.sleep(0.05)  # they have more to do than to be watched
    _, err = writers.communicate()
    assert writers.returncode == 0, err
    assert len(desk("ticket", "list", "-f", "ids", "--limit", "0").out.split()) == 4 * EACH
    assert_sound(home)
