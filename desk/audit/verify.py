"""The checks of `desk audit verify`: adding one takes a function and a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from desk.audit import history, merges, records, rights, trailers, witness
from desk.audit import moment as audit_moment
from desk.audit import seals as audit_seals
from desk.audit import walk as audit_walk
from desk.audit.history import History
from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment
from desk.audit.walk import Step
from desk.audit.world import PastWorld
from desk.config import FILE
from desk.domain.changes import message
from desk.domain.model.kinds import kind_at
from desk.domain.model.person import Staff
from desk.errors import ConfigError
from desk.git import log, objects
from desk.queries import records as queries_records
from desk.store import settings
from desk.store.store import Store
from desk.text import _

_AT_ONCE = 400
"""Commits whose files are read ahead in one go."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "repository": _("the repository shows what was committed"),
        "seals": _("seals"),
        "history": _("one history, merged as expected"),
        "dates": _("dates in order"),
        "actors": _("who acted was who signed, and on the staff"),
        "rights": _("each change was allowed to its maker then"),
        "trailers": _("messages tell what happened, no more and no less"),
        "records": _("records were sound at each commit"),
        "rules": _("rules about several records held"),
        "by-hand": _("commits made by hand"),
        "committers": _("commits in somebody else's name"),
    }
)
"""What is looked at, in the order in which it is shown."""

Each = Callable[[Moment], Iterable[AuditFinding]]
BEFORE: tuple[Each, ...] = (rights.actors, rights.rights, rights.by_hand, trailers.trailers)
"""Checks of a commit against the desk as its parent had it."""
AFTER: tuple[Each, ...] = (records.records, records.whole)
"""Checks of the desk as the commit has it."""


class Verified(NamedTuple):
    """What was looked at, and what was found, in the order of history; `since` is None for the beginning."""

    findings: tuple[AuditFinding, ...]
    since: str | None
    seal: str | None
    head: str
    commits: int
    changes: int
    seals: int

    def count(self, level: str) -> int:
        return sum(f.level == level for f in self.findings)


def verify(store: Store, since: str | None = None, *, full: bool = False) -> Verified:
    """Check history from `since`, by default from the newest sound seal, with `full` from the beginning."""
    place, head = store.place, store.commit_now()
    found = list(history.repository(place))
    every = audit_seals.seals(place)
    sealed, sound = _seals(store, every, head, full=full)
    found += sealed
    named = None
    if since is None and sound is not None and not full:
        since, named = sound.commit, sound.name
    found += witness.alone(place, _wanted(store), int(store.clock().timestamp()))
    walk = _Walk(store, since, head)
    found += walk.run()
    return Verified(tuple(found), since, named, head, walk.commits, walk.changes, len(every))


def _wanted(store: Store) -> int:
    """How many others are to sign under a seal; none where the settings can't be read, of which the walk tells."""
    try:
        return int(settings.read(store.place)["seal.cosigners"])
    except ConfigError:
        return 0


Begin = Callable[[objects.Blobs], PastWorld]
"""Gives the desk at the commit from which a walk goes on."""


def judge(store: Store, since: str, head: str, also: Each, begin: Begin | None = None) -> Iterator[AuditFinding]:
    """What is found in the commits of `head` that `since` doesn't hold, for whoever must know before they count.

    `also` is asked of each commit as the checks BEFORE are; `begin` gives the desk at `since`, where that needn't be read.
    """
    yield from _Walk(store, since, head, (also,), begin).run()


def _seals(
    store: Store, every: list[audit_seals.Seal], head: str, *, full: bool
) -> tuple[list[AuditFinding], audit_seals.Seal | None]:
    """What is wrong with seals, and the newest one that is sound. Only that one is measured again, unless `full`."""
    known = {seal.name: seal for seal in every}
    found: list[AuditFinding] = []
    sound: audit_seals.Seal | None = None
    for seal in reversed(every):
        told = list(audit_seals.problems(store.place, seal, head, known, measured=full or sound is None))
        found += told
        if sound is None and not any(f.level == FAULT for f in told):
            sound = seal
    return found, sound


class _Walk:
    """One pass over history."""

    def __init__(
        self, store: Store, since: str | None, head: str, also: tuple[Each, ...] = (), begin: Begin | None = None
    ) -> None:
        self.also = also
        self.begin = begin
        self.store = store
        self.since = since
        self.head = head
        self.history = History()
        self.commits = 0
        self.changes = 0

    def run(self) -> Iterator[AuditFinding]:
        """Every finding of every commit."""
        place = self.store.place
        total = log.count(place, self.since, self.head, as_committed=True)
        with objects.blobs(place) as blobs:
            world = self.begin(blobs) if self.begin else self._begun(blobs)
            with closing(audit_walk.steps(place, self.since, self.head)) as steps:
                counted = iter(self.store.keeper.progress((str(n) for n in range(total)), total, _("Verifying")))
                while part := list(islice(steps, _AT_ONCE)):
                    self._read_ahead(world, part)
                    for step in part:
                        next(counted, None)
                        yield from self._one(world, step)
                for _turn in counted:
                    continue
        yield from self.history.in_name()

    def _begun(self, blobs: objects.Blobs) -> PastWorld:
        """The desk at the commit it begins from, read whole."""
        world = PastWorld(blobs, None if self.since is None else self._known)
        if self.since is not None:
            world.move(self.since, audit_walk.files(self.store.place, self.since))
        return world

    def _known(self, kind: str) -> set[str]:
        """Ids that a kind ever had: people who left before this walk began."""
        return queries_records.ever(self.store.index, kind)

    def _read_ahead(self, world: PastWorld, part: list[Step]) -> None:
        wanted = (d.new_oid for step in part for d in step.deltas if d.new_oid and (kind_at(d.path) or d.path == FILE))
        names = list(dict.fromkeys(wanted))
        contents = world.blobs.each(names)
        world.contents = {name: content or b"" for name, content in zip(names, contents, strict=True)}

    def _one(self, world: PastWorld, step: Step) -> Iterator[AuditFinding]:
        self.commits += 1
        place = self.store.place
        if not step.parents:
            world.clear()
        elif step.parents[0] != world.commit:
            # Another branch: from where the walk stands to the parent of this commit.
            world.move(step.parents[0], audit_walk.between(place, world.commit or self.head, step.parents[0]))
        moment = _moment(step, world, self._both(step) if step.merge else None)
        self.changes += len(moment.edits)
        if merges.is_own(step):
            reworked = merges.rework(moment, self.store)
            yield from reworked.findings
            # What its sides give was theirs to say; anything else is judged as a change of whoever merged.
            moment = moment._replace(edits=()) if reworked.files_as_given else moment
        for check in (self.history.shape, self.history.dates, self.history.committers, *BEFORE, *self.also):
            yield from check(moment)
        world.move(step.oid, step.deltas)
        for check in AFTER:
            yield from check(moment)

    def _both(self, step: Step) -> set[str]:
        """The files of a merge that no parent has so."""
        paths = {d.path for d in step.deltas}
        for parent in step.parents[1:]:
            paths &= {d.path for d in audit_walk.between(self.store.place, parent, step.oid)}
        return paths


def _moment(step: Step, world: PastWorld, only: set[str] | None) -> Moment:
    importer = message.importer(step.message) if step.told.verb else None
    edits = tuple(audit_moment.edits(step, world, only))
    if step.told.verb is None:
        mine = step.email.lower()
        found = [s for s in world.staff() if mine in s.addresses]
        staff = found[0] if len(found) == 1 else None
        return Moment(step, world, edits, staff.id if staff else f"{step.author} <{step.email}>", None, staff)
    actor = step.told.actor or "nobody"
    record = world.find(Staff.kind, importer or actor)
    return Moment(step, world, edits, actor, importer, record if isinstance(record, Staff) else None)


__all__ = ["AFTER", "BEFORE", "FAULT", "REMARK", "TITLES", "AuditFinding", "Verified", "verify"]
