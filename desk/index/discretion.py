"""Events that messages tell, with what those left out: titles, and the beginnings of texts, from the records."""

from __future__ import annotations

from collections.abc import Iterable

from desk.domain.changes import discretion
from desk.domain.changes.message import Happened
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.record import Record
from desk.git.diff import read_touched
from desk.git.objects import Blobs
from desk.index import derive

Pairs = dict[tuple[str, str], tuple[Record | None, Record | None]]
"""Records before and after, by kind and id."""


def fill(blobs: Blobs, told: dict[str, tuple[Happened, ...]]) -> dict[str, tuple[Happened, ...]]:
    """Events that messages tell, by commit, filled."""
    wanted = [oid for oid, events in told.items() if any(map(discretion.lacks, events))]
    pairs: dict[str, Pairs] = {oid: {} for oid in wanted}
    for one in read_touched(blobs.place, wanted) if wanted else ():
        if (cls := kind_at(one.path)) is not None:
            _add(pairs[one.commit], (cls.kind, id_at(one.path)), derive.read_both(blobs, one))
    return {**told, **{oid: filled(told[oid], pairs[oid]) for oid in wanted}}


def _add(pairs: Pairs, key: tuple[str, str], found: tuple[Record | None, Record | None]) -> None:
    """An article that went to another topic is one file gone, and one of the same name elsewhere."""
    old, new = pairs.get(key, (None, None))
    pairs[key] = found[0] or old, found[1] or new


def filled(events: Iterable[Happened], pairs: Pairs) -> tuple[Happened, ...]:
    """Events of one commit with what its message left out."""
    return tuple(discretion.filled(e, *pairs.get((e.kind, e.id), (None, None))) for e in events)
