"""What each staff member has seen of each ticket: one small text file a person, local, never in git.

    since 1784787164            activity up to then counts as seen: when the person first asked
    260723-7K3Q 4               of this ticket, 4 events by others were seen; the last line about a ticket counts

Events are counted, because that number follows from git alone: it stays right when the index is built anew, and when
work of other clones arrives late. It is not in the index, which is deleted freely.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from desk.git.place import Place
from desk.local.kept import keep
from desk.named import NamedTuple

_WORDS = 2
_SLACK = 1000
"""Lines that are out of date before the file is written anew."""


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


def remember(place: Place, handle: str, seen: Seen, counts: Mapping[str, int]) -> None:
    """Add what somebody has seen now, to what was there. Raises OSError."""
    if seen.lines > _SLACK + 2 * len(seen.counts):
        _write(place, handle, seen._replace(counts={**seen.counts, **counts}))
        return
    with open(_path(place, handle), "a", encoding="utf-8") as file:
        file.write(_lines(counts))


def _write(place: Place, handle: str, seen: Seen) -> None:
    keep(_path(place, handle), (f"since {seen.since}" + _lines(seen.counts)).encode())


def _lines(counts: Mapping[str, int]) -> str:
    """Each begins with the line break, so that one that was cut off doesn't spoil the next."""
    return "".join(f"\n{ticket} {count}" for ticket, count in counts.items())
