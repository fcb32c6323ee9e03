"""History commit by commit, oldest first: who, when, what is told, and which files changed against the first parent."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from functools import cached_property

from desk.domain.changes import message as changes_message
from desk.domain.changes.message import Happened, Parsed
from desk.git import diff, log, objects
from desk.git.diff import Delta
from desk.git.log import LoggedStep
from desk.git.place import Place


class Step(LoggedStep):
    """One commit, with what its message tells."""

    @cached_property
    def told(self) -> Parsed:
        """The message, as desk's own are read."""
        return changes_message.parse(self.message)

    @cached_property
    def by_record(self) -> Mapping[tuple[str, str], tuple[Happened, ...]]:
        """What is told, by the kind and the id of the record."""
        found: dict[tuple[str, str], tuple[Happened, ...]] = {}
        for event in self.told.events:
            key = (event.kind, event.id)
            found[key] = (*found[key], event) if key in found else (event,)
        return found

    @property
    def merge(self) -> bool:
        return len(self.parents) > 1

    @cached_property
    def by_hand(self) -> bool:
        """Without a message of desk's own; also a merge that tells of verbs, since merges by hand do none."""
        return self.told.verb is None or self.merge


def steps(
    place: Place, since: str | None, until: str, known: Iterable[LoggedStep] | None = None
) -> Generator[Step, None, None]:
    """The commits up to `until` that `since` doesn't hold, each after its parents; `known`: as somebody has read them already."""
    if known is not None:
        yield from (Step(*one) for one in known)
        return
    with closing(log.steps(place, since, until)) as found:
        for one in found:
            yield Step(*one)


def between(place: Place, old: str, new: str) -> list[Delta]:
    """What differs between two commits, from the one to the other."""
    return diff.between(place, old, new, as_committed=True)


def files(place: Place, commit: str) -> list[Delta]:
    """Every file of a commit, as if it had just been added."""
    found = objects.files(place, commit, names=diff.NAMES, as_committed=True)
    return [Delta(file.path, "", file.mode, "", file.oid) for file in found]
