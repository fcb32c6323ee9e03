"""Commits of which nobody has been told yet, because the outbox could not be written: a commit a line, the oldest first."""

from __future__ import annotations

import os

from desk.git.place import Place
from desk.local import kept

FILE = "untold"
"""Its name in desk's folder."""


def waits(place: Place) -> bool:
    """Whether there are any; one look at the folder."""
    return os.path.exists(place.own(FILE))


def load(place: Place) -> list[str]:
    """Their object names. A line that a full disk cut off can't be one."""
    try:
        with open(place.own(FILE), encoding="ascii", errors="replace") as file:
            return [line.strip() for line in file if len(line.strip()) in (40, 64)]
    except FileNotFoundError:
        return []


def keep(place: Place, commits: list[str]) -> None:
    """These, and no others, wait to be told. Raises OSError."""
    path = place.own(FILE)
    if not commits:
        if os.path.exists(path):
            os.unlink(path)
        return
    kept.keep(path, "".join(f"{oid}\n" for oid in commits).encode(), durable=True)
