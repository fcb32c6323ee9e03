"""What differs between commits, or did at each of them: raw differences from git, and the one parser of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from desk.config import FILE
from desk.git import process, refs
from desk.git.place import Place
from desk.named import NamedTuple

FOLDERS = ("records", "kb", "templates/responses", "templates/checklists")
NAMES = "backslashreplace"
"""A path that is not UTF-8 can't be a record's; listed as broken, its bytes are written out: SQLite takes no others."""
BYTES = "surrogateescape"
"""Paths that are opened again: whatever bytes they have."""
RAW = ("-r", "--raw", "--no-renames", "--no-abbrev", "-z", "--ignore-submodules=none")
"""Whatever a file of the desk, or this machine, tells git to pass over."""


_NO_MODE = "000000"


class Delta(NamedTuple):
    """One file: modes and object names before and after, empty where there is none."""

    path: str
    mode: str
    new_mode: str
    oid: str
    new_oid: str


class Touched(NamedTuple):
    """One path in one commit: modes and object names before and after, empty where there is no file."""

    commit: str
    path: str
    mode: str
    new_mode: str
    oid: str
    new_oid: str


def parse(meta: str, path: str) -> Delta:
    """`:MODE MODE NAME NAME STATUS` and the path behind it; zeros stand for no file."""
    mode, new_mode, oid, new_oid, _ = meta[1:].split(" ")
    was, now = oid.strip("0"), new_oid.strip("0")
    return Delta(
        path,
        mode if mode != _NO_MODE else "",
        new_mode if new_mode != _NO_MODE else "",
        oid if was else "",
        new_oid if now else "",
    )


RECORDS = (*FOLDERS, FILE)


def read_touched(
    place: Place, commits: Iterable[str], paths: Iterable[str] = RECORDS, *, names: str = NAMES
) -> Iterator[Touched]:
    """What commits with one parent or none changed below some paths, or anywhere. `names`: as for `between`.

    Of a commit whose parents this clone doesn't have nobody can tell: it changed nothing here.
    """
    unknown = refs.boundary(place)
    asked = "".join(f"{oid}\n" for oid in commits if oid not in unknown).encode()
    args = ("diff-tree", "--stdin", "--root", *RAW, "--", *paths)
    current = ""
    parts = iter(process.run(place, *args, data=asked).decode(errors=names).split("\0"))
    for part in parts:
        if part.startswith(":"):
            yield Touched(current, *parse(part, next(parts)))
        else:
            current = part.strip() or current


def between(
    place: Place, old: str, new: str, folders: Iterable[str] = (), *, names: str = NAMES, as_committed: bool = False
) -> list[Delta]:
    """What differs between two commits, from the one to the other. `names`: how to read bytes that are not UTF-8.

    `as_committed`: whatever this clone shows in the place of objects.
    """
    if old == new:
        return []
    plainly = process.AS_COMMITTED if as_committed else ()
    out = process.run(place, *plainly, "diff-tree", *RAW, old, new, "--", *folders).decode(errors=names)
    parts = iter(out.split("\0"))
    return [parse(meta, path) for meta, path in zip(parts, parts, strict=False)]


class Edited(NamedTuple):
    """What git says of one path: a mark as in `git status --short`, the mode in the work tree, the object in HEAD."""

    mark: str
    mode: str
    oid: str


def against_head(place: Place, paths: Iterable[str]) -> dict[str, Edited]:
    """What in the work tree, below some paths, differs from HEAD."""
    args = ("status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none", "--")
    out = process.run(place, "--literal-pathspecs", *args, *paths)
    found: dict[str, Edited] = {}
    for part in out.decode(errors=BYTES).split("\0"):
        kind, _, rest = part.partition(" ")
        if kind == "1":
            mark, _, _, _, mode, oid, _, path = rest.split(" ", 7)
            found[path] = Edited(mark, mode, oid)
        elif kind == "u":
            # Both sides of a merge: ours is what HEAD has.
            mark, _, _, _, _, mode, _, oid, _, path = rest.split(" ", 9)
            found[path] = Edited(mark, mode, oid)
        elif kind == "?" and rest not in found:
            found[rest] = Edited("??", "", "")
    return found
