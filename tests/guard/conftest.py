"""A guarded repository, and people who push to it, honest or not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.audit.forge import MARIA, Forger

TOP = Path(__file__).parents[2]


class Guarded:
    """A bare repository with the guard's hooks, and a clone. `push` is git's own, as whoever the server says."""

    def __init__(self, server: Path, home: Path, environment: dict[str, str]) -> None:
        self.server = server
        self.home = home
        self.environment = environment
        self.forger = Forger(home)

    def desk(self, *args: str, who: str = "maria", code: int | None = 0, at: Path | None = None) -> str:
        command = ["python", "-m", "desk", "--desk", str(at or self.home), "--as", who, *args]
        done = subprocess.run(
            [self.python, *command[1:]], env=self.environment, capture_output=True, text=True, check=False, cwd=TOP
        )
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def python(self) -> str:
        import sys  # noqa: PLC0415

        return sys.executable

    def git(self, *args: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", "-C", str(at or self.home), *args], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def push(self, *args: str, who: str = "maria", env: dict[str, str] | None = None) -> str:
        """What git says: nothing for a push that was taken."""
        told = {**self.environment, "DESK_PUSHER": who, **(env or {})}
        words = args or ("HEAD:main",)
        done = subprocess.run(
            ["git", "-C", str(self.home), "push", "-q", str(self.server), *words],
            env=told, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) == (not done.stderr.strip()), done.stderr
        if not done.returncode:
            return ""
        return "\n".join(line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines())

    @property
    def tip(self) -> str:
        return self.git("rev-parse", "main", at=self.server)

    def back(self) -> None:
        """The clone as the server is."""
        self.git("reset", "-q", "--hard", self.tip)
        self.git("clean", "-qfd")

    def commit(self, message: str, who: tuple[str, str] = MARIA, **times: str) -> str:
        return self.forger.commit(message, who, **times)


@pytest.fixture
def guarded(home: Path, tmp_path: Path, environment: dict[str, str]) -> Guarded:
    server = tmp_path / "desk.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(home), str(server)], check=True)
    found = Guarded(server, home, {**environment, "DESK_NOW": "2026-07-23T06:12:44Z"})
    found.desk("guard", "install", at=server)
    return found


def refused(said: str, *words: str) -> None:
    """That a push was refused for this reason, and that its maker is told what became of it."""
    assert said, "the push was taken"
    for word in words:
        assert word in said, said
    assert "pre-receive hook declined" in said


__all__ = ["Guarded", "os", "refused"]
