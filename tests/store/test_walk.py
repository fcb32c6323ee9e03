"""Whatever is done to a desk, the index kept step by step says what one built anew says."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.ticket import Ticket
from tests.conftest import Runner
from tests.store.indexes import assert_files_are_canonical, assert_index_is_exact, assert_sound, git

WORDS = (
    "certificate",
    "σφάλμα",
    "Μάλτα",
    "---",
    "## Reply by maria, 2026-07-23T07:15:02Z",
    "🙂",
    "\r\n",
    "'quoted'",
    "a: b",
)
STEPS = int(os.environ.get("DESK_TEST_STEPS", "23"))
"""With so many, each verb comes once."""
SEEDS = int(os.environ.get("DESK_TEST_SEEDS", "1"))


class Walk:
    """A seeded walk through the verbs; what a verb refuses is part of it, what surprises is not."""

    def __init__(self, desk: Runner, home: Path, seed: int, tmp: Path) -> None:
        self.desk = desk
        self.home = home
        self.random = random.Random(seed)
        self.file = tmp / "notes (1).txt"
        self.file.write_bytes(b"attached\r\n\0")
        self.said: list[str] = []
        self._next: list[str] = []

    def begin(self) -> None:
        """Something for the first verbs to act on."""
        self.do_create()
        self.do_create()

    def step(self) -> None:
        """One more, in whatever order; each verb comes once before any comes again."""
        if not self._next:
            self._next = [n for n in dir(self) if n.startswith("do_")]
            self.random.shuffle(self._next)
        name = self._next.pop()
        self.said.append(name)
        getattr(self, name)()

    def run(self, *args: str) -> Any:
        found = self.desk(*args, code=None)
        assert found.code in (0, 3, 5), f"{self.said}\ndesk {args}\n{found.out}{found.err}"
        return found

    def text(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, 5))) + self.random.choice(
            ["", "\n", "\n\nmore"]
        )

    def line(self) -> str:
        return " ".join(self.text().split()) or "x"

    def ids(self) -> list[str]:
        return [p.stem for p in sorted(self.home.glob("records/tickets/*/*/*/*.md"))]

    def one(self) -> str:
        found = self.ids()
        return self.random.choice(found) if found else "260101-0000"

    def do_create(self) -> None:
        more = ["--attach", str(self.file)] if self.random.random() < 0.3 else []
        if self.random.random() < 0.3:
            more += ["--requester", self.random.choice(["a@x.example", "b@x.example"])]
        self.run(
            "ticket",
            "create",
            "--title",
            self.line(),
            "--body",
            self.text(),
            "--department",
            self.random.choice(["technical", "legal"]),
            *more,
        )

    do_create_again = do_create

    def do_own(self) -> None:
        verb = self.random.choice(["assign", "escalate"])
        self.run("ticket", verb, self.one(), "--to", self.random.choice(["maria", "petros", "eleni"]))

    def do_unassign(self) -> None:
        self.run("ticket", "unassign", self.one())

    def do_move(self) -> None:
        self.run("ticket", "move", self.one(), "--to", self.random.choice(["technical", "legal", "semantic"]))

    def do_classify(self) -> None:
        self.run("ticket", "classify", self.one(), "--impact", "high", "--urgency", self.random.choice(["high", "low"]))

    def do_tag(self) -> None:
        self.run(
            "ticket", self.random.choice(["tag", "untag"]), self.one(), self.random.choice(["incident", "problem"])
        )

    def do_answer(self) -> None:
        more = ["--attach", str(self.file)] if self.random.random() < 0.3 else []
        self.run("ticket", self.random.choice(["reply", "note"]), self.one(), "--body", self.text(), *more)

    def do_state(self) -> None:
        verb = self.random.choice(["close", "reopen", "pending"])
        self.run("ticket", verb, self.one(), "--reason", f"{self.line()}\n\nDesk-Verb: delete")

    def do_edit(self) -> None:
        self.run("ticket", "edit", self.one(), "--title", self.line(), "--body", self.text())

    def do_link(self) -> None:
        self.run("ticket", "link", self.one(), self.one())

    def do_unlink(self) -> None:
        self.run("ticket", "unlink", self.one(), self.one())

    def do_merge(self) -> None:
        self.run("ticket", "merge", self.one(), "--into", self.one())

    def do_transfer(self) -> None:
        self.run("ticket", "transfer", self.one())

    def do_delete(self) -> None:
        self.run("ticket", "delete", self.one())

    def do_edit_by_hand(self) -> None:
        path = self.home / Ticket.path_of(self.one())
        if path.exists():
            data = path.read_bytes().replace(b"priority: low", b"priority: medium")
            path.write_bytes(data if b"\nx-key:" in data else data.replace(b"\nsalt:", b"\nx-key: 1\nsalt:", 1))
            git(self.home, "commit", "-q", "--allow-empty", "-am", "by hand")

    def do_branch_and_merge(self) -> None:
        here = git(self.home, "branch", "--show-current").strip()
        git(self.home, "checkout", "-q", "-b", "side")
        self.do_create()
        git(self.home, "checkout", "-q", here)
        self.do_create()
        git(self.home, "merge", "-q", "--no-edit", "side")
        git(self.home, "branch", "-q", "-D", "side")

    def do_go_back(self) -> None:
        git(self.home, "reset", "-q", "--hard", "HEAD~1")

    def do_amend(self) -> None:
        git(self.home, "commit", "-q", "--amend", "--allow-empty", "-m", "amended by hand")


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_random_walk(desk: Runner, home: Path, tmp_path: Path, seed: int) -> None:
    walk = Walk(desk, home, seed, tmp_path)
    walk.begin()
    for number in range(STEPS):
        walk.step()
        if number % 12 == 11:
            assert_index_is_exact(home)
            assert_files_are_canonical(home)
    desk("ticket", "list", "--state", "any")
    assert_sound(home)
    assert len(walk.ids()) == len(desk("ticket", "list", "--state", "any", "-f", "ids").out.split())
