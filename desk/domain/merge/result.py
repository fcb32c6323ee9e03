"""What a merge has come to so far: a file under each key, the decisions, and both sides to ask what they had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from desk.domain.merge.merging import Clash
from desk.domain.merge.side import WHOLE, Decision, Leaf, Renamed, Side, TimeStamp, Tree, key_of, shown
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.record import Record

R = TypeVar("R", bound=Record)


class Result:
    """The desk that two sides come to, as far as they differ. Both sides are treated alike, in whatever order they stand."""

    def __init__(self, base: Tree, sides: tuple[Side, Side]) -> None:
        self.base = base
        self.sides = sides
        self.leaves: dict[str, Leaf | None] = {}
        self.decisions: list[Decision] = []
        self.renamed: list[Renamed] = []
        self.unread: list[str] = []
        """Paths whose record neither side has in a state that can be read."""

    # -- asking ------------------------------------------------------------------------------------------------------

    def record(self, key: str) -> Record | None:
        leaf = self.leaves.get(key)
        return leaf.record if leaf else None

    def of(self, cls: type[R], key: str) -> R | None:
        """The record under a key, if it is of this kind."""
        found = self.record(key)
        return found if isinstance(found, cls) else None

    def each(self, cls: type[R]) -> Iterator[tuple[str, R]]:
        """All records of a kind that there are, by key."""
        for key in sorted(self.leaves):
            record = self.of(cls, key)
            if record is not None:
                yield key, record

    def gone(self, key: str) -> bool:
        """Whether a side has deleted it, and it stays deleted. What neither side has touched isn't gone."""
        return key in self.leaves and self.leaves[key] is None

    def on_either(self, key: str) -> Iterator[Record]:
        """The record as each side has it, where it does."""
        yield from (record for side in self.sides if (record := side.record(key)) is not None)

    def last(self, key: str, *fields: str) -> TimeStamp:
        """When either side last changed these fields, or the file where none are named."""
        base = self.base.get(key)
        was = base.record.values if base and base.record else {}
        own = [s for s in self.sides if (r := s.record(key)) and any(r.values.get(n) != was.get(n) for n in fields)]
        return max(side.stamp(key, *fields) for side in own or self.sides)

    # -- changing ----------------------------------------------------------------------------------------------------

    def put(self, record: Record) -> None:
        """A record in the place of what was there."""
        self.leaves[key_of(record.path)] = Leaf(record.path, "", record=record)

    def restore(self, key: str) -> bool:
        """What one side has deleted and something else needs: as the other side has it, else as both knew it."""
        for tree in (*(side.tree for side in self.sides), self.base):
            if key in tree:
                self.leaves[key] = tree[key]
                return True
        return False

    def decide(self, record: Record, field: str, clash: Clash, stamps: tuple[TimeStamp, TimeStamp]) -> None:
        """Tell what was kept and lost of a record; the stamps are of what was kept, and of what was lost."""
        told = shown(clash.kept), stamps[0].by, shown(clash.lost), stamps[1].by
        self.decisions.append(Decision(record.kind, record.id, field, *told))

    def restored(self, key: str) -> None:
        """Bring a record back that something still needs, and tell."""
        if self.restore(key) and (record := self.record(key)) is not None:
            deleted = next((side for side in self.sides if key not in side.tree), self.sides[0])
            self.decide(record, "deletion", Clash("", "kept", "deleted"), (self.last(key, WHOLE), deleted.stamp(key)))


def record_key(cls: type[Record], record_id: str) -> str:
    """The key of a record, from its id."""
    return f"article:{record_id}" if cls.kind == "article" else cls.path_of(record_id)


def name_of(path: str) -> tuple[str, str]:
    """Kind and id of what lies at a path; a file that is no record has its path for an id."""
    cls = kind_at(path)
    return (cls.kind, id_at(path)) if cls is not None else ("file", path)
