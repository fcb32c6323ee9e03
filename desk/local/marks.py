"""When somebody last looked at the activity of the desk."""

from __future__ import annotations

import re
from contextlib import suppress

from desk.errors import GitError
from desk.git import log
from desk.git.place import Place
from desk.local.kept import keep

# -- how far somebody has read -----------------------------------------------------------------------------------------


def _path(place: Place, reader: str) -> str:
    return place.own(f"activity-{reader}")


def unseen(place: Place, reader: str, head: str) -> tuple[str, ...] | None:
    """The commits since this person last looked, those of other clones that arrived since included; None for never."""
    try:
        with open(_path(place, reader), encoding="ascii") as file:
            mark = file.read().strip()
    except (OSError, UnicodeDecodeError):
        return None
    if not re.fullmatch(r"[0-9a-f]{40,64}", mark):
        return None
    try:
        return log.names(place, mark, head)
    except GitError:
        return None  # a mark that history no longer has says nothing


def mark(place: Place, reader: str, head: str) -> None:
    """Remember that everything up to this commit was shown. A disk that can't be written to is no error."""
    path = _path(place, reader)
    with suppress(OSError):
        keep(path, f"{head}\n".encode())
