"""The records around a change, as the rules ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from desk.config import Config
from desk.domain.model.article import Topic
from desk.domain.model.kinds import KINDS, id_at, kind_at
from desk.domain.model.organisation import CustomField
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.git.place import Place
from desk.index.index import Index
from desk.queries.knowledge import private_topics

Row = Mapping[str, Any]


class Known(Protocol):
    """What a rule asks of the desk that a record stands in."""

    @property
    def config(self) -> Config | None: ...
    def ids(self, kind: str) -> set[str]: ...
    def ever(self, kind: str) -> set[str]: ...
    def custom_fields(self) -> Mapping[str, CustomField]: ...
    def serves(self, handle: str) -> tuple[str, ...]: ...
    def unread(self, path: str) -> bool: ...


class World:
    """What a record may refer to: the ids there are, who serves which department, the lists in desk.toml.

    `config` is None when desk.toml can't be read; values are not checked then.
    """

    def __init__(self, index: Index, config: Config | None) -> None:
        self.index = index
        self.config = config
        self._ids: dict[str, set[str]] = {}
        self._ever: dict[str, set[str]] = {}
        self._fields: dict[str, CustomField] | None = None
        self._served: dict[str, tuple[str, ...]] | None = None
        self._over: list[tuple[Record | None, Record | None]] = []
        self.place: Place | None = None
        self.files: set[str] | None = None
        """The files of the knowledge base as they will be; None when no hand edit touches it."""
        self.touched: frozenset[str] = frozenset()
        """Paths of the hand edits."""

    def lay(self, before: Record | None, after: Record | None) -> None:
        """Lay a change that is not committed yet over the commit. Before the first question."""
        self._over.append((before, after))

    def ids(self, kind: str) -> set[str]:
        """Ids of the records of a kind; one that can't be read exists all the same."""
        if kind not in self._ids:
            found = {str(r[0]) for r in self.index.db.execute(f"SELECT id FROM {KINDS[kind].plural}")}
            found |= {id_at(path) for path, _, _ in self.index.broken() if kind_at(path) is KINDS[kind]}
            for before, after in self._over:
                if before is not None and before.kind == kind and after is None:
                    found.discard(before.id)
                elif after is not None and after.kind == kind:
                    found.add(after.id)
            self._ids[kind] = found
        return self._ids[kind]

    def ever(self, kind: str) -> set[str]:
        """Ids of people who are, or were, there: closed tickets keep the names of those who left (rule 5)."""
        if kind not in self._ever:
            rows = self.index.db.execute("SELECT DISTINCT id FROM events WHERE kind = ?", (kind,))
            self._ever[kind] = self.ids(kind) | {str(r[0]) for r in rows}
        return self._ever[kind]

    def custom_fields(self) -> Mapping[str, CustomField]:
        """The declarations of custom fields."""
        if self._fields is None:
            rows = self.index.rows("field")
            known = [CustomField.new(**{k: v for k, v in row.items() if v not in (None, [], False)}) for row in rows]
            self._fields = {field.id: field for field in known}
            for before, after in self._over:
                if isinstance(before, CustomField):
                    self._fields.pop(before.id, None)
                if isinstance(after, CustomField):
                    self._fields[after.id] = after
        return self._fields

    def serves(self, handle: str) -> tuple[str, ...]:
        """The departments of a staff member."""
        if self._served is None:
            self._served = {str(r["id"]): tuple(r["departments"]) for r in self.index.rows("staff")}
            for _, after in self._over:
                if isinstance(after, Staff):
                    self._served[after.id] = after.departments
        return self._served.get(handle, ())

    def private_topics(self) -> set[str]:
        """Topics for staff only, as they will be."""
        found = private_topics(self.index)
        for before, after in self._over:
            for topic in (before, after):
                if isinstance(topic, Topic):
                    found.discard(topic.id)
            if isinstance(after, Topic) and after.private:
                found.add(after.id)
        return found

    def unread(self, path: str) -> bool:
        """Whether the record at a path can't be read."""
        return bool(self.index.broken(path))
