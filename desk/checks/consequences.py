"""What may happen to a ticket of others because of something that its maker was allowed to do elsewhere, and no more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from desk.checks import rules
from desk.checks.act import DOCTOR, Act, Before
from desk.checks.world import Known
from desk.domain.changes import message, truth
from desk.domain.knowledge import knownerrors
from desk.domain.model.article import Article
from desk.domain.model.change import Edit
from desk.domain.model.organisation import CustomField, Department, Tag
from desk.domain.model.person import Staff
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.named import NamedTuple
from desk.store.handedits import HandEdit


class _Turn(NamedTuple):
    """A ticket before and after, and what surrounds it."""

    old: Ticket
    new: Ticket
    act: Act
    before: Before
    world: Known


def follows(edit: HandEdit, act: Act, before: Before, world: Known) -> bool:
    """Whether all that has changed of a ticket follows from something else in the commit."""
    old, new = edit.old, edit.new
    if not isinstance(old, Ticket) or not isinstance(new, Ticket):
        return False
    turn = _Turn(old, new, act, before, world)
    changed = truth.case((), old, new, {}).changed - truth.FOLLOWS
    doctors = _MENDED if act.verb == DOCTOR and act.by.level >= rights.LEVELS["settings"] else {}
    return all(any(name in due and due[name](turn) for due in (_DUE, doctors)) for name in changed)


def _tags(turn: _Turn) -> bool:
    lost = _lost(turn.old.tags, turn.new.tags)
    return lost <= turn.act.deleted(Tag.kind) and not _lost(turn.new.tags, turn.old.tags)


def _person(turn: _Turn, was: str | None, now: str | None) -> bool:
    return was is not None and now is None and (_has_left(was, turn.new, turn.act) or _moved(turn, was))


def _links(turn: _Turn) -> bool:
    """A link to a ticket that is gone goes; one to a ticket that was merged leads on."""
    gone = turn.act.deleted(Ticket.kind)
    merged = {
        number: str(now.merged_into)
        for number, (was, now) in turn.act.tickets().items()
        if now is not None and now.merged_into and (was is None or was.merged_into != now.merged_into)
    }
    lost = {tuple(link.split(" ", 1)) for link in _lost(turn.old.links, turn.new.links)}
    led_on = {f"{relation} {merged[ticket]}" for relation, ticket in lost if ticket in merged}
    return all(ticket in gone or ticket in merged for _relation, ticket in lost) and (
        _lost(turn.new.links, turn.old.links) <= led_on
    )


def _watchers(turn: _Turn) -> bool:
    old, new = turn.old.watchers, turn.new.watchers
    return _lost(old, new) <= turn.act.deleted(Staff.kind) and not _lost(new, old)


def _merged_into(turn: _Turn) -> bool:
    return turn.new.merged_into is None and turn.old.merged_into in turn.act.deleted(Ticket.kind)


def _mended_links(turn: _Turn) -> bool:
    """A link to a ticket that isn't there goes; the other end of one that another ticket has comes."""
    for link in _lost(turn.old.links, turn.new.links):
        if turn.before.find(Ticket.kind, link.partition(" ")[2]) is not None:
            return False
    for link in _lost(turn.new.links, turn.old.links):
        other = turn.before.find(Ticket.kind, link.partition(" ")[2])
        if not isinstance(other, Ticket) or rules.mirror_link(link, turn.new.id) not in other.links:
            return False
    return True


def _unmerged(turn: _Turn) -> bool:
    """Only a ticket that is there has taken another one over."""
    into = turn.old.merged_into
    return turn.new.merged_into is None and bool(into) and turn.before.find(Ticket.kind, str(into)) is None


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


def _moved(turn: _Turn, who: str | None = None) -> bool:
    """Whether its department is gone by this commit; then its people may go too, where they don't serve the next one."""
    gone = turn.old.department in turn.act.deleted(Department.kind)
    return gone and (who is None or turn.new.department not in turn.world.serves(who))


def _purged(turn: _Turn) -> bool:
    """Whether custom fields went that aren't declared any more."""
    if turn.act.verb != "purge" or turn.act.by.level < rights.LEVELS[CustomField.kind]:
        return False
    was, now = dict(turn.old.fields), dict(turn.new.fields)
    kept = {name: value for name, value in was.items() if turn.before.find(CustomField.kind, name) is not None}
    return all(now.get(name) == value for name, value in kept.items()) and now.items() <= was.items()


_DUE: Mapping[str, Callable[[_Turn], bool]] = MappingProxyType(
    {
        "tags": _tags,
        "owner": lambda turn: _person(turn, turn.old.owner, turn.new.owner),
        "coordinator": lambda turn: _person(turn, turn.old.coordinator, turn.new.coordinator),
        "watchers": _watchers,
        "department": _moved,
        "merged_into": _merged_into,
        "links": _links,
        "fields": _purged,
    }
)
"""What may have become of a field of a ticket because of something else, and whether it is just that."""


_MENDED: Mapping[str, Callable[[_Turn], bool]] = MappingProxyType(
    {
        "links": _mended_links,
        "merged_into": _unmerged,
        "attachments": lambda turn: not _lost(turn.old.attachments, turn.new.attachments),
        "closed": lambda turn: turn.old.closed is None and turn.old.state == turn.new.state == CLOSED,
    }
)
"""What the doctor mends of a ticket: what it refers to, and when it was closed where nothing says so."""


def is_followed(edit: HandEdit, act: Act) -> bool:
    """Whether an article says what its problem, closed in the same commit, has given it, and nothing else."""
    old, new = edit.old, edit.new
    if not isinstance(old, Article) or not isinstance(new, Article):
        return False
    told = {event.after for event in act.events(edit) if event.verb == knownerrors.CLOSING}
    for problem, (was, now) in act.tickets().items():
        if problem not in told or now is None or knownerrors.problem_turn(Edit(was, now, ())) != knownerrors.CLOSING:
            continue
        why = message.shown_reason(act.reason or "")
        given = {"cause": now.cause, "workaround": now.workaround, "fix": now.fix or why}
        changed = truth.case((), old, new, {}).changed - {"approved_by"}
        says = {n: message.shown_reason(str(new.values.get(n) or "")) for n in changed}
        fine = all(not old.values.get(n) and says[n] == message.shown_reason(given.get(n) or "") for n in changed)
        return fine and changed <= given.keys() and new.approved_by is None
    return False
