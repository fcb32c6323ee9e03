"""A desk where there is no work tree: it is read and checked, and nothing is written; a hook sees what is being pushed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner

Make = Callable[..., str]
Process = Callable[..., "subprocess.CompletedProcess[str]"]
TOP = Path(__file__).parents[2]


@pytest.fixture
def bare(home: Path, tmp_path: Path, make: Make, desk: Runner) -> Path:
    ticket = make("Nothing from Malta", "--body", "The word is certificate.")
    desk("ticket", "note", ticket, "--body", "asked them")
    made = tmp_path / "server.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(home), str(made)], check=True)
    return made


READS = [
    "ticket list",
    "ticket show {id}",
    "ticket history {id}",
    "ticket blame {id}",
    "search certificate",
    "log",
    "stats",
    "user list",
    "kb list",
    "audit verify",
    "export --record ticket",
    "config list",
]


@pytest.mark.parametrize("command", READS)
def test_a_bare_repository_answers_as_a_clone_does(home: Path, bare: Path, process: Process, command: str) -> None:
    ticket = process("ticket", "list", "-f", "ids", cwd=home).stdout.strip()
    words = command.format(id=ticket).split() + ([] if command.startswith("export") else ["-f", "json"])
    there, here = process(*words, cwd=bare), process(*words, cwd=home)
    assert there.returncode == 0, there.stderr
    assert there.stdout == here.stdout
    assert process("--desk", str(bare), *words, cwd=home).stdout == here.stdout


@pytest.mark.parametrize(
    "command", ["ticket create --title x", "ticket note {id} --body x", "commit", "config set desk.name X"]
)
def test_nothing_is_written(home: Path, bare: Path, process: Process, command: str) -> None:
    ticket = process("ticket", "list", "-f", "ids", cwd=home).stdout.strip()
    before = subprocess.run(["git", "-C", str(bare), "rev-parse", "HEAD"], check=True, capture_output=True).stdout
    done = process(*(w.format(id=ticket) for w in command.split()), cwd=bare)
    assert (done.returncode, done.stdout) == (8, "")
    assert "is a bare repository" in done.stderr
    assert "git clone" in done.stderr
    assert (
        subprocess.run(["git", "-C", str(bare), "rev-parse", "HEAD"], check=True, capture_output=True).stdout == before
    )


def test_a_bare_repository_without_a_desk(tmp_path: Path, process: Process) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "empty.git")], check=True)
    done = process("ticket", "list", cwd=tmp_path / "empty.git")
    assert done.returncode == 8
    assert "holds no desk" in done.stderr


def test_a_hook_sees_what_is_being_pushed(home: Path, bare: Path, make: Make) -> None:
    """Objects of a push lie apart until it is accepted; git names the place in the hook's environment."""
    code = (
        "import os, sys\n"
        "from desk.git import objects\n"
        "from desk.git.place import Place\n"
        "old, new, ref = sys.stdin.readline().split()\n"
        "for quarantine in (False, True):\n"
        "    place = Place(os.getcwd(), os.getcwd(), os.getcwd(), dict(os.environ), bare=True, quarantine=quarantine)\n"
        "    with objects.blobs(place) as blobs:\n"
        "        print('SEEN' if blobs.get(new) else 'UNSEEN', file=sys.stderr)\n"
    )
    (bare / "look.py").write_text(code, encoding="utf-8")
    hook = bare / "hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\nPYTHONPATH={TOP} exec {sys.executable} {bare}/look.py\n", encoding="utf-8")
    hook.chmod(0o755)
    make("pushed now")
    done = subprocess.run(
        ["git", "-C", str(home), "push", str(bare), "main"], capture_output=True, text=True, check=True
    )
    assert [word for word in done.stderr.split() if word in ("SEEN", "UNSEEN")] == ["UNSEEN", "SEEN"]
