"""The index as it was at an earlier commit, and which commit that is."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from desk.domain.model.fields import parse_time
from desk.errors import NotFound
from desk.git import log, refs
from desk.index import build, entry, keeper
from desk.index.index import Index
from desk.index.layout import signature
from desk.local.kept import beside
from desk.store.store import Store
from desk.text import _

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
    index = _known(path, keeper.cut_of(store.index)) or _made(store, oid, path)
    try:
        yield index
    finally:
        index.close()


def _known(path: str, cut: str) -> Index | None:
    try:
        index = Index(keeper.connect(path, readonly=True))
        if keeper.cut_of(index) != cut:  # reads a page, so that junk shows here
            index.close()
            return None
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
        _rewound(store, oid, fresh).close()
        os.replace(fresh, path)
    finally:
        with suppress(OSError):
            os.unlink(fresh)
    _clear(folder)
    return Index(keeper.connect(path, readonly=True))


def _rewound(store: Store, oid: str, file: str) -> Index:
    index = keeper.copied(store.index, file)
    build.rewind(index, store.place, oid, store.keeper.progress)
    return index


def _clear(folder: str) -> None:
    """All but those asked for last; a reader that has one open keeps it."""
    with suppress(OSError):
        found = [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith("then-") and n.endswith(".sqlite")]
        for path in sorted(found, key=os.path.getmtime, reverse=True)[KEPT:]:
            os.unlink(path)


def moment_of(store: Store, oid: str) -> int:
    """When a commit says that somebody acted, in epoch seconds."""
    return log.authored_at(store.place, oid)


_COMMIT_NAME = r"[0-9A-Za-z_][0-9A-Za-z_./~^@{}-]*"


def commit_at(store: Store, moment: str, now: datetime | None = None) -> str:
    """The last commit of the main line that had entered before a moment (RFC 3339 UTC): `index.entry` says when it does.

    Without `now`, for whoever must miss nothing, the last before any that entered later.
    """
    at, until = int(parse_time(moment).timestamp()), int(now.timestamp()) if now else None
    oid = store.ask(
        lambda index: entry.last_before_any(index, at) if until is None else entry.last_before(index, at, until),
    )
    if oid is None and refs.cut(store.place):
        raise NotFound(
            _("the history of this clone was cut off, and begins after {moment}", moment=moment),
            _("bring all of it: git fetch --unshallow"),
        )
    if oid is None:
        raise NotFound(
            _("this desk had no commit before {moment}", moment=moment), _("git log --reverse shows when it began")
        )
    return oid


def commit_named(store: Store, name: str) -> str:
    """The commit that a name means to git (an object name, a tag, HEAD~3); NotFound for none, or one of another history."""
    if re.fullmatch(_COMMIT_NAME, name):
        oid = refs.commit_of(store.place, name)
        if oid is not None and store.ask(lambda index: index.has_commit(oid)):
            return oid
    raise NotFound(
        _("{name!r} is neither a date nor a commit of this desk", name=name[:60]),
        _("2026-07-23, 7d, or a name from git log"),
    )
