"""What is said at a terminal while another command writes."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect

from tests.cli.conftest import Make


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
