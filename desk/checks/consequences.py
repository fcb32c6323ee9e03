"""What may happen to a ticket of others because of something that its maker was allowed to do elsewhere, and no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from desk.checks.act import Act, Before
from desk.checks.world import Known
from desk.domain.changes import truth
from desk.domain.knowledge import knownerrors
from desk.domain.model.article import Article
from desk.domain.model.change import Edit
from desk.domain.model.organisation import CustomField, Department, Tag
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.store.handedits import HandEdit

_DOCTORS = frozenset(("links", "merged_into", "attachments"))
"""What the doctor mends of a ticket: what it refers to."""


def follows(edit: HandEdit, act: Act, before: Before, world: Known) -> bool:
    """Whether all that has changed of a ticket follows from something else in the commit."""
    old, new = edit.old, edit.new
    if not isinstance(old, Ticket) or not isinstance(new, Ticket):
        return False
    changed = truth.case((), old, new, {}).changed - truth.FOLLOWS
    return all(_is_due(name, old, new, act, before, world) for name in changed)


def _is_due(name: str, old: Ticket, new: Ticket, act: Act, before: Before, world: Known) -> bool:
    """Whether one field says what it must after what else happened."""
    was, now = getattr(old, name, None), getattr(new, name, None)
    if act.verb == "doctor" and act.by.level >= rights.LEVELS["settings"] and name in _DOCTORS:
        return True
    if name == "tags":
        return _lost(was, now) <= act.deleted(Tag.kind) and not _lost(now, was)
    if name in ("owner", "coordinator"):
        return was is not None and now is None and (_has_left(was, new, act) or _moved(old, new, act, world, was))
    if name == "watchers":
        return _lost(was, now) <= act.deleted(Staff.kind) and not _lost(now, was)
    if name == "department":
        return _moved(old, new, act, world)
    if name == "merged_into":
        return now is None and was in act.deleted(Ticket.kind)
    if name == "links":
        gone = act.deleted(Ticket.kind)
        return not _lost(now, was) and all(link.partition(" ")[2] in gone for link in _lost(was, now))
    if name == "fields":
        return _purged(old, new, act, before)
    return False


def _lost(was: Collection[str], now: Collection[str]) -> set[str]:
    return set(was) - set(now)


def _has_left(handle: str, ticket: Ticket, act: Act) -> bool:
    """Whether somebody is gone by this commit, or serves the ticket's department no more."""
    if handle in act.deleted(Staff.kind):
        return True
    for edit in act.edits:
        if isinstance(edit.new, Staff) and isinstance(edit.old, Staff) and edit.new.id == handle:
            return ticket.department in edit.old.departments and ticket.department not in edit.new.departments
    return False


def _moved(old: Ticket, new: Ticket, act: Act, world: Known, who: str | None = None) -> bool:
    """Whether its department is gone by this commit; then its people may go too, where they don't serve the next one."""
    return old.department in act.deleted(Department.kind) and (who is None or new.department not in world.serves(who))


def _purged(old: Ticket, new: Ticket, act: Act, before: Before) -> bool:
    """Whether custom fields went that aren't declared any more."""
    if act.verb != "purge" or act.by.level < rights.LEVELS[CustomField.kind]:
        return False
    was: dict[str, Any] = dict(old.fields)
    kept = {name: value for name, value in was.items() if before.find(CustomField.kind, name) is not None}
    now = dict(new.fields)
    return all(now.get(name) == value for name, value in kept.items()) and now.items() <= was.items()


def is_followed(edit: HandEdit, act: Act) -> bool:
    """Whether an article says what its problem, closed in the same commit, has given it, and nothing else."""
    old, new = edit.old, edit.new
    if not isinstance(old, Article) or not isinstance(new, Article):
        return False
    told = {event.after for event in act.events(edit) if event.verb == knownerrors.CLOSING}
    for problem, (was, now) in act.tickets().items():
        if problem not in told or now is None or knownerrors.problem_turn(Edit(was, now, ())) != knownerrors.CLOSING:
            continue
        given = {"cause": now.cause, "workaround": now.workaround}
        changed = truth.case((), old, new, {}).changed - {"approved_by"}
        fine = all(not old.values.get(n) and (n not in given or new.values.get(n) == given[n]) for n in changed)
        return fine and changed <= {"cause", "workaround", "fix"} and new.approved_by is None
    return False


