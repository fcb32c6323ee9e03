"""Which tickets others did something to that a person has not seen yet."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from desk.git.place import Place
from desk.index.index import Index
from desk.local.seen import Seen, load, remember
from desk.queries.sql import EVENTS, marks

_LOT = 500
"""So many tickets are asked about at once."""
_OTHERS = (
    "e.kind = 'ticket' AND c.actor IS NOT ?1"
    " AND NOT (c.actor IS NULL AND lower(c.email) IS (SELECT lower(email) FROM staff WHERE id = ?1))"
)


def mark(place: Place, handle: str, index: Index, ids: Iterable[str], now: int) -> None:
    """Remember that somebody has seen these tickets as they are now. A disk that can't be written to is no error."""
    seen = load(place, handle, now)
    asked = list(ids)
    found = {i: count for i, (count, _) in _activity(index, handle, asked).items() if seen.counts.get(i) != count}
    if not found:
        return
    with suppress(OSError):
        remember(place, handle, seen, found)


def find_unread(index: Index, handle: str, seen: Seen, ids: Iterable[str] | None = None) -> set[str]:
    """Of these tickets, or of all: those that others did something to which this person has not seen."""
    asked = None if ids is None else list(ids)
    if asked is None or len(asked) > _LOT:
        rows = index.db.execute("SELECT DISTINCT id FROM events WHERE at > ? AND kind = 'ticket'", (seen.since,))
        possible = {str(i) for (i,) in rows} | seen.counts.keys()
        asked = sorted(possible if asked is None else possible.intersection(asked))
    return {
        i
        for i, (count, last) in _activity(index, handle, asked).items()
        if (seen.counts[i] != count if i in seen.counts else last > seen.since)
    }


def _activity(index: Index, handle: str, ids: list[str]) -> dict[str, tuple[int, int]]:
    """Events by others, and the time of the last one, by ticket."""
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(ids), _LOT):
        lot = ids[start : start + _LOT]
        rows = index.db.execute(
            f"SELECT e.id, count(*), max(e.at) FROM {EVENTS} WHERE {_OTHERS} AND e.id IN ({marks(lot)}) GROUP BY e.id",
            (handle, *lot),
        )
        found.update({str(i): (int(count), int(last)) for i, count, last in rows})
    return found
