"""The rules over the desk as a whole, each once: asked of commands, hand edits, the desk as it stands, every past commit.

A rule says what is broken and by which record; each door has its own words for that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from desk.checks.world import BeforeAfter
from desk.domain.model.kinds import KINDS, id_at
from desk.domain.model.organisation import RESERVED_TAGS, Department, Machine
from desk.domain.model.person import Staff, User, address_of
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.domain.rights.words import word
from desk.errors import Refused
from desk.named import NamedTuple
from desk.text import _

if TYPE_CHECKING:
    from desk.store.handedits import HandEdit

_KEY = "AAAA"
"""So begins what is the key itself in every line that ssh writes of one."""
HIGHEST = 3
"""The level of which somebody must remain: only they register staff (rule 2)."""

Rule = Literal["level", "address", "key", "registered", "default", "private", "public", "reserved", "referred"]


class Breach(NamedTuple):
    """A rule that the desk would no longer keep.

    `record` is the one whose change breaks it; None where no single one does. `names` are, by rule: the default
    departments; the address, or the key, and who else of its kind has it; paths of what still refers to the record.
    `number` is how many tickets of users a department holds, or how many records refer.
    """

    rule: Rule
    record: Record | None = None
    names: tuple[str, ...] = ()
    number: int = 0


def sides_of(edits: Iterable[HandEdit]) -> list[BeforeAfter]:
    """The records of edits before and after; files that can't be read are none."""
    return [(edit.old, edit.new) for edit in edits if edit.kind in KINDS and edit.fault is None]


class Whole(Protocol):
    """The desk after a change, as the rules ask for it."""

    def staff(self) -> Sequence[Staff]: ...
    def departments(self) -> Sequence[Department]: ...
    def machines(self) -> Sequence[Machine]: ...
    def users_tickets(self, department: str) -> int: ...
    def referring(self, kind: str, record_id: str) -> tuple[int, Sequence[str]]: ...
    def requesters_with(self, address: str) -> Sequence[str]:
        """Ids of the requesters who have an address, in whatever letters."""


def breaches(changed: Collection[BeforeAfter], whole: Whole) -> Iterator[Breach]:
    """Every rule that a change breaks; what was broken before, and isn't touched, is not the change's."""
    kinds = {record.kind for sides in changed for record in sides if record is not None}
    for before, after in changed:
        if after is None and before is not None:
            yield from _deleted(before, whole)
        if isinstance(after, Department) and after.private and not (isinstance(before, Department) and before.private):
            yield from holding_users(after, whole)
        if isinstance(after, User):
            yield from _registered(before, after, whole)
        if isinstance(after, Ticket) and _place(after) != (_place(before) if isinstance(before, Ticket) else None):
            yield from _public(after, whole)
    if Staff.kind in kinds:
        staff = whole.staff()
        yield from _newly_shared(changed, staff)
        yield from without_highest(staff)
    if given := _keys_given(changed):
        found = shared_keys((*whole.staff(), *whole.machines()))
        yield from (b for b in found if b.record is not None and (b.record.path, b.names[0]) in given)
    if Department.kind in kinds:
        yield from without_one_default(whole.departments())


def without_highest(staff: Iterable[Staff]) -> Iterator[Breach]:
    """Somebody must remain who may register staff (rule 2)."""
    if not any(member.level == HIGHEST for member in staff):
        yield Breach("level")


def shared(staff: Iterable[Staff]) -> Iterator[Breach]:
    """An address is one person's: git's user.email finds the person by it. A breach for each who shares one."""
    holders: dict[str, list[Staff]] = {}
    for member in staff:
        for address in member.addresses:
            holders.setdefault(address, []).append(member)
    for address, several in sorted(holders.items()):
        ids = [member.id for member in several]
        for member in several if len(several) > 1 else ():
            yield Breach("address", member, (address, *(i for i in ids if i != member.id)))


def shared_keys(holders: Iterable[Staff | Machine]) -> Iterator[Breach]:
    """A key is one person's, or one machine's: a server tells by it who pushes. A breach for each who shares one."""
    having: dict[str, list[Staff | Machine]] = {}
    for holder in holders:
        for key in _bare_keys(holder):
            having.setdefault(key, []).append(holder)
    for key, several in sorted(having.items()):
        for holder in several if len(several) > 1 else ():
            yield Breach("key", holder, (key, *(other.id for other in several if other is not holder)))


def _bare_keys(record: Record | None) -> frozenset[str]:
    """The keys of a person or a machine, without the times in which they count, and without what they are called."""
    keys = record.keys if isinstance(record, Staff | Machine) else ()
    return frozenset(word for key in keys for word in key.split() if word.startswith(_KEY))


def _keys_given(changed: Iterable[BeforeAfter]) -> set[tuple[str, str]]:
    """The keys that a change has given to somebody, each with the path of their record."""
    pairs = ((after, key) for before, after in changed for key in _bare_keys(after) - _bare_keys(before))
    return {(after.path, key) for after, key in pairs if after is not None}


def _newly_shared(changed: Iterable[BeforeAfter], staff: Iterable[Staff]) -> Iterator[Breach]:
    """The shared addresses that a change has given to somebody."""
    given = {
        (after.id, address)
        for before, after in changed
        if isinstance(after, Staff)
        for address in after.addresses - (before.addresses if isinstance(before, Staff) else frozenset())
    }
    if given:
        yield from (b for b in shared(staff) if b.record is not None and (b.record.id, b.names[0]) in given)


def _registered(before: Record | None, after: User, whole: Whole) -> Iterator[Breach]:
    """A requester is known once: by the address it is found whose a mail is."""
    was = address_of(before) if isinstance(before, User) else ""
    address = address_of(after)
    others = [user for user in whole.requesters_with(address) if user != after.id] if address not in ("", was) else []
    if others:
        yield Breach("registered", after, (address, *others))


def without_one_default(departments: Iterable[Department]) -> Iterator[Breach]:
    """Exactly one department takes what nobody sent elsewhere (rules 4 and 5)."""
    default = tuple(d.id for d in departments if d.default)
    if len(default) != 1:
        yield Breach("default", None, default)


def holding_users(department: Department, whole: Whole) -> Iterator[Breach]:
    """A private department holds only tickets written by staff (rule 4)."""
    if department.private and (count := whole.users_tickets(department.id)):
        yield Breach("private", department, (), count)


def _place(ticket: Ticket) -> tuple[str, bool]:
    return ticket.department, rights.is_users(ticket)


def _public(ticket: Ticket, whole: Whole) -> Iterator[Breach]:
    if not rights.is_users(ticket):
        return
    if any(d.id == ticket.department and d.private for d in whole.departments()):
        yield Breach("public", ticket)


def _deleted(record: Record, whole: Whole) -> Iterator[Breach]:
    """What others refer to isn't deleted from under them (rule 5)."""
    if record.kind == "tag" and record.id in RESERVED_TAGS:
        yield Breach("reserved", record)
        return
    count, paths = whole.referring(record.kind, record.id)
    if count:
        yield Breach("referred", record, tuple(paths), count)


# -- in the words of commands ------------------------------------------------------------------------------------------


def require(changed: Collection[BeforeAfter], whole: Whole) -> None:
    """Refuse what an action would leave behind."""
    for breach in breaches(changed, whole):
        raise _refusal(breach, changed, whole)


def _refusal(breach: Breach, changed: Collection[BeforeAfter], whole: Whole) -> Refused:
    record, names, count = breach.record, breach.names, breach.number
    if breach.rule == "level":
        return _last_of(changed)
    if record is None:
        return Refused(
            _("exactly one department must be the default one"),
            _("make one the default: desk department edit ID --default"),
        )
    if breach.rule in ("address", "registered", "key"):
        return _taken(breach.rule, record, *names[:2])
    if breach.rule == "private":
        return Refused(
            _("{id} can't become private: it holds {count} tickets of users", id=record.id, count=count),
            _(
                "a private department holds only tickets written by staff; move the others first: desk ticket list "
                "--department {id} --state any",
                id=record.id,
            ),
        )
    if breach.rule == "public" and isinstance(record, Ticket):
        rights.require_public(next(d for d in whole.departments() if d.id == record.department), record)
    if breach.rule == "reserved":
        return Refused(
            _("the tag {id} can't be deleted: it decides what kind of work a ticket is", id=record.id),
            _(
                "reserved: {reserved_tags}; colour and description can be changed: desk tag edit {id}",
                reserved_tags=", ".join(RESERVED_TAGS),
                id=record.id,
            ),
        )
    return _referred(record, names, count)


def _taken(rule: Rule, record: Record, address: str, other: str) -> Refused:
    """Whose an address, or a key, is already."""
    if rule == "key":
        return Refused(
            _("the key is that of {name} already", name=other),
            _("one key, one person, or one machine: make another with ssh-keygen"),
        )
    kind = word(record.kind)
    return Refused(
        _("{address} is the address of {kind} {name}", address=address, kind=kind, name=other),
        _("one address, one person: desk {noun} show {name}", noun=record.noun or record.kind, name=other),
    )


def _referred(record: Record, paths: tuple[str, ...], count: int) -> Refused:
    """What still refers to a record, and how that is mended."""
    if record.kind == "group":
        return Refused(
            _("the group {id} can't be deleted: {count} users belong to it", id=record.id, count=count),
            _("move them first: desk user list --group {id} -f ids | desk user edit - --group OTHER", id=record.id),
        )
    if record.kind == "topic":
        held = sorted(id_at(path) for path in paths)
        shown = ", ".join(held[:_SHOWN]) + (_(" and {count} more", count=count - _SHOWN) if count > _SHOWN else "")
        return Refused(
            _("the topic {id} can't be deleted: it holds {shown}", id=record.id, shown=shown),
            _(
                "move them: desk kb list --topic {id} --state any -f ids | desk kb edit - --topic OTHER   or "
                "delete them: desk kb delete SLUG",
                id=record.id,
            ),
        )
    more = _(" and {count} more", count=count - 1) if count > 1 else ""
    return Refused(
        _("{id} can't be deleted: {path}{more} still refer to it", id=record.id, path=paths[0], more=more),
        _("change or delete that first"),
    )


_SHOWN = 3
"""So many records are named, the others counted."""


def _last_of(changed: Collection[BeforeAfter]) -> Refused:
    """Who was the last of the highest level, and what was to become of them."""
    fallen = ((b, a) for b, a in changed if isinstance(b, Staff) and b.level == HIGHEST)
    who, lowered = next(((b.id, a is not None) for b, a in fallen), (_("nobody"), False))
    return Refused(
        _("{who} is the last one of level {level} and can't be lowered", who=who, level=HIGHEST)
        if lowered
        else _("{who} is the last one of level {level} and can't be removed", who=who, level=HIGHEST),
        _("give somebody else level {level} first: desk staff edit HANDLE --level {level}", level=HIGHEST),
    )
