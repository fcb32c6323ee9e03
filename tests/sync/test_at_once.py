"""Many clones that sync at the same time: none is lost, each merges, nobody waits for ever."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from desk.cli import main
from tests.store import victim
from tests.store.indexes import assert_sound, head
from tests.sync.conftest import Clone

TOWNS = int(os.environ.get("DESK_TEST_TOWNS", "3"))
ROUNDS = int(os.environ.get("DESK_TEST_ROUNDS", "1"))


def sync_at_once(homes: list[Path]) -> list[bool]:
    """Whether each has synced, in a process of its own; they have loaded the program already."""
    victim.load()
    children = []
    for home in homes:
        child = os.fork()
        if not child:
            said = os.open(home.parent / f"{home.name}.said", os.O_CREAT | os.O_RDWR)
            for stream in (1, 2):
                os.dup2(said, stream)
            os._exit(main.run(["--desk", str(home), "--as", "maria", "sync"]))
        children.append(child)
    return [os.waitpid(child, 0)[1] == 0 for child in children]


def test_towns_that_sync_at_once(towns: Callable[..., list[Clone]]) -> None:
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
        assert all(sync_at_once([clone.home for clone in clones]))
    for clone in clones:
        clone.sync()
    assert len({head(clone.home) for clone in clones}) == 1
    for one in made:
        assert clones[-1].show(one)["id"] == one
    assert int(clones[-1].git("rev-list", "--count", "--merges", "HEAD")) <= ROUNDS * len(clones)
    assert_sound(clones[-1].home)
