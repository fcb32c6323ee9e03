"""Whether two indexes hold the same: the one kept up to date step by step, and one built anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from desk.domain.model.kinds import KINDS
from desk.git import process
from desk.git.place import Place
from desk.index import build
from desk.index.index import Index, columns

_DERIVED: Mapping[str, str] = MappingProxyType(
    {
        # Row numbers depend on the order in which things came; everything else must not.
        "commits": "SELECT oid, depth, at, author, email, actor, verb, reason FROM commits ORDER BY oid",
        "events": "SELECT c.oid, e.place, e.at, e.kind, e.id, e.verb, e.before, e.after FROM events e"
        " LEFT JOIN commits c ON c.n = e.n ORDER BY c.oid, e.place",
        "members": "SELECT kind, field, value, path FROM members ORDER BY kind, field, value, path",
        "broken": "SELECT path, line, problem FROM broken ORDER BY path",
        "texts": "SELECT path, kind, title, body FROM texts ORDER BY path",
        "words": "SELECT term, col, doc, cnt FROM temp.vocabulary ORDER BY term, col",
    }
)


def tables() -> dict[str, str]:
    """Every table of an index → a query for its rows, in an order of their own."""
    found = dict(_DERIVED)
    for cls in KINDS.values():
        listed = ", ".join(f'"{name}"' for name in columns(cls))
        found[cls.plural] = f"SELECT {listed} FROM {cls.plural} ORDER BY path"
    return found


def same(one: Index, two: Index) -> list[str]:
    """The differences between two indexes, one line a table; none when they hold the same."""
    found = []
    if one.commit != two.commit:
        found.append(f"commit: {one.commit} and {two.commit}")
    for name, sql in tables().items():
        for left, right in zip_longest(_rows(one, sql), _rows(two, sql)):
            if left != right:
                found.append(f"{name}: {_first(left, right)}")
                break
    return found


def _rows(index: Index, sql: str) -> Iterator[tuple[Any, ...]]:
    index.db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'col')")
    yield from index.db.execute(sql)


def _first(left: tuple[Any, ...] | None, right: tuple[Any, ...] | None) -> str:
    """The first row that differs, by its key, and what about it."""
    if left is None or right is None or left[0] != right[0]:
        keys = [str(row[0]) for row in (left, right) if row is not None]
        return f"{min(keys)} is in one of them only"
    return f"{left[0]}: {', '.join(f'{a!r} and {b!r}' for a, b in zip(left, right, strict=True) if a != b)}"


def fresh(place: Place, oid: str, progress: build.Progress[str]) -> Index:
    """An index built from git alone, in memory."""
    index = Index(sqlite3.connect(":memory:", isolation_level=None))
    build.build(index, place, oid, progress)
    return index


def differences(index: Index, place: Place, progress: build.Progress[str]) -> list[str]:
    """How an index differs from one built anew for the same commit."""
    oid = index.commit or process.run(place, "rev-parse", "HEAD").decode().strip()
    built = fresh(place, oid, progress)
    try:
        return same(index, built)
    finally:
        built.db.close()
