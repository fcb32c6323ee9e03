"""One record that both sides changed: each field by the rule of its type, and what was lost as decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from desk.domain.levels import clocks
from desk.domain.merge.merging import RULES, Clash, MetValue, Rule, meet, meet_by_key, weave
from desk.domain.merge.side import WHOLE, Decision, Leaf, Side, TimeStamp, shown
from desk.domain.merge.thread import meet_threads
from desk.domain.merge.units import UNITS, Ranks, Unit, Version
from desk.domain.model.fields import utc_text
from desk.domain.model.person import User
from desk.domain.model.record import NOTHING, Entry, Record, interleave
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import NOTE, Ticket
from desk.domain.people import users
from desk.named import NamedTuple

KEPT_TEXT = "sync"
"""`from` in the heading of a note that keeps a text which another one has beaten."""
_CLOCKS = ("respond_by", "update_by", "due")
_MISSED = "breach respond "
_WORDS = ("cause", "workaround", "fix", "review", "body")
"""Texts of a ticket of which a beaten one is kept as a note."""

Relevel = Callable[[Ticket], Ticket]
"""A ticket without due times → with those that its service level gives it."""


class Met(NamedTuple):
    """What two versions of a record have come to. `variant` is the side whose body was beaten, and is worth keeping: 0 or 1."""

    record: Record
    decisions: tuple[Decision, ...]
    variant: int | None = None


class Meeting:
    """Two versions of a record under one key, ours and theirs in either order."""

    def __init__(self, key: str, base: Leaf | None, leaves: tuple[Leaf, Leaf], sides: tuple[Side, Side]) -> None:
        self.key = key
        self.leaves = leaves
        self.sides = sides
        self.base = base.record if base else None
        self.records = tuple(leaf.record for leaf in leaves if leaf.record is not None)
        self.decisions: list[Decision] = []
        self.notes: list[Entry] = []
        self.values: dict[str, Any] = {}

    def order(self, *fields: str) -> tuple[tuple[int, TimeStamp], tuple[int, TimeStamp]]:
        """The sides, 0 and 1, by when they changed any of these fields: the earlier one first."""
        found = []
        for number, side in enumerate(self.sides):
            changed = [n for n in fields if _get(self.records[number], n) != _get(self.base, n)]
            found.append((side.stamp(self.key, *changed), self.leaves[number].mark, number))
        return tuple((number, stamp) for stamp, _, number in sorted(found))  # type: ignore[return-value]

    def meet(self, name: str, rule: Rule, values: tuple[Any, Any, Any]) -> Any:
        """One field; what is lost is noted."""
        first, second = self.order(name)
        found = meet(values[0], values[1 + first[0]], values[1 + second[0]], rule)
        self.note(name, found, first, second)
        return found.value

    def note(self, name: str, found: MetValue, first: tuple[int, TimeStamp], second: tuple[int, TimeStamp]) -> None:
        for clash in found.clashes:
            field = clash.part if name == "thread" else f"{name}.{clash.part}" if clash.part else name
            winner, loser = (second[1], first[1]) if clash.later else (first[1], second[1])
            self.decide(field, clash, winner, loser)

    def decide(self, field: str, clash: Clash, winner: TimeStamp, loser: TimeStamp) -> None:
        kept, lost = (value.text if isinstance(value, Entry) else value for value in (clash.kept, clash.lost))
        record = self.records[0]
        self.decisions.append(Decision(record.kind, record.id, field, shown(kept), winner.by, shown(lost), loser.by))
        if record.kind == Ticket.kind and field in _WORDS and clash.lost:
            self.notes.append(text_note(field, str(clash.lost), loser))

    def meet_unit(self, unit: Unit, ranks: Ranks) -> None:
        """Fields that go together: one side's, whole."""
        base = {n: _get(self.base, n) for n in unit.fields}
        both = [{n: _get(record, n) for n in unit.fields} for record in self.records]
        first, second = self.order(*unit.fields)
        later_wins = True

        def choose(_base: Any, earlier: Any, later: Any) -> MetValue:
            nonlocal later_wins
            later_wins = unit.later_wins(base, Version(earlier, first[1]), Version(later, second[1]), ranks)
            kept, lost = (later, earlier) if later_wins else (earlier, later)
            return MetValue(kept, (Clash("", *_differing(kept, lost), later=later_wins),))

        found = meet(base, both[first[0]], both[second[0]], choose)
        self.note(unit.name, found, first, second)
        self.values.update(found.value)


def _get(record: Record | None, name: str) -> Any:
    if record is None:
        return None
    if name in ("body", "thread"):
        return getattr(record, name) or None
    return record.values.get(name)


def _differing(kept: Mapping[str, Any], lost: Mapping[str, Any]) -> tuple[Any, Any]:
    """Two versions of a unit as a decision tells them: the values that differ, named where they are several."""
    first, *others = [n for n in kept if kept[n] != lost[n]]
    if not others or first in ("state", "owner"):
        return kept[first], lost[first]
    return tuple({n: v[n] for n in (first, *others)} for v in (kept, lost))  # type: ignore[return-value]


def text_note(field: str, text: str, loser: TimeStamp) -> Entry:
    """A beaten text, kept for staff by whoever wrote it."""
    return Entry(
        NOTE, loser.by or KEPT_TEXT, datetime.fromtimestamp(loser.at, UTC), text, {"from": KEPT_TEXT, "field": field}
    )


def meet_records(meeting: Meeting, ranks: Ranks, relevel: Relevel | None = None) -> Met:
    """Both versions as one. Nothing of a thread is lost; of other fields a decision tells what was."""
    some = meeting.records[0]
    latest_first = (meeting.records[number] for number, _ in reversed(meeting.order()))
    gone = next((r for r in latest_first if isinstance(r, User) and users.gone(r)), None)
    if gone is not None:
        return _erased(meeting, gone)
    units = UNITS.get(some.kind, ())
    for unit in units:
        meeting.meet_unit(unit, ranks)
    together = {name for unit in units for name in unit.fields}
    for name, field in some.FIELDS.items():
        if name not in together:
            meeting.values[name] = meeting.meet(name, RULES[field.type.merge], _three(meeting, name))
    extra = meeting.meet("extra", meet_by_key, _extras(meeting)) or NOTHING
    body, variant = _body(meeting)
    thread = meeting.meet("thread", meet_threads, _threads(meeting))
    if meeting.notes:
        thread = interleave(thread, sorted((n for n in meeting.notes if n not in thread), key=lambda e: e.at))
    values = {n: meeting.values[n] for n in some.FIELDS if meeting.values.get(n) is not None}
    record = type(some)(values, extra=extra, body=body, thread=thread)
    if isinstance(record, Ticket):
        record = _without_untrue(_due(record, meeting, relevel), meeting)
    return Met(record, tuple(meeting.decisions), variant)


def _three(meeting: Meeting, name: str) -> tuple[Any, Any, Any]:
    base, one, two = (_get(record, name) for record in (meeting.base, *meeting.records))
    return base, one, two


def _extras(meeting: Meeting) -> tuple[Any, Any, Any]:
    base, one, two = (dict(r.extra) if r else None for r in (meeting.base, *meeting.records))
    return base or None, one or None, two or None


def _threads(meeting: Meeting) -> tuple[Any, Any, Any]:
    base, one, two = (r.thread if r else () for r in (meeting.base, *meeting.records))
    return base, one, two


def _erased(meeting: Meeting, gone: Record) -> Met:
    """Whoever has left leaves no trace of the person, whatever else was written meanwhile."""
    number = meeting.records.index(gone)
    loser, winner = meeting.sides[1 - number].stamp(meeting.key, WHOLE), meeting.sides[number].stamp(meeting.key, WHOLE)
    decision = Decision(gone.kind, gone.id, "deletion", "deleted", winner.by, "changed", loser.by)
    return Met(gone, (decision,))


def _body(meeting: Meeting) -> tuple[str, int | None]:
    """The text below the front matter; of an article the published one before the later one."""
    base, one, two = ((_get(r, "body") or "") for r in (meeting.base, *meeting.records))
    first, second = meeting.order("body")
    published = [getattr(r, "state", "") == "published" for r in meeting.records]
    if meeting.records[0].kind == "article" and published[first[0]] and not published[second[0]]:
        winner, loser, later = first, second, False
    else:
        winner, loser, later = second, first, True
    texts = (one, two)
    found = meet(base, texts[first[0]], texts[second[0]], weave)
    if not found.clashes:
        return found.value or "", None
    clash = Clash("", texts[winner[0]], texts[loser[0]], later)
    meeting.decide("body", clash, winner[1], loser[1])
    return clash.kept, loser[0] if clash.lost else None


def _due(ticket: Ticket, meeting: Meeting, relevel: Relevel | None) -> Ticket:
    """Due times as the side has them whose ticket counts time as this one does; else worked out anew."""
    alike = [r for r in meeting.records if isinstance(r, Ticket) and _counted(r) == _counted(ticket)]
    meeting.decisions[:] = [d for d in meeting.decisions if d.field not in _CLOCKS]  # nobody has chosen them
    if len(alike) == 1:
        return _with_clocks(ticket, alike[0])
    if alike or relevel is None or ticket.state == CLOSED:
        return ticket
    return relevel(_with_clocks(ticket, None))


def _without_untrue(ticket: Ticket, meeting: Meeting) -> Ticket:
    """Without a first reply that one side noted as missed, and that the other had sent in time."""

    def missed(line: str, record: Record | None) -> bool:
        done = record.responded if isinstance(record, Ticket) else None
        return done is None or utc_text(done) > line.rpartition(" ")[2]

    def stays(line: str) -> bool:
        # What wasn't so on its own side either is for an audit to find, and nothing that the meeting has brought out.
        noted = [r for r in meeting.records if isinstance(r, Ticket) and line in r.sla]
        return not line.startswith(_MISSED) or missed(line, ticket) or not all(missed(line, r) for r in noted)

    left = [line for line in ticket.sla if stays(line)]
    return ticket if len(left) == len(ticket.sla) else ticket.evolve(sla=left or None)


def _with_clocks(ticket: Ticket, like: Ticket | None) -> Ticket:
    clocked = {n: like.values[n] for n in _CLOCKS if like is not None and n in like.values}
    values = {**{n: v for n, v in ticket.values.items() if n not in _CLOCKS}, **clocked}
    ordered = {n: values[n] for n in ticket.FIELDS if n in values}
    return Ticket(ordered, extra=ticket.extra, body=ticket.body, thread=ticket.thread)


def _counted(ticket: Ticket) -> tuple[object, ...]:
    """What due times are worked out from."""
    levels = ticket.priority, ticket.impact, ticket.urgency, ticket.department, ticket.tags, ticket.requester
    return (*levels, ticket.state, ticket.pauses, ticket.responded, clocks.last_reply(ticket))
