"""A hub and clones of it, each with its own clock."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Runner, runner
from tests.copies import copy_desk, copy_template, remember_identity

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


class Region:
    """Towns around a hub, by the folder they lie in; it can be copied, since each knows the hub as the folder beside it."""

    def __init__(self, top: Path, run: Runner, clocks: tuple[int, ...] = ()) -> None:
        self.top = top
        self.run = run
        self.clocks = clocks
        self.minutes = 0

    def tick(self) -> int:
        self.minutes += 1
        return self.minutes

    def town(self, number: int) -> Clone:
        who = ("maria", "petros", "eleni", "nikos")[number % 4]
        return Clone(self.top / f"town{number}", self.run, self.tick, who, self.clocks[number] if self.clocks else 0)


ORIGIN = """[remote "origin"]
\turl = ../hub
\tfetch = +refs/heads/*:refs/remotes/origin/*
"""


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


@pytest.fixture(scope="session")
def _origins(few_articles: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A desk that has a hub for its origin, and the hub."""
    top = tmp_path_factory.mktemp("origins")
    # Without the samples of git's hooks: each hub is copied.
    subprocess.run(["git", "clone", "-q", "--bare", "--template=", str(few_articles), str(top / "hub")], check=True)
    copy_desk(few_articles, top / "town")
    with (top / "town/.git/config").open("a", encoding="utf-8") as file:
        file.write(ORIGIN)
    return top / "town", top / "hub"


@pytest.fixture
def towns(
    _origins: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Clone]]:
    """`towns(2)`: that many clones of one bare hub, which is their origin and lies beside them as `hub`."""

    def make(count: int, clocks: tuple[int, ...] = ()) -> list[Clone]:
        town, hub = _origins
        shutil.copytree(hub, tmp_path / "hub")
        region = Region(tmp_path, runner(capsys, monkeypatch), clocks)
        for number in range(count):
            remember_identity(copy_template(town, tmp_path / f"town{number}"))
        return [region.town(number) for number in range(count)]

    return make


@pytest.fixture(scope="session")
def _kept() -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Where the towns lie that a test has brought somewhere, and the tickets they have."""
    return {}


Build = Callable[[Clone, Clone], tuple[str, ...]]
Brought = Callable[[Build], tuple[Clone, Clone, tuple[str, ...]]]


def acquainted(one: Clone, two: Clone) -> tuple[str, ...]:
    """Both towns have two tickets, as has the hub."""
    tickets = one.create(), one.create()
    one.sync()
    two.sync()
    return tickets


@pytest.fixture
def brought(
    _kept: dict[str, tuple[Path, tuple[str, ...]]],
    towns: Callable[..., list[Clone]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Brought:
    """`brought(part)`: two towns as the function leaves them, which runs once for all tests; and the tickets it names."""

    def make(build: Build) -> tuple[Clone, Clone, tuple[str, ...]]:
        if build.__name__ not in _kept:
            tickets = build(*towns(2))
            folder = tmp_path_factory.mktemp(build.__name__) / "region"
            os.rename(tmp_path, folder)
            tmp_path.mkdir()
            _kept[build.__name__] = folder, tickets
        top, tickets = _kept[build.__name__]
        shutil.copytree(top / "hub", tmp_path / "hub")
        for name in ("town0", "town1"):
            remember_identity(copy_template(top / name, tmp_path / name))
        region = Region(tmp_path, runner(capsys, monkeypatch))
        region.minutes = 20
        return region.town(0), region.town(1), tickets

    return make
