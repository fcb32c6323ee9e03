"""History commit by commit, oldest first: who, when, what is told, and which files changed against the first parent."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import NamedTuple

from desk.domain.changes import message as changes_message
from desk.domain.changes.message import Parsed
from desk.git import diff, log, objects
from desk.git.diff import Delta
from desk.git.place import Place


class Step(NamedTuple):
    """One commit; times in epoch seconds, the author's and the committer's."""

    oid: str
    parents: tuple[str, ...]
    tree: str
    at: int
    author: str
    email: str
    committed: int
    committer: str
    subject: str
    message: str
    told: Parsed
    deltas: tuple[Delta, ...]

    @property
    def merge(self) -> bool:
        return len(self.parents) > 1


def steps(place: Place, since: str | None, until: str) -> Generator[Step, None, None]:
    """The commits up to `until` that `since` doesn't hold, each after its parents."""
    with closing(log.steps(place, since, until)) as found:
        for one in found:
            yield Step(*one[:-1], changes_message.parse(one.message), one.deltas)


def between(place: Place, old: str, new: str) -> list[Delta]:
    """What differs between two commits, from the one to the other."""
    return diff.between(place, old, new, as_committed=True)


def files(place: Place, commit: str) -> list[Delta]:
    """Every file of a commit, as if it had just been added."""
    found = objects.files(place, commit, names=diff.NAMES, as_committed=True)
    return [Delta(file.path, "", file.mode, "", file.oid) for file in found]
