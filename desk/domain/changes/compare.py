"""What happened between two versions of a record, told in verbs: for hand edits, and for what an editor gave back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from desk.domain.changes import salt
from desk.domain.model import plain, states
from desk.domain.model.article import Article
from desk.domain.model.change import Changed, Event
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket
from desk.text import _

_TOLD = ("cause", "workaround")
_SHOWN = 80
"""Characters of a long text that the history tells."""
_OWN_EVENT = (
    *_TOLD,
    "state",
    "closed",
    "pending_until",
    "pending_for",
    "resolution",
    "major",
    "coordinator",
    "checklist",
    "review",
    "owner",
    "department",
    "priority",
    "impact",
    "urgency",
    "tags",
    "links",
    "watchers",
)


def events(before: Record | None, after: Record | None) -> tuple[Event, ...]:
    """The verbs that lead from one version to the other; none when they are equal. A salt is told where nothing else is."""
    if before is None or after is None:
        return _born_or_gone(before, after)
    return _events(before, after) or ((Event("edit", None, salt.KEY),) if before.salt != after.salt else ())


def _events(before: Record, after: Record) -> tuple[Event, ...]:
    if isinstance(before, Ticket) and isinstance(after, Ticket):
        told = tuple(_ticket(before, after))
        # What no verb tells of, such as another time of closing, is named.
        named = () if told else _changed(before, after)
        return (Event("edit", None, " ".join(named)),) if named else told
    if isinstance(before, Article) and isinstance(after, Article):
        return tuple(_article(before, after))
    changed = _changed(before, after)
    return (Event("edit", None, " ".join(changed)),) if changed else ()


def fields(before: Record | None, after: Record | None) -> list[Changed]:
    """Every field that differs, each with its value before and after; texts are counted in lines."""
    found = [c for name in _unlike(before, after) for c in _field(name, before, after)]
    old, new = (r.body if r else "" for r in (before, after))
    if old != new:
        found.append(Changed("body", None, lines(old, new)))
    return found + _entries(before.thread if before else (), after.thread if after else ())


def differing(before: Record, after: Record) -> frozenset[str]:
    """The names of the fields that differ; `body` and `thread` among them."""
    if before.extra or after.extra:
        found = {c.field.partition(".")[0] for c in fields(before, after)}
        return frozenset("thread" if name.partition(" ")[0] in ("reply", "note") else name for name in found)
    was, now = before.values, after.values
    names = [] if was == now else [name for name in was.keys() | now.keys() if was.get(name) != now.get(name)]
    if before.body != after.body:
        names.append("body")
    if before.thread != after.thread:
        names.append("thread")
    return frozenset(names)


def _unlike(before: Record | None, after: Record | None) -> list[str]:
    """The fields that may differ: of most records next to none."""
    names = _names(before, after)
    if before is None or after is None or before.extra or after.extra:
        return names
    was, now = before.values, after.values
    return [name for name in names if was.get(name) != now.get(name)]


def _names(before: Record | None, after: Record | None) -> list[str]:
    some = after or before
    extras = [*(before.extra if before else ()), *(after.extra if after else ())]
    return [*(some.FIELDS if some else ()), *dict.fromkeys(extras)]


def _field(name: str, before: Record | None, after: Record | None) -> list[Changed]:
    was, now = _raw(before, name), _raw(after, name)
    if was == now:
        return []  # most are
    old, new = plain.plain(was), plain.plain(now)
    if old == new:
        return []
    if isinstance(old, Mapping) or isinstance(new, Mapping):
        was, now = (v if isinstance(v, Mapping) else {} for v in (old, new))
        keys = [k for k in dict.fromkeys((*was, *now)) if was.get(k) != now.get(k)]
        return [Changed(f"{name}.{k}", _line(was.get(k)), _line(now.get(k))) for k in keys]
    if "\n" in f"{old}{new}":
        return [Changed(name, None, lines(str(old or ""), str(new or "")))]
    return [Changed(name, _line(old), _line(new))]


def _raw(record: Record | None, name: str) -> Any:
    if record is None:
        return None
    return record.values[name] if name in record.values else record.extra.get(name)


def _line(value: Any) -> str | None:
    """A plain value as one line; None for nothing."""
    if value is None or value in ([], ""):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(text.split()) or None


def lines(before: str, after: str) -> str:
    """`+3 -1 lines`: how many lines only the one or the other has. Counted as a bag, since a text may be millions long."""
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    return _("+{more} -{fewer} lines", more=(new - old).total(), fewer=(old - new).total())


def _entries(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> list[Changed]:
    pairs = zip_longest(old, new)
    found = []
    for number, (was, now) in enumerate(pairs, 1):
        if was != now:
            some = now or was
            found.append(
                Changed(f"{some.kind} {number}", None, lines(was.text if was else "", now.text if now else ""))
            )
    return found


def _born_or_gone(before: Record | None, after: Record | None) -> tuple[Event, ...]:
    if after is not None:
        return (Event("create", None, after.department if isinstance(after, Ticket) else None),)
    if before is not None:
        return (Event("delete", before.title if isinstance(before, Ticket) else None),)
    return ()


def _changed(before: Record, after: Record) -> list[str]:
    names = [n for n in before.FIELDS if before.values.get(n) != after.values.get(n)]
    if before.body != after.body:
        names.append("body")
    return names + [k for k in {**before.extra, **after.extra} if before.extra.get(k) != after.extra.get(k)]


def first_line(text: str | None) -> str | None:
    """The beginning of a long text, as the history tells it; None for no text."""
    if not text or not text.strip():
        return None
    first, *more = (line.strip() for line in text.strip().splitlines())
    if len(first) > _SHOWN:
        first = first[:_SHOWN].rpartition(" ")[0] or first[:_SHOWN]
        more = [""]
    return f"{first} …" if more else first


_STEPS = {"published": "publish", "retired": "retire", "review": "submit", "draft": "return"}
"""The state an article has come to, and the verb that leads there."""


def _article(old: Article, new: Article) -> list[Event]:
    found = []
    if old.state != new.state:
        found.append(Event(_STEPS.get(new.state, "edit"), old.state, new.state))
    if old.topic != new.topic:
        found.append(Event("move", old.topic, new.topic))
    changed = [n for n in _changed(old, new) if n not in ("state", "topic")]
    if changed == ["title"]:
        found.append(Event("edit", old.title, new.title))
    elif changed:
        found.append(Event("edit", None, " ".join(changed)))
    return found


def _ticket(old: Ticket, new: Ticket) -> list[Event]:
    found = []
    if old.department != new.department:
        found.append(Event("move", old.department, new.department))
    if old.owner != new.owner:
        verb = "unassign" if new.owner is None else "escalate" if old.owner else "assign"
        found.append(Event(verb, old.owner, new.owner))
    levels = [n for n in ("priority", "impact", "urgency") if getattr(old, n) != getattr(new, n)]
    if levels == ["priority"]:
        found.append(Event("classify", old.priority, new.priority))
    elif levels:
        sides = [" ".join(f"{n}={getattr(t, n) or 'none'}" for n in levels) for t in (old, new)]
        found.append(Event("classify", *sides))
    found += _work(old, new)
    for name, more, less in (("tags", "tag", "untag"), ("links", "link", "unlink"), ("watchers", "watch", "unwatch")):
        was, now = getattr(old, name), getattr(new, name)
        joint = ", " if name == "links" else " "
        if gone := [x for x in was if x not in now]:
            found.append(Event(less, joint.join(gone)))
        if added := [x for x in now if x not in was]:
            found.append(Event(more, None, joint.join(added)))
    retold = [n for n in _TOLD if getattr(old, n) != getattr(new, n)]
    found += [Event(n, first_line(getattr(old, n)), first_line(getattr(new, n))) for n in retold]
    states_told = standing(old, new)
    # When it was closed is told with that; by itself, it is another time.
    changed = [n for n in _changed(old, new) if n not in _OWN_EVENT or (n == "closed" and not states_told)]
    if changed == ["title"]:
        found.append(Event("edit", old.title, new.title))
    elif changed:
        found.append(Event("edit", None, " ".join(changed)))
    return found + _thread(old, new) + states_told


def _work(old: Ticket, new: Ticket) -> list[Event]:
    """A major incident, its review, and the steps of a checklist."""
    found = []
    if old.major and not new.major:
        found.append(Event("major-off", old.coordinator))
    elif new.major and (old.major, old.coordinator) != (new.major, new.coordinator):
        found.append(Event("major", old.coordinator, new.coordinator))
    elif old.coordinator != new.coordinator:
        found.append(Event("edit", None, "coordinator"))
    if old.review != new.review:
        found.append(Event("review" if new.review else "edit", None, None if new.review else "review"))
    if [step[4:] for step in old.checklist] != [step[4:] for step in new.checklist]:
        return [*found, Event("edit", None, "checklist")]
    for number, (was, now) in enumerate(zip(old.checklist, new.checklist, strict=True), 1):
        if was != now:
            words = f"{number} {now[4:]}"
            found.append(Event("check", None, words) if now.startswith("[x]") else Event("uncheck", words))
    return found


def _thread(old: Ticket, new: Ticket) -> list[Event]:
    kept = len(old.thread)
    if new.thread[:kept] == old.thread:
        return [Event(entry.kind) for entry in new.thread[kept:]]
    return [Event("edit", None, "thread")]


def standing(old: Ticket, new: Ticket) -> list[Event]:
    """What is told of a ticket's state, and of the words behind it; at most one event."""
    names = ("state", "pending_until", "pending_for", "resolution")
    if all(getattr(old, n) == getattr(new, n) for n in names):
        return []
    if old.state == new.state == states.CLOSED:
        return [Event("edit", None, " ".join(n for n in names if getattr(old, n) != getattr(new, n)))]
    verb = {states.OPEN: "reopen", states.PENDING: "pending", states.CLOSED: "close"}.get(new.state, "edit")
    words = states.state_text(new.state, until=new.pending_until, waits_for=new.pending_for, resolution=new.resolution)
    return [Event(verb, old.state, words)]
