"""What of a change its commit message leaves out: titles, and the beginnings of texts. A history doesn't forget.

The events of a change have them, for whoever acts to see; `discreet` is the change as its message tells it, and `filled`
gives an event that was read from a message its values back, from the record before and after. Values that desk.toml or
the organisation's records define (departments, tags, handles, states) are told, and so are the reasons that staff give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.domain.changes.compare import first_line
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.domain.rights.verb import Telling

if TYPE_CHECKING:
    from desk.domain.changes.message import Happened

_TITLED = (Ticket.kind, Article.kind)
"""Kinds of records whose titles may be somebody's words: an article's too, which a problem may have given its own."""
_TITLE, _ATTACHMENT = "title", "attachment"
_MARK = len("[x] ")


def discreet(change: Change) -> Change:
    """A change as its commit message tells it: which fields, and not their texts."""
    edits = tuple(e._replace(events=tuple(_named(e.record.kind, v) for v in e.events)) for e in change.edits)
    return change._replace(edits=edits, summary=_summary(change, edits))


def _named(kind: str, event: Event) -> Event:
    """An event without words that can't be taken back."""
    if kind not in _TITLED:
        return event
    verb, before, after = event
    if verb == "edit" and before is not None:
        return Event(verb, None, _TITLE)
    if verb == "edit" and (after or "").startswith(f"{_ATTACHMENT} "):
        return Event(verb, None, _ATTACHMENT)
    if verb == "delete" or (verb == "create" and kind == Article.kind) or _fields(kind, verb, "text"):
        return Event(verb)
    if _fields(kind, verb, "step"):
        return Event(verb, *(value.split()[0] if value else None for value in (before, after)))
    return event


def _summary(change: Change, edits: tuple[Edit, ...]) -> str:
    """What follows the verb in the subject; of words that are left out, what the first event still says."""
    was = [event for edit in change.edits for event in edit.events]
    now = [event for edit in edits for event in edit.events]
    words = {_one_line(v) for old, new in zip(was, now, strict=True) if old != new for v in old[1:] if v}
    records = [record for e in change.edits for record in (e.before, e.after) if record is not None]
    words |= {_one_line(str(r.values[_TITLE])) for r in records if r.kind in _TITLED and _TITLE in r.values}
    if _one_line(change.summary) not in words:
        return change.summary
    return next((event.after or event.before or "" for event in now), "")


def _one_line(text: str) -> str:
    """As a message keeps a value."""
    return " ".join(text.split())


def lacks(event: Happened) -> bool:
    """Whether an event may have been told discreetly, so that there is something to fill in."""
    kind, _, verb, before, after = event
    if kind not in _TITLED:
        return False
    if _fields(kind, verb, "step"):
        return (before or after or "").isascii() and (before or after or "").isdecimal()
    if verb == "edit":
        return before is None and after == _TITLE
    if before is not None or after is not None:
        return False
    gone_or_new = verb == ("delete" if kind == Ticket.kind else "create")
    return gone_or_new or _fields(kind, verb, "text") != ()


def filled(event: Happened, old: Record | None, new: Record | None) -> Happened:
    """An event with what its message left out; as it is where the records are not there, or can't be read."""
    if not lacks(event):
        return event
    kind, verb = event.kind, event.verb
    if verb == "edit":
        titles = _title(old), _title(new)
        return event._replace(before=titles[0], after=titles[1]) if all(titles) else event
    if verb in ("delete", "create"):
        return event._replace(before=_title(old), after=_title(new))
    if _fields(kind, verb, "step"):
        return event._replace(before=_step(event.before, new), after=_step(event.after, new))
    [name] = _fields(kind, verb, "text")
    # A verb that is called as its field tells also what stood there before.
    return event._replace(before=_beginning(old, name) if name == verb else None, after=_beginning(new, name))


def _fields(kind: str, verb: str, telling: Telling) -> tuple[str, ...]:
    row = verbs.find(kind, verb)
    return tuple(row.telling_fields(telling)) if row else ()


def _title(record: Record | None) -> str | None:
    return _one_line(str(record.values.get(_TITLE, ""))) or None if record is not None else None


def _beginning(record: Record | None, name: str) -> str | None:
    text = first_line(record.values.get(name)) if record is not None else None
    return _one_line(text) if text else None


def _step(number: str | None, ticket: Record | None) -> str | None:
    """`2` as `2 call Malta`."""
    steps = ticket.checklist if isinstance(ticket, Ticket) else ()
    place = int(number or 0)
    return _one_line(f"{place} {steps[place - 1][_MARK:]}") if 1 <= place <= len(steps) else number
