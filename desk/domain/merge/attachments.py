"""Attachments: two of one name get a name each, one that is named stays, and what is written to a merged ticket goes on."""

from __future__ import annotations

from collections.abc import Mapping

from desk.domain.changes import salt
from desk.domain.merge.result import Result, record_key
from desk.domain.merge.side import Leaf, Side, Tree
from desk.domain.merge.thread import fresh_in
from desk.domain.model.filenames import attachment_name
from desk.domain.model.record import Entry, interleave
from desk.domain.model.ticket import Ticket, files_folder

_FOLDER = ".files/"


def name_apart(base: Tree, ours: Side, theirs: Side) -> tuple[Side, Side]:
    """Both sides with another name for the younger one of two files that were attached under one; of two salts the older."""
    sides = [ours, theirs]
    for key in sorted(ours.tree.keys() & theirs.tree.keys() - base.keys()):
        folder, inside, name = key.partition(_FOLDER)
        if not inside or ours.tree[key].oid == theirs.tree[key].oid:
            continue
        ages = [(side.stamp(key), side.tree[key].mark) for side in sides]
        younger = int(ages[1] > ages[0])
        if name == salt.FILE:
            sides[younger] = sides[younger]._replace(tree={**sides[younger].tree, key: sides[1 - younger].tree[key]})
            continue
        taken = {k.removeprefix(folder + _FOLDER) for s in sides for k in s.tree if k.startswith(folder + _FOLDER)}
        taken.update(*(t.all_attachments for s in sides if isinstance(t := s.record(f"{folder}.md"), Ticket)))
        sides[younger] = _renamed(sides[younger], f"{folder}.md", name, attachment_name(name, taken))
    return sides[0], sides[1]


def _renamed(side: Side, ticket_key: str, old: str, new: str) -> Side:
    ticket = side.record(ticket_key)
    if not isinstance(ticket, Ticket):
        return side
    folder = files_folder(ticket.id)
    tree = {key: leaf for key, leaf in side.tree.items() if key != f"{folder}/{old}"}
    tree[f"{folder}/{new}"] = side.tree[f"{folder}/{old}"]._replace(path=f"{folder}/{new}")
    names = {old: new}
    after = ticket.evolve(
        attachments=[names.get(n, n) for n in ticket.attachments] or None,
        thread=tuple(_under_names(e, names) for e in ticket.thread),
    )
    tree[ticket_key] = Leaf(ticket_key, "", record=after)
    stamps = {**side.stamps, (f"{folder}/{new}", ""): side.stamp(f"{folder}/{old}")}
    return side._replace(tree=tree, stamps=stamps)


def _under_names(entry: Entry, names: Mapping[str, str]) -> Entry:
    if not set(entry.attachments) & names.keys():
        return entry
    return entry._replace(meta={**entry.meta, "attachments": [names.get(n, n) for n in entry.attachments]})


def keep_named(result: Result) -> None:
    """A file that one side has taken away and a ticket names, which the other side has kept, stays; and its folder's salt."""
    for _, ticket in list(result.each(Ticket)):
        named = ticket.all_attachments
        for name in (*named, *([salt.FILE] if named else [])):
            key = f"{files_folder(ticket.id)}/{name}"
            if result.gone(key):
                result.restore(key)


def drop_orphans(result: Result) -> None:
    """The files of a ticket that is gone go with it."""
    for key, leaf in list(result.leaves.items()):
        folder, inside, _ = key.partition(_FOLDER)
        if inside and leaf is not None and result.gone(f"{folder}.md"):
            result.leaves[key] = None


def carry_on(result: Result) -> None:
    """What one side wrote to a ticket that the other merged into another one goes on there, as the merge itself has it."""
    for key, ticket in list(result.each(Ticket)):
        if not ticket.merged_into:
            continue
        merged = [side.record(key) for side in result.sides]
        into = [isinstance(t, Ticket) and t.merged_into is not None for t in merged]
        base = result.base[key].record if key in result.base else None
        if into[0] == into[1] or (isinstance(base, Ticket) and base.merged_into):
            continue
        there, here = merged[into.index(True)], merged[into.index(False)]
        target = _goes_on(result, ticket)
        if target is not None and isinstance(there, Ticket) and isinstance(here, Ticket):
            _carry(result, ticket, target, fresh_in(there.thread, here.thread))


def _goes_on(result: Result, ticket: Ticket) -> Ticket | None:
    """The ticket that goes on in the place of a merged one, which may have been merged itself."""
    seen = {ticket.id}
    found: Ticket | None = ticket
    while found is not None and found.merged_into and found.merged_into not in seen:
        seen.add(found.merged_into)
        found = result.of(Ticket, record_key(Ticket, found.merged_into))
    return found if found is not None and found.id != ticket.id and not found.merged_into else None


def _carry(result: Result, ticket: Ticket, target: Ticket, entries: list[Entry]) -> None:
    here, there = files_folder(ticket.id), files_folder(target.id)
    moved = []
    if not target.all_attachments and (own := result.leaves.get(f"{here}/{salt.FILE}")) is not None:
        # A merge has nothing of chance: the folder that has none yet takes over the salt of the other one.
        result.leaves[f"{there}/{salt.FILE}"] = own._replace(path=f"{there}/{salt.FILE}")
    taken = {key.rpartition("/")[2] for key in result.leaves if key.startswith(f"{there}/")}
    taken |= set(target.all_attachments)
    for entry in entries:
        names: dict[str, str] = {}
        for name in entry.attachments:
            leaf = result.leaves.get(f"{here}/{name}")
            if leaf is not None:
                names[name] = attachment_name(name, taken)
                taken.add(names[name])
                path = f"{there}/{names[name]}"
                result.leaves[path] = leaf._replace(path=path)
        named = _under_names(entry, names)
        moved.append(named._replace(meta={**named.meta, "from": ticket.id}))
    if moved:
        result.put(target.evolve(thread=interleave(target.thread, moved)))
