"""What happened between two versions of a record, told in verbs: for hand edits, and for what an editor gave back."""

from __future__ import annotations

from desk.domain import workflow
from desk.domain.record import Event, Record
from desk.domain.ticket import Ticket

_OWN_EVENT = (
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
    """The verbs that lead from one version to the other; none when they are equal."""
    if before is None or after is None:
        return _born_or_gone(before, after)
    if isinstance(before, Ticket) and isinstance(after, Ticket):
        return tuple(_ticket(before, after))
    changed = _changed(before, after)
    return (Event("edit", None, " ".join(changed)),) if changed else ()


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
    changed = [n for n in _changed(old, new) if n not in _OWN_EVENT]
    if changed == ["title"]:
        found.append(Event("edit", old.title, new.title))
    elif changed:
        found.append(Event("edit", None, " ".join(changed)))
    return found + _thread(old, new) + _state(old, new)


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


def _state(old: Ticket, new: Ticket) -> list[Event]:
    names = ("state", "pending_until", "pending_for", "resolution")
    if all(getattr(old, n) == getattr(new, n) for n in names):
        return []
    if old.state == new.state == workflow.CLOSED:
        return [Event("edit", None, " ".join(n for n in names if getattr(old, n) != getattr(new, n)))]
    verb = {workflow.OPEN: "reopen", workflow.PENDING: "pending", workflow.CLOSED: "close"}.get(new.state, "edit")
    words = workflow.standing(new.state, until=new.pending_until, waits_for=new.pending_for, resolution=new.resolution)
    return [Event(verb, old.state, words)]
