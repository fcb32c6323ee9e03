"""Taking the last change of a record or a setting back, by a change of its own: history is never rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from desk.domain.changes import compare
from desk.domain.changes.message import SETTINGS
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights, ticketverbs, verbs
from desk.domain.rights.words import word
from desk.errors import Refused
from desk.named import NamedTuple
from desk.text import _

VERB = "undo"
CARRIES = frozenset(verb.name for verb in ticketverbs.ROWS if verb.carries)
"""Verbs that carry entries from one ticket to another, or away with it: nobody's words are changed."""
_OF_STATE = frozenset(verbs.changing(Ticket.kind, "state", "state"))
"""Verbs that tell of the state."""


class Pair(NamedTuple):
    """One record as it is now, and as it was before the change that is taken back; None where it isn't, or wasn't, there."""

    now: Record | None
    then: Record | None

    @property
    def record(self) -> Record:
        found = self.now or self.then
        assert found is not None  # noqa: S101 - a change of nothing is in no commit
        return found


class Taken(NamedTuple):
    """The change to take back: its commit and verb, the verb whose right it needs, its records, and its files as they were.

    `settings`: by name, the value that it set, and after it the one that was in force before.
    """

    commit: str
    verb: str
    right: str
    pairs: tuple[Pair, ...]
    files: Mapping[str, bytes | None]
    settings: tuple[tuple[str, Event], ...] = ()


def undo(taken: Taken, *, by: Actor, at: datetime, reason: str | None = None) -> Change:
    """Put every record of a change back to what it was; it takes the right that the change itself took, on every ticket."""
    tickets = [pair for pair in taken.pairs if isinstance(pair.record, Ticket)]
    made = next(
        (pair.record for pair in taken.pairs if pair.then is None and not isinstance(pair.record, Ticket)), None
    )
    if made is not None and taken.right != "delete":
        raise Refused(
            _("that change made the {kind} {id}, which others may name by now", kind=word(made.kind), id=made.id),
            _("to remove it: desk {noun} delete {id}", noun=made.noun, id=made.id),
        )
    if tickets and taken.right != "delete" and all(pair.then is None for pair in tickets):
        name = tickets[0].record.id
        raise Refused(
            _("the last change of {name} was its registration", name=name),
            _("to remove it: desk ticket delete {name}", name=name),
        )
    edits = []
    for pair in taken.pairs:
        _check_right(pair, taken, by)
        edits.append(Edit(pair.now, pair.then, _events(pair, taken)))
    # Tickets first: what a change is about stands in front.
    edits.sort(key=lambda edit: edit.record.kind != Ticket.kind)
    if taken.settings:
        rights.require_level(by, SETTINGS)
    told = tuple((name, one) for name, event in taken.settings for one in (_said(taken), event))
    summary = " ".join(dict.fromkeys((taken.verb, *(name for name, _event in told))))
    return Change(VERB, by, at, tuple(edits), reason, summary, taken.files, told)


def _check_right(pair: Pair, taken: Taken, by: Actor) -> None:
    if not isinstance(pair.record, Ticket):
        rights.require_level(by, pair.record.kind)
        return
    for ticket in (pair.now, pair.then):
        if isinstance(ticket, Ticket):
            rights.require(by, ticket, taken.right, f"undo {taken.verb} of")
    if taken.right not in CARRIES:
        _check_entries(pair, by)
    _check_missed(pair)


def _check_entries(pair: Pair, by: Actor) -> None:
    """Rule 6: nobody takes back, or puts back, what somebody else wrote."""
    now, then = (set(map(_key, record.thread)) if record else set() for record in pair)
    for written_by, *_turn in now ^ then:
        if written_by != by.id:
            raise Refused(
                _(
                    "the last change of {id} is an entry written by {written_by}",
                    id=pair.record.id,
                    written_by=written_by,
                ),
                _("only its author may take it back; write another one: desk ticket note or reply"),
            )


def _check_missed(pair: Pair) -> None:
    """What was missed is on record, and stays there."""
    now, then = (ticket.sla if isinstance(ticket, Ticket) else () for ticket in pair)
    gone = [line for line in now if line not in then]
    if gone and isinstance(pair.then, Ticket):
        raise Refused(
            _("the last change of {id} noted {line}, which stays on record", id=pair.record.id, line=gone[0]),
            _("do the opposite of what else it changed: desk ticket history {id}", id=pair.record.id),
        )


def _key(entry: Entry) -> tuple[str, str, datetime, str]:
    return entry.by, entry.kind, entry.at, entry.text


def _events(pair: Pair, taken: Taken) -> tuple[Event, ...]:
    """That it was taken back; and where the state has changed, that too: statistics and mails go by it."""
    events: tuple[Event, ...] = (_said(taken),)
    if isinstance(pair.now, Ticket) and isinstance(pair.then, Ticket) and pair.now.state != pair.then.state:
        events += tuple(e for e in compare.events(pair.now, pair.then) if e.verb in _OF_STATE)
    return events


def _said(taken: Taken) -> Event:
    return Event(VERB, None, f"{taken.verb} {taken.commit[:10]}")


def together(changes: Iterable[Change]) -> Change:
    """Several changes taken back as one action; they share no record, or one of them wouldn't be the last."""
    first, *others = changes
    edits = [edit for change in (first, *others) for edit in change.edits]
    files = {path: data for change in (first, *others) for path, data in change.files.items()}
    verbs = dict.fromkeys(change.summary for change in (first, *others))
    return first._replace(edits=tuple(edits), files=files, summary=", ".join(verbs))
