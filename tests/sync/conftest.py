"""A hub and clones of it, each with its own clock."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Runner, runner

START = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)


class Clone:
    """One town's desk. `clock` is how far its clock is ahead of the others', in minutes."""

    def __init__(self, home: Path, run: Runner, tick: Callable[[], int], who: str = "maria", clock: int = 0) -> None:
        self.home = home
        self.run = run
        self.tick = tick
        self.who = who
        self.clock = clock

    def __call__(self, *args: str, code: int | None = 0) -> Result:
        now = START + timedelta(minutes=self.tick() + self.clock)
        env = {"DESK_NOW": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return self.run("--desk", str(self.home), "--as", self.who, *args, code=code, env=env)

    def git(self, *args: str) -> str:
        done = subprocess.run(["git", "-C", str(self.home), *args], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def sync(self, *args: str, code: int | None = 0) -> Any:
        found = self("sync", *args, "-f", "json", code=code)
        return found.data if found.code in (0, 7) else found.json["error"]

    def create(self, title: str = "A ticket", *args: str) -> str:
        return self("ticket", "create", "--title", title, "--department", "technical", *args, "-f", "ids").out.strip()

    def show(self, ticket: str) -> Any:
        return self("ticket", "show", ticket, "-f", "json").data

    @property
    def tree(self) -> str:
        return self.git("rev-parse", "HEAD^{tree}")


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


@pytest.fixture
def towns(
    _template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Clone]]:
    """`towns(2)`: that many clones of one bare hub, which is their origin and lies beside them as `hub`."""

    def make(count: int, clocks: tuple[int, ...] = ()) -> list[Clone]:
        hub = tmp_path / "hub"
        subprocess.run(["git", "clone", "-q", "--bare", str(_template), str(hub)], check=True)
        minutes = [0]

        def tick() -> int:
            minutes[0] += 1
            return minutes[0]

        clones = []
        for number in range(count):
            home = tmp_path / f"town{number}"
            shutil.copytree(_template, home, symlinks=True)
            subprocess.run(["git", "-C", str(home), "update-index", "-q", "--refresh"], check=True)
            subprocess.run(["git", "-C", str(home), "remote", "add", "origin", str(hub)], check=True)
            who = ("maria", "petros", "eleni", "nikos")[number]
            clones.append(Clone(home, runner(capsys, monkeypatch), tick, who, clocks[number] if clocks else 0))
        return clones

    return make
