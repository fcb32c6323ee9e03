"""Two names in one folder that some systems take for one: in other letters, or put together in another way.

Asked of hand edits, of every past commit, of what is pushed, and by the doctor. The names of records can't be such: they
have small letters, each put together in one way, or can't be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from desk.domain.model.filenames import as_stored
from desk.domain.model.kinds import kind_at
from desk.errors import Refused
from desk.git import diff, objects
from desk.named import NamedTuple
from desk.store.handedits import DELETED, NEW, HandEdit
from desk.store.snapshot import Snapshot
from desk.text import _, arranged

_ATTACHED = re.compile(r"records/tickets/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+\.files/[^/]+")
"""An attachment, above whose folder no name is chosen by anybody."""

Names = Callable[[str], Iterable[str]]
"""Gives the names in a folder of the desk, "" for the desk itself."""


class Twin(NamedTuple):
    """A path, and the other name beside its last part."""

    path: str
    other: str

    @property
    def problem(self) -> str:
        return _("{other} lies beside it, which some systems take for the same name", other=self.other)

    @property
    def hint(self) -> str:
        return arranged("git mv {path} NAME", path=self.path)


def find(paths: Iterable[str], names: Names, *, records: bool = False) -> Iterator[Twin]:
    """The twins of files that are new, and of the folders that they lie in; each once. `records`: of these as well."""
    seen: set[str] = set()
    known: dict[str, dict[str, list[str]]] = {}
    for path in paths:
        for part in _parts(path, records=records):
            if part in seen:
                continue
            seen.add(part)
            folder, _slash, name = part.rpartition("/")
            if folder not in known:
                known[folder] = _by_form(names(folder))
            others = [one for one in known[folder].get(as_stored(name), ()) if one != name]
            if others:
                yield Twin(part, others[0])


def require_apart(snapshot: Snapshot, edits: Iterable[HandEdit]) -> None:
    """Refuse a new file that some systems could not keep apart from another one."""
    changes = {e.path: e.change for e in edits}
    come = [path for path, change in changes.items() if change == NEW and kind_at(path) is None]
    if not come:
        return
    with objects.blobs(snapshot.place) as blobs:

        def names(folder: str) -> set[str]:
            start = f"{folder}/" if folder else ""
            fresh = {path.removeprefix(start).partition("/")[0] for path in come if path.startswith(start)}
            there = objects.names_in(blobs, snapshot.commit, folder, diff.BYTES)
            return {name for name in there if changes.get(f"{start}{name}") != DELETED} | fresh

        for twin in find(come, names):
            raise Refused(arranged("{path}: {problem}", path=twin.path, problem=twin.problem), twin.hint)


def _by_form(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(as_stored(name), []).append(name)
    return found


def _parts(path: str, *, records: bool) -> Iterator[str]:
    """A path, and the folders above that somebody may have named."""
    if kind_at(path) is not None and not records:
        return
    yield path
    while not _ATTACHED.fullmatch(path) and "/" in path:
        path = path.rpartition("/")[0]
        yield path
