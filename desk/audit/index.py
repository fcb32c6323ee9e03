"""The desk at a commit of the past, asked of the index and not loaded: what is new is paid for, and not how large it is.

The index stands for one commit. What differs between that and the commit asked for is laid over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, cast

from desk.audit.world import Key, PastWorld
from desk.config import FILE
from desk.domain.model.article import Article
from desk.domain.model.kinds import KINDS, id_at, kind_at
from desk.domain.model.person import User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from desk.git import log
from desk.git.diff import Delta
from desk.git.objects import Blobs
from desk.git.place import Place
from desk.index.index import Index
from desk.queries import people, records

_PLAIN = "100644"
_MANY = (Ticket.kind, User.kind)
"""Of these there are too many for every answer of the index to be remembered."""


class IndexedWorld(PastWorld):
    """As `PastWorld`; only what is not as an index has it is kept here. It begins at the commit that the index stands for."""

    def __init__(self, place: Place, blobs: Blobs, index: Index) -> None:
        super().__init__(place, blobs)
        self.index = index
        self.commit = self.begun = index.commit
        """Where the commits begin that are looked at: of what went before, git is asked. `_refs` counts from there on."""
        self.config = self._settings(f"{index.commit}:{FILE}")
        self._paths_over: set[str] = set()
        self._asked: dict[Key, list[tuple[str, str]]] = {}
        self.touched: set[Key] = set()
        """Records that are not as the index has them."""

    def begin(self, commit: str, deltas: Iterable[Delta]) -> None:
        """Go back to a commit before that of the index; these differ there. What came later has not gone."""
        self.move(commit, deltas)
        self._gone.clear()
        self.begun = commit

    def _move(self, delta: Delta, key: Key) -> None:
        if delta.oid and delta.path not in self._paths_over:
            self._files[delta.path] = (delta.mode, delta.oid)
            self._paths[key] = delta.path
            self._ids[key[0]].add(key[1])
        self._paths_over.add(delta.path)
        self.touched.add(key)
        super()._move(delta, key)

    # -- reading -----------------------------------------------------------------------------------------------------

    def find(self, kind: str, record_id: str) -> Record | None:
        if (kind, record_id) in self._paths:
            return super().find(kind, record_id)
        found = self._place_of(kind, record_id)
        record = self.read(found[0], _PLAIN, found[1]) if found else None
        return None if isinstance(record, Broken) else record

    def holds(self, path: str) -> bool:
        if path in self._paths_over:
            return super().holds(path)
        cls = kind_at(path)
        return cls is not None and any(one[0] == path for one in records.places_of(self.index, cls.kind, id_at(path)))

    def unread(self, path: str) -> bool:
        return super().unread(path) if path in self._paths_over else path in self._broken

    @cached_property
    def _broken(self) -> set[str]:
        return {path for path, _line, _problem in self.index.broken()}

    def ids(self, kind: str) -> set[str]:
        return cast("set[str]", _Ids(self, kind))

    def ever(self, kind: str) -> set[str]:
        return cast("set[str]", _Ever(self, kind))

    def was_there(self, kind: str, record_id: str) -> bool:
        return not self.has(kind, record_id) and self.gone_as(kind, record_id) is not None

    def gone_as(self, kind: str, record_id: str) -> str | None:
        """Of what went before the commits that are looked at git is asked, where the index says that it ever was."""
        gone = super().gone_as(kind, record_id)
        if gone or self.has(kind, record_id) or not self._was(kind, record_id):
            return gone
        if kind == Article.kind:
            return log.last_of(self.place, self.parents, f"{Article.folder}/*/{record_id}.md", anywhere=True)
        return log.last_of(self.place, self.parents, KINDS[kind].path_of(record_id))

    def _was(self, kind: str, record_id: str) -> bool:
        return records.was(self.index, kind, record_id, None if self.begun == self.index.commit else self.begun)

    def all(self, kind: str) -> Iterator[Record]:
        return (r for i in sorted(self.ids(kind)) if (r := self.find(kind, i)) is not None)

    def has(self, kind: str, record_id: str) -> bool:
        """Whether there is such a record."""
        return (kind, record_id) in self._paths or self._place_of(kind, record_id) is not None

    def _place_of(self, kind: str, record_id: str) -> tuple[str, str] | None:
        """Where the index has a record, if that is still so."""
        found = self._asked.get((kind, record_id))
        if found is None:
            found = records.places_of(self.index, kind, record_id)
            if kind not in _MANY:
                self._asked[kind, record_id] = found
        return next((one for one in found if one[0] not in self._paths_over), None)

    def listed(self, kind: str) -> set[str]:
        """All ids of a kind: read whole, for kinds of which there are few."""
        base = {i for i in records.ids(self.index, kind) if (kind, i) not in self.touched}
        return base | self._ids[kind]

    def gone(self, kind: str, record_id: str) -> bool:
        """Whether it went in one of the commits of the push."""
        return (kind, record_id) in self._gone

    # -- who refers to what ------------------------------------------------------------------------------------------

    def referring(self, kind: str, record_id: str) -> tuple[int, tuple[str, ...]]:
        return self._refs[kind, record_id] + sum(1 for _ in records.referring(self.index, kind, record_id)), ()

    def requesters_with(self, address: str) -> list[str]:
        known = {i for _, i in people.with_address(self.index, address, (User.kind,))}
        return sorted({i for i in known if (User.kind, i) not in self.touched} | set(super().requesters_with(address)))

    def users_tickets(self, department: str) -> int:
        return self._refs["users-ticket", department] + people.users_tickets(self.index, department)


class _Ids(AbstractSet[str]):
    """Ids of a kind as a set that asks for one at a time."""

    def __init__(self, world: IndexedWorld, kind: str) -> None:
        self.world = world
        self.kind = kind

    @classmethod
    def _from_iterable(cls, it: Any) -> Any:
        return set(it)

    def __contains__(self, record_id: object) -> bool:
        return self.world.has(self.kind, str(record_id))

    def __iter__(self) -> Iterator[str]:
        return iter(self.world.listed(self.kind))

    def __len__(self) -> int:
        return len(self.world.listed(self.kind))


class _Ever(_Ids):
    """Ids that a kind has, or had."""

    def __contains__(self, record_id: object) -> bool:
        one = str(record_id)
        return (
            self.world.has(self.kind, one)
            or self.world.gone(self.kind, one)
            or records.was(self.world.index, self.kind, one)
        )

    def add(self, _record_id: str) -> None:
        """What goes is remembered as gone."""
