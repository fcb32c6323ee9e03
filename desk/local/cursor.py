"""How far the mail host has told of what was committed, here and elsewhere: a commit, and which of them it told at once.

The cursor moves at the moment at which the messages of the commits up to it are decided: its file names the write under
which they were staged (`local.outbox`). Of what lies behind it and ahead of it, commits that this machine told the moment it
made them bear a mark (`local.untold`) that stands in `told`.
"""

from __future__ import annotations

import os
from contextlib import suppress

from desk.git.place import Place
from desk.local.kept import keep
from desk.local.mailhost import FOLDER
from desk.named import NamedTuple

DERIVED = "since-"
"""What the names of writes begin with that tell of commits since the cursor; others are hexadecimal to the end."""


class Cursor(NamedTuple):
    """The commit up to which all is told, and the write that told of the last of it."""

    commit: str
    write: str


def new_write() -> str:
    """A name that no other write has."""
    return f"{DERIVED}{os.urandom(8).hex()}"


def load(place: Place) -> Cursor | None:
    """The cursor; None on a machine that has never told of others' commits. A file that a full disk spoilt is none."""
    try:
        with open(place.own(FOLDER, "cursor"), encoding="ascii", errors="replace") as file:
            words = file.read().split()
    except FileNotFoundError:
        return None
    return Cursor(words[0], words[1]) if len(words) == 2 else None


def move(place: Place, to: Cursor) -> None:
    """Decide what was staged under this write: all up to the commit is told. Raises OSError."""
    keep(place.own(FOLDER, "cursor"), f"{to.commit} {to.write}\n".encode(), durable=True)
    with suppress(FileNotFoundError):
        os.unlink(place.own(FOLDER, "told"))


def begun(place: Place) -> bool:
    """Whether there is a cursor; one look at the folder."""
    return os.path.exists(place.own(FOLDER, "cursor"))


def told(place: Place) -> set[str]:
    """The marks of commits since the cursor that were told when they were made."""
    try:
        with open(place.own(FOLDER, "told"), encoding="ascii", errors="replace") as file:
            return set(file.read().split())
    except FileNotFoundError:
        return set()


def remember(place: Place, mark: str) -> None:
    """A commit with this mark is told by whoever made it. Raises OSError."""
    with open(place.own(FOLDER, "told"), "a", encoding="ascii") as file:
        file.write(f"\n{mark}")
        file.flush()
        os.fsync(file.fileno())
