"""What an import is judged by: the desk as it will be with what has come in so far, and what may still come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from desk.actions import rendering
from desk.checks import admission, links, rules
from desk.checks.world import World
from desk.codec import records
from desk.domain.model import plain, states
from desk.domain.model.article import PUBLISHED, Article, Response
from desk.domain.model.checklist import Checklist
from desk.domain.model.kinds import KINDS, id_at
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.queries import knowledge
from desk.queries import records as queries_records
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.text import _

_EARLIEST = 1000
"""The first year of four digits."""


class Incoming:
    """The desk with what this run has brought so far."""

    def __init__(self, session: Session, snapshot: Snapshot) -> None:
        self.session = session
        self.snapshot = snapshot
        self.world = World(snapshot.index, session.config)
        self.config = self.world.config
        self.custom_fields = self.world.custom_fields
        self.unread = self.world.unread
        self.known = {kind: {id_at(path) for path in queries_records.paths(snapshot.index, kind)} for kind in KINDS}
        """Ids by kind."""
        self.addresses = {one.id: one.addresses for one in self.world.staff()}
        self._departments: dict[str, tuple[str, ...]] = {}
        self._topics: set[str] = set()
        self._leading: list[tuple[int, str, tuple[str, ...]]] = []
        self._escalating: list[tuple[int, Mapping[str, Any]]] = []

    # -- what the rules ask of a desk ------------------------------------------------------------------------------------

    def ids(self, kind: str) -> set[str]:
        """Ids of the records of a kind."""
        return self.known[kind]

    def ever(self, kind: str) -> set[str]:
        """Ids that a kind has, or had."""
        return self.known[kind] | self.world.ever(kind)

    def serves(self, handle: str) -> tuple[str, ...]:
        """The departments of somebody on the staff."""
        return self._departments.get(handle) or self.world.serves(handle)

    def add(self, record: Record) -> None:
        """A record has come in."""
        self.known[record.kind].add(record.id)
        if isinstance(record, Staff):
            self._departments[record.id] = record.departments
            self.addresses[record.id] = record.addresses
        elif record.kind == "topic" and not record.values.get("private"):
            self._topics.add(record.id)

    # -- one record ------------------------------------------------------------------------------------------------------

    def require(self, record: Record, line: int) -> None:
        """ValueError for what the doctor would find, and every audit for ever. What may come later is looked at in the end."""
        self._require_known(record)
        row = plain.head(record)
        if isinstance(record, Department) and record.escalation:
            self._escalating.append((line, row))
            row = {**row, "escalation": None}
        for fault in (*rules.faults(record.kind, row, self), *admission.faults(record.kind, row, self)):
            if not self._may_stand(fault, row):
                raise ValueError(fault.problem)
        if isinstance(record, Checklist) and (found := rules.template_fault(record, records.encode(record))):
            raise ValueError(found[1])
        if isinstance(record, Ticket):
            self._require_end(record)
            named = (*(link.partition(" ")[2] for link in record.links), *filter(None, (record.merged_into,)))
            if later := tuple(other for other in named if other not in self.known[Ticket.kind]):
                self._leading.append((line, record.id, later))
        if isinstance(record, Article) and record.approved_by and record.approved_by not in self.known[Staff.kind]:
            raise ValueError(_("approved_by: there is no staff member {who}", who=record.approved_by))
        if isinstance(record, Staff) and (
            other := next((h for h, theirs in self.addresses.items() if record.addresses & theirs), None)
        ):
            raise ValueError(_("email: {name} has that address", name=other))
        if isinstance(record, Department) and record.default:
            raise ValueError(_("default: another department is the default one"))
        early = [n for n, v in record.values.items() if isinstance(v, datetime) and v.year < _EARLIEST]
        if early:
            raise ValueError(_("{field}: no desk is that old", field=early[0]))

    def _require_end(self, ticket: Ticket) -> None:
        if ticket.state == states.CLOSED and ticket.closed is None:
            raise ValueError(_("state: closed, and nothing says when"))

    def _require_known(self, record: Record) -> None:
        """References must lead somewhere, and listed values must stand in desk.toml."""
        for name, field in record.FIELDS.items():
            value = record.values.get(name)
            if value is None:
                continue
            values = value if isinstance(value, tuple) else (value,)
            if field.ref and field.ref != Ticket.kind and name != "escalation":
                unknown = [v for v in values if v not in self.known[field.ref]]
                if unknown:
                    raise ValueError(_("{field}: there is no {kind} {id}", field=name, kind=field.ref, id=unknown[0]))
            if field.setting:
                unknown = [v for v in values if v not in self.session.config[field.setting]]
                if unknown:
                    raise ValueError(
                        _(
                            "{field}: {value!r} is none of {known}",
                            field=name,
                            value=unknown[0],
                            known=", ".join(self.session.config[field.setting]),
                        )
                    )

    def _may_stand(self, fault: rules.Fault, row: Mapping[str, Any]) -> bool:
        """Whether a fault is none by the end, or was none then: others come later, and owners have moved since."""
        if fault.check == rules.LINKS:
            return fault.value.partition(" ")[2] not in (row["id"], *self.known[Ticket.kind])
        if fault.check == rules.MERGED and fault.field == "merged_into":
            return True  # into one that comes later, or it is told in the end
        return fault.check == rules.OWNERS and row["state"] == states.CLOSED

    # -- what belongs together -------------------------------------------------------------------------------------------

    def files(self, coming: Collection[str]) -> set[str]:
        """What an article may lead to: what is there, and what comes with it."""
        there = knowledge.pages(self.snapshot.index) | links.list_committed(self.session.place, self.snapshot.commit)
        return there | set(coming)

    def private(self) -> set[str]:
        """Ids of the topics for staff only."""
        return knowledge.private_topics(self.snapshot.index) - self._topics

    def require_text(
        self, record: Record, fresh: Mapping[str, Record], files: Collection[str], private: Collection[str]
    ) -> None:
        """DeskError for a text that a command would refuse; `fresh` are the responses that come with it."""
        if isinstance(record, Response):
            rendering.check(self.session, record, fresh=fresh)
        elif isinstance(record, Article) and record.state == PUBLISHED:
            links.require_readable(record, records.encode(record), files, private)

    def owed(self) -> Iterator[tuple[int, str]]:
        """What lines named that was to come later, and didn't: they are in by then, and wrong all the same."""
        for line, record_id, tickets in self._leading:
            if missing := next((other for other in tickets if other not in self.known[Ticket.kind]), None):
                yield line, _("{id} is in, and there is no ticket {other}", id=record_id, other=missing)
        for line, row in self._escalating:
            for fault in rules.faults(Department.kind, row, self):
                yield line, _("{id} is in, and its {problem}", id=row["id"], problem=fault.problem)
