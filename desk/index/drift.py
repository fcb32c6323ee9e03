"""Whether two indexes hold the same: the one kept up to date step by step, and one built anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from desk.git import refs
from desk.git.place import Place
from desk.index import build
from desk.index.index import Index, Progress
from desk.text import _, arranged, listed

_WITHOUT_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        # Row numbers depend on the order in which things came; everything else must not.
        "commits": "SELECT oid, parent, depth, at, acted, entered, author, email, actor, verb, reason FROM commits"
        " ORDER BY oid",
        "events": "SELECT c.oid, e.place, e.at, e.kind, e.id, e.verb, e.before, e.after FROM events e"
        " LEFT JOIN commits c ON c.n = e.n ORDER BY c.oid, e.place",
        "mails": "SELECT m.mark, c.oid, m.content FROM mails m LEFT JOIN commits c ON c.n = m.n ORDER BY m.mark, c.oid",
        "texts": "SELECT path, kind, title, lead, body FROM texts ORDER BY path",
        "requests": "SELECT path, mark, title, body FROM requests ORDER BY path",
    }
)
_ABOUT: Mapping[str, str] = MappingProxyType({"request_words": "requests"})
"""Full-text tables whose rows are numbered as another table's than `texts`."""
_VIRTUAL = "CREATE VIRTUAL TABLE"


def tables(index: Index, *, closely: bool = False) -> dict[str, str]:
    """Every table of an index → a query for its rows, in an order of their own.

    A full-text table is asked how often each word stands in each column; `closely`, where: at 100,000 tickets that takes
    minutes. The tables in which SQLite keeps it are its own business.
    """
    made = dict(index.db.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'table' ORDER BY name"))
    full_text = [name for name, sql in made.items() if sql.startswith(_VIRTUAL)]
    queries = {}
    for name in made:
        if name in full_text:
            queries[name] = _words_of(index, name, closely=closely)
        elif not name.startswith(("sqlite_", *(f"{other}_" for other in full_text))):
            queries[name] = _WITHOUT_NUMBERS.get(name) or f"SELECT * FROM {name} ORDER BY {_key(index, name)}"
    return queries


def _words_of(index: Index, name: str, *, closely: bool) -> str:
    of, how = f"temp.{name}_{'places' if closely else 'counts'}", "instance" if closely else "col"
    index.db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {of} USING fts5vocab('main', '{name}', '{how}')")
    if closely:
        return (
            f"SELECT v.term, t.path, v.col, v.offset FROM {of} v LEFT JOIN {_ABOUT.get(name, 'texts')} t"
            " ON t.doc = v.doc ORDER BY 1, 2, 3, 4"
        )
    return f"SELECT term, col, doc, cnt FROM {of} ORDER BY term, col"


def _key(index: Index, name: str) -> str:
    """The columns of a table's primary key, whose order costs nothing."""
    columns = index.db.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (name,))
    return ", ".join(f'"{column}"' for (column,) in columns) or "rowid"


def list_differing_tables(one: Index, two: Index, *, closely: bool = False) -> list[str]:
    """The differences between two indexes, one line a table; none when they hold the same."""
    found: list[str] = []
    if one.commit != two.commit:
        found.append(_("commit: {commit} and {two_commit}", commit=one.commit, two_commit=two.commit))
    left_tables, right_tables = (tables(index, closely=closely) for index in (one, two))
    for name, sql in {**left_tables, **right_tables}.items():
        if name not in left_tables or name not in right_tables:
            found.append(_("{name}: is in one of them only", name=name))
            continue
        for left, right in zip_longest(one.db.execute(sql), two.db.execute(sql)):
            if left != right:
                found.append(arranged("{name}: {what}", name=name, what=_first(left, right)))
                break
    return found


def _first(left: tuple[Any, ...] | None, right: tuple[Any, ...] | None) -> str:
    """The first row that differs, by its key, and what about it."""
    if left is None or right is None or left[0] != right[0]:
        keys = [str(row[0]) for row in (left, right) if row is not None]
        return _("{keys} is in one of them only", keys=min(keys))
    pairs = [_("{one!r} and {two!r}", one=a, two=b) for a, b in zip(left, right, strict=True) if a != b]
    return arranged("{key}: {pairs}", key=left[0], pairs=listed(pairs))


def build_fresh(place: Place, oid: str, progress: Progress[str]) -> Index:
    """An index built from git alone, in memory."""
    index = Index(sqlite3.connect(":memory:", isolation_level=None))
    build.build(index, place, oid, progress)
    return index


def differences(index: Index, place: Place, progress: Progress[str], *, closely: bool = False) -> list[str]:
    """How an index differs from one built anew for the same commit."""
    oid = index.commit or refs.ask_head(place).oid or ""
    built = build_fresh(place, oid, progress)
    try:
        return list_differing_tables(index, built, closely=closely)
    finally:
        built.close()
