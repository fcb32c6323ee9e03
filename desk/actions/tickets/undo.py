"""The last change of a ticket, or of any record or setting: read from its commit, whether it can be taken back, and that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from desk.actions.care.settings import require_sound, words_missing
from desk.checks import rules
from desk.checks.world import World
from desk.codec import places
from desk.config import FILE, Config, load
from desk.domain.changes import undo as changes_undo
from desk.domain.changes.undo import VERB, Pair, Taken
from desk.domain.model import plain
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Event
from desk.domain.model.fields import parse_time
from desk.domain.model.kinds import kind_at
from desk.domain.model.record import Record
from desk.errors import Conflict, NotFound, Refused
from desk.git import diff, objects
from desk.index import derive
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import counting, events, tickets
from desk.session.session import Session, zone
from desk.store import asof, handedits
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _, arranged

_HAND = "commit"
"""What a commit made by hand, with git, is called."""


class Undone(NamedTuple):
    """The commit of an undo, and what it took back."""

    done: Committed
    taken: tuple[Taken, ...]


def undo(session: Session, ids: Sequence[str], *, reason: str | None = None) -> Undone:
    """Take back the last change of tickets, with everything that changed together with it, as a change of its own."""
    taken: list[Taken] = []

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        nonlocal taken
        taken = last_changes(snapshot, ids, session.config)
        return changes_undo.together([changes_undo.undo(one, by=by, at=at, reason=reason) for one in taken])

    done = session.apply(plan)
    return Undone(done, tuple(taken))


def undo_steps(session: Session, steps: int, *, ticket: str | None = None, reason: str | None = None) -> list[Undone]:
    """Take back the last changes that stand, newest first: the actor's, or those of a ticket; a commit for each.

    All of them are looked at before the first is taken back, so that a refusal changes nothing.
    """
    snapshot = session.store.snapshot(session.store.index, session.store.commit_now())
    by = session.actor(snapshot)
    found = counting.standing(snapshot.index, steps, by=by.id, ticket=ticket)
    if len(found) < steps:
        raise NotFound(
            _("{n} changes are there to take back, not {steps}", n=len(found), steps=steps), _("see them: desk log")
        )
    over: dict[str, str] = {}
    changes = []
    for n, oid, verb in found:
        taken = _taken(snapshot, n, oid, verb, session.config, of_ticket=ticket is not None, over=over)
        changes.append(changes_undo.undo(taken, by=by, at=session.now, reason=reason))
    session.consult(changes)
    return [undo_commit(session, oid, reason=reason) for _n, oid, _verb in found]


def undo_commit(session: Session, commit: str | None = None, *, reason: str | None = None) -> Undone:
    """Take back one change of any records: the last that the actor made, or that of a commit, by a name that git knows.

    It takes the right that the change took, and is refused when anything that it touched has changed since.
    """
    taken: list[Taken] = []
    oid = None if commit is None else asof.commit_named(session.store, commit)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        nonlocal taken, oid
        found = events.change_of(snapshot.index, oid) if oid else events.last_change_by(snapshot.index, by.id)
        if found is None:
            raise NotFound(_("{by} has changed nothing yet", by=by.id), _("name a commit: desk log"))
        oid = found.oid  # whoever agreed to this one means no other that may come meanwhile
        taken = [_taken(snapshot, *found, session.config, of_ticket=False)]
        return changes_undo.undo(taken[0], by=by, at=at, reason=reason)

    done = session.apply(plan)
    return Undone(done, tuple(taken))


def last_changes(snapshot: Snapshot, ids: Iterable[str], config: Config) -> list[Taken]:
    """The last change of each ticket; several tickets changed together have one."""
    found = dict.fromkeys(events.last_change(snapshot.index, ticket_id) for ticket_id in ids)
    return [_taken(snapshot, n, oid, verb, config) for n, oid, verb in found]


def _taken(
    snapshot: Snapshot,
    n: int,
    oid: str,
    verb: str | None,
    config: Config,
    *,
    of_ticket: bool = True,
    over: dict[str, str] | None = None,
) -> Taken:
    """What a commit did. `over`: objects by path as other undos will have them by then; this one's are put among them."""
    pairs: list[Pair] = []
    files: dict[str, bytes | None] = {}
    settings: list[tuple[str, Event]] = []
    with objects.blobs(snapshot.place) as blobs:
        header, _message = objects.parse_commit(blobs.get(oid) or b"")
        _check_commit(snapshot, n, oid, verb or _HAND, header.parents, of_ticket=of_ticket)
        changed = _changed(snapshot, header.parents[0], oid)
        if not changed:
            raise Refused(_("commit {oid} changed no record", oid=oid[:10]), arranged("git show {oid}", oid=oid[:10]))
        over = {} if over is None else over
        if over or oid != snapshot.commit:  # after the newest commit nothing can have changed
            _check_last(snapshot, changed, verb or _HAND, over, config)
        over |= {path: old for path, (old, _new) in changed.items()}
        for path, (old, new) in changed.items():
            before, after = (blobs.get(name) if name else None for name in (old, new))
            pair = _pair(path, before, after)
            if pair is not None and pair.record.kind == "user" and pair.then is None:
                continue  # whoever became known by it is known from now on
            files[path] = before
            if pair is not None:
                pairs.append(pair)
            if path == FILE:
                settings = _settings_back(snapshot.index, before or b"", after or b"")
    _check_rules(snapshot, pairs, config)
    return Taken(oid, verb or _HAND, _right(snapshot.index, n, verb or _HAND), tuple(pairs), files, tuple(settings))


def _settings_back(index: Index, before: bytes, after: bytes) -> list[tuple[str, Event]]:
    """What it means for the settings that desk.toml is again as it was before; Refused where no record could follow."""
    was, now = (load(content.decode()) for content in (after, before))
    require_sound(was, now)
    if missed := next(words_missing(index, was, now), None):
        raise Refused(missed, _("change it by hand: desk config set NAME VALUE"))
    return derive.settings_events(after, before)


def _check_commit(
    snapshot: Snapshot, n: int, oid: str, verb: str, parents: tuple[str, ...], *, of_ticket: bool
) -> None:
    """From a ticket only what was done to tickets is taken back."""
    begins = events.begins_with(snapshot.index, n)
    if begins is None:
        raise Refused(_("commit {oid} changed no record", oid=oid[:10]), arranged("git show {oid}", oid=oid[:10]))
    kind, record_id = begins
    hint = _("look at it: git show {oid}; what is to be different: desk ticket edit", oid=oid[:10])
    if len(parents) != 1:
        raise Refused(
            _("its last change, commit {oid}, joined two histories and can't be taken back", oid=oid[:10]), hint
        )
    if of_ticket and kind != "ticket":
        raise Refused(
            _(
                "its last change followed from {verb} of {kind} {id}, and stands or falls with it",
                verb=verb,
                kind=kind,
                id=record_id,
            ),
            _("to take it back as a whole: desk undo {oid}", oid=oid[:10]),
        )


def _changed(snapshot: Snapshot, parent: str, oid: str) -> dict[str, tuple[str, str]]:
    """Path → object names before and after a commit; empty where there was no file."""
    found: dict[str, tuple[str, str]] = {}
    for path, _turn, _turn, old, new in diff.between(snapshot.place, parent, oid, names=diff.BYTES):
        restored = kind_at(path) is not None or (path == FILE and old)
        if not restored and handedits.sort_of(path)[0] != handedits.ATTACHMENT:
            raise Refused(
                _("its last change, commit {oid}, changed {path} as well", oid=oid[:10], path=path),
                arranged("git show {oid}", oid=oid[:10]),
            )
        found[path] = (old, new)
    return found


def _check_last(
    snapshot: Snapshot, changed: dict[str, tuple[str, str]], verb: str, over: Mapping[str, str], config: Config
) -> None:
    """Conflict when something that the change touched has changed again since."""
    now = {file.path: file.oid for file in objects.files(snapshot.place, snapshot.commit, changed)} | dict(over)
    for path, (_turn, new) in changed.items():
        if now.get(path, "") != new:
            raise _changed_since(snapshot, path, verb, config)


def _changed_since(snapshot: Snapshot, path: str, verb: str, config: Config) -> Conflict:
    """What came after a change, and what is to be done first."""
    kind, record_id = handedits.sort_of(path)
    owner = "ticket" if kind == handedits.ATTACHMENT else kind
    told = tickets.history(snapshot.index, owner, record_id or "")
    if told and _file(snapshot, told[-1]["commit"], path) != _file(snapshot, snapshot.commit, path):
        # The last that is told isn't all that is there: to take that back would be refused as well.
        return Conflict(
            _("{verb} can't be taken back: two clones changed {id}, and it has both", verb=verb, id=record_id or path),
            _("do the opposite of what it did; see: desk log --record {id}", id=record_id or path)
            if owner != "ticket"
            else _("do the opposite of what it did; see: desk ticket history {id}", id=record_id),
        )
    after: str = ""
    if told:
        at = parse_time(told[-1]["at"]).astimezone(zone(config["desk.timezone"]))
        after = _(": {verb} by {by}, {at}", verb=told[-1]["verb"], by=told[-1]["by"], at=f"{at:%Y-%m-%d %H:%M}")
    return Conflict(
        _(
            "{verb} can't be taken back: {record_id} has changed since{after}",
            verb=verb,
            record_id=record_id or path,
            after=after,
        ),
        _("first that: desk ticket undo {record_id}", record_id=record_id)
        if owner == "ticket"
        else _("a setting: desk config set NAME VALUE")
        if path == FILE
        else _("change it as it should be"),
    )


def _file(snapshot: Snapshot, commit: str, path: str) -> list[str]:
    """The object at a path as a commit has it, or none."""
    return [file.oid for file in objects.files(snapshot.place, commit, [path])]


def _pair(path: str, before: bytes | None, after: bytes | None) -> Pair | None:
    if kind_at(path) is None:
        return None
    then, now = (places.decode_at(path, "", content) if content is not None else None for content in (before, after))
    return Pair(now, then)


def _check_rules(snapshot: Snapshot, pairs: list[Pair], config: Config) -> None:
    """What was right once may not be any more: an owner who has left, a department that is gone."""
    world = World(snapshot.index, config, [(pair.now, pair.then) for pair in pairs])
    for pair in pairs:
        if pair.then is None:
            continue
        known = set(_faults(pair.now, world)) if pair.now else set()
        for fault, hint in _faults(pair.then, world).items():
            if fault not in known:
                raise Conflict(_("{id} can't go back to what it was: {fault}", id=pair.then.id, fault=fault), hint)


def _faults(record: Record, world: World) -> dict[str, str]:
    return {f.problem: f.hint for f in rules.faults(record.kind, plain.head(record), world)}


def _right(index: Index, n: int, verb: str) -> str:
    """The verb whose right it takes: to take back an undo is to do again what was undone."""
    before: int | None = n
    while verb == VERB and before is not None:
        verb, before = events.undone(index, before, VERB)
    return verb
