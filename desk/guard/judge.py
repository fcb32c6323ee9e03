"""Whether a push may stand: each ref, each object, each commit, and who made it. One no is a no to all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain, islice
from types import MappingProxyType

from desk.audit import merges, verify
from desk.audit import seals as audit_seals
from desk.audit.index import IndexedWorld
from desk.audit.moment import FAULT, AuditFinding, Moment
from desk.audit.seals import Seal
from desk.audit.world import PastWorld
from desk.config import Config
from desk.domain.model.organisation import MAIL, RELAY, SLA
from desk.domain.model.person import USER_PREFIX
from desk.domain.rights import rights
from desk.git import log, refs
from desk.git.log import LoggedStep
from desk.git.objects import Blobs
from desk.git.place import as_committed
from desk.guard import tree
from desk.guard.pusher import Pusher
from desk.named import NamedTuple
from desk.store.store import Store
from desk.text import _

AHEAD = 300
"""Seconds by which a commit may be dated ahead of the server: merges go by dates, and so do searches of git's own."""
INBOX = "refs/heads/in/"
SEAL, COSIGN, MAILS = "refs/tags/seal/", "refs/tags/cosign/", "refs/desk/mail/"
CHECK = "push"
_STEPS = 5_000
"""Commits that are kept in memory: with what each changed some 5 KB."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Update(NamedTuple):
    """A ref, and the object names that it has and is to have; empty for none."""

    ref: str
    old: str
    new: str


class Judged(NamedTuple):
    """What stands against a push, and how many commits of it were looked at."""

    findings: tuple[AuditFinding, ...]
    commits: int


class Court(NamedTuple):
    """What a push is held against. `branch` is the full name of the desk's, `tip` where it stands, `now` epoch seconds.

    `pushed`: where the refs of the push are to stand, by name.
    """

    store: Store
    config: Config
    branch: str
    tip: str
    now: int
    pushed: Mapping[str, str] = MappingProxyType({})


def judge(court: Court, updates: Iterable[Update], pusher: Pusher) -> Judged:
    """Everything that stands against a push; cheap questions first, and what is no desk's isn't read at all."""
    found: list[AuditFinding] = []
    commits = 0
    updates = tuple(updates)
    court = court._replace(pushed={update.ref: update.new for update in updates if update.new})
    for update in updates:
        of_ref = list(_of_ref(court, update, pusher))
        if not of_ref and update.new and update.ref.startswith((court.branch, INBOX)):
            counted, steps = Commits(court, pusher), Steps(court, update.new)
            of_ref += _of_rewriting(court, update, steps) or judge_commits(court, update.new, counted, steps)
            commits += counted.seen
        found += of_ref
    return Judged(tuple(found), commits)


def judge_commits(court: Court, new: str, commits: Commits, steps: Steps) -> list[AuditFinding]:
    """What stands against the commits that the desk doesn't have yet."""
    limit = int(court.config["attachment.max_mb"]) << 20
    place = court.store.place
    of_files = list(chain(tree.weigh(place, steps, limit), tree.look(place, new, steps)))
    if of_files:
        return of_files
    index = court.store.index

    def begin(blobs: Blobs) -> PastWorld:
        return IndexedWorld(place, blobs, index)

    # Anywhere else than at the desk's own branch there is no index of the state before.
    started = begin if index.commit == court.tip else None
    found = verify.judge(court.store, court.tip, new, commits.check, begin=started, steps=steps)
    return [one for one in found if one.level == FAULT]


class Steps:
    """The commits of a push, as often as they are gone through: kept, up to a number of them, else read again."""

    def __init__(self, court: Court, new: str) -> None:
        self._asked = as_committed(court.store.place), court.tip, new
        with closing(log.steps(*self._asked)) as found:
            self._first = tuple(islice(found, _STEPS + 1))

    def __iter__(self) -> Iterator[LoggedStep]:
        return iter(self._first) if len(self._first) <= _STEPS else log.steps(*self._asked)


class Commits:
    """Asks of each commit whether its pusher may bring it. `pusher` None: nobody is asked for."""

    def __init__(self, court: Court, pusher: Pusher | None) -> None:
        self.court = court
        self.pusher = pusher
        self.seen = 0

    def check(self, moment: Moment) -> Iterator[AuditFinding]:
        """Its dates, and that whoever made it pushes it, or somebody who may bring the commits of others."""
        self.seen += 1
        step = moment.step
        ahead = max(step.at, step.committed) - self.court.now
        if ahead > AHEAD:
            problem = _("dated {n} minutes ahead of this server", n=ahead // 60)
            yield moment.finding(CHECK, FAULT, problem, hint=_("set the clock, then make the commit again: git rebase"))
        if moment.by_hand and moment.edits and not step.merge and not self.court.config["guard.by_hand"]:
            problem = _("made by hand, which this desk doesn't take (guard.by_hand)")
            hint = _(
                "git reset HEAD~ takes the newest commit back and keeps its edits; then let desk do it: desk commit"
            )
            yield moment.finding(CHECK, FAULT, problem, hint=hint)
        if self.pusher is not None:
            yield from self._brought(moment, self.pusher)

    def _brought(self, moment: Moment, pusher: Pusher) -> Iterator[AuditFinding]:
        maker = moment.importer or (moment.staff.id if moment.staff else moment.actor)
        if maker == pusher.id or RELAY in pusher.may or self._is_own_by_hand(moment, pusher):
            return
        duty = None if moment.staff else _duty(moment)
        if (duty and duty & pusher.may) or (maker and refs.signer_of(self.court.store.place, moment.step.oid) == maker):
            return
        problem = _("{pusher} pushes a commit by {maker}", pusher=pusher.id, maker=maker)
        hint = _("who made it pushes it, or signs it; a machine may bring it: desk machine edit NAME --may relay")
        yield moment.finding(CHECK, FAULT, problem, hint=hint)

    @staticmethod
    def _is_own_by_hand(moment: Moment, pusher: Pusher) -> bool:
        """Whether a commit of plain git bears an address of whoever pushes it."""
        return pusher.staff is not None and moment.by_hand and moment.step.email.lower() in pusher.staff.addresses


def _duty(moment: Moment) -> frozenset[str]:
    """Which duties of machines cover a commit that nobody of the staff has made."""
    if moment.by_hand:
        return frozenset()
    if moment.actor.startswith(USER_PREFIX):
        return frozenset((MAIL,))
    # A merge by cron says what its sides give, whoever may run it.
    return frozenset((MAIL, SLA)) if moment.actor == "desk" or merges.is_own(moment.step) else frozenset()


# -- refs --------------------------------------------------------------------------------------------------------------


def _of_ref(court: Court, update: Update, pusher: Pusher) -> Iterator[AuditFinding]:
    ref = update.ref
    rules: tuple[tuple[str, Callable[[Court, Update, Pusher], Iterator[AuditFinding]]], ...] = (
        (court.branch, _of_branch), (INBOX, _of_inbox), (SEAL, _of_seal), (COSIGN, _of_cosign), (MAILS, _of_mails),
    )  # fmt: skip
    for start, rule in rules:
        if ref == start or (start.endswith("/") and ref.startswith(start) and _is_plain(ref.removeprefix(start))):
            yield from rule(court, update, pusher)
            return
    yield _refused(
        update,
        _("{ref} is nothing that this desk keeps", ref=ref),
        _("push {branch} alone; for a colleague to look at: git push origin HEAD:in/YOU", branch=_short(court.branch)),
    )


def _of_branch(_court: Court, update: Update, _pusher: Pusher) -> Iterator[AuditFinding]:
    if not update.new:
        yield _refused(update, _("the desk's branch is never deleted"), _("nobody needs it"))


def _of_rewriting(court: Court, update: Update, steps: Steps) -> list[AuditFinding]:
    """The desk's branch goes on from where it is: then one of the new commits has that for a parent."""
    goes_on = update.new == court.tip or any(court.tip in step.parents for step in steps)
    if update.ref != court.branch or goes_on:
        return []
    problem = _("history would be rewritten: what the server has isn't in what is pushed")
    return [_refused(update, problem, _("bring the two together: desk sync   and never: git push --force"))]


def _of_inbox(_court: Court, update: Update, pusher: Pusher) -> Iterator[AuditFinding]:
    whose = update.ref.removeprefix(INBOX)
    if whose != pusher.id and not (RELAY in pusher.may and not update.new):
        yield _refused(
            update,
            _("in/{whose} is for {whose} alone, and {pusher} pushes", whose=whose, pusher=pusher.id),
            _("git push origin HEAD:in/{pusher}", pusher=pusher.id),
        )


def _of_seal(court: Court, update: Update, pusher: Pusher) -> Iterator[AuditFinding]:
    if update.old:
        yield _refused(
            update, _("a seal is never moved or deleted"), _("make another one: desk audit seal --name NAME")
        )
    elif pusher.staff is None or pusher.staff.level < rights.LEVELS["history"]:
        problem = _("{pusher} may not seal: that takes level {level}", pusher=pusher.id, level=rights.LEVELS["history"])
        yield _refused(update, problem, _("desk staff list shows who has which level"))
    else:
        yield from _of_measure(court, update)


def _of_measure(court: Court, update: Update) -> Iterator[AuditFinding]:
    """A seal must be true of a history that the server has, or gets by the same push: git takes all of it or nothing."""
    place = court.store.place
    brought = {ref: _seal(court, ref, oid) for ref, oid in court.pushed.items() if ref.startswith(SEAL)}
    seal = brought[update.ref]
    if seal is None:
        yield _refused(update, _("not a seal that desk made"), _("desk audit seal makes one"))
        return
    tip = court.pushed.get(court.branch, court.tip)
    if not audit_seals.is_in_history(place, seal.commit, tip):
        yield _refused(
            update,
            _("the sealed commit {commit} is not in the history that the server has", commit=seal.commit[:10]),
            _("push both: git push origin {branch} {seal}", branch=_short(court.branch), seal=seal.name),
        )
        return
    known = {one.name: one for one in (*audit_seals.seals(place), *brought.values()) if one is not None}
    for one in audit_seals.problems(place, seal, tip, known, measured=audit_seals.Measuring(place), there=True):
        if one.level == FAULT:
            yield one


def _seal(court: Court, ref: str, oid: str) -> Seal | None:
    return audit_seals.from_object(court.store.place, ref.removeprefix("refs/tags/"), oid)


def _of_cosign(court: Court, update: Update, pusher: Pusher) -> Iterator[AuditFinding]:
    whose = update.ref.rpartition("/")[2]
    if update.old:
        yield _refused(update, _("what somebody signed is never moved or deleted"), _("sign a newer seal"))
    elif whose != pusher.id:
        problem = _(
            "{ref} is for {whose} to sign, and {pusher} pushes", ref=_short(update.ref), whose=whose, pusher=pusher.id
        )
        yield _refused(update, problem, _("desk audit cosign makes one of your own"))
    elif _seal(court, update.ref, update.new) is None:
        yield _refused(update, _("not a signature under a seal"), _("desk audit cosign makes one"))


def _of_mails(_court: Court, update: Update, pusher: Pusher) -> Iterator[AuditFinding]:
    if update.ref.removeprefix(MAILS) != pusher.id or MAIL not in pusher.may:
        yield _refused(update, _("{ref} is for that machine alone", ref=update.ref), "desk machine list")


def _is_plain(name: str) -> bool:
    return all(_NAME.fullmatch(part) for part in name.split("/"))


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def _refused(update: Update, problem: str, hint: str) -> AuditFinding:
    return AuditFinding(CHECK, FAULT, problem, hint, record=_short(update.ref))
