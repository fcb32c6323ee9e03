"""Bring the index to a commit: by the difference when it is an ancestor, anew when it isn't or the file is no good."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, TypeVar

from desk.domain.history import parse
from desk.domain.kinds import kind_at
from desk.domain.record import Record
from desk.errors import Broken, GitError
from desk.store import diffs, git
from desk.store.diffs import FOLDERS
from desk.store.index import CommitRow, Index, signature
from desk.store.tree import Place, read_head

_COMMIT = "%H%x00%P%x00%at%x00%an%x00%ae%x00%B%x00"
decode_at = diffs.decode_at
_T = TypeVar("_T")

Progress = Callable[[Iterable[_T], int, str], Iterable[_T]]
"""Draws how far a long loop has come: (items, how many, label) → the items."""


def _no_progress(items: Iterable[_T], _total: int, _label: str) -> Iterable[_T]:
    return items


def connect(path: str, *, readonly: bool = False) -> sqlite3.Connection:
    """Open an index file that is there; readers never wait for a writer, thanks to the write-ahead log."""
    mode = "mode=rw"
    if readonly:
        # With a log beside it somebody is writing, or was killed; only without one is it safe to ignore locks.
        mode = "mode=ro" if _size(f"{path}-wal") else "immutable=1"
    db = sqlite3.connect(f"file:{_uri(path)}?{mode}", uri=True, timeout=30, isolation_level=None)
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _uri(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class Keeper:
    """Gives out an index that stands for the wanted commit, whatever state its file is in.

    `path` is a symbolic link to the file in use; each build makes a file of another name. SQLite finds the write-ahead
    log by name, so a file put in the place of another would meet the log of that one while somebody still reads it.
    """

    def __init__(self, place: Place, progress: Progress[str] = _no_progress) -> None:
        self.place = place
        self.path = place.own("index.sqlite")
        self.progress = progress
        self._locked = False

    def at(self, oid: str) -> Index:
        """The index at a commit, or at HEAD if that moved on meanwhile; repaired, caught up or built as needed."""
        index = self._open()
        if index is not None:
            if self._stands(index.commit, oid):
                return index
            index.db.close()
        if not os.access(self._folder(), os.W_OK):
            return self._in_memory(oid)
        try:
            return self._refreshed(oid)
        except (sqlite3.OperationalError, OSError):
            # A read-only or full disk takes the index away, not the answers.
            return self._in_memory(oid)

    def _stands(self, known: str | None, oid: str) -> bool:
        """Whether an index at `known` answers for `oid`; it does if somebody has committed and indexed meanwhile."""
        if known is None or known == oid:
            return known == oid
        head = read_head(self.place)
        return head is not None and head.oid == known

    def state(self, oid: str) -> str:
        """current, behind or missing, before anything is done about it."""
        index = self._open()
        if index is None:
            return "missing"
        found = "current" if index.commit == oid else "behind"
        index.db.close()
        return found

    def _folder(self) -> str:
        folder = os.path.dirname(self.path)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            return os.path.dirname(folder)
        return folder

    def _open(self) -> Index | None:
        """The index file if it is whole and of this program's layout."""
        path = os.path.realpath(self.path)
        if not os.path.exists(path):
            return None
        readonly = not os.access(path, os.W_OK) or not os.access(os.path.dirname(path), os.W_OK)
        db = None
        try:
            db = connect(path, readonly=readonly)
            if db.execute("PRAGMA user_version").fetchone()[0] == signature():
                index = Index(db)
                index.commit  # noqa: B018 - reads a page, so that junk shows here
                # Replaced while it was being opened, it may have been read without its log.
                if os.path.exists(path):
                    return index
        except sqlite3.DatabaseError:
            pass
        if db is not None:
            db.close()
        return None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one process at a time writes the index; readers take no lock."""
        if self._locked:
            yield
            return
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + ".lock", "a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._locked = True
            try:
                yield
            finally:
                self._locked = False

    def _refreshed(self, oid: str) -> Index:
        with self.lock():
            index = self._open()
            if index is not None:
                try:
                    known = index.commit
                    if self._stands(known, oid):
                        return index
                    if known is not None and _is_ancestor(self.place, known, oid):
                        catch_up(index, self.place, known, oid, self.progress)
                        return index
                except sqlite3.DatabaseError:
                    pass
                index.db.close()
            return self._build(oid)

    def _build(self, oid: str) -> Index:
        """A new file beside the old one, which goes when the new one is complete."""
        fresh = os.path.join(os.path.dirname(self.path), f"index-{os.getpid()}-{time.time_ns():x}.sqlite")
        db = sqlite3.connect(fresh, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA cache_size = -64000")
            build(Index(db), self.place, oid, self.progress)
            db.execute("PRAGMA journal_mode = WAL")
        finally:
            db.close()
        with open(fresh, "rb") as file:
            os.fsync(file.fileno())
        link = f"{self.path}.link"
        _unlink(link)
        os.symlink(os.path.basename(fresh), link)
        os.replace(link, self.path)
        self._clear(os.path.basename(fresh))
        return Index(connect(fresh))

    def _clear(self, keep: str) -> None:
        """Older files, and those of builds that were killed; each before its log (`_open` relies on it)."""
        folder = os.path.dirname(self.path)
        old = (n for n in sorted(os.listdir(folder)) if n.startswith("index-") and not n.startswith(keep))
        _unlink(*(os.path.join(folder, n) for n in old))

    def _in_memory(self, oid: str) -> Index:
        index = Index(sqlite3.connect(":memory:", isolation_level=None))
        build(index, self.place, oid, self.progress)
        return index

    def rebuild(self, oid: str) -> Index:
        """Build anew whatever the file says."""
        with self.lock():
            return self._build(oid)

    def repair(self, oid: str) -> Index:
        """After an error in the middle of a query: the file is damaged below its first page."""
        try:
            return self.rebuild(oid)
        except (sqlite3.OperationalError, OSError):
            return self._in_memory(oid)


def _unlink(*paths: str) -> None:
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue


def _is_ancestor(place: Place, old: str, new: str) -> bool:
    process = git.spawn(place, ("merge-base", "--is-ancestor", old, new), stderr=git.NULL, stdout=git.NULL)
    return process.wait() == 0


def build(index: Index, place: Place, oid: str, progress: Progress[str] = _no_progress) -> None:
    """Everything up to a commit, into an empty index."""
    index = Index(index.db, fresh=True)
    index.create()
    index.db.execute("BEGIN")
    entries = _tree(place, oid)
    read_files(index, place, entries, progress)
    _read_commits(index, place, (oid,), progress, int(git.run(place, "rev-list", "--count", oid)))
    index.set_commit(oid)
    index.db.execute("COMMIT")


def catch_up(index: Index, place: Place, old: str, new: str, progress: Progress[str] = _no_progress) -> None:
    """From one commit to a later one, by what differs. All or nothing."""
    db = index.db
    db.execute("BEGIN IMMEDIATE")
    try:
        changed = difference(place, old, new)
        for path, _, name in changed:
            if not name:
                index.forget(path)
        read_files(index, place, [c for c in changed if c[2]], progress)
        _read_commits(index, place, (f"{old}..{new}",), progress, 0)
        index.set_commit(new)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


_Item = tuple[str, str, str]
"""path, mode, object name; an empty object name for a path that is gone."""


def _tree(place: Place, oid: str) -> list[_Item]:
    out = git.run(place, "ls-tree", "-r", "-z", "--full-tree", oid, "--", *FOLDERS)
    items = []
    for part in out.decode(errors=diffs.NAMES).split("\0"):
        if part:
            meta, _, path = part.partition("\t")
            mode, _, name = meta.split(" ")
            items.append((path, mode, name))
    return [i for i in items if kind_at(i[0])]


def difference(place: Place, old: str, new: str) -> list[_Item]:
    """The paths of records that differ between two commits, as the second has them."""
    out = git.run(place, "diff-tree", "-r", "--raw", "--no-renames", "--full-index", "-z", old, new, "--", *FOLDERS)
    parts = iter(out.decode(errors=diffs.NAMES).split("\0"))
    items = []
    for meta, path in zip(parts, parts, strict=False):
        _, mode, _, name, status = meta.split(" ")
        if kind_at(path):
            items.append((path, mode, "" if status == "D" else name))
    return items


def read_files(index: Index, place: Place, items: list[_Item], progress: Progress[str]) -> None:
    if not items:
        return
    with git.blobs(place) as blobs:
        contents = blobs.each([name for _, _, name in items])
        shown = progress((i[0] for i in items), len(items), "Indexing records")
        for (path, mode, name), _, content in zip(items, shown, contents, strict=True):
            put(index, path, mode, name, content or b"")


def put(index: Index, path: str, mode: str, name: str, content: bytes) -> Record | None:
    """One file into the index: as a record, or as a broken one."""
    try:
        record = decode_at(path, mode, content)
    except Broken as error:
        index.put_broken(path, error.line, error.problem)
        return None
    index.put_file(path, name, len(content), record)
    return record


def _read_commits(index: Index, place: Place, spec: tuple[str, ...], progress: Progress[str], total: int) -> None:
    plainly = ("--encoding=UTF-8", "--no-show-signature")  # whatever this machine's configuration says
    args = ("log", *plainly, "--reverse", "--topo-order", f"--format={_COMMIT}", *spec, "--")
    process = git.spawn(place, args, stdout=git.PIPE)
    if process.stdout is None:
        raise GitError("git log has no pipe")
    with process:
        rows = _commit_rows(process.stdout)
        counted = iter(progress((str(n) for n in range(total)), total, "Indexing history")) if total else iter(())
        while part := list(islice(rows, 500)):
            told = [parse(row.message) for row in part]
            by_hand = [row for row, said in zip(part, told, strict=True) if len(row.parents) < 2 and said.verb is None]
            derived = diffs.derive(place, [row.oid for row in by_hand])
            for row, said in zip(part, told, strict=True):
                next(counted, None)
                index.add_commit(row, said, derived.get(row.oid, ()))
        for _ in counted:
            continue
    if process.returncode:
        raise GitError("git log failed", "git fsck")


def _commit_rows(stdout: IO[bytes]) -> Iterator[CommitRow]:
    rest = b""
    while chunk := stdout.read(1 << 16):
        *parts, rest = (rest + chunk).split(b"\0")
        whole = len(parts) - len(parts) % 6
        for i in range(0, whole, 6):
            oid, parents, at, author, email, message = (p.decode(errors="replace") for p in parts[i : i + 6])
            yield CommitRow(oid.strip(), tuple(parents.split()), int(at or 0), author, email, message)
        rest = b"\0".join([*parts[whole:], rest])
