"""What commits did to the files of records and to desk.toml: raw differences from git, decoded and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from desk.config import FILE, differences
from desk.domain import compare
from desk.domain.history import SET, SETTINGS, Happened
from desk.domain.kinds import id_at, kind_at
from desk.domain.record import Event, Record
from desk.domain.telling import Changed
from desk.errors import Broken
from desk.store import git
from desk.store.tree import Place

FOLDERS = ("records", "kb", "templates/responses", "templates/checklists")
NAMES = "backslashreplace"
"""A path that is not UTF-8 can't be a record's; listed as broken, its bytes are written out: SQLite takes no others."""
_LINK = "120000"


class Touched(NamedTuple):
    """One path in one commit: modes and object names before and after, zeros where there is no file."""

    commit: str
    path: str
    mode: str
    new_mode: str
    oid: str
    new_oid: str


def decode_at(path: str, mode: str, content: bytes) -> Record:
    """The record in a file of the tree; Broken also when the file's place contradicts what it says."""
    from desk.store import codec  # noqa: PLC0415 - 17 ms of YAML, only when there is something to read

    cls = kind_at(path)
    if cls is None:
        raise Broken("not a place for a record", path)
    if mode == _LINK:
        raise Broken("a symbolic link is not allowed here", path, hint=f"replace it by a file: git rm {path}")
    record = codec.decode(content, path, cls.kind)
    if record.id != id_at(path) or record.path != path:
        line = content[: content.find(b"\nid:") + 1].count(b"\n") + 1
        where = record.path if record.id != id_at(path) else path
        raise Broken(f"id {record.id} doesn't belong to this path but to {where}", path, line)
    return record


def touched(place: Place, commits: Iterable[str]) -> Iterator[Touched]:
    """What commits with one parent or none changed of records and of desk.toml."""
    asked = "".join(f"{oid}\n" for oid in commits).encode()
    args = ("diff-tree", "--stdin", "--root", "-r", "--raw", "--no-renames", "--full-index", "-z", "--", *FOLDERS, FILE)
    current = ""
    parts = iter(git.run(place, *args, data=asked).decode(errors=NAMES).split("\0"))
    for part in parts:
        if part.startswith(":"):
            mode, new_mode, oid, new_oid, _ = part[1:].split(" ")
            yield Touched(current, next(parts), mode, new_mode, oid, new_oid)
        else:
            current = part.strip() or current


def derive(place: Place, commits: list[str]) -> dict[str, list[Happened]]:
    """Events of commits made by hand: what their records and settings say before and after, compared."""
    found: dict[str, list[Happened]] = {oid: [] for oid in commits}
    if not commits:
        return found
    with git.blobs(place) as blobs:
        for one in touched(place, commits):
            cls = kind_at(one.path)
            if one.path == FILE:
                told = settings_events(_content(blobs, one.oid), _content(blobs, one.new_oid))
                found[one.commit] += [Happened(SETTINGS, name, *event) for name, event in told]
            elif cls is not None:
                events = compare.events(*both(blobs, one))
                found[one.commit] += [Happened(cls.kind, id_at(one.path), *event) for event in events]
    return found


def field_changes(place: Place, commits: list[str]) -> dict[tuple[str, str, str], list[Changed]]:
    """The fields that commits changed, with their values, by commit, kind and id."""
    found = {}
    with git.blobs(place) as blobs:
        for one in touched(place, commits):
            cls = kind_at(one.path)
            if cls is not None:
                found[one.commit, cls.kind, id_at(one.path)] = compare.fields(*both(blobs, one))
    return found


def settings_events(before: bytes | None, after: bytes | None) -> list[tuple[str, Event]]:
    """What a change of desk.toml did to the settings in force; a desk's first one sets nothing."""
    if before is None:
        return []
    old, new = (text.decode(errors="replace") for text in (before, after or b""))
    return [(name, Event(SET, was, now)) for name, was, now in differences(old, new)]


def both(blobs: git.Blobs, one: Touched) -> tuple[Record | None, Record | None]:
    """The record before and after; None where there is none, or none that can be read."""
    return _record(blobs, one.path, one.mode, one.oid), _record(blobs, one.path, one.new_mode, one.new_oid)


def _record(blobs: git.Blobs, path: str, mode: str, oid: str) -> Record | None:
    content = _content(blobs, oid)
    try:
        return None if content is None else decode_at(path, mode, content)
    except Broken:
        return None


def _content(blobs: git.Blobs, oid: str) -> bytes | None:
    return (blobs.get(oid) or b"") if oid.strip("0") else None
