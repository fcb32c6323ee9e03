"""What commits say, read back from git alone: the change that one was made of, and who could be told of it then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from desk.codec import places
from desk.domain.changes import discretion
from desk.domain.changes import message as messages
from desk.domain.changes.message import Happened
from desk.domain.changes.notices import Audience, Person, find_concerned
from desk.domain.merge import telling
from desk.domain.model import plain
from desk.domain.model.actor import DESK, Actor, Desk, Importer
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.kinds import kind_at
from desk.domain.model.organisation import Department
from desk.domain.model.person import USER_PREFIX, Ban, Staff, User, requester
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from desk.git import diff, objects
from desk.queries.audience import person
from desk.text import _

_R = TypeVar("_R", bound=Record)
_MOST = 2000
"""Records that are remembered."""


class Past:
    """The desk as any commit has it. What one commit has in common with the one asked for before is read once.

    `warn` takes what can't be read: it is left out, and the rest is told.
    """

    def __init__(self, blobs: objects.Blobs, warn: Callable[[str], None]) -> None:
        self.blobs = blobs
        self.warn = warn
        self._folders: dict[str, tuple[bytes, list[Any]]] = {}
        self._staff: tuple[list[Staff], dict[str, Person]] = [], {}
        self._fetched: dict[str, bytes | None] = {}
        self._known: dict[tuple[str, bytes], Record] = {}

    def change(self, commit: str, raw: bytes | None = None) -> Change | None:
        """The change that a commit of desk's own made; None for one that desk didn't make, or imported.

        `raw` is the commit, for whoever has it. It has the edits of tickets alone, and none where the action was about
        something else (`notices.tickets_of`).
        """
        self._fetched = {}
        header, text = objects.parse_commit(raw or self.blobs.get(commit) or b"")
        told = messages.parse(text)
        if told.verb is None or told.actor is None or messages.importer(text) is not None:
            return None
        happened: dict[str, list[Happened]] = {}
        # What clones decided where they met is in order of kinds, and about each.
        if told.events and (told.verb == telling.VERB or told.events[0].kind == Ticket.kind):
            for one in told.events:
                if one.kind == Ticket.kind:
                    happened.setdefault(one.id, []).append(one)
        parents = header.parents[:1]
        paths = (*map(Ticket.path_of, happened), *([_path_of(told.actor)] if told.actor != DESK else []))
        self._fetch(f"{oid}:{path}" for oid in (*parents, commit) for path in paths)
        edits = []
        for ticket, events in happened.items():
            old = self._record(parents[0], Ticket, ticket) if parents else None
            new = self._record(commit, Ticket, ticket)
            if old is not None or new is not None:
                full = (discretion.filled(event, old, new) for event in events)
                edits.append(Edit(old, new, tuple(Event(e.verb, e.before, e.after) for e in full)))
        by = self._actor(told.actor, (*parents, commit), header)
        at = datetime.fromtimestamp(header.at, UTC)
        return Change(told.verb, by, at, tuple(edits), told.reason, mail=messages.received(text))

    def audience(self, commit: str, change: Change) -> Audience:
        """As `queries.audience`, of the people and departments as a commit has them."""
        users = sorted(i for i in find_concerned(change) if i.startswith(USER_PREFIX))
        paths = (*(cls.folder for cls in (Staff, Department, Ban)), *map(User.path_of, users))
        self._fetch(f"{commit}:{path}" for path in paths)
        people = dict(self._serving(commit))
        for user_id in users:
            user = self._record(commit, User, user_id)
            if user is not None:
                people[user_id] = person(User.kind, plain.head(user), ())._replace(
                    barred=user.disabled or self._is_banned(commit, user), organisation=user.organisation or ""
                )
        departments = self._folder(commit, Department)
        return Audience(people, {d.id: d.name for d in departments}, frozenset(d.id for d in departments if d.private))

    def _serving(self, commit: str) -> Mapping[str, Person]:
        staff = self._folder(commit, Staff)
        if staff is not self._staff[0]:
            ordered = sorted(staff, key=lambda one: one.id)
            self._staff = staff, {one.id: person(Staff.kind, plain.head(one), one.departments) for one in ordered}
        return self._staff[1]

    def _is_banned(self, commit: str, user: User) -> bool:
        address = (user.email or "").strip().lower()
        return bool(address) and address in {ban.email.lower() for ban in self._folder(commit, Ban)}

    def _actor(self, actor: str, commits: tuple[str, ...], header: objects.CommitHeader) -> Actor:
        """Who acted, as the first of these commits that has them knows them; else by the commit's own words."""
        if actor == DESK:
            return Desk(header.author, header.email)
        for commit in commits:
            if actor.startswith(USER_PREFIX):
                if (user := self._record(commit, User, actor)) is not None:
                    return requester(user)
            elif (staff := self._record(commit, Staff, actor)) is not None:
                return staff
        return Importer(actor, header.author, header.email)

    # -- records -----------------------------------------------------------------------------------------------------

    def _fetch(self, names: Iterable[str]) -> None:
        """Ask git for several at once: each question of its own is two switches between processes."""
        wanted = [name for name in names if name not in self._fetched]
        self._fetched.update(zip(wanted, self.blobs.each(wanted), strict=True))

    def _content(self, name: str) -> bytes | None:
        return self._fetched[name] if name in self._fetched else self.blobs.get(name)

    def _record(self, commit: str, cls: type[_R], record_id: str) -> _R | None:
        path = cls.path_of(record_id)
        data = self._content(f"{commit}:{path}")
        return None if data is None else self._decoded(commit, cls, path, "", data)

    def _folder(self, commit: str, cls: type[_R]) -> list[_R]:
        """All records of a kind that lie in one folder."""
        tree = self._content(f"{commit}:{cls.folder}") or b""
        known = self._folders.get(cls.folder)
        if known is None or known[0] != tree:
            known = self._folders[cls.folder] = tree, list(self._read(commit, cls, tree))
        return known[1]

    def _read(self, commit: str, cls: type[_R], tree: bytes) -> Iterator[_R]:
        entries = [
            (mode, f"{cls.folder}/{name.decode(errors=diff.NAMES)}", oid)
            for mode, name, oid in objects.parse_tree(tree, commit)
        ]
        kept = [one for one in entries if kind_at(one[1]) is cls]
        for (mode, path, _oid), data in zip(kept, self.blobs.each([one[2] for one in kept]), strict=True):
            record = self._decoded(commit, cls, path, mode, data or b"")
            if record is not None:
                yield record

    def _decode(self, path: str, mode: str, data: bytes) -> Record:
        """A record, from the last time where the same was read then: what one commit wrote, the next one changes."""
        found = self._known.get((path, data))
        if found is None:
            found = places.decode_at(path, mode, data)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[path, data] = found
        return found

    def _decoded(self, commit: str, cls: type[_R], path: str, mode: str, data: bytes) -> _R | None:
        try:
            record = self._decode(path, mode, data)
        except Broken as error:
            self.warn(
                _(
                    "commit {commit} has a record that can't be read, and who it concerns may not be told of it: {problem}",
                    commit=commit[:10],
                    problem=error.message,
                )
            )
            return None
        return record if isinstance(record, cls) else None


def _path_of(actor: str) -> str:
    """The file of whoever acted."""
    return User.path_of(actor) if actor.startswith(USER_PREFIX) else Staff.path_of(actor)
