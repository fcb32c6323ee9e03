"""The desk as a commit of the past had it, carried along from commit to commit: only what changes is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from desk import config as settings
from desk.checks.act import Act
from desk.codec import places
from desk.config import Config
from desk.domain.levels.policy import Policies
from desk.domain.model.kinds import KINDS, id_at, kind_at, references
from desk.domain.model.organisation import CustomField, Department, Machine
from desk.domain.model.person import Ban, Staff, User, address_of
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import users
from desk.domain.rights import rights
from desk.errors import Broken, ConfigError
from desk.git import log
from desk.git.diff import Delta
from desk.git.objects import Blobs
from desk.git.place import Place
from desk.store import levels
from desk.store.handedits import HandEdit

_KEPT = 20_000
"""Decoded records that are kept: of most tickets, all that happens does so within so many others."""

Key = tuple[str, str]
"""Kind and id."""


class PastWorld:
    """What the rules ask of the desk (`checks_rules.Known`, `checks_rights.Finder`), at `commit`; walked from the first."""

    def __init__(self, place: Place, blobs: Blobs) -> None:
        self.place = place
        self.blobs = blobs
        self.commit: str | None = None
        self.config: Config | None = None
        self.contents: dict[str, bytes] = {}
        """Files read ahead, by object name."""
        self.judged: dict[str, list[tuple[tuple[HandEdit, ...], Act]]] = {}
        """The commit that is looked at, as it is judged."""
        self.behind: dict[tuple[str, str], bool] = {}
        """Whether commits that it names are in its history: by what it calls them, and its parent."""
        self.changed: dict[str, set[str]] = {}
        """The paths that they changed."""
        self._files: dict[str, tuple[str, str]] = {}
        self._paths: dict[Key, str] = {}
        self._ids: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._ever: dict[str, set[str]] = {}
        self.parents: tuple[str, ...] = ()
        """The commits that the one looked at goes on from."""
        self._gone: dict[Key, str] = {}
        self._records: dict[tuple[str, str], Record | Broken] = {}
        self._staff: list[Staff] | None = None
        self._departments: list[Department] | None = None
        self._fields: Mapping[str, CustomField] | None = None
        self._refs: Counter[Key] = Counter()
        self.readable: dict[str, tuple[str, str]] = {}
        """Of records that can't be read any more, mode and object as they last could."""
        self._addresses: dict[str, set[str]] = {}
        """Requesters by address."""
        self._leveled: tuple[Config | None, Policies | None] = (None, None)

    # -- moving on ---------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Nothing is there, as before the first commit."""
        self.move(None, [Delta(path, mode, "", oid, "") for path, (mode, oid) in self._files.items()])

    def move(self, commit: str | None, deltas: Iterable[Delta]) -> None:
        """The desk after these changes."""
        for found in (self.judged, self.behind, self.changed):
            found.clear()
        for delta in deltas:
            cls = kind_at(delta.path)
            if delta.path == settings.FILE:
                self.config = self._settings(delta.new_oid)
            if cls is None:
                continue
            self._move(delta, (cls.kind, id_at(delta.path)))
        self.commit = commit

    def _move(self, delta: Delta, key: Key) -> None:
        old = self.read(delta.path, delta.mode, delta.oid) if delta.oid else None
        new = self.read(delta.path, delta.new_mode, delta.new_oid) if delta.new_oid else None
        self._count(old, new)
        if delta.oid and isinstance(new, Broken):
            if not isinstance(old, Broken):
                self.readable[delta.path] = (delta.mode, delta.oid)
        elif self.readable:
            self.readable.pop(delta.path, None)
        if delta.new_oid:
            self._files[delta.path] = (delta.new_mode, delta.new_oid)
            self._paths[key] = delta.path
            self._gone.pop(key, None)
            self._ids[key[0]].add(key[1])
            if key[0] in self._ever:
                self._ever[key[0]].add(key[1])
        elif self._files.pop(delta.path, None) and self._paths.get(key) == delta.path:
            del self._paths[key]
            self._ids[key[0]].discard(key[1])
            self.ever(key[0]).add(key[1])
            self._gone[key] = delta.path
        if key[0] == Staff.kind:
            self._staff = None
        elif key[0] == Department.kind:
            self._departments = None
        elif key[0] == CustomField.kind:
            self._fields = None

    def _settings(self, oid: str) -> Config | None:
        try:
            return settings.load(self.content(oid).decode()) if oid else None
        except (ConfigError, UnicodeDecodeError):
            return None

    # -- reading -----------------------------------------------------------------------------------------------------

    def content(self, oid: str) -> bytes:
        """A file's bytes by object name."""
        found = self.contents.get(oid)
        return found if found is not None else self.blobs.get(oid) or b""

    def read(self, path: str, mode: str, oid: str, content: bytes | None = None) -> Record | Broken:
        """The record in a file, or what is wrong with it; `content` where git may not have it."""
        key = (path, oid)
        found = self._records.get(key)
        if found is None:
            try:
                found = places.decode_at(path, mode, self.content(oid) if content is None else content)
            except Broken as error:
                found = error
            if len(self._records) >= _KEPT:
                for old in list(self._records)[: _KEPT // 4]:
                    del self._records[old]
            self._records[key] = found
        return found

    def find(self, kind: str, record_id: str) -> Record | None:
        """A record; None if it isn't there, or can't be read."""
        path = self._paths.get((kind, record_id))
        found = self.read(path, *self._files[path]) if path else None
        return None if isinstance(found, Broken) else found

    def holds(self, path: str) -> bool:
        """Whether there is a file at a record's path."""
        return path in self._files

    def unread(self, path: str) -> bool:
        """Whether the record at a path can't be read."""
        return path in self._files and isinstance(self.read(path, *self._files[path]), Broken)

    def ids(self, kind: str) -> set[str]:
        """Ids of the records of a kind."""
        return self._ids[kind]

    def ever(self, kind: str) -> set[str]:
        """Ids that a kind has, or had."""
        if kind not in self._ever:
            self._ever[kind] = set(self._ids[kind])
        return self._ever[kind]

    def was_there(self, kind: str, record_id: str) -> bool:
        """Whether an id was used by a record that is gone."""
        return record_id not in self._ids[kind] and self.gone_as(kind, record_id) is not None

    def gone_as(self, kind: str, record_id: str) -> str | None:
        """What a record that went was when it went, by object name.

        A walk goes from one line of history to another: git is asked whether it went before the commit that is looked at.
        """
        path = self._gone.get((kind, record_id))
        return log.last_of(self.place, self.parents, path) if path else None

    def versions(self, path: str) -> Iterator[Record]:
        """A record as it was in each commit up to the one that is looked at, as far as it can be read."""
        for mode, oid in log.versions(self.place, self.parents, path):
            if not isinstance(found := self.read(path, mode, oid), Broken):
                yield found

    def policies(self) -> Policies | None:
        """The service levels in force; None where none are, or they can't be read."""
        if self.config is not self._leveled[0]:
            self._leveled = self.config, self._read_policies()
        return self._leveled[1]

    def _read_policies(self) -> Policies | None:
        try:
            return None if self.config is None else levels.policies(self.place, self.config, b"")
        except ConfigError:
            return None

    def all(self, kind: str) -> Iterator[Record]:
        """Every record of a kind that can be read."""
        return (r for i in sorted(self._ids[kind]) if (r := self.find(kind, i)) is not None)

    def staff(self) -> list[Staff]:
        """Everybody on the staff."""
        if self._staff is None:
            self._staff = [s for s in self.all(Staff.kind) if isinstance(s, Staff)]
        return self._staff

    def departments(self) -> list[Department]:
        """Every department."""
        if self._departments is None:
            self._departments = [d for d in self.all(Department.kind) if isinstance(d, Department)]
        return self._departments

    def machines(self) -> list[Machine]:
        """Every machine that pushes by itself."""
        return [m for m in self.all(Machine.kind) if isinstance(m, Machine)]

    def serves(self, handle: str) -> tuple[str, ...]:
        """The departments of a staff member."""
        found = self.find(Staff.kind, handle)
        return found.departments if isinstance(found, Staff) else ()

    def is_barred(self, user: User) -> bool:
        """Whether a requester may do nothing (rule 7)."""
        return bool(user.disabled or (user.email and self.find(Ban.kind, users.ban_id(user.email)) is not None))

    def custom_fields(self) -> Mapping[str, CustomField]:
        """The declarations of custom fields."""
        if self._fields is None:
            self._fields = {f.id: f for f in self.all(CustomField.kind) if isinstance(f, CustomField)}
        return self._fields

    # -- who refers to what ------------------------------------------------------------------------------------------

    def referring(self, kind: str, record_id: str) -> tuple[int, tuple[str, ...]]:
        """How many records keep one from being deleted (rule 5); which they are isn't kept for so many commits."""
        return self._refs[kind, record_id], ()

    def requesters_with(self, address: str) -> list[str]:
        """Ids of the requesters who have an address."""
        return sorted(self._addresses.get(address, ()))

    def users_tickets(self, department: str) -> int:
        """How many tickets of users a department holds."""
        return self._refs["users-ticket", department]

    def _count(self, old: Record | Broken | None, new: Record | Broken | None) -> None:
        if isinstance(old, Record) and isinstance(new, Record) and old.values == new.values:
            return
        for record, by in ((old, -1), (new, 1)):
            if not isinstance(record, Record):
                continue
            for key in _references(record):
                self._refs[key] += by
            if isinstance(record, User) and (address := address_of(record)):
                having = self._addresses.setdefault(address, set())
                (having.add if by > 0 else having.discard)(record.id)


def _references(record: Record) -> Iterator[Key]:
    yield from references(record)
    if isinstance(record, Ticket) and rights.is_users(record):
        yield "users-ticket", record.department
