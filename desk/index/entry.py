"""When commits entered a desk, and so which of them stood at a moment.

One enters when somebody acted, though not before those it stands on; an import when it was committed, however old what it
tells is. Looked for from the newest commit back along first parents, the main line: others enter with their merge.
"""

from __future__ import annotations

from typing import Any

from desk.index.index import Index

_LINE = """
WITH RECURSIVE line (oid, parent, entered, depth) AS (
    SELECT oid, parent, {entered}, c.depth FROM commits c WHERE oid = :head
    UNION ALL
    SELECT c.oid, c.parent, {entered}, c.depth FROM line JOIN commits c ON c.oid = line.parent WHERE {further})
"""
_AS_FAR_AS_ASKED = _LINE.format(
    entered="CASE WHEN c.entered <= :now THEN c.entered WHEN c.acted <= :now THEN c.acted ELSE c.at END",
    further="line.entered >= :at",
)
_WHOLE = _LINE.format(entered="c.entered", further="1")


def last_before(index: Index, at: int, now: int) -> str | None:
    """The last commit that had entered before a moment; both in epoch seconds.

    What entered after `now` was dated by a clock that was ahead, and is taken at its own word.
    """
    asked = f"{_AS_FAR_AS_ASKED} SELECT oid FROM line WHERE entered < :at ORDER BY depth DESC LIMIT 1"
    return _one(index, asked, {"at": at, "now": now})


def last_before_any(index: Index, at: int) -> str | None:
    """The last commit before the first that entered at a moment (epoch seconds) or later: what came after misses nothing."""
    late = "(SELECT coalesce(min(depth), 1 << 62) FROM line WHERE entered >= :at)"
    return _one(index, f"{_WHOLE} SELECT oid FROM line WHERE depth < {late} ORDER BY depth DESC LIMIT 1", {"at": at})


def _one(index: Index, asked: str, values: dict[str, Any]) -> str | None:
    row = index.db.execute(asked, {"head": index.commit, **values}).fetchone()
    return None if row is None else str(row[0])
