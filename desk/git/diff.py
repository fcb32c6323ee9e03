"""What commits did to files: raw differences from git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from desk.config import FILE
from desk.git import process
from desk.git.place import Place

FOLDERS = ("records", "kb", "templates/responses", "templates/checklists")
NAMES = "backslashreplace"
"""A path that is not UTF-8 can't be a record's; listed as broken, its bytes are written out: SQLite takes no others."""


class Touched(NamedTuple):
    """One path in one commit: modes and object names before and after, zeros where there is no file."""

    commit: str
    path: str
    mode: str
    new_mode: str
    oid: str
    new_oid: str


def touched(place: Place, commits: Iterable[str]) -> Iterator[Touched]:
    """What commits with one parent or none changed of records and of desk.toml."""
    asked = "".join(f"{oid}\n" for oid in commits).encode()
    args = ("diff-tree", "--stdin", "--root", "-r", "--raw", "--no-renames", "--full-index", "-z", "--", *FOLDERS, FILE)
    current = ""
    parts = iter(process.run(place, *args, data=asked).decode(errors=NAMES).split("\0"))
    for part in parts:
        if part.startswith(":"):
            mode, new_mode, oid, new_oid, _ = part[1:].split(" ")
            yield Touched(current, next(parts), mode, new_mode, oid, new_oid)
        else:
            current = part.strip() or current
