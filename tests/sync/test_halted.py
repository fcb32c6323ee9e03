"""A `git pull` that ended in conflicts comes to what `desk sync` would have made of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.copies import copy_desk
from tests.store.indexes import assert_sound, head
from tests.store.test_crash import killed_at
from tests.sync.conftest import Brought, Clone

Towns = Callable[..., list[Clone]]


class Pulled:
    """Two towns that replied to one ticket, moved another differently, and a pull in the second that git couldn't merge."""

    def __init__(self, one: Clone, two: Clone, told: tuple[str, ...]) -> None:
        self.one, self.two = one, two
        self.ticket, self.other, self.alone, self.synced = told

    def path(self, ticket: str) -> Path:
        return next(self.two.home.glob(f"records/tickets/*/*/*/{ticket}.md"))


def work(one: Clone, two: Clone) -> tuple[str, ...]:
    """Both reply to one ticket and assign another, the first notes something on a third and publishes all of it; the second pulls.

    The tickets, and the tree that a sync makes of it.
    """
    ticket, other, alone = (one.create(t) for t in ("both reply", "both assign", "one edits"))
    one.sync()
    two.sync()
    one("ticket", "reply", ticket, "--body", "from one")
    one("ticket", "assign", other, "--to", "petros")
    one("ticket", "note", alone, "--body", "only here")
    two("ticket", "reply", ticket, "--body", "from two")
    two("ticket", "assign", other, "--to", "maria")
    one.sync()
    twin = Clone(copy_desk(two.home, two.home.with_name("twin")), two.run, two.tick, "petros")
    twin.sync("--no-push")
    command = ["git", "-C", str(two.home), "-c", "user.name=P", "-c", "user.email=petros@ncpeh.example"]
    done = subprocess.run(
        [*command, "pull", "-q", "--no-rebase", "origin", "main"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return ticket, other, alone, twin.tree


@pytest.fixture
def pulled(brought: Brought) -> Pulled:
    return Pulled(*brought(work))


@pytest.mark.parametrize("command", [("sync", "--continue"), ("commit",)])
def test_it_comes_to_what_a_sync_makes(pulled: Pulled, command: tuple[str, ...]) -> None:
    one, two = pulled.one, pulled.two
    said = two("status").out
    assert "A merge is in progress: finish it with desk sync --continue" in said
    assert "Bring both sides together by the rules of desk: desk commit" in said
    assert "keep the texts of both sides" in said
    assert "git checkout" not in said  # which would lose what the other side wrote
    refused = two("ticket", "note", pulled.alone, "--body", "x", code=6)
    assert "desk sync --continue" in refused.err
    found = two(*command, "-f", "json").data
    assert found["merge"] == head(two.home)
    assert two.tree == pulled.synced
    assert [e["text"] for e in two.show(pulled.ticket)["thread"]] == ["from one", "from two"]
    assert not (two.home / ".git" / "MERGE_HEAD").exists()
    assert two.git("status", "--porcelain") == ""
    two.sync()
    one.git("pull", "-q", "--ff-only", "origin", "main")
    assert head(one.home) == head(two.home)
    assert one("audit", "verify", "--full", "-f", "json").data["faults"] == 0
    assert_sound(two.home)


def test_marks_are_no_text(pulled: Pulled) -> None:
    """Both lines of the thread stand between git's marks: whoever reads them is told."""
    shown = pulled.two("ticket", "show", pulled.ticket)
    assert "marks of conflict: desk sync --continue" in shown.err
    assert "marks" not in pulled.two("ticket", "show", pulled.alone).err


def test_what_was_mended_by_hand_stays_a_hand_edit(pulled: Pulled) -> None:
    two = pulled.two
    path = pulled.path(pulled.other)
    ours = two.git("show", f"HEAD:{path.relative_to(two.home)}")
    path.write_text(ours.replace("title: both assign", "title: mended by hand") + "\n")
    found = two("sync", "--continue", "-f", "json").data
    assert found["kept"] == [str(path.relative_to(two.home))]
    assert "mended by hand" in path.read_text()
    assert two.git("status", "--porcelain").split() == ["M", str(path.relative_to(two.home))]
    two("commit")
    assert two.show(pulled.other)["title"] == "mended by hand"
    assert_sound(two.home)


def test_commit_takes_both(pulled: Pulled) -> None:
    two = pulled.two
    path = pulled.path(pulled.other)
    ours = two.git("show", f"HEAD:{path.relative_to(two.home)}")
    path.write_text(ours.replace("title: both assign", "title: mended by hand") + "\n")
    found = two("commit", "-f", "json").data
    assert [r["id"] for r in found["records"]] == [pulled.other]
    assert two.git("log", "-1", "--format=%P") == found["merge"]


def test_nothing_to_continue(towns: Towns) -> None:
    [one] = towns(1)
    assert "no unfinished merge" in one("sync", "--continue", code=3).err
    assert "meets nobody" in one("sync", "--continue", "--no-push", code=2).err


STEPS = (
    "desk.store.journal:begin:after:1:self",
    "desk.git.write:move_ref:after:1:self",
    "desk.store.journal:finish:after:2:self",
)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(step: str, pulled: Pulled, environment: dict[str, str]) -> None:
    two = pulled.two
    env = {**environment, "DESK_NOW": "2026-07-23T08:00:00Z"}
    killed_at(step, two.home, env, "--as", "petros", "sync", "--continue")
    two("status")
    if two.git("rev-list", "--count", "--merges", "HEAD") == "0":
        two("sync", "--continue") if (two.home / ".git" / "MERGE_HEAD").exists() else two.sync()
    assert [e["text"] for e in two.show(pulled.ticket)["thread"]] == ["from one", "from two"]
    assert two.git("status", "--porcelain") == ""
    assert_sound(two.home)
