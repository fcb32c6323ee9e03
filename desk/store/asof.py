"""The index as it was at an earlier commit, and which commit that is."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from desk.errors import NotFound
from desk.git import process
from desk.git import process as git_process
from desk.git.place import Place
from desk.index import build, keeper
from desk.index.index import Index, Progress, signature
from desk.local.kept import beside
from desk.store.store import Store

KEPT = 4
"""So many are kept, those asked for last."""
_NAME = "then-{}-{:08x}.sqlite"


@contextmanager
def index_at(store: Store, oid: str) -> Iterator[Index]:
    """The index of a commit of this history; the usual one if it stands for that commit."""
    if store.index.commit == oid:
        yield store.index
        return
    path = store.place.own(_NAME.format(oid, signature()))
    index = _known(path) or _made(store, oid, path)
    try:
        yield index
    finally:
        index.db.close()


def _known(path: str) -> Index | None:
    try:
        index = Index(keeper.connect(path, readonly=True))
        index.commit  # noqa: B018 - reads a page, so that junk shows here
        os.utime(path)
    except (sqlite3.DatabaseError, OSError):
        return None
    return index


def _made(store: Store, oid: str, path: str) -> Index:
    """Beside its place first, so that nobody meets half of one; in memory where the disk can't be written to."""
    folder = os.path.dirname(path)
    if not os.access(folder, os.W_OK):
        return _rewound(store, oid, ":memory:")
    fresh = beside(path)
    try:
        _rewound(store, oid, fresh).db.close()
        os.replace(fresh, path)
    finally:
        with suppress(OSError):
            os.unlink(fresh)
    _clear(folder)
    return Index(keeper.connect(path, readonly=True))


def _rewound(store: Store, oid: str, file: str) -> Index:
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    store.index.db.backup(db)
    db.execute("PRAGMA journal_mode = OFF")
    index = Index(db)
    rewind(index, store.place, oid, store.keeper.progress)
    return index


def rewind(index: Index, place: Place, old: str, progress: Progress[str]) -> None:
    """Take an index back to an ancestor of its commit: the files that differ, and the commits since."""
    new = index.commit or old
    index.db.execute("BEGIN")
    changed = build.difference(place, new, old)
    for path, _, name in changed:
        if not name:
            index.forget(path)
    build.read_files(index, place, [c for c in changed if c[2]], progress)
    later = process.run(place, "rev-list", f"{old}..{new}").decode().split()
    index.db.execute("CREATE TEMP TABLE later (oid TEXT PRIMARY KEY)")
    index.db.executemany("INSERT INTO later VALUES (?)", ((oid,) for oid in later))
    index.db.execute("DELETE FROM events WHERE n IN (SELECT n FROM commits JOIN later USING (oid))")
    index.db.execute("DELETE FROM commits WHERE oid IN (SELECT oid FROM later)")
    index.set_commit(old)
    index.db.execute("COMMIT")


def _clear(folder: str) -> None:
    """All but those asked for last; a reader that has one open keeps it."""
    with suppress(OSError):
        found = [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith("then-") and n.endswith(".sqlite")]
        for path in sorted(found, key=os.path.getmtime, reverse=True)[KEPT:]:
            os.unlink(path)


def moment_of(store: Store, oid: str) -> int:
    """When a commit says that somebody acted, in epoch seconds."""
    out = process.run(store.place, "show", "--no-patch", "--format=%at", oid)
    return int(out.split()[0])


_COMMIT_NAME = r"[0-9A-Za-z_][0-9A-Za-z_./~^@{}-]*"


def commit_at(store: Store, moment: str) -> str:
    """The last commit before a moment (RFC 3339 UTC), by the time at which it says that somebody acted."""
    row = store.ask(
        lambda index: index.db.execute(
            "SELECT oid FROM commits WHERE at < CAST(strftime('%s', ?) AS INTEGER) ORDER BY depth DESC, at DESC LIMIT 1",
            (moment,),
        ).fetchone()
    )
    if row is None:
        raise NotFound(f"this desk had no commit before {moment}", "git log --reverse shows when it began")
    return str(row[0])


def commit_named(store: Store, name: str) -> str:
    """The commit that a name means to git (an object name, a tag, HEAD~3); NotFound for none, or one of another history."""
    if re.fullmatch(_COMMIT_NAME, name):
        process = git_process.spawn(
            store.place,
            ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"),
            stdout=git_process.PIPE,
        )
        out, _ = process.communicate()
        oid = out.decode(errors="replace").strip()
        known = store.ask(lambda index: index.db.execute("SELECT 1 FROM commits WHERE oid = ?", (oid,)).fetchone())
        if process.returncode == 0 and known is not None:
            return oid
    raise NotFound(
        f"{name[:60]!r} is neither a date nor a commit of this desk", "2026-07-23, 7d, or a name from git log"
    )
