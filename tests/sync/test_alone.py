"""A desk that meets nobody pays nothing for those that do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAM = """
import sys
from desk.cli import main
for words in sys.argv[1:]:
    assert main.run(words.split()) in (0, 7), words  # the doctor has found something
rooms = ("desk.sync", "desk.guard", "desk.domain.merge", "desk.actions.care.sync", "desk.actions.care.guard", "desk.store.sides")
print([name for name in sys.modules if name.startswith(rooms)], file=sys.stderr)
"""
COMMANDS = (
    "ticket create --title x --department technical",
    "ticket list",
    "ticket edit --title y {id}",
    "status",
    "commit",
    "doctor",
    "log",
    "handover",
    "staff list",
    "mail outbox",
    "maintain",
)


def test_no_other_command_loads_any_of_it(home: Path, make: Callable[..., str], environment: dict[str, str]) -> None:
    ticket = make()
    words = [command.format(id=ticket) for command in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
