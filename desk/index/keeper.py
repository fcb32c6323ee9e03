"""Gives out the index at a commit: by the difference when it is an ancestor, anew when it isn't or the file is no good."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from desk.errors import GitError
from desk.git.place import Place
from desk.git.refs import cut, is_ancestor, read_head
from desk.index.index import Index, Progress, no_progress
from desk.index.layout import signature
from desk.text import _


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


def cut_of(index: Index) -> str:
    """Where history was cut off for whoever built it (`refs.cut`): once there is more of it, the index is no good."""
    row = index.db.execute("SELECT value FROM meta WHERE key = 'cut'").fetchone()
    return "" if row is None else str(row[0])


_LINK = ".link"
"""How the name of the link ends that is about to become the one in use."""


class Keeper:
    """Gives out an index that stands for the wanted commit, whatever state its file is in.

    `path` is a symbolic link to the file in use; each build makes a file of another name. SQLite finds the write-ahead
    log by name, so a file put in the place of another would meet the log of that one while somebody still reads it.
    """

    def __init__(self, place: Place, progress: Progress[str] = no_progress) -> None:
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
            index.close()
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
        index.close()
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
                if os.path.exists(path) and cut_of(index) == cut(self.place):
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
                    if known is not None and is_ancestor(self.place, known, oid):
                        from desk.index.build import catch_up  # noqa: PLC0415 - where there is something to read

                        catch_up(index, self.place, known, oid, self.progress)
                        return index
                except sqlite3.DatabaseError:
                    pass
                index.close()
            return self._build(oid)

    def _build(self, oid: str) -> Index:
        """A new file beside the old one, which goes when the new one is complete."""
        from desk.index.build import build  # noqa: PLC0415 - as above

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
        link = self.path + _LINK
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

    def unused(self) -> list[tuple[str, int]]:
        """Files of indexes other than the one in use, and a link to one on its way, with the process that made each."""
        folder = os.path.dirname(self.path)
        used = os.path.basename(os.path.realpath(self.path))
        link = os.path.basename(self.path) + _LINK
        found = []
        for name in sorted(os.listdir(folder)):
            of = os.path.basename(os.path.realpath(os.path.join(folder, name))) if name == link else name
            built = re.match(r"index-(\d+)-[0-9a-f]+\.sqlite", of)
            if built is not None and (name == link or built[0] != used):
                found.append((os.path.join(folder, name), int(built[1])))
        return found

    def _in_memory(self, oid: str) -> Index:
        from desk.index.build import build  # noqa: PLC0415 - as above

        index = Index(sqlite3.connect(":memory:", isolation_level=None))
        build(index, self.place, oid, self.progress)
        return index

    def rebuild(self, oid: str) -> Index:
        """Build anew whatever the file says; GitError where there is no room for it, or nothing can be written."""
        try:
            return self._rebuilt(oid)
        except (sqlite3.OperationalError, OSError) as error:
            why = getattr(error, "strerror", None) or error
            problem = _("the index can't be written: {why}", why=why)
            raise GitError(problem, _("make room, or see who may write there: {path}", path=self.path)) from None

    def _rebuilt(self, oid: str) -> Index:
        with self.lock():
            return self._build(oid)

    def repair(self, oid: str) -> Index:
        """After an error in the middle of a query: the file is damaged below its first page."""
        try:
            return self._rebuilt(oid)
        except (sqlite3.OperationalError, OSError):
            return self._in_memory(oid)


def _unlink(*paths: str) -> None:
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue


def require_sound(index: Index) -> None:
    """DatabaseError for an index file that is damaged anywhere, which makes the store build it anew."""
    found = index.db.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise sqlite3.DatabaseError(str(found))


def copied(index: Index, path: str) -> Index:
    """An index in a file of its own that is thrown away when the machine fails; `:memory:` for none."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    index.db.backup(db)
    db.execute("PRAGMA journal_mode = OFF")
    return Index(db)


def index_state(keeper: Keeper, oid: str | None) -> str:
    """How the index file stands to a commit: up to date, behind, missing or damaged. It isn't touched."""
    path = os.path.realpath(keeper.path)  # its log has the name of the file, not of the link
    if not os.path.exists(path):
        return "missing"
    try:
        db = connect(path, readonly=True)
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] != signature():
                return "behind"
            known = Index(db).commit
        finally:
            db.close()
    except sqlite3.DatabaseError:
        return "damaged"
    return "up to date" if known == oid else "behind"
