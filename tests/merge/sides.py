"""Sides of a merge made from records, for tests: oids from contents, stamps as asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desk.codec import records
from desk.codec.toml import with_settings
from desk.domain.merge.side import Leaf, Side, TimeStamp, Tree, key_of
from desk.domain.merge.tree import Circumstances, Merged, merge
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket

AROUND = Circumstances(with_settings, lambda _id: False)
DAY = datetime(2026, 7, 23, 6, tzinfo=UTC)


def oid(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def at(minute: int) -> datetime:
    return datetime.fromtimestamp(DAY.timestamp() + 60 * minute, UTC)


def ticket(number: int = 1, *, body: str = "", thread: tuple[Entry, ...] = (), **values: Any) -> Ticket:
    given = {
        "title": "T",
        "state": "open",
        "priority": "low",
        "department": "technical",
        "created": "2026-07-23T06:00:00Z",
    }
    made = Ticket.new(id=f"260723-{number:04}", body=body, **{**given, "author": "maria", **values})
    return made.evolve(thread=thread)


def note(text: str, minute: int, by: str = "maria", kind: str = "note", **meta: Any) -> Entry:
    return Entry(kind, by, at(minute), text, meta)


def tree(*things: Record | tuple[str, bytes]) -> Tree:
    found = {}
    for thing in things:
        if isinstance(thing, tuple):
            found[key_of(thing[0])] = Leaf(thing[0], oid(thing[1]), data=thing[1])
        else:
            found[key_of(thing.path)] = Leaf(thing.path, oid(records.encode(thing)), record=thing)
    return found


def side(found: Tree, minute: int, by: str, base: Tree, heirs: Mapping[str, str] | None = None) -> Side:
    """A side that changed whatever differs from the base in one commit."""
    keys = {k for k in {*found, *base} if found.get(k) != base.get(k)}
    stamp = TimeStamp(int(at(minute).timestamp()), oid(f"{minute} {by}".encode()), by)
    return Side(found, {(key, ""): stamp for key in keys}, heirs or {})


class Desk:
    """The department and people that every tree has."""

    COMMON: tuple[Record, ...] = (
        KINDS["department"].new(id="technical", name="Technical", default=True),
        KINDS["department"].new(id="legal", name="Legal"),
        KINDS["staff"].new(
            id="maria", name="Maria", email="maria@x.example", level=3, departments=["technical", "legal"]
        ),
        KINDS["staff"].new(
            id="petros", name="Petros", email="petros@x.example", level=1, departments=["technical", "legal"]
        ),
    )


def common(*things: Record | tuple[str, bytes], without: tuple[str, ...] = ()) -> Tree:
    """A tree of the common records, and others in their place or beside them."""
    own = {t.path for t in things if isinstance(t, Record)}
    kept = [r for r in Desk.COMMON if r.path not in own and r.id not in without]
    return tree(*kept, *things)


def met(base: Tree, ours: Side, theirs: Side) -> Merged:
    """What both sides come to; the same in both directions."""
    found, other = merge(base, ours, theirs, AROUND), merge(base, theirs, ours, AROUND)
    assert text(found) == text(other)
    assert found.decisions == other.decisions
    assert set(found.renamed) == set(other.renamed)
    return found


def text(found: Merged) -> dict[str, tuple[str, bytes | str] | None]:
    """The files that come out, as content or the names of blobs."""
    return {path: None if leaf is None else (leaf.mode, content(leaf)) for path, leaf in found.files.items()}


def content(leaf: Leaf) -> bytes | str:
    if leaf.oid:
        return leaf.oid
    return oid(records.encode(leaf.record)) if leaf.record is not None else oid(leaf.data or b"")


def record(found: Merged, path: str) -> Any:
    leaf = found.files[path]
    assert leaf is not None
    assert leaf.record is not None
    return leaf.record


def meet(
    base: Record | None, ours: Record, theirs: Record, *, minutes: tuple[int, int] = (1, 2)
) -> tuple[Any, list[str]]:
    """One record that both sides changed, ours first; what comes of it, and the decisions as `field kept lost`."""
    start = common(*([base] if base else []))
    one = side(common(ours), minutes[0], "maria", start)
    two = side(common(theirs), minutes[1], "petros", start)
    found = met(start, one, two)
    told = [f"{d.field}: {d.kept} ({d.by}), not {d.lost} ({d.lost_by})" for d in found.decisions]
    return record(found, ours.path), told
