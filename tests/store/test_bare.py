"""A desk where there is no work tree: it is read and checked, and nothing is written; a hook sees what is being pushed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner

Make = Callable[..., str]
Git = Callable[..., str]
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


def test_a_bare_repository_answers_as_a_clone_does(
    desk: Runner, bare: Path, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk("ticket", "list", "-f", "ids").out.strip()
    for command in READS:
        words = command.format(id=ticket).split() + ([] if command.startswith("export") else ["-f", "json"])
        here = desk(*words).out
        assert desk("--desk", str(bare), *words).out == here, command
        if command in READS[::4]:  # as it is found, what is read is the same
            with monkeypatch.context() as patch:
                patch.chdir(bare)
                assert desk(*words).out == here, command
    done = process("ticket", "list", "-f", "ids", cwd=bare)
    assert (done.stdout, done.stderr) == (f"{ticket}\n", "")


WRITES = ("ticket create --title x", "ticket note {id} --body x", "commit", "config set desk.name X")


def test_nothing_is_written(desk: Runner, bare: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk("ticket", "list", "-f", "ids").out.strip()
    before = git("-C", str(bare), "for-each-ref")
    monkeypatch.chdir(bare)
    for command in WRITES:
        done = desk(*(w.format(id=ticket) for w in command.split()), code=8)
        assert done.out == ""
        assert "is a bare repository" in done.err, command
        assert "git clone" in done.err, command
    assert git("-C", str(bare), "for-each-ref") == before


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
