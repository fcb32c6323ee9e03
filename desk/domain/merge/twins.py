"""One id for two tickets, two ids for one person, two tickets of one mail: put right on one side, before anything else meets.

Whoever gets another id is new on its side, so only what that side wrote itself can refer to it; but a third clone may have
met that side before, and is caught up with when it meets the merge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desk.domain.merge.side import Decision, Leaf, Renamed, Side, Tree
from desk.domain.model import states
from desk.domain.model.fields import utc_text
from desk.domain.model.person import User
from desk.domain.model.record import Entry, Record
from desk.domain.model.ticket import Ticket, files_folder
from desk.domain.people import users
from desk.named import NamedTuple

Taken = Callable[[str], bool]
"""Whether a ticket id is used on either side."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Apart(NamedTuple):
    """The three trees with nothing under one id that isn't the same thing, and what was renamed for it."""

    base: Tree
    ours: Side
    theirs: Side
    renamed: tuple[Renamed, ...]
    decisions: tuple[Decision, ...] = ()


def set_apart(base: Tree, ours: Side, theirs: Side, taken: Taken) -> Apart:
    """Two tickets that have one id get one each, two records of one person become one, and so do two tickets of one mail."""
    base, ours, theirs = _caught_up(base, ours, theirs)
    sides = [ours, theirs]
    renamed: list[Renamed] = []
    for key in sorted(ours.tree.keys() & theirs.tree.keys() - base.keys()):
        one, two = ours.record(key), theirs.record(key)
        if isinstance(one, Ticket) and isinstance(two, Ticket) and not _same_ticket(one, two):
            number = int(_age(two, theirs.tree[key]) > _age(one, ours.tree[key]))
            new = _new_id(one.id, (ours, theirs)[number].tree[key].oid, taken)
            renamed.append(Renamed(Ticket.kind, one.id, new))
            sides[number] = _renumbered(base, sides[number], one.id, new)
    for pair in list(_twice(base, ours, theirs)):
        sides[pair.goes] = _as_one(base, sides[pair.goes], pair.going.id, pair.staying.id)
        sides[1 - pair.goes] = _filled(sides[1 - pair.goes], pair.going, pair.staying)
        renamed.append(Renamed(User.kind, pair.going.id, pair.staying.id))
    decisions = []
    for mail in list(_mailed_twice(base, sides)):
        sides[mail.goes] = _joined_mail(base, sides, mail)
        decisions.append(Decision(Ticket.kind, mail.going.id, "merged_into", mail.staying.id, "", "nothing", ""))
    return Apart(base, sides[0], sides[1], tuple(renamed), tuple(decisions))


def _caught_up(base: Tree, ours: Side, theirs: Side) -> tuple[Tree, Side, Side]:
    """What an earlier merge has renamed on one side, and the other knows by the old id, is renamed there as well."""
    sides = [ours, theirs]
    for number in (0, 1):
        for one in sides[number].renamed:
            here, there = sides[number], sides[1 - number]
            if one.kind == User.kind:
                going, staying = (User.path_of(i) for i in (one.old, one.new))
                if going in base and going not in here.tree and staying in here.tree:
                    sides[1 - number] = _as_one(base, there, one.old, one.new)
                    base = {key: leaf for key, leaf in base.items() if key != going}
            elif _was_renumbered(base, here, one):
                # In both alike, so that what neither has changed still counts as unchanged.
                sides[1 - number] = _renumbered({}, there, one.old, one.new)
                base = _renumbered({}, Side(base), one.old, one.new).tree
    return base, sides[0], sides[1]


def _was_renumbered(base: Tree, side: Side, one: Renamed) -> bool:
    """Whether the ticket that both knew by its old id goes on under the new one here."""
    leaf = base.get(Ticket.path_of(one.old))
    known, now = leaf.record if leaf else None, side.record(Ticket.path_of(one.new))
    if not isinstance(known, Ticket) or not isinstance(now, Ticket) or Ticket.path_of(one.new) in base:
        return False
    return (known.created, known.author) == (now.created, now.author)


def _same_ticket(one: Ticket, two: Ticket) -> bool:
    """Whether it is one ticket that both sides have got by another way than from each other."""
    return (one.created, one.author, one.body) == (two.created, two.author, two.body)


def _age(ticket: Ticket, leaf: Leaf) -> tuple[datetime, str, str]:
    return ticket.created, ticket.author or "", leaf.mark


def _new_id(old: str, oid: str, taken: Taken) -> str:
    """Another id of the same day, from the content: every clone comes to the same."""
    number = int(oid or "0", 16)
    while True:
        found = f"{old[:7]}{''.join(_ALPHABET[number >> shift & 31] for shift in (0, 5, 10, 15))}"
        if not taken(found):
            return found
        number = number // 32 if number >= 1 << 20 else number * 7 + 1


# -- one id for two tickets ----------------------------------------------------------------------------------------------


def _renumbered(base: Tree, side: Side, old: str, new: str) -> Side:
    """The side with a ticket under another id, its files, and whatever refers to it."""
    tree = dict(side.tree)
    moved: dict[str, str] = {}
    folder, fresh = f"{files_folder(old)}/", f"{files_folder(new)}/"
    for key, leaf in side.tree.items():
        if key == Ticket.path_of(old) and leaf.record is not None:
            tree.pop(key)
            moved[key] = Ticket.path_of(new)
            record = leaf.record.evolve(id=new)
            tree[moved[key]] = Leaf(moved[key], "", record=record)
        elif key.startswith(folder):
            tree.pop(key)
            moved[key] = fresh + key.removeprefix(folder)
            tree[moved[key]] = leaf._replace(path=moved[key])
        elif leaf.record is not None and _own(base, key, leaf):
            tree[key] = _with(leaf, _referring(leaf.record, old, new))
    stamps = dict(side.stamps)
    for (key, field), stamp in side.stamps.items():
        if key in moved:
            stamps[moved[key], field] = stamp
    return side._replace(tree=tree, stamps=stamps)


def _own(base: Tree, key: str, leaf: Leaf) -> bool:
    """Whether the side has written it."""
    return key not in base or base[key].mark != leaf.mark


def _with(leaf: Leaf, record: Record) -> Leaf:
    return leaf if record == leaf.record else Leaf(leaf.path, "", record=record)


def _referring(record: Record, old: str, new: str) -> Record:
    values: dict[str, Any] = {
        name: new
        for name, field in record.FIELDS.items()
        if field.ref == Ticket.kind and record.values.get(name) == old
    }
    if isinstance(record, Ticket):
        links = [f"{ln.partition(' ')[0]} {new}" if ln.endswith(f" {old}") else ln for ln in record.links]
        values |= {"links": links} if tuple(links) != record.links else {}
        record = _entries(record, lambda e: _meta(e, {"from": new} if e.meta.get("from") == old else {}))
    return record.evolve(**values) if values else record


def _entries(ticket: Ticket, change: Callable[[Entry], Entry]) -> Ticket:
    thread = tuple(map(change, ticket.thread))
    return ticket if thread == ticket.thread else ticket.evolve(thread=thread)


def _meta(entry: Entry, more: Mapping[str, Any]) -> Entry:
    return entry._replace(meta={**entry.meta, **more}) if more else entry


# -- two ids for one person ----------------------------------------------------------------------------------------------


class _Twice(NamedTuple):
    """One requester known on both sides by ids of their own; `goes` is the side, 0 or 1, whose id goes."""

    goes: int
    going: User
    staying: User


def _twice(base: Tree, ours: Side, theirs: Side) -> Iterator[_Twice]:
    known = [_addresses(base, side) for side in (ours, theirs)]
    for address in sorted(known[0].keys() & known[1].keys()):
        one, two = known[0][address], known[1][address]
        fresh = [user.path not in base for user in (one, two)]
        if one.id == two.id or not any(fresh):
            continue
        first = fresh == [False, True] or (all(fresh) and _known_since(one) <= _known_since(two))
        yield _Twice(1, two, one) if first else _Twice(0, one, two)


def _addresses(base: Tree, side: Side) -> dict[str, User]:
    """The requesters that a side has made or changed, by address."""
    found: dict[str, User] = {}
    for key, leaf in sorted(side.tree.items()):
        if (
            isinstance(leaf.record, User)
            and leaf.record.email
            and _own(base, key, leaf)
            and not users.gone(leaf.record)
        ):
            found.setdefault(leaf.record.email.lower(), leaf.record)
    return found


def _known_since(user: User) -> tuple[bool, datetime | None, str]:
    return user.created is None, user.created, user.id


def _as_one(base: Tree, side: Side, going: str, staying: str) -> Side:
    """The side with one person in place of another, by their ids."""
    tree = {key: leaf for key, leaf in side.tree.items() if key != User.path_of(going)}
    for key, leaf in tree.items():
        if isinstance(leaf.record, Ticket) and _own(base, key, leaf):
            tree[key] = _with(leaf, _of_person(leaf.record, going, staying))
    return side._replace(tree=tree)


def _of_person(ticket: Ticket, old: str, new: str) -> Ticket:
    values: dict[str, Any] = {n: new for n in ("requester", "author") if ticket.values.get(n) == old}
    if old in ticket.watchers:
        values["watchers"] = [new if w == old else w for w in ticket.watchers]
    ticket = ticket.evolve(**values) if values else ticket
    return _entries(ticket, lambda e: e._replace(by=new) if e.by == old else e)


def _filled(side: Side, going: User, staying: User) -> Side:
    """The side with what the other one knew of a person beside what it knew itself."""
    leaf = side.tree[staying.path]
    missing = {n: v for n, v in going.values.items() if n not in staying.values and n not in ("id", "registered")}
    values = {**missing, **staying.values}
    if going.registered:
        values.pop("registered", None)
    ordered = {n: values[n] for n in User.FIELDS if n in values}
    record = User(ordered, extra={**going.extra, **staying.extra})
    return side._replace(tree={**side.tree, staying.path: _with(leaf, record)})


# -- two tickets of one mail ---------------------------------------------------------------------------------------------


class _Mailed(NamedTuple):
    """A mail that two machines took in, each as a ticket; `goes` is the side, 0 or 1, whose ticket leads to the other."""

    goes: int
    going: Ticket
    staying: Ticket


def _mailed_twice(base: Tree, sides: Sequence[Side]) -> Iterator[_Mailed]:
    known = [_mailed(base, side) for side in sides]
    for key in sorted(known[0].keys() & known[1].keys()):
        pair = known[0][key], known[1][key]
        goes = int((pair[1].created, pair[1].id) > (pair[0].created, pair[0].id))
        if pair[0].id != pair[1].id:
            yield _Mailed(goes, pair[goes], pair[1 - goes])


def _mailed(base: Tree, side: Side) -> dict[tuple[str, str], Ticket]:
    """The new tickets of a side that mails have opened, by the mail and by who wrote it."""
    found: dict[tuple[str, str], Ticket] = {}
    for key, leaf in sorted(side.tree.items()):
        record = leaf.record
        if isinstance(record, Ticket) and record.message_id and key not in base and not record.merged_into:
            found.setdefault((record.message_id, record.requester or ""), record)
    return found


def _joined_mail(base: Tree, sides: Sequence[Side], mail: _Mailed) -> Side:
    """The side with its ticket under the other's number, where both meet as one; its own number leads there."""
    side, old, new = sides[mail.goes], mail.going, mail.staying
    closed = max(side.stamp(old.path).at, sides[1 - mail.goes].stamp(new.path).at)
    folder, goal = f"{files_folder(old.id)}/", f"{files_folder(new.id)}/"
    tree = dict(side.tree)
    for key, leaf in side.tree.items():
        if leaf.record is not None and _own(base, key, leaf):
            tree[key] = _with(leaf, _referring(leaf.record, old.id, new.id))
        elif key.startswith(folder):
            path = goal + key.removeprefix(folder)
            tree[path] = leaf._replace(path=path)
    known = old.evolve(id=new.id, created=utc_text(new.created), author=new.author)
    tree |= {one.path: Leaf(one.path, "", record=one) for one in (known, _leading(old, new.id, closed))}
    moved = {(new.path, field): stamp for (key, field), stamp in side.stamps.items() if key == old.path}
    return side._replace(tree=tree, stamps={**side.stamps, **moved})


def _leading(ticket: Ticket, into: str, at: int) -> Ticket:
    """A ticket that leads to another one, as `ticket merge` leaves it."""
    left: dict[str, Any] = dict.fromkeys(("pending_until", "pending_for", "update_by", "paused", "links"))
    closed = utc_text(ticket.closed or datetime.fromtimestamp(at, UTC))
    return ticket.evolve(state=states.CLOSED, closed=closed, resolution=states.DUPLICATE, merged_into=into, **left)
