"""The checks of `desk audit verify`: adding one takes a function and a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from types import MappingProxyType

from desk.audit import forks, history, merges, records, rights, sealers, trailers, twins, witness
from desk.audit import moment as audit_moment
from desk.audit import seals as audit_seals
from desk.audit import walk as audit_walk
from desk.audit.actors import mails
from desk.audit.history import History
from desk.audit.index import IndexedWorld
from desk.audit.moment import FAULT, PLAIN, REMARK, AuditFinding, Moment
from desk.audit.walk import Step
from desk.audit.world import PastWorld
from desk.codec import places
from desk.config import FILE
from desk.domain.changes import message
from desk.domain.knowledge import articles
from desk.domain.model.article import Article
from desk.domain.model.kinds import kind_at
from desk.domain.model.person import Staff
from desk.errors import Broken, ConfigError
from desk.git import log, objects, refs
from desk.git.log import LoggedStep
from desk.git.place import Place, as_committed
from desk.index.index import no_progress
from desk.named import NamedTuple
from desk.queries import knowledge as queries_knowledge
from desk.store import settings
from desk.store.handedits import HandEdit
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
        "mails": _("what came by mail came from a machine that may"),
        "trailers": _("messages tell what happened, no more and no less"),
        "records": _("records were sound at each commit"),
        "rules": _("rules about several records held"),
        "by-hand": _("commits made by hand"),
        "committers": _("commits in somebody else's name"),
    }
)
"""What is looked at, in the order in which it is shown."""

Each = Callable[[Moment], Iterable[AuditFinding]]
BEFORE: tuple[Each, ...] = (
    rights.actors,
    rights.rights,
    rights.overrides,
    rights.by_hand,
    mails.mails,
    trailers.trailers,
    twins.twice,
    records.mended,
)
"""Checks of a commit against the desk as its parent had it."""
AFTER: tuple[Each, ...] = (records.records, records.belonging, records.whole, twins.alike)
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


def verify(store: Store, since: str | None = None, *, full: bool = False, anew: bool = False) -> Verified:
    """Check history from `since`, by default from the newest sound seal, with `full` from the beginning.

    `anew`, or `full`: every object is read and named anew.
    """
    place, head = as_committed(store.place), store.commit_now()
    found = list(history.repository(place))
    if refs.cut(place):
        # Each commit is judged on its parent, and a seal on all that is before it.
        return Verified(tuple(found), since, None, head, 0, 0, 0)
    found += history.objects_as_named(place) if full or anew else ()
    every = audit_seals.seals(place)
    sealed, sound = _seals(store, place, every, head, full=full)
    found += sealed
    named = None
    if since is None and sound is not None and not full:
        since, named = sound.commit, sound.name
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


def judge(
    store: Store,
    since: str | None,
    until: str,
    also: Each | None = None,
    *,
    begin: Begin | None = None,
    steps: Iterable[LoggedStep] | None = None,
) -> Iterator[AuditFinding]:
    """What is wrong with the commits that `until` has and `since` doesn't, each judged on its parent.

    `until` need not be on any branch, nor its objects be accepted yet (`Place.quarantine`): so a server can ask before it
    takes a push. FAULT is what it may refuse. `also` is asked of each commit as the checks BEFORE are; `begin` gives the
    desk at `since`, where that needn't be read, and `steps` are the commits, where somebody has read them already.
    """
    yield from _Walk(store, since, until, (also,) if also else (), begin=begin, known=steps).run()


def _seals(
    store: Store, place: Place, every: list[audit_seals.Seal], head: str, *, full: bool
) -> tuple[list[AuditFinding], audit_seals.Seal | None]:
    """What is wrong with seals, and with the signatures under them; and the newest seal that is sound.

    `full` measures all of them; else that one, once.
    """
    signatures = witness.cosigned(place)
    if not every and not signatures:
        return [], None
    kept, newest = sealers.find_kept(place), every[-1].tag if every else ""
    with objects.blobs(place, as_committed=True) as blobs:
        chain = sealers.Chain(place, every, head, blobs, None if full else store.index)
        chain.remember_good(() if full else kept.good - {newest})
        found, fit, measured = _looked_at(chain, every, frozenset() if full else kept.measured, full=full)
        false = list(witness.find_false(chain, signatures))
        untrue = {f.record for f in false if f.level == FAULT}
        holding = [one for one in signatures if one.name not in untrue]
        found += (*false, *witness.alone(chain, holding, _wanted(store), int(store.clock().timestamp())))
        known = sealers.Kept(kept.measured | measured, kept.good | chain.good)
        if known != kept:
            sealers.keep_seals(place, known)
        return found, sealers.find_trusted(chain, fit[::-1])


def _looked_at(
    chain: sealers.Chain, every: list[audit_seals.Seal], known: frozenset[str], *, full: bool
) -> tuple[list[AuditFinding], list[audit_seals.Seal], frozenset[str]]:
    """What is wrong with seals; those that are sound, the newest first; and what was measured, `known` among them."""
    measuring = audit_seals.Measuring(chain.place)
    found: list[AuditFinding] = []
    fit: list[audit_seals.Seal] = []
    for seal in reversed(every):
        by = measuring if full or not (fit or seal.tag in known) else None
        there, state = chain.is_there(seal), chain.signature(seal)
        wrong = audit_seals.problems(chain.place, seal, chain.head, chain.known, measured=by, there=there, state=state)
        found += (told := [*sealers.find_unfit(chain, seal), *wrong])
        if not any(f.level == FAULT for f in told) and not sealers.find_downgrade(chain, seal):
            fit.append(seal)
            known |= {seal.tag} if by else frozenset()
    return found, fit, known


class _Walk:
    """One pass over history."""

    def __init__(
        self,
        store: Store,
        since: str | None,
        head: str,
        also: tuple[Each, ...] = (),
        *,
        begin: Begin | None = None,
        known: Iterable[LoggedStep] | None = None,
    ) -> None:
        self.known = known
        self.also = also
        self.begin = begin
        self.store = store
        self.place = as_committed(store.place)
        self.since = since
        self.head = head
        self.history = History(int(store.clock().timestamp()), since)
        self.commits = 0
        self.changes = 0
        self._imported: dict[str, bool] = {}
        self._authors: dict[str, str | None] = {}

    def run(self) -> Iterator[AuditFinding]:
        """Every finding of every commit."""
        place = self.place
        untold = self.known is not None or self.store.keeper.progress is no_progress
        total = 0 if untold else log.count(place, self.since, self.head, as_committed=True)
        with objects.blobs(place, as_committed=True) as blobs:
            world = self.begin(blobs) if self.begin else self._begun(blobs)
            with closing(audit_walk.steps(place, self.since, self.head, self.known)) as steps:
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
        """The desk at the commit it begins from: nothing before the first; else the index is asked, which has the newest."""
        if self.since is None:
            return PastWorld(self.place, blobs)
        index = self.store.index
        world = IndexedWorld(self.place, blobs, index)
        if index.commit != self.since:
            world.begin(self.since, audit_walk.between(self.place, str(index.commit), self.since))
        return world

    def _read_ahead(self, world: PastWorld, part: list[Step]) -> None:
        wanted = (d.new_oid for step in part for d in step.deltas if d.new_oid and (kind_at(d.path) or d.path == FILE))
        names = list(dict.fromkeys(wanted))
        contents = world.blobs.each(names)
        world.contents = {name: content or b"" for name, content in zip(names, contents, strict=True)}

    def _one(self, world: PastWorld, step: Step) -> Iterator[AuditFinding]:
        self.commits += 1
        place = self.place
        if not step.parents:
            world.clear()
        elif step.parents[0] != world.commit:
            # Another branch: from where the walk stands to the parent of this commit.
            world.move(step.parents[0], audit_walk.between(place, world.commit or self.head, step.parents[0]))
        world.parents = step.parents
        own = merges.is_own(step)
        moment = self._moment(step, world, own=own)
        self.changes += len(moment.edits)
        if own:
            reworked = merges.rework(moment)
            yield from reworked.findings
            # What its sides give was theirs to say; anything else is judged as a change of whoever merged.
            moment = moment._replace(edits=()) if reworked.files_as_given else moment
        for check in (self.history.shape, self.history.dates, self.history.committers, *BEFORE, *self.also):
            yield from check(moment)
        self._remember(moment)
        world.move(step.oid, step.deltas)
        for check in AFTER:
            yield from check(moment)

    def _moment(self, step: Step, world: PastWorld, *, own: bool) -> Moment:
        """One commit as its checks see it. Of a merge that desk made all is looked at, should its files not be as given."""
        hand = step.merge and not own
        edits = forks.find_edits(step, world) if hand else tuple(audit_moment.edits(step, world))
        importer = message.importer(step.message) if step.told.verb and not step.merge else None
        if step.told.verb is None or hand:
            mine = step.email.lower()
            found = [s for s in world.staff() if mine in s.addresses]
            staff = found[0] if len(found) == 1 else None
            staff = self._on_both(world, step, staff) if hand and staff is not None else staff
            actor = staff.id if staff else f"{step.author} <{step.email}>"
        else:
            actor = step.told.actor or "nobody"
            record = world.find(Staff.kind, importer or actor)
            staff = record if isinstance(record, Staff) else None
        return Moment(step, world, edits, actor, importer, staff, self._is_imported, self._author_of)

    @staticmethod
    def _on_both(world: PastWorld, step: Step, staff: Staff) -> Staff | None:
        """Whoever joins two histories may do what they may in both."""
        for parent in step.parents[1:]:
            found = world.blobs.get(f"{parent}:{staff.path}")
            try:
                other = places.decode_at(staff.path, PLAIN, found) if found is not None else None
            except Broken:
                other = None
            if not isinstance(other, Staff):
                return None
            both = [d for d in staff.departments if d in other.departments]
            staff = staff.evolve(level=min(staff.level, other.level), departments=both)
        return staff

    # -- what is remembered --------------------------------------------------------------------------------------------

    def _remember(self, moment: Moment) -> None:
        """Who changed an article's text last, and what is fresh from an import."""
        for edit in moment.edits:
            self._imported[edit.path] = moment.importer is not None
            if isinstance(edit.new, Article) and not _same_text(edit):
                self._authors[edit.new.id] = moment.staff.id if moment.staff else None

    def _is_imported(self, path: str) -> bool:
        """Whether an import brought a file and nobody has changed it since: the rest of that import may go on with it."""
        if path not in self._imported and self.since is not None:
            self._imported[path] = message.importer(log.last_message(self.place, self.since, path)) is not None
        return self._imported.get(path, False)

    def _author_of(self, article: str) -> str | None:
        if article not in self._authors and self.since is not None:
            self._authors[article] = queries_knowledge.last_author(self.store.index, article, self.since)
        return self._authors.get(article)


def _same_text(edit: HandEdit) -> bool:
    old, new = edit.old, edit.new
    return isinstance(old, Article) and isinstance(new, Article) and articles.digest(old) == articles.digest(new)


__all__ = ["AFTER", "BEFORE", "FAULT", "REMARK", "TITLES", "AuditFinding", "Verified", "judge", "verify"]
