"""Many clones that sync at the same time: none is lost, each merges, nobody waits for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from tests.store.indexes import assert_sound
from tests.sync.conftest import Clone

TOWNS = int(os.environ.get("DESK_TEST_TOWNS", "4"))
ROUNDS = int(os.environ.get("DESK_TEST_ROUNDS", "2"))


def test_towns_that_sync_at_once(towns: Callable[..., list[Clone]], environment: dict[str, str]) -> None:
    clones = towns(TOWNS)
    made = []
    for number in range(ROUNDS):
        for clone in clones:
            ticket = (
                "ticket",
                "create",
                "--title",
                f"{clone.home.name} {number}",
                "--department",
                "technical",
                "-f",
                "ids",
            )
            made.append(clone.run("--desk", str(clone.home), "--as", "maria", *ticket).out.strip())
        command = [sys.executable, "-m", "desk", "--as", "maria", "sync"]
        running = [
            subprocess.Popen(command, cwd=c.home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for c in clones
        ]
        for process in running:
            out, _ = process.communicate(timeout=120)
            assert process.returncode == 0, out.decode()
    for clone in clones:
        clone.sync()
    assert len({clone.git("rev-parse", "HEAD") for clone in clones}) == 1
    for one in made:
        assert clones[-1].show(one)["id"] == one
    assert int(clones[-1].git("rev-list", "--count", "--merges", "HEAD")) <= ROUNDS * len(clones)
    assert_sound(clones[-1].home)
