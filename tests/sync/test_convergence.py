"""Clones under random verbs, meetings and clocks: after all have met they are one desk, whole, with every word in it."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.store.indexes import assert_files_are_canonical, assert_sound, head
from tests.sync.conftest import Clone

STEPS = int(os.environ.get("DESK_TEST_MEETINGS", "24"))
APART = 1000
"""Steps after which all meet and are looked at; a long walk is stopped there by what it has come upon, and not at its end."""
CLOCKS = (0, 527_000, -527_000, 90)
"""Minutes that the clocks of the towns are off: up to a year."""
REMOTE = """[remote "{name}"]
\turl = ../{name}
\tfetch = +refs/heads/*:refs/remotes/{name}/*
"""
MARKS = re.compile(rb"^(<{7}|>{7})( |$)", re.MULTILINE)


class Region:
    """A seeded walk through the verbs of several desks and their meetings; what a verb refuses is part of it."""

    def __init__(self, clones: list[Clone], seed: int) -> None:
        self.clones = clones
        self.random = random.Random(seed)
        self.said: list[str] = []
        self.texts: set[str] = set()

    def step(self) -> None:
        clone = self.random.choice(self.clones)
        names = [n for n in dir(self) if n.startswith("do_")]
        getattr(self, self.random.choice(names))(clone)

    def run(self, clone: Clone, *args: str, codes: tuple[int, ...] = (0, 2, 3, 5)) -> Any:
        self.said.append(f"{clone.home.name} {' '.join(args)}")
        found = clone(*args, code=None)
        assert found.code in codes, "\n".join((*self.said, found.out, found.err))
        return found

    def one(self, clone: Clone) -> str:
        found = sorted(p.stem for p in clone.home.glob("records/tickets/*/*/*/*.md"))
        return self.random.choice(found) if found else "260101-0000"

    def word(self) -> str:
        return f"word{self.random.randrange(10**9)}"

    def do_create(self, clone: Clone) -> None:
        more = ["--requester", self.random.choice(["a@x.example", "b@x.example"])] if self.random.random() < 0.4 else []
        place = self.random.choice(["technical", "legal"])
        self.run(clone, "ticket", "create", "--title", self.word(), "--body", "a\nb\nc", "--department", place, *more)

    def do_answer(self, clone: Clone) -> None:
        text = self.word()
        more = []
        if self.random.random() < 0.3:
            path = clone.home.parent / "notes.txt"
            path.write_text(text)
            more = ["--attach", str(path)]
        verb = self.random.choice(["reply", "note"])
        if self.run(clone, "ticket", verb, self.one(clone), "--body", text, *more).code == 0:
            self.texts.add(text)

    do_answer_again = do_answer

    def do_own(self, clone: Clone) -> None:
        verb = self.random.choice(["assign", "escalate"])
        self.run(clone, "ticket", verb, self.one(clone), "--to", self.random.choice(["maria", "petros", "eleni"]))

    def do_move(self, clone: Clone) -> None:
        self.run(clone, "ticket", "move", self.one(clone), "--to", self.random.choice(["technical", "legal", "fresh"]))

    def do_state(self, clone: Clone) -> None:
        self.run(clone, "ticket", self.random.choice(["close", "reopen", "pending"]), self.one(clone))

    def do_classify(self, clone: Clone) -> None:
        levels = [self.random.choice(["low", "medium", "high"]) for _ in range(2)]
        self.run(clone, "ticket", "classify", self.one(clone), "--impact", levels[0], "--urgency", levels[1])

    def do_tag(self, clone: Clone) -> None:
        tag = self.random.choice(["incident", "problem", "malta"])
        self.run(clone, "ticket", self.random.choice(["tag", "untag"]), self.one(clone), tag)

    def do_edit(self, clone: Clone) -> None:
        body = "\n".join(self.random.choice(["a", "b", "c", self.word()]) for _ in range(3))
        self.run(clone, "ticket", "edit", self.one(clone), "--title", self.word(), "--body", body)

    def do_relate(self, clone: Clone) -> None:
        verb = self.random.choice(["link", "unlink"])
        self.run(clone, "ticket", verb, self.one(clone), self.one(clone))

    def do_merge(self, clone: Clone) -> None:
        if self.random.random() < 0.5:
            self.run(clone, "ticket", "merge", self.one(clone), "--into", self.one(clone))

    def do_major(self, clone: Clone) -> None:
        self.run(clone, "ticket", "major", self.one(clone), *self.random.choice([[], ["--off"]]))

    def do_organise(self, clone: Clone) -> None:
        verbs = [
            ("tag", "create", "malta"),
            ("tag", "delete", "malta"),
            ("department", "create", "fresh", "--name", self.word()),
            ("department", "delete", "fresh", "--transfer-to", self.random.choice(["technical", "legal"])),
            ("department", "edit", self.random.choice(["legal", "semantic"]), "--default"),
            ("staff", "edit", "petros", "--department", self.random.choice(["technical", "legal"])),
            ("config", "set", "desk.name", self.word()),
        ]
        self.run(clone, *self.random.choice(verbs))

    def do_meet(self, clone: Clone) -> None:
        if self.random.random() < 0.7:
            self.run(clone, "sync", codes=(0,))
        else:
            other = self.random.choice([c for c in self.clones if c is not clone])
            self.run(clone, "sync", other.home.name, "--no-push", codes=(0,))


@pytest.mark.parametrize("seed", range(int(os.environ.get("DESK_TEST_SEEDS", "2"))))
def test_clones_come_to_one_desk(towns: Callable[..., list[Clone]], seed: int) -> None:
    clones = towns(2 + seed % 3, CLOCKS)
    for clone in clones:
        clone.who = "maria"
        with (clone.home / ".git/config").open("a", encoding="utf-8") as file:
            file.writelines(REMOTE.format(name=other.home.name) for other in clones)
    region = Region(clones, seed)
    for done in range(0, STEPS, APART):
        for _ in range(min(APART, STEPS - done)):
            region.step()
        assert_one_desk(region)


def assert_one_desk(region: Region) -> None:
    """All meet: then they are one desk, sound, with nothing lost."""
    clones = region.clones
    for clone in (*clones, *clones[:-1]):  # the last one has met all
        region.run(clone, "sync", codes=(0,))
    assert len({head(clone.home) for clone in clones}) == 1
    first = clones[0]
    contents = [
        p.read_bytes() for p in first.home.rglob("*") if p.is_file() and ".git" not in p.relative_to(first.home).parts
    ]
    assert not [c for c in contents if MARKS.search(c)]
    whole = b"\n".join(contents)
    assert {text for text in region.texts if text.encode() not in whole} == set()
    found = first("doctor", "-f", "json", code=None)
    wrong = [f for f in found.data if not f["info"]]
    assert wrong == [], "\n".join((*region.said, *map(str, wrong)))
    audit = first("audit", "verify", "--full", "-f", "json", code=None).data["findings"]
    faults = [f for f in audit if f["level"] == "fault" or f["check"] == "history"]
    assert faults == [], "\n".join((*region.said, *map(str, faults)))
    for clone in clones:
        assert_sound(clone.home)
    assert_files_are_canonical(first.home)
