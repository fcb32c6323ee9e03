"""Who made a seal, and whether it may be trusted so far that a check begins at it.

A seal is level 3's, by the desk of the commit that it seals; all seals go back to one first seal; and one that is less
signed than those before it is told. A check begins at a seal only where its maker was of level 3 already at the one that
is trusted before it, or when the desk began: whoever makes themselves level 3 and seals over it has won nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import cast

from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.audit.seals import GOOD, UNKNOWN, Seal, is_in_history, signature
from desk.codec import places
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import Broken
from desk.git import diff, log, objects
from desk.git.place import Place
from desk.index.index import Index
from desk.local.kept import keep
from desk.queries import events
from desk.text import _, arranged

_MEASURED = "seals"
"""File of desk's own, inside the git directory: a name a line."""


def find_unfit(place: Place, seal: Seal, known: Mapping[str, Seal]) -> Iterator[AuditFinding]:
    """What is wrong with who made a seal, and with its place among the others."""
    look = arranged("git cat-file -p {seal}", seal=seal.name)
    maker = seal.email.strip("<>")
    if seal.annotated and not is_highest(place, seal.commit, maker):
        problem = _("{seal}: made by {who}, who was not of level 3 then", seal=seal.name, who=f"{seal.by} <{maker}>")
        yield AuditFinding("seals", FAULT, problem, "desk staff list", seal.commit, record=seal.name)
    before = _chain(seal, known)
    for other in known.values():
        if other.name == seal.name or other in before or seal in _chain(other, known):
            continue
        if (
            _root(other, known) != _root(seal, known)
            and is_in_history(place, other.commit, seal.commit)
            and _is_later(seal, other)
        ):
            problem = _("{seal}: outside the chain of seals that {other} belongs to", seal=seal.name, other=other.name)
            yield AuditFinding("seals", FAULT, problem, look, seal.commit, record=seal.name)
            break
    if downgraded := find_downgrade(place, seal, before):
        problem = _("{seal}: less signed than {other} before it", seal=seal.name, other=downgraded)
        yield AuditFinding("seals", REMARK, problem, look, seal.commit, record=seal.name)


def _is_later(seal: Seal, other: Seal) -> bool:
    return seal.commit != other.commit or (seal.at, seal.name) > (other.at, other.name)


def _chain(seal: Seal, known: Mapping[str, Seal]) -> list[Seal]:
    """The seals before one, the nearest first, as each names the one before it."""
    found: list[Seal] = []
    one: Seal | None = seal
    while one is not None:
        name = one.said.get("Seal-Previous", "none").partition(" ")[0]
        one = known.get(name)
        if one is None or one in found or one == seal:
            break
        found.append(one)
    return found


def _root(seal: Seal, known: Mapping[str, Seal]) -> str:
    return ([seal, *_chain(seal, known)])[-1].name


def find_downgrade_of(place: Place, seal: Seal, known: Mapping[str, Seal]) -> str:
    """As `find_downgrade`, among all that are known."""
    return find_downgrade(place, seal, _chain(seal, known))


def find_downgrade(place: Place, seal: Seal, before: list[Seal]) -> str:
    """The seal before this one that is better signed; empty where none is."""
    if not seal.signed:
        return next((one.name for one in before if one.signed), "")
    if any(one.signed for one in before) and signature(place, seal) == UNKNOWN:
        return next((one.name for one in before if one.signed and signature(place, one) == GOOD), "")
    return ""


def is_highest(place: Place, commit: str, address: str) -> bool:
    """Whether an address was that of one member of staff, of the level that seals take, in the desk of a commit."""
    files = objects.files(place, commit, (Staff.folder,), names=diff.NAMES, as_committed=True)
    found = []
    with objects.blobs(place, as_committed=True) as blobs:
        for file, content in zip(files, blobs.each([f.oid for f in files]), strict=True):
            try:
                found.append(cast("Staff", places.decode_at(file.path, file.mode, content or b"")))
            except Broken:
                continue
    mine = [one for one in found if address.lower() in one.addresses]
    return len(mine) == 1 and mine[0].level >= rights.LEVELS["history"]


def find_measured(place: Place) -> frozenset[str]:
    """The seals, by object name, that were measured here and held: neither they nor what they measure can change."""
    try:
        with open(place.own(_MEASURED), encoding="ascii") as file:
            return frozenset(line.strip() for line in file)
    except (OSError, UnicodeDecodeError):
        return frozenset()


def keep_measured(place: Place, tags: Iterable[str]) -> None:
    """Remember seals that held; where nothing can be written they are measured again."""
    with suppress(OSError):
        keep(place.own(_MEASURED), "".join(f"{tag}\n" for tag in sorted(tags)).encode())


def find_trusted(place: Place, fit: list[Seal], index: Index | None) -> Seal | None:
    """The newest of these seals, the oldest of which comes first, at which a check may begin.

    With which commit the desk began is asked of the index, if there is one, and else of git, which walks all of history.
    """
    trusted: Seal | None = None
    first = events.first(index) if index is not None and fit else None
    since = first or (log.root(place, fit[0].commit) if fit else "")
    for seal in fit:
        if is_highest(place, since, seal.email.strip("<>")):
            trusted, since = seal, seal.commit
    return trusted
