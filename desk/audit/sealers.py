"""Who made a seal, and whether it may be trusted so far that a check begins at it.

A seal is level 3's, by the desk of the commit that it seals; all seals go back to one first seal; and one that is less
signed than those before it is told. A check begins at a seal only where its maker was of level 3 already at the one that
is trusted before it, or when the desk began: whoever makes themselves level 3 and seals over it has won nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import cast

from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.audit.seals import GOOD, UNKNOWN, Seal, Vouched, in_history, is_in_history, vouch
from desk.codec import places
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import Broken, GitError
from desk.git import diff, log, objects
from desk.git.place import Place
from desk.index.index import Index
from desk.local.kept import keep
from desk.named import NamedTuple
from desk.queries import events
from desk.text import _, arranged

_MEASURED = "seals"
"""File of desk's own, inside the git directory: a name a line."""
_AHEAD = 300
"""Seconds by which two clocks may differ."""
_SIGNED = " signed"
"""Stands behind the name of a seal whose signature was good."""


class Chain:
    """The seals of a desk as they stand to each other: what goes before each, who made it, whether its commit is in history.

    One reader of objects for all of them: a desk that is sealed each night has hundreds. With an index of the head, it is
    asked which commits are in history; without one git is, which goes through all of them, once.
    """

    def __init__(
        self, place: Place, every: Sequence[Seal], head: str, blobs: objects.Blobs, index: Index | None
    ) -> None:
        self.place = place
        self.known = {seal.name: seal for seal in every}
        self.index = index if index is not None and index.commit == head else None
        self.head = head
        self._blobs = blobs
        self._before: dict[str, tuple[Seal, ...]] = {}
        self._folders: dict[str, bytes] = {}
        self._staff: dict[bytes, list[Staff]] = {}
        self._vouched: dict[str, Vouched] = {}
        self._others: set[str] = set()

    def before(self, seal: Seal) -> tuple[Seal, ...]:
        """The seals before one, the nearest first, as each names the one before it."""
        waiting = [seal]
        while (one := self._previous(waiting[-1])) is not None and one.name not in self._before and one not in waiting:
            waiting.append(one)
        for later in reversed(waiting):
            if later.name not in self._before:
                one = self._previous(later)
                known = one is not None and one.name in self._before
                self._before[later.name] = (one, *self._before[one.name]) if one is not None and known else ()
        return self._before[seal.name]

    def _previous(self, seal: Seal) -> Seal | None:
        return self.known.get(seal.said.get("Seal-Previous", "none").partition(" ")[0])

    def root(self, seal: Seal) -> str:
        """The name of the first seal that it goes back to."""
        return ([seal, *self.before(seal)])[-1].name

    @cached_property
    def roots(self) -> frozenset[str]:
        """The first seals; one, where none was forged."""
        return frozenset(map(self.root, self.known.values()))

    @cached_property
    def _there(self) -> frozenset[str]:
        if self.index is not None:
            return events.among(self.index, {seal.commit for seal in self.known.values()})
        return in_history(self.place, self.known.values(), self.head)

    def is_there(self, seal: Seal) -> bool:
        """Whether the commit of a seal is one that the head stands on."""
        return seal.commit in self._there

    def vouched(self, tag: str, *, signed: bool) -> Vouched:
        """What the signature of a tag is worth, and whose it is; asked once."""
        if tag not in self._vouched:
            self._vouched[tag] = vouch(self.place, tag, signed=signed)
        return self._vouched[tag]

    def signature(self, seal: Seal) -> str:
        """What the signature of a seal is worth."""
        return self.vouched(seal.tag, signed=seal.signed).state

    def remember_good(self, tags: Iterable[str]) -> None:
        """These were found to be signed well, by whoever they say, and aren't asked of again."""
        self._vouched.update(dict.fromkeys(tags, Vouched(GOOD)))

    def others_key(self, tag: str, commit: str, whose: str) -> str:
        """Who else of the staff has the key that a tag is signed with; empty where it is `whose`, a handle or an address."""
        signer = self._vouched[tag].signer.lower()
        if not signer:
            return ""
        holders = [s for at in (commit, self.head) for s in self.staff_at(at) if signer in (s.id, *s.addresses)]
        if not holders or any(whose.lower() in (s.id, *s.addresses) for s in holders):
            return ""
        self._others.add(tag)
        return holders[0].id

    @property
    def good(self) -> frozenset[str]:
        """The tags that were found to be signed well, with keys of who made them."""
        return frozenset(tag for tag, one in self._vouched.items() if one.state == GOOD) - self._others

    def committed_at(self, commit: str) -> int:
        """When a commit was made, in epoch seconds; 0 of one that isn't there."""
        try:
            return objects.parse_commit(self._blobs.get(commit) or b"")[0].committed_at
        except GitError:
            return 0

    def is_highest(self, commit: str, address: str) -> bool:
        """Whether an address was that of one member of staff, of the level that seals take, in the desk of a commit."""
        mine = [one for one in self.staff_at(commit) if address.lower() in one.addresses]
        return len(mine) == 1 and mine[0].level >= rights.LEVELS["history"]

    def staff_at(self, commit: str) -> list[Staff]:
        """Everybody on the staff in the desk of a commit, as far as their records can be read."""
        if commit not in self._folders:
            self._folders[commit] = self._blobs.get(f"{commit}:{Staff.folder}") or b""
        folder = self._folders[commit]
        if folder not in self._staff:
            self._staff[folder] = list(self._read_staff(folder, commit))
        return self._staff[folder]

    def _read_staff(self, folder: bytes, commit: str) -> Iterator[Staff]:
        for mode, name, oid in objects.parse_tree(folder, commit):
            path = f"{Staff.folder}/{name.decode(errors=diff.NAMES)}"
            with suppress(Broken):
                yield cast("Staff", places.decode_at(path, mode, self._blobs.get(oid) or b""))


def find_unfit(chain: Chain, seal: Seal) -> Iterator[AuditFinding]:
    """What is wrong with who made a seal, and with its place among the others."""
    look = arranged("git cat-file -p {seal}", seal=seal.name)
    maker = seal.email.strip("<>")
    if seal.annotated and not chain.is_highest(seal.commit, maker):
        problem = _("{seal}: made by {who}, who was not of level 3 then", seal=seal.name, who=f"{seal.by} <{maker}>")
        yield AuditFinding("seals", FAULT, problem, "desk staff list", seal.commit, record=seal.name)
    if seal.at + _AHEAD < chain.committed_at(seal.commit):
        problem = _("{seal}: dated before the commit that it seals", seal=seal.name)
        yield AuditFinding("seals", REMARK, problem, look, seal.commit, record=seal.name)
    chain.signature(seal)
    if whose := chain.others_key(seal.tag, seal.commit, maker):
        problem = _("{seal}: made by {who}, and signed with the key of {other}", seal=seal.name, who=maker, other=whose)
        yield AuditFinding("seals", FAULT, problem, look, seal.commit, record=seal.name)
    root = chain.root(seal)
    for other in chain.known.values() if len(chain.roots) > 1 else ():
        if (
            chain.root(other) != root
            and _is_later(seal, other)
            and is_in_history(chain.place, other.commit, seal.commit)
        ):
            problem = _("{seal}: outside the chain of seals that {other} belongs to", seal=seal.name, other=other.name)
            yield AuditFinding("seals", FAULT, problem, look, seal.commit, record=seal.name)
            break
    if downgraded := find_downgrade(chain, seal):
        problem = _("{seal}: less signed than {other} before it", seal=seal.name, other=downgraded)
        yield AuditFinding("seals", REMARK, problem, look, seal.commit, record=seal.name)


def _is_later(seal: Seal, other: Seal) -> bool:
    return seal.commit != other.commit or (seal.at, seal.name) > (other.at, other.name)


def find_downgrade(chain: Chain, seal: Seal) -> str:
    """The seal before this one that is better signed; empty where none is."""
    before = chain.before(seal)
    if not seal.signed:
        return next((one.name for one in before if one.signed), "")
    if any(one.signed for one in before) and chain.signature(seal) == UNKNOWN:
        return next((one.name for one in before if one.signed and chain.signature(one) == GOOD), "")
    return ""


class Kept(NamedTuple):
    """What was found out here of seals, by their object names; neither they nor what they are about can change."""

    measured: frozenset[str]
    """Their digest and their counts held."""
    good: frozenset[str]
    """Their signature was good."""


def find_kept(place: Place) -> Kept:
    """What this clone remembers of seals."""
    try:
        with open(place.own(_MEASURED), encoding="ascii") as file:
            rows = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError):
        rows = []
    signed = frozenset(row.removesuffix(_SIGNED) for row in rows if row.endswith(_SIGNED))
    return Kept(frozenset(row for row in rows if " " not in row), signed)


def keep_seals(place: Place, kept: Kept) -> None:
    """Remember seals that held; where nothing can be written they are looked at again."""
    rows = [*sorted(kept.measured), *(f"{tag}{_SIGNED}" for tag in sorted(kept.good))]
    with suppress(OSError):
        keep(place.own(_MEASURED), "".join(f"{row}\n" for row in rows).encode())


def find_trusted(chain: Chain, fit: list[Seal]) -> Seal | None:
    """The newest of these seals, the oldest of which comes first, at which a check may begin.

    With which commit the desk began is asked of the index, if there is one, and else of git, which walks all of history.
    """
    trusted: Seal | None = None
    first = events.first(chain.index) if chain.index is not None and fit else None
    since = first or (log.root(chain.place, fit[0].commit) if fit else "")
    for seal in fit:
        if chain.is_highest(since, seal.email.strip("<>")):
            trusted, since = seal, seal.commit
    return trusted
