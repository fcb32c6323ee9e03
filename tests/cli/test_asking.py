"""What a person at a terminal is asked before something is taken away, and what is said while another command writes."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Git, Make, heads
from tests.conftest import Runner

Person = Callable[..., str]


@pytest.fixture
def person(environment: dict[str, str], home: Path) -> Person:
    """`person("tag", "delete", "vip", answers="n", code=1)`: somebody at a terminal, and what they read."""

    def run(*args: str, answers: str = "", code: int = 0) -> str:
        child = pexpect.spawn(
            sys.executable, ["-m", "desk", *args], cwd=str(home), env=environment, encoding="utf-8", timeout=20
        )
        seen = ""
        for answer in answers:
            child.expect_exact(("[Y/n]: ", "[y/N]: "))
            seen += (child.before or "") + str(child.after)
            child.sendline(answer.strip())
        child.expect(pexpect.EOF)
        seen += child.before or ""
        child.close()
        assert child.exitstatus == code, seen
        return seen

    return run


def test_a_person_agrees_to_what_takes_much_away(person: Person, make: Make, desk: Runner, git: Git) -> None:
    desk("tag", "create", "vip")
    first = make("A", "--tag", "vip")
    for number in range(6):
        make(f"B {number}", "--tag", "vip")
    before = heads(git)
    asked = person("tag", "delete", "vip", answers="n", code=1)
    assert "vip  is deleted" in asked
    assert "no longer tagged vip" in asked
    assert "and 3 records more" in asked
    assert "nothing was changed" in asked
    assert "[y/N]" in person("tag", "delete", "vip", answers=" ", code=1)
    assert heads(git) == before
    assert "answer y or n" in person("tag", "delete", "vip", answers="xy")
    assert heads(git) == before + 1
    back = person("undo", answers="n", code=1)
    assert "Take that back? [Y/n]" in back
    assert heads(git) == before + 1
    person("undo", answers=" ")
    assert desk("ticket", "show", first, "-f", "json").data["tags"] == ["vip"]
    # Said beforehand that it is meant; one record alone; a machine format; no terminal: nobody is asked.
    person("tag", "delete", "vip", "--yes")
    person("undo", "-y")
    person("-q", "tag", "delete", "vip")
    person("undo", "-f", "json")
    desk("tag", "delete", "vip")
    desk("undo")
    assert "desk undo" in person("response", "delete", "known-error-workaround.en")
    person("ticket", "delete", first, make("C"), answers="n", code=1)
    desk("ticket", "close", first)
    assert "open again" in person("ticket", "undo", first, answers="n", code=1)


def test_what_changes_while_a_person_is_asked_is_not_taken_back(
    environment: dict[str, str], home: Path, make: Make, desk: Runner, git: Git
) -> None:
    ticket = make("A")
    desk("ticket", "close", ticket)
    child = pexpect.spawn(
        sys.executable, ["-m", "desk", "ticket", "undo", ticket], cwd=str(home), env=environment, encoding="utf-8"
    )
    child.expect_exact("[Y/n]: ")
    desk("ticket", "reopen", ticket)
    before = heads(git)
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6
    assert "while you were asked" in (child.before or "")
    assert heads(git) == before


def test_whoever_waits_is_told(
    environment: dict[str, str], home: Path, make: Make, process: Callable[..., Any]
) -> None:
    ticket = make("A")
    with open(home / ".git/desk/lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words = ["-m", "desk", "ticket", "note", ticket, "--body", "x"]
        child = pexpect.spawn(sys.executable, words, cwd=str(home), env=environment, encoding="utf-8", timeout=20)
        child.expect_exact("waiting for another desk command …")
        fcntl.flock(lock, fcntl.LOCK_UN)
        child.expect(pexpect.EOF)
        assert "private note added" in (child.before or "")
    assert process("ticket", "note", ticket, "--body", "x", cwd=home).stderr == ""
