"""The three trees of a merge as git has them: read, dated, and met. Whoever has the commits comes to the same tree.

Used by whoever makes a merge, and by whoever wants to know whether one is what its sides give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from desk import config
from desk.codec import places, records
from desk.config import FILE
from desk.domain.changes import message
from desk.domain.levels import clocks
from desk.domain.merge.record import Relevel
from desk.domain.merge.side import WHOLE, Leaf, Renamed, Side, TimeStamp, Tree, key_of
from desk.domain.merge.telling import RENAME, VERB
from desk.domain.merge.tree import Circumstances, Merged, merge
from desk.domain.model.fields import parse_slug
from desk.domain.model.kinds import kind_at
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff, User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, ConfigError
from desk.git import diff, log, objects, refs, write
from desk.git.place import Place
from desk.named import NamedTuple
from desk.store import levels

_ALWAYS = (Department.folder, Staff.folder, FILE)
"""What the rules of a merge ask for, changed or not."""
_TEXT_MAX = 4 << 20
_HEIR = r"department/(\S+) delete: tickets to (\S+)"


class Node(NamedTuple):
    """A file's mode and the name of its blob."""

    mode: str
    oid: str


class Sides(NamedTuple):
    """The trees of a merge and what surrounds it."""

    base: Tree
    ours: Side
    theirs: Side
    around: Circumstances


class Brought(NamedTuple):
    """A merge as a commit on top of theirs writes it: new contents by path (None removes one), and blobs that git has."""

    files: dict[str, bytes | None]
    blobs: dict[str, tuple[str, str]]


def meet(place: Place, base: str, ours: str, theirs: str) -> tuple[Merged, Brought]:
    """What two commits come to that have a base in common: the tree, and how it differs from theirs."""
    with objects.blobs(place) as blobs:
        sides = _Reader(place, blobs).sides(base, ours, theirs)
        merged = merge(*sides)
    return merged, _written(merged, sides.theirs.tree)


def _written(merged: Merged, theirs: Tree) -> Brought:
    there = {leaf.path: leaf for leaf in theirs.values()}
    found = Brought({}, {})
    for path, leaf in merged.files.items():
        now = there.get(path)
        if leaf is None:
            if now is not None:
                found.files[path] = None
        elif not leaf.oid:
            found.files[path] = records.encode(leaf.record) if leaf.record is not None else leaf.data or b""
        elif now is None or (now.oid, now.mode) != (leaf.oid, leaf.mode):
            found.blobs[path] = leaf.mode, leaf.oid
    return found


def common_base(place: Place, ours: str, theirs: str) -> str | None:
    """The one commit that a merge starts from; None where two histories have begun apart."""
    return one_base(place, refs.merge_bases(place, ours, theirs))


def one_base(place: Place, bases: list[str]) -> str | None:
    """What a merge starts from, of its bases; None without any. Several, of clones that have met each other directly, are met
    first: that is named by no ref, so that a push can be asked about before it is taken; git keeps it for two weeks.
    """
    base = bases[0] if bases else None
    for other in bases[1:]:
        before = common_base(place, str(base), other)
        if before is None:
            return None
        _, (files, blobs) = meet(place, before, str(base), other)
        # Of no time and nobody, so that it has one name wherever it is made.
        new = write.NewCommit("desk", "", 0, "desk", "", 0, "base\n", files, (str(base),), blobs)
        base = write.unnamed(place, new, other)
    return base


class _Reader:
    """Reads files of commits as leaves, each content once."""

    def __init__(self, place: Place, blobs: objects.Blobs) -> None:
        self.place = place
        self.blobs = blobs
        self._known: dict[tuple[str, Node], Leaf] = {}

    def sides(self, base: str, ours: str, theirs: str) -> Sides:
        """Everything that a merge of two commits looks at."""
        changes = [self._differing(base, oid) for oid in (ours, theirs)]
        always = {f.path: Node(f.mode, f.oid) for f in objects.files(self.place, base, _ALWAYS, names=diff.BYTES)}
        paths = sorted({*always, *changes[0], *changes[1]})
        # Contents of other files matter only where both sides changed them.
        texts = {p for p in changes[0].keys() & changes[1].keys() if changes[0][p] != changes[1][p]} | {FILE}
        nodes: list[dict[str, Node | None]] = [{}, {}, {}]
        for path in paths:
            before = next((c[path][0] for c in changes if path in c), always.get(path))
            nodes[0][path] = before
            for number, change in enumerate(changes, 1):
                nodes[number][path] = change[path][1] if path in change else before
        base_tree, one, two = (self._tree(found, texts) for found in nodes)
        both = (
            one.keys() & two.keys() & {k for k in one if one[k] != base_tree.get(k) and two.get(k) != base_tree.get(k)}
        )
        dated = [_History(self, base, oid, tree, both).side() for oid, tree in ((ours, one), (theirs, two))]
        around = Circumstances(_with_settings, self._taken(ours, theirs), self._relevel(ours, theirs))
        return Sides(base_tree, dated[0], dated[1], around)

    def _differing(self, old: str, new: str) -> dict[str, tuple[Node | None, Node | None]]:
        """The paths that differ between two commits: what the first has there, and what the second."""
        found = diff.between(self.place, old, new, names=diff.BYTES)
        return {d.path: (_node(d.mode, d.oid), _node(d.new_mode, d.new_oid)) for d in found}

    def _tree(self, nodes: dict[str, Node | None], texts: set[str]) -> Tree:
        found: dict[str, Leaf] = {}
        for path, node in nodes.items():
            if node is not None:
                key = key_of(path)
                # Two articles of one name, made by hand, are two files.
                found[path if key in found else key] = self.leaf(path, node, text=path in texts)
        return found

    def leaf(self, path: str, node: Node, *, text: bool = False) -> Leaf:
        """A file with what stands in it, as far as that matters."""
        if (path, node) not in self._known:
            data = self.blobs.get(node.oid) if text or kind_at(path) is not None else None
            record = self._record(path, node, data)
            kept = data if text and record is None and len(data or b"") <= _TEXT_MAX else None
            self._known[path, node] = Leaf(path, node.oid, node.mode, record, kept)
        return self._known[path, node]

    @staticmethod
    def _record(path: str, node: Node, data: bytes | None) -> Record | None:
        try:
            return None if data is None or kind_at(path) is None else places.decode_at(path, node.mode, data)
        except Broken:
            return None

    def _taken(self, *commits: str) -> Any:
        def taken(ticket_id: str) -> bool:
            path = Ticket.path_of(ticket_id)
            return any(self.blobs.get(f"{oid}:{path}") is not None for oid in commits)

        return taken

    def _relevel(self, *commits: str) -> Any:
        """What works out due times anew, by the service levels that a text of desk.toml states."""

        def relevel(text: bytes) -> Relevel | None:
            try:
                found = config.load(text.decode(errors="replace"))
                policies = levels.policies(self.place, found, text) if found.given(levels.POLICY) else None
            except ConfigError:
                return None
            if policies is None:
                return None

            def due(ticket: Ticket) -> Ticket:
                policy = policies.at(ticket.created)
                target = clocks.target_of(ticket, policy, self._group(commits)) if policy else None
                try:
                    return clocks.catch_up(ticket, target)
                except OverflowError:  # a time near the year 9999, given by hand
                    return ticket

            return due

        return relevel

    def _group(self, commits: Iterable[str]) -> clocks.Group:
        def group(ticket: Ticket) -> str | None:
            path = User.path_of(ticket.requester) if ticket.requester else ""
            for oid in sorted(commits) if path else ():
                data = self.blobs.get(f"{oid}:{path}")
                user = self._record(path, Node("100644", ""), data)
                if isinstance(user, User):
                    return user.group
            return None

        return group


class _History:
    """When a side last changed what: from its commits of one parent, so that merges of merges date nothing anew."""

    def __init__(self, reader: _Reader, base: str, oid: str, tree: Tree, both: set[str]) -> None:
        self.reader = reader
        self.tree = tree
        self.both = both
        self.commits, self.merges = log.lineage(reader.place, base, oid)
        self.heirs: dict[str, str] = {}
        self.stamps: dict[tuple[str, str], TimeStamp] = {}
        self._matches: dict[tuple[str, str], TimeStamp] = {}

    def side(self) -> Side:
        made = {oid: self._stamp(oid) for oid in self.commits}
        touched: dict[tuple[str, str], list[Leaf | None]] = {}
        for one in diff.read_touched(self.reader.place, self.commits, (), names=diff.BYTES):
            key, stamp = key_of(one.path), made[one.commit]
            self._date(key, WHOLE, stamp)
            if key in self.both and kind_at(one.path) is not None:
                pair = touched.setdefault((one.commit, key), [None, None])
                for number, node in enumerate((_node(one.mode, one.oid), _node(one.new_mode, one.new_oid))):
                    if node is not None:
                        pair[number] = self.reader.leaf(one.path, node)
        for (commit, key), (before, after) in touched.items():
            self._date_fields(key, before, after, made[commit])
        renamed = tuple(one for oid in self.merges for one in self._renamed(oid))
        return Side(self.tree, {**self.stamps, **self._matches}, self.heirs, renamed)

    def _renamed(self, oid: str) -> Iterable[Renamed]:
        """What a merge says that it has given another id."""
        _, text = objects.parse_commit(self.reader.blobs.get(oid) or b"")
        told = message.parse(text)
        for event in told.events if told.verb == VERB else ():
            if event.verb == RENAME and event.before and event.kind in (Ticket.kind, User.kind):
                yield Renamed(event.kind, event.before, event.id)

    def _date(self, key: str, field: str, stamp: TimeStamp) -> None:
        self.stamps[key, field] = max(stamp, self.stamps.get((key, field), stamp))

    def _date_fields(self, key: str, before: Leaf | None, after: Leaf | None, stamp: TimeStamp) -> None:
        """The fields that a commit changed; one that made a field what it is now dates it before any other."""
        now = self.tree[key].record
        old, new = (leaf.record if leaf else None for leaf in (before, after))
        for name in (*(now.FIELDS if now else ()), "body", "thread"):
            values = [_value(record, name) for record in (old, new)]
            if values[0] == values[1]:
                continue
            self._date(key, name, stamp)
            if values[1] == _value(now, name):
                self._matches[key, name] = max(stamp, self._matches.get((key, name), stamp))

    def _stamp(self, oid: str) -> TimeStamp:
        header, text = objects.parse_commit(self.reader.blobs.get(oid) or b"")
        told = message.parse(text)
        gone = {event.id for event in told.events if (event.kind, event.verb) == (Department.kind, "delete")}
        for event in told.events:
            if event.verb == "move" and event.before in gone and event.after:
                self.heirs[event.before] = event.after
        named = re.match(_HEIR, text)
        if named:
            self.heirs[named[1]] = named[2]
        return TimeStamp(header.at, oid, _handle(told.actor) or self._handles.get(header.email.lower(), ""))

    @cached_property
    def _handles(self) -> dict[str, str]:
        """The staff member of each address: who committed by hand."""
        staff = [leaf.record for leaf in self.tree.values() if isinstance(leaf.record, Staff)]
        # Of two that share one, the first of the tree.
        return {address: one.id for one in reversed(staff) for address in one.addresses}


def _with_settings(text: str, values: Mapping[str, Any]) -> str:
    from desk.codec.toml import with_settings  # noqa: PLC0415 - 20 ms, where both sides changed settings

    return with_settings(text, values)


def _node(mode: str, oid: str) -> Node | None:
    return Node(mode, oid) if oid else None


def _handle(actor: str | None) -> str:
    """An actor as an entry of a thread can name it."""
    try:
        return parse_slug(actor or "")
    except ValueError:
        return ""


def _value(record: Record | None, name: str) -> Any:
    if record is None:
        return None
    return getattr(record, name) if name in ("body", "thread") else record.values.get(name)
