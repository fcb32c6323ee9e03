"""Programs for tests to run and kill: `python -m tests.store.victim kill|many …`, in the desk that is the working folder."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from desk.cli import main


def die(scope: str) -> None:
    """As if the power had gone: this process alone, or git's processes with it."""
    if scope == "group":
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> None:
    """`module:attribute:before|after|during:number:self|group`: die at that call."""
    module, attribute, when, number, scope = step.split(":")
    holder: Any = importlib.import_module(module)
    *outer, name = attribute.split(".")
    for part in outer:
        holder = getattr(holder, part)
    original: Callable[..., Any] = getattr(holder, name)
    left = [int(number)]

    def armed(*args: Any, **options: Any) -> Any:
        left[0] -= when != "during" or "fast-import" in args[1]
        if left[0] > 0 or (when == "during" and "fast-import" not in args[1]):
            return original(*args, **options)
        if when == "before":
            die(scope)
        found = original(*args, **options)
        if when == "during":
            # A git process was started; it dies, or goes on, with half of what it should be told.
            found.stdin.write(b"feature done\nblob\nmark :1\ndata 100\nabc")
            found.stdin.flush()
        die(scope)
        return found

    setattr(holder, name, armed)


def many(count: int, label: str) -> int:
    """Create tickets one after the other; the worst exit code."""
    codes = [
        main.run(["ticket", "create", "--title", f"{label} {n}", "--department", "technical", "-f", "ids"])
        for n in range(count)
    ]
    return max(codes)


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        arm(sys.argv[2])
        sys.exit(main.run(sys.argv[3:]))
    sys.exit(many(int(sys.argv[2]), sys.argv[3]))
