"""What a commit's tree holds, and how two of them differ: any path, whatever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from desk.git.diff import Touched
from desk.git.place import Place
from desk.git.process import run

_NAMES = "surrogateescape"
"""A path that is not UTF-8 comes back as the same bytes."""
_RAW = ("diff-tree", "-r", "--raw", "--no-renames", "--full-index", "-z")


class Node(NamedTuple):
    """A file's mode and the name of its blob."""

    mode: str
    oid: str


def listed(place: Place, commit: str, *folders: str) -> dict[str, Node]:
    """The files in some folders of a commit's tree."""
    out = run(place, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", *folders)
    found = {}
    for part in out.decode(errors=_NAMES).split("\0"):
        meta, _, path = part.partition("\t")
        if path:
            mode, _, oid = meta.split(" ")
            found[path] = Node(mode, oid)
    return found


def differing(place: Place, old: str, new: str) -> dict[str, tuple[Node | None, Node | None]]:
    """The paths that differ between two commits: what the first has there, and what the second."""
    parts = iter(run(place, *_RAW, old, new).decode(errors=_NAMES).split("\0"))
    found = {}
    for meta, path in zip(parts, parts, strict=False):
        mode, new_mode, oid, new_oid, _ = meta[1:].split(" ")
        found[path] = _node(mode, oid), _node(new_mode, new_oid)
    return found


def _node(mode: str, oid: str) -> Node | None:
    return Node(mode, oid) if oid.strip("0") else None


def changed_by(place: Place, commits: Iterable[str]) -> Iterator[Touched]:
    """Every path that each of these commits, which have one parent or none, has changed."""
    asked = "".join(f"{oid}\n" for oid in commits).encode()
    current = ""
    parts = iter(run(place, *_RAW, "--stdin", "--root", data=asked).decode(errors=_NAMES).split("\0"))
    for part in parts:
        if part.startswith(":"):
            mode, new_mode, oid, new_oid, _ = part[1:].split(" ")
            yield Touched(current, next(parts), mode, new_mode, oid, new_oid)
        else:
            current = part.strip() or current
