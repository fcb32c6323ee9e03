"""Two threads that grew apart: every entry of both, in order, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from desk.domain.merge.merging import Clash, MetValue, meet, take_later
from desk.domain.model.record import Entry
from desk.named import NamedTuple

Thread = Sequence[Entry]


class _Fresh(NamedTuple):
    """An entry that the other side may not know, and how many entries of the base stand before it where it was written."""

    after: int
    entry: Entry


def meet_threads(base: Thread, earlier: Thread, later: Thread) -> MetValue:
    """A union by entry: new ones of both sides by their times, edits and withdrawals of those that both knew.

    An entry that one side took back and the other edited stays. The clashes are entries that both edited.
    """
    one, two = _paired(base, earlier), _paired(base, later)
    kept: dict[int, Entry] = {}
    clashes: list[Clash] = []
    for place, entry in enumerate(base):
        here, there = one[0].get(place), two[0].get(place)
        if here is None or there is None:
            left = here or there
            if left is not None and left != entry:
                kept[place] = left
            continue
        found = meet(entry, here, there, take_later)
        clashes += [c._replace(part=f"{entry.kind} {place + 1}") for c in found.clashes]
        kept[place] = found.value
    return MetValue(tuple(_woven(base, kept, _joined(one[1], two[1]))), tuple(clashes))


def gone_in(base: Thread, side: Thread) -> list[Entry]:
    """Entries of the base that a side has taken back."""
    paired = _paired(base, side)[0]
    return [entry for place, entry in enumerate(base) if place not in paired]


def fresh_in(base: Thread, side: Thread) -> list[Entry]:
    """Entries that a side has beyond those of the base."""
    return [fresh.entry for fresh in _paired(base, side)[1]]


def _paired(base: Thread, side: Thread) -> tuple[dict[int, Entry], list[_Fresh]]:
    """The entries of the base by their place there, as the side has them now, and those that are new."""
    places = _places(base, side)
    found: dict[int, Entry] = {}
    fresh: list[_Fresh] = []
    after = 0
    for entry, place in zip(side, places, strict=True):
        if place is None:
            fresh.append(_Fresh(after, entry))
        else:
            found[place] = entry
            after = max(after, place + 1)
    return found, fresh


def _places(base: Thread, side: Thread) -> list[int | None]:
    """Where each entry of a side stands in the base: first those that are as they were, then edited ones."""
    found: list[int | None] = [None] * len(side)
    free = list(range(len(base)))
    for alike in (_equal, _edited):
        for number, entry in enumerate(side):
            if found[number] is None:
                place = next((p for p in free if alike(base[p], entry)), None)
                if place is not None:
                    found[number] = place
                    free.remove(place)
    return found


def _equal(one: Entry, two: Entry) -> bool:
    return one == two


def _edited(one: Entry, two: Entry) -> bool:
    """Whether it is one entry with another text: who wrote it, and when, never changes."""
    return (one.kind, one.by, one.at) == (two.kind, two.by, two.at)


def _message_id(entry: Entry) -> object:
    return entry.meta.get("message-id")


def _joined(one: Iterable[_Fresh], two: Iterable[_Fresh]) -> list[_Fresh]:
    """New entries of both sides; the same one, or the same mail fetched twice, comes once."""
    found = list(one)
    others = list(one)
    for fresh in two:
        twin = next((o for o in others if _twins(o.entry, fresh.entry)), None)
        if twin is None:
            found.append(fresh)
        else:
            others.remove(twin)
            found[found.index(twin)] = min(twin, fresh, key=_order)
    return found


def _twins(one: Entry, two: Entry) -> bool:
    return one == two or (
        one.kind == two.kind and _message_id(one) is not None and _message_id(one) == _message_id(two)
    )


def _order(fresh: _Fresh) -> tuple[object, ...]:
    entry = fresh.entry
    return entry.at, entry.kind, entry.by, entry.text, repr(sorted(entry.meta.items())), fresh.after


def _woven(base: Thread, kept: dict[int, Entry], fresh: Iterable[_Fresh]) -> Iterable[Entry]:
    """New entries by their times among the old ones, yet never before one that stood there when they were written."""
    places: dict[int, list[_Fresh]] = {}
    for one in sorted(fresh, key=_order):
        older = [n + 1 for n, entry in enumerate(base) if entry.at <= one.entry.at]
        places.setdefault(max([one.after, *older]), []).append(one)
    for place in range(len(base) + 1):
        yield from (one.entry for one in places.get(place, ()))
        if place in kept:
            yield kept[place]
