"""Small files of desk's own, on this machine: a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import os
import re
from contextlib import suppress

UNFINISHED = ".new"
"""How the name of a file ends that is being written; before it stands the number of the process."""


def beside(path: str) -> str:
    """Where this process writes what is to become `path`."""
    return f"{path}.{os.getpid()}{UNFINISHED}"


def keep(path: str, data: bytes, *, durable: bool = False) -> None:
    """Put a file in the place of the one that is there; `durable`: it is on the disk on return. Raises OSError."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = beside(path)
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def is_abandoned(name: str) -> bool:
    """Whether a file being written, or what SQLite writes beside one, belongs to a process that runs no longer."""
    found = re.search(rf"\.(\d+){re.escape(UNFINISHED)}(-journal)?$", name)
    return found is not None and not runs(int(found[1]))


def runs(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # somebody else's
    return True
