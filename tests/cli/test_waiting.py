"""What is said at a terminal while another command writes."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Make
from tests.terminals import said_last, spawn


def test_whoever_waits_is_told(
    environment: dict[str, str], home: Path, make: Make, process: Callable[..., Any]
) -> None:
    ticket = make()
    with open(home / ".git/desk/lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = spawn("ticket", "note", ticket, "--body", "x", cwd=home, env=environment)
        child.expect_exact("waiting for another desk command …")
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert "private note added" in said_last(child)
    assert process("ticket", "note", ticket, "--body", "x", cwd=home).stderr == ""
