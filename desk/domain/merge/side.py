"""A side of a merge as a value: its files, when it last changed what, and where the tickets of a department went."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from desk.domain.model.article import Article
from desk.domain.model.kinds import id_at, kind_at
from desk.domain.model.record import Record
from desk.named import NamedTuple

VERSION = 1
"""Of the rules in this room: a merge commit names it, so that it can be worked out again by the same ones."""
WHOLE = ""
"""Stands for a whole file where a field is asked for."""


class TimeStamp(NamedTuple):
    """The commit that brought a value in: its author's time (epoch seconds), its name, and who made it."""

    at: int
    commit: str
    by: str


NEVER = TimeStamp(0, "", "")


class Leaf(NamedTuple):
    """A file. `oid` is its blob's name, empty where the merge has made it.

    `record` is what stands in it, None for a file that is none or can't be read; `data` its bytes, where they matter.
    """

    path: str
    oid: str
    mode: str = "100644"
    record: Record | None = None
    data: bytes | None = None

    @property
    def mark(self) -> str:
        """The same for two files that say the same."""
        if self.oid:
            return self.oid
        one = self.record
        return repr((sorted(one.values.items()), sorted(one.extra.items()), one.body, one.thread) if one else self.data)


Tree = Mapping[str, Leaf]
"""Files by key: all that differ between the three trees, and every department and staff member, changed or not."""


class Renamed(NamedTuple):
    """A record that goes on under another id, since the other side's has the same."""

    kind: str
    old: str
    new: str


class Side(NamedTuple):
    """What one clone brings.

    `stamps` are by key and field; `heirs` say who took over the tickets of a deleted department, `renamed` what merges on
    this side have given another id, which the other side may still know by the old one.
    """

    tree: Tree
    stamps: Mapping[tuple[str, str], TimeStamp] = MappingProxyType({})
    heirs: Mapping[str, str] = MappingProxyType({})
    renamed: tuple[Renamed, ...] = ()

    def stamp(self, key: str, *fields: str) -> TimeStamp:
        """When any of these fields was last changed here; where that isn't known, when the file was."""
        found = [self.stamps[key, name] for name in fields if (key, name) in self.stamps]
        return max(found) if found else self.stamps.get((key, WHOLE), NEVER)

    def record(self, key: str) -> Record | None:
        """The record under a key, if it is there and can be read."""
        leaf = self.tree.get(key)
        return leaf.record if leaf else None


def key_of(path: str) -> str:
    """What a file is known by: its path, but an article's name, which stays when it moves to another topic."""
    return f"article:{id_at(path)}" if kind_at(path) is Article else path


def same(one: Leaf | None, two: Leaf | None) -> bool:
    """Whether two files say the same in the same place; the layout of a record doesn't count."""
    if one is None or two is None:
        return one is two
    if one.path != two.path or one.mode != two.mode:
        return False
    if one.record is not None and two.record is not None:
        return one.record == two.record
    return one.mark == two.mark


class Decision(NamedTuple):
    """Where both sides wanted something else: what was kept and what was lost, each with who had wanted it."""

    kind: str
    id: str
    field: str
    kept: str
    by: str
    lost: str
    lost_by: str


_SHOWN = 80


def shown(value: Any) -> str:
    """A value as a decision tells it, in one line; a long text by its beginning."""
    if value is None or value in ("", ()):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={shown(inner)}" for key, inner in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(shown, value))
    text = " ".join(str(value.isoformat() if hasattr(value, "isoformat") else value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
