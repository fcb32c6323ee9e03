"""The records around a change, as the rules ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

from desk.config import Config
from desk.domain.model.article import Topic
from desk.domain.model.kinds import KINDS, id_at, kind_at, references
from desk.domain.model.organisation import CustomField, Department, Machine
from desk.domain.model.person import Staff, User, address_of
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.git.place import Place
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import people, records
from desk.queries.knowledge import private_topics

Row = Mapping[str, Any]
R = TypeVar("R", bound=Record)


class Known(Protocol):
    """What a rule asks of the desk that a record stands in."""

    @property
    def config(self) -> Config | None: ...
    def ids(self, kind: str) -> set[str]: ...
    def ever(self, kind: str) -> set[str]: ...
    def custom_fields(self) -> Mapping[str, CustomField]: ...
    def serves(self, handle: str) -> tuple[str, ...]: ...
    def unread(self, path: str) -> bool: ...


BeforeAfter = tuple[Record | None, Record | None]
"""A record before and after a change; None where there is none."""


class Knowledge(NamedTuple):
    """The files of the knowledge base around hand edits of it: as they will be, and which of them are edited."""

    place: Place
    files: Collection[str]
    touched: frozenset[str]


class World:
    """What a record may refer to: the ids there are, who serves which department, the lists in desk.toml.

    It is the desk as the index has it, with a change laid over it that isn't committed yet. `config` is None when
    desk.toml can't be read; values are not checked then. `knowledge` is None when no hand edit touches an article.
    """

    def __init__(
        self, index: Index, config: Config | None, over: Iterable[BeforeAfter] = (), knowledge: Knowledge | None = None
    ) -> None:
        self.index = index
        self.config = config
        self.knowledge = knowledge
        self._over = tuple(over)
        self._ids: dict[str, set[str]] = {}
        self._ever: dict[str, set[str]] = {}
        self._fields: dict[str, CustomField] | None = None
        self._served: dict[str, tuple[str, ...]] | None = None

    def ids(self, kind: str) -> set[str]:
        """Ids of the records of a kind; one that can't be read exists all the same."""
        if kind not in self._ids:
            found = records.ids(self.index, kind)
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
            self._ever[kind] = self.ids(kind) | records.ever(self.index, kind)
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

    # -- the desk as a whole -----------------------------------------------------------------------------------------

    def staff(self) -> list[Staff]:
        """Everybody on the staff."""
        return self._staff

    def departments(self) -> list[Department]:
        """Every department."""
        return self._departments

    def machines(self) -> list[Machine]:
        """Every machine that pushes by itself."""
        return self._all(Machine)

    @cached_property
    def _staff(self) -> list[Staff]:
        return self._all(Staff)

    @cached_property
    def _departments(self) -> list[Department]:
        return self._all(Department)

    def users_tickets(self, department: str) -> int:
        """How many tickets of users a department holds."""
        count = people.users_tickets(self.index, department)
        for before, after in self._over:
            count += _is_users_in(after, department) - _is_users_in(before, department)
        return count

    def requesters_with(self, address: str) -> list[str]:
        """Ids of the requesters who have an address."""
        touched = {record.id for pair in self._over for record in pair if isinstance(record, User)}
        found = {i for _, i in people.with_address(self.index, address, (User.kind,))} - touched
        found |= {after.id for _, after in self._over if isinstance(after, User) and address_of(after) == address}
        return sorted(found)

    def referring(self, kind: str, record_id: str) -> tuple[int, Sequence[str]]:
        """How many records keep one from being deleted, and their paths."""
        touched = {record.path for pair in self._over for record in pair if record is not None}
        paths = [path for path in records.referring(self.index, kind, record_id) if path not in touched]
        paths += [a.path for _, a in self._over if a is not None and (kind, record_id) in references(a)]
        return len(paths), paths

    def _all(self, cls: type[R]) -> list[R]:
        rows = self.index.rows(cls.kind, tail="ORDER BY id")
        found = {str(row["id"]): cls({k: v for k, v in row.items() if v not in (None, [])}) for row in rows}
        for before, after in self._over:
            if isinstance(before, cls):
                found.pop(before.id, None)
            if isinstance(after, cls):
                found[after.id] = after
        return [found[record_id] for record_id in sorted(found)]


def _is_users_in(record: Record | None, department: str) -> bool:
    return isinstance(record, Ticket) and record.department == department and rights.is_users(record)
