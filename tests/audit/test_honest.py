"""What desk does, and what people do by hand within their rights, is no fault to an auditor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Git
from tests.conftest import Runner
from tests.store.test_walk import Walk

STEPS = 40


class Days(Walk):
    """As the walk, with the organisation changing as well; history is never taken back."""

    def run(self, *args: str) -> Any:
        return self.desk(*args, code=None)

    def do_go_back(self) -> None:
        """Nothing: an auditor would rightly object, once it is sealed."""

    def do_organisation(self) -> None:
        tag = self.random.choice(["malta", "outage"])
        self.run("tag", self.random.choice(["create", "delete"]), tag)
        self.run("ticket", "tag", self.one(), tag)
        self.run("staff", "edit", "petros", "--department", self.random.choice(["technical", "legal"]))
        self.run("config", "set", "list.limit", str(self.random.randint(10, 99)))
        self.run("user", "signup", "--name", "A", "--email", "c@x.example", "--group", "patient")

    def do_as_another(self) -> None:
        self.run("--as", "petros", "ticket", "note", self.one(), "--body", self.text())

    def do_major(self) -> None:
        one = self.one()
        self.run("ticket", "tag", one, "incident")
        self.run("ticket", "major", one, "--coordinator", self.random.choice(["maria", "petros"]))
        self.run("ticket", "checklist", one)
        self.run("ticket", "check", one, "1")
        self.run("ticket", self.random.choice(["note", "review"]), one, "--body", self.text())

    def do_end(self) -> None:
        one = self.one()
        self.run("ticket", "pending", one, "--for", "requester", "--until", "2026-07-30")
        self.run("ticket", "escalate", one, "--up")
        self.run("ticket", "close", one, "--resolution", self.random.choice(["workaround", "withdrawn"]))
        self.run("ticket", "major", one, "--off")

    def do_several(self) -> None:
        self.run("ticket", "classify", f"{self.one()},{self.one()}", "--priority", "high")


@pytest.mark.parametrize("seed", [101, 104])
def test_whatever_desk_does_is_true_and_was_allowed(
    desk: Runner, home: Path, tmp_path: Path, git: Git, seed: int
) -> None:
    walk = Days(desk, home, seed, tmp_path)
    for _ in range(STEPS):
        walk.step()
    found = desk("audit", "verify", "--full", "-f", "json", code=None).data
    assert [
        f"{f['check']} {f['problem']}\n{git('show', f['commit'])}" for f in found["findings"] if f["level"] == "fault"
    ] == []
