"""The desk as an action sees it: a snapshot with the changes that the action has already made laid over it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar, cast

from desk.actions.identifiers import normalise_id
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights, words
from desk.domain.tickets import ownership
from desk.errors import Refused
from desk.store.snapshot import Snapshot
from desk.text import _

R = TypeVar("R", bound=Record)


class Draft:
    """So an action that touches a record twice (`link A,B X`) sees the first touch when it makes the second."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index
        self.changes: list[Change] = []
        self._over: dict[tuple[str, str], Record | None] = {}

    def take(self, change: Change) -> None:
        """Lay a change over what is there."""
        self.changes.append(change)
        for edit in change.edits:
            self._over[edit.record.kind, edit.record.id] = edit.after

    # -- records of any kind -------------------------------------------------------------------------------------------

    def get(self, cls: type[R], record_id: str) -> R:
        """A record by its id as typed; NotFound names the nearest."""
        wanted = record_id if issubclass(cls, Ticket) else normalise_id(record_id)
        key = (cls.kind, wanted)
        record = self._over[key] if key in self._over else self.snapshot.get(cls.kind, wanted)
        if not isinstance(record, cls):
            raise self.snapshot.missing(cls.kind, record_id)
        return record

    def all(self, cls: type[R]) -> list[R]:
        """Every record of a kind, by id."""
        known = {str(row["id"]) for row in self.index.rows(cls.kind)}
        known |= {i for kind, i in self._over if kind == cls.kind}
        gone = {i for (kind, i), record in self._over.items() if kind == cls.kind and record is None}
        return [self.get(cls, i) for i in sorted(known - gone)]

    def several(self, cls: type[R], ids: Iterable[str]) -> list[R]:
        return [self.get(cls, i) for i in ids]

    # -- tickets -------------------------------------------------------------------------------------------------------

    def ticket(self, ticket_id: str) -> Ticket:
        """A ticket to act on: the id of a merged one leads to the ticket that goes on in its place."""
        record = self._over.get((Ticket.kind, ticket_id))
        return cast("Ticket", record) if record is not None else self.snapshot.ticket(ticket_id)

    def own(self, ticket_id: str) -> Ticket:
        """The ticket of this very id, merged or not."""
        return cast("Ticket", self._over.get((Ticket.kind, ticket_id)) or self.snapshot.get(Ticket.kind, ticket_id))

    def moved(self, ticket: Ticket, department: str, by: Actor, at: datetime) -> Change:
        """A ticket's move: rule 4 looks at the department, rule 3 at the owner."""
        self.require_public(ticket, department)
        return ownership.move(ticket, department, self.owner(ticket), self._staff(ticket.coordinator), by=by, at=at)

    def require_public(self, ticket: Ticket, department: str | None = None) -> None:
        """Rule 4: a user's ticket, or what was made of one, is in no private department."""
        record = self.snapshot.get("department", department or ticket.department)
        rights.require_public(cast("Department", record), ticket)

    def owner(self, ticket: Ticket) -> Staff | None:
        """Who owns a ticket; None for nobody, and for somebody who was deleted since."""
        return self._staff(ticket.owner)

    def _staff(self, handle: str | None) -> Staff | None:
        return cast("Staff | None", self.snapshot.find("staff", handle) if handle else None)


def require_level(snapshot: Snapshot, by: Actor, kind: str) -> None:
    """Rule 2, naming those who could."""
    if by.level < rights.LEVELS[kind]:
        able = snapshot.index.rows("staff", "level >= ?", (rights.LEVELS[kind],), "ORDER BY away, id LIMIT 5")
        rights.require_level(by, kind, [str(row["id"]) for row in able])


def require_fresh(draft: Draft, cls: type[Record], record_id: str) -> None:
    """Refuse an id that is taken, or that was (rule 8)."""
    wanted = normalise_id(record_id)
    if draft.index.path_of(cls.kind, wanted) is not None:
        raise Refused(
            _("there is a {kind} {wanted} already", kind=words.word(cls.kind), wanted=wanted),
            _("see: desk {noun} show {wanted}", noun=cls.noun, wanted=wanted),
        )
    if draft.index.used(cls.kind, wanted):
        raise Refused(
            _(
                "there was a {kind} {wanted} once, and ids are never used again",
                kind=words.word(cls.kind),
                wanted=wanted,
            ),
            _("choose another name, or bring the old one back: desk log --verb delete, and desk undo COMMIT"),
        )
