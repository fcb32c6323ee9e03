"""What each staff member has seen of each ticket: one small text file a person, local, never in git.

    since 1784787164            activity up to then counts as seen: when the person first asked
    260723-7K3Q 4               of this ticket, 4 events by others were seen; the last line about a ticket counts

Events are counted, because that number follows from git alone: it stays right when the index is built anew, and when
work of other clones arrives late. It is not in the index, which is deleted freely.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from desk.store.index import Index
from desk.store.tree import Place

_LOT = 500
"""So many tickets are asked about at once."""
_WORDS = 2
_SLACK = 1000
"""Lines that are out of date before the file is written anew."""
_OTHERS = (
    "e.kind = 'ticket' AND c.actor IS NOT ?1"
    " AND NOT (c.actor IS NULL AND lower(c.email) IS (SELECT lower(email) FROM staff WHERE id = ?1))"
)


class Seen(NamedTuple):
    """`since` in epoch seconds; events by others that were seen, by ticket."""

    since: int
    counts: Mapping[str, int]
    lines: int


def _path(place: Place, handle: str) -> str:
    return place.own(f"seen-{handle}")


def load(place: Place, handle: str, now: int) -> Seen:
    """What somebody has seen. Whoever asks for the first time has seen everything up to now: a start without noise."""
    try:
        with open(_path(place, handle), encoding="utf-8") as file:
            rows = [line.split() for line in file]
    except (OSError, UnicodeDecodeError):
        rows = []
    # A line that a full disk cut off is passed over.
    counts = {row[0]: int(row[1]) for row in rows if len(row) == _WORDS and row[1].isdecimal()}
    since = counts.pop("since", None)
    seen = Seen(now if since is None else since, counts, len(rows))
    if since is None:
        with suppress(OSError):
            _write(place, handle, seen)
    return seen


def _write(place: Place, handle: str, seen: Seen) -> None:
    path = _path(place, handle)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(f"since {seen.since}" + _lines(seen.counts))
    os.replace(temporary, path)


def _lines(counts: Mapping[str, int]) -> str:
    """Each begins with the line break, so that one that was cut off doesn't spoil the next."""
    return "".join(f"\n{ticket} {count}" for ticket, count in counts.items())


def mark(place: Place, handle: str, index: Index, ids: Iterable[str], now: int) -> None:
    """Remember that somebody has seen these tickets as they are now. A disk that can't be written to is no error."""
    seen = load(place, handle, now)
    asked = list(ids)
    found = {i: count for i, (count, _) in _activity(index, handle, asked).items() if seen.counts.get(i) != count}
    if not found:
        return
    with suppress(OSError):
        if seen.lines > _SLACK + 2 * len(seen.counts):
            _write(place, handle, seen._replace(counts={**seen.counts, **found}))
        else:
            with open(_path(place, handle), "a", encoding="utf-8") as file:
                file.write(_lines(found))


def unread(index: Index, handle: str, seen: Seen, ids: Iterable[str] | None = None) -> set[str]:
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
        marks = ",".join("?" * len(lot))
        rows = index.db.execute(
            "SELECT e.id, count(*), max(e.at) FROM events e JOIN commits c ON c.n = e.n"
            f" WHERE {_OTHERS} AND e.id IN ({marks}) GROUP BY e.id",
            (handle, *lot),
        )
        found.update({str(i): (int(count), int(last)) for i, count, last in rows})
    return found
