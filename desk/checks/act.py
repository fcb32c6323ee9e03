"""One commit as it is judged: who did it, when, which files, and what its message tells of each record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from desk.checks.world import Known
from desk.domain.changes import truth
from desk.domain.changes.message import Happened
from desk.domain.levels.policy import Policies
from desk.domain.model.actor import Actor
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.named import NamedTuple
from desk.store.handedits import ATTACHMENT, DELETED, NEW, HandEdit

Key = tuple[str, str]
"""Kind and id."""
NOTHING_TOLD: Mapping[Key, tuple[Happened, ...]] = MappingProxyType({})


class Before(Protocol):
    """Where the desk before a commit is looked up."""

    def find(self, kind: str, record_id: str) -> Record | None: ...
    def was_there(self, kind: str, record_id: str) -> bool:
        """Whether an id was used by a record that is gone."""


class Act(NamedTuple):
    """What somebody did in one commit.

    `told` is what the message says of each record, empty where it says nothing; it can only narrow what its maker may.
    `policies` gives the service levels in force then, None where none are. `author_of` is who changed the text of an
    article last, by its id. `reason` is why, where it was said. `comes_back`: paths at which is again what was there once.
    `versions_of` gives a record as it ever was before, by its path. `by_mail`: it was made of a mail.
    """

    by: Actor
    at: datetime
    edits: Sequence[HandEdit]
    told: Mapping[Key, tuple[Happened, ...]] = NOTHING_TOLD
    verb: str | None = None
    reason: str | None = None
    policies: Callable[[], Policies | None] = lambda: None
    author_of: Callable[[str], str | None] = lambda _: None
    comes_back: frozenset[str] = frozenset()
    versions_of: Callable[[str], Iterable[Record]] = lambda _: ()
    by_mail: bool = False

    def events(self, edit: HandEdit) -> tuple[Happened, ...]:
        """What is told of the record that a file belongs to."""
        kind = Ticket.kind if edit.kind == ATTACHMENT else edit.kind
        return self.told.get((kind, edit.id or ""), ())

    def verbs(self, edit: HandEdit) -> frozenset[str]:
        """What is told of a record, in verbs."""
        return frozenset(event.verb for event in self.events(edit))

    def is_told(self, edit: HandEdit) -> bool:
        """Whether every verb that is told of a record is one that there is for such a record; if not, it is told nothing.

        An edit that names what no verb calls an edit, such as the state, is one by hand.
        """
        events = self.events(edit)
        return bool(events) and all(
            truth.known(event) and (self._is_edit(event) or self.verb == DOCTOR) for event in events
        )

    @staticmethod
    def _is_edit(event: Happened) -> bool:
        return event.verb != "edit" or all("edit" in verbs.changing(event.kind, name) for name in truth.named(event))

    @property
    def overrides(self) -> bool:
        """Whether what is evidence may be put right: by level 3, with a reason that stays."""
        return self.by.level >= HIGHEST and bool(self.reason)

    def deleted(self, kind: str) -> frozenset[str]:
        """Ids of the records of a kind that are gone afterwards."""
        gone = {e.id for e in self.edits if e.kind == kind and e.change == DELETED and e.id}
        return frozenset(gone - {e.id for e in self.edits if e.kind == kind and e.change == NEW})

    def tickets(self) -> dict[str, tuple[Ticket | None, Ticket | None]]:
        """The tickets of the commit before and after, by id."""
        return {
            str(e.id): (e.old if isinstance(e.old, Ticket) else None, e.new if isinstance(e.new, Ticket) else None)
            for e in self.edits
            if e.kind == Ticket.kind
        }


HIGHEST = 3
DOCTOR = "doctor"

Judge = Callable[[HandEdit, Act, Before, Known], None]
"""Raises Refused for what somebody had no right to."""

__all__ = ["DOCTOR", "HIGHEST", "NOTHING_TOLD", "Act", "Before", "Judge", "Key"]
