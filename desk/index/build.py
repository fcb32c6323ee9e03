"""Fill an index: with everything up to a commit, or with what differs between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import islice

from desk.codec import places
from desk.config import FILE
from desk.domain.changes.message import parse
from desk.domain.model.change import Edit
from desk.domain.model.kinds import kind_at
from desk.domain.model.record import Record
from desk.errors import Broken
from desk.git import diff, log, objects, refs
from desk.git.diff import FOLDERS
from desk.git.log import CommitRow
from desk.git.objects import Blobs
from desk.git.place import Place
from desk.index import derive, discretion
from desk.index.filling import Filling
from desk.index.index import Index, Progress, no_progress
from desk.text import _


def build(index: Index, place: Place, oid: str, progress: Progress[str] = no_progress) -> None:
    """Everything up to a commit, into an empty index."""
    filling = Filling.of(index, fresh=True)
    filling.create()
    commits = 0 if progress is no_progress else log.count(place, None, oid)
    with filling.transaction(), objects.blobs(place) as blobs:
        read_files(filling, blobs, _tree(place, oid), progress)
        filling.requests.count()
        _read_commits(filling, blobs, (oid,), progress, commits)
        _stand_at(filling, blobs, oid)
        if where := refs.cut(place):
            index.db.execute("INSERT INTO meta VALUES ('cut', ?)", (where,))


def catch_up(index: Index, place: Place, old: str, new: str, progress: Progress[str] = no_progress) -> None:
    """From one commit to a later one, by what differs. All or nothing."""
    filling = Filling.of(index)
    with filling.transaction(), objects.blobs(place) as blobs:
        _follow_files(filling, blobs, old, new, progress)
        _read_commits(filling, blobs, (f"{old}..{new}",), progress, 0)
        _stand_at(filling, blobs, new)


def add_write(
    index: Index, row: CommitRow, files: Mapping[str, bytes | None], edits: Sequence[Edit], *, by_hand: bool
) -> None:
    """Take an index from the commit that a write stood on to the one it made; the lock of the index must be held.

    `by_hand`: the files are as somebody edited them, so each is read again, and may be broken.
    """
    filling = Filling.of(index)
    records = {} if by_hand else {edit.after.path: edit.after for edit in edits if edit.after is not None}
    told = parse(row.message)
    sides = {(edit.record.kind, edit.record.id): (edit.before, edit.after) for edit in edits}
    with filling.transaction():
        for path, data in files.items():
            if data is None:
                filling.forget(path)
            elif path in records:
                filling.put_file(path, objects.blob_id(data, row.oid), len(data), records[path])
            elif kind_at(path):
                put(filling, path, "100644", objects.blob_id(data, row.oid), data)
        if FILE in files:
            filling.set_settings(_name(files[FILE], row.oid))
        filling.add_commit(row, told._replace(events=discretion.filled(told.events, sides)))
        filling.set_commit(row.oid)


def rewind(index: Index, place: Place, old: str, progress: Progress[str] = no_progress) -> None:
    """Take an index back to an ancestor of its commit: the files that differ, and the commits since."""
    filling = Filling.of(index)
    new = filling.commit or old
    with filling.transaction(), objects.blobs(place) as blobs:
        _follow_files(filling, blobs, new, old, progress)
        filling.forget_commits(log.names(place, old, new))
        _stand_at(filling, blobs, old)


def _stand_at(filling: Filling, blobs: Blobs, oid: str) -> None:
    """The commit that an index stands for from now on, and which settings it has."""
    filling.set_commit(oid)
    filling.set_settings(_name(blobs.get(f"{oid}:{FILE}"), oid))


def _name(content: bytes | None, like: str) -> str:
    return "" if content is None else objects.blob_id(content, like)


def optimise(index: Index) -> None:
    """Make an index quick again after many small writes; its lock must be held."""
    Filling.of(index).optimise()


def _follow_files(filling: Filling, blobs: Blobs, old: str, new: str, progress: Progress[str]) -> None:
    """What differs between two commits, as the second has it."""
    changed = list_difference(blobs.place, old, new)
    for path, _turn, name in changed:
        if not name:
            filling.forget(path)
    read_files(filling, blobs, [c for c in changed if c[2]], progress)


_Item = tuple[str, str, str]
"""path, mode, object name; an empty object name for a path that is gone."""


def _tree(place: Place, oid: str) -> list[_Item]:
    files = objects.files(place, oid, FOLDERS, names=diff.NAMES)
    return [(file.path, file.mode, file.oid) for file in files if kind_at(file.path)]


def list_difference(place: Place, old: str, new: str) -> list[_Item]:
    """The paths of records that differ between two commits, as the second has them."""
    deltas = diff.between(place, old, new, FOLDERS)
    return [(delta.path, delta.new_mode, delta.new_oid) for delta in deltas if kind_at(delta.path)]


def read_files(filling: Filling, blobs: Blobs, items: list[_Item], progress: Progress[str]) -> None:
    if not items:
        return
    contents = blobs.each([name for _, _, name in items])
    shown = progress((i[0] for i in items), len(items), _("Indexing records"))
    for (path, mode, name), _turn, content in zip(items, shown, contents, strict=True):
        put(filling, path, mode, name, content or b"")


def put(filling: Filling, path: str, mode: str, name: str, content: bytes) -> Record | None:
    """One file into the index: as a record, or as a broken one."""
    try:
        record = places.decode_at(path, mode, content)
    except Broken as error:
        filling.put_broken(path, error.line, error.problem)
        return None
    filling.put_file(path, name, len(content), record)
    return record


def _read_commits(filling: Filling, blobs: Blobs, spec: tuple[str, ...], progress: Progress[str], total: int) -> None:
    with closing(log.commits(blobs.place, *spec)) as rows:
        counted = iter(progress((str(n) for n in range(total)), total, _("Indexing history"))) if total else iter(())
        while part := list(islice(rows, 500)):
            told = [parse(row.message) for row in part]
            by_hand = [row for row, said in zip(part, told, strict=True) if len(row.parents) < 2 and said.verb is None]
            derived = derive.derive(blobs, [row.oid for row in by_hand])
            full = discretion.fill(blobs, {row.oid: said.events for row, said in zip(part, told, strict=True)})
            for row, said in zip(part, told, strict=True):
                next(counted, None)
                filling.add_commit(row, said._replace(events=full[row.oid]), derived.get(row.oid, ()))
        for _turn in counted:
            continue
