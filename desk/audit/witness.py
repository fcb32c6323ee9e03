"""What others know of the seals: other repositories, printed lines, and auditors who have signed under them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from desk.audit import seals
from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.audit.sealers import Chain
from desk.audit.seals import Seal
from desk.git import refs
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _, arranged

COSIGN = "cosign/"
EVIDENCE = "refs/desk/evidence"
"""Where what contradicts each other is kept, so that no housekeeping takes it away."""
_LINE = re.compile(r"^((?:seal|cosign)/\S+)\s+([0-9a-f]{40,64})\b", re.MULTILINE)
_PATIENCE = 7 * 86400
"""Seconds that a seal may wait for somebody else's signature."""


class Signature(NamedTuple):
    """A signature under a seal: its tag, the seal's name, whose it is, the commit, and when (epoch seconds).

    `tag` is the object name of its own tag, `of` that of the seal's as it says; empty where it says none.
    """

    name: str
    seal: str
    who: str
    commit: str
    at: int
    tag: str
    of: str
    signed: bool


def printed(seal: Seal) -> tuple[str, str, str]:
    """A seal as three lines, for paper or a mail: what it is called, what it is about, and the digest."""
    return (
        f"{seal.name} {seal.tag}",
        f"commit {seal.commit}, {seal.said.get('Seal-Commits', '?')} commits",
        seal.said.get("Seal-Digest", ""),
    )


def read(text: str) -> dict[str, str]:
    """Names of seals and their tags' object names, as printed or as `git ls-remote` says them."""
    return dict(_LINE.findall(text))


def compare(place: Place, told: Mapping[str, str], whence: str) -> Iterator[AuditFinding]:
    """Hold the seals that are here against what somebody else knows of them."""
    here = {seal.name: seal.tag for seal in seals.seals(place)} | {one.name: one.tag for one in cosigned(place)}
    for name, tag in sorted(told.items()):
        if name not in here:
            problem = _("{seal}: {whence} has this, and it is missing here", seal=name, whence=whence)
            yield AuditFinding(
                "seals",
                FAULT,
                problem,
                _("git fetch {whence} tag {seal}", whence=whence, seal=name),
                record=name,
            )
        elif here[name] != tag:
            problem = _(
                "{seal}: {whence} has it as {there}, here it is {here}: one of them was moved",
                seal=name, whence=whence, there=tag[:10], here=here[name][:10],
            )  # fmt: skip
            hint = _("keep both: they are evidence; what each vouches for: git cat-file -p {tag}", tag=tag[:10])
            yield AuditFinding("seals", FAULT, problem, hint, record=name)
    if not told:
        problem = _("{whence} knows no seals", whence=whence)
        yield AuditFinding("seals", REMARK, problem, arranged("desk audit seal --publish {whence}", whence=whence))


def cosigned(place: Place) -> list[Signature]:
    """Every signature under a seal, the oldest first."""
    found = []
    for tag in refs.tags(place, COSIGN):
        seal, _slash, who = tag.name.removeprefix(COSIGN).rpartition("/")
        if seal:
            name, (said, mark, _rest) = seals.PREFIX + seal, tag.text.partition("-----BEGIN ")
            of = read(said).get(name, "") if tag.annotated else ""
            found.append(Signature(tag.name, name, who, tag.commit, tag.at, tag.oid, of, bool(mark)))
    return found


def find_false(chain: Chain, signatures: Iterable[Signature]) -> Iterator[AuditFinding]:
    """What is wrong with signatures under seals: each is by whom it says, of the seal that is here."""
    for one in signatures:
        seal, look = chain.known.get(one.seal), arranged("git cat-file -p {name}", name=one.name)
        state = chain.vouched(one.tag, signed=one.signed).state
        level, problem = FAULT, ""
        if seal is None:
            problem = _("{name}: {seal}, which it is under, is missing here", name=one.name, seal=one.seal)
        elif not one.of or state in (seals.UNSIGNED, seals.BAD):
            problem = _("{name}: not a signature that {who} has made", name=one.name, who=one.who)
        elif (one.commit, one.of) != (seal.commit, seal.tag):
            problem = _("{name}: of another seal than the {seal} that is here", name=one.name, seal=one.seal)
        elif other := chain.others_key(one.tag, one.commit, one.who):
            problem = _("{name}: signed with the key of {other}", name=one.name, other=other)
        elif state == seals.UNKNOWN:
            level, problem = REMARK, _("{name}: signed with a key that this machine doesn't know", name=one.name)
        if problem:
            yield AuditFinding("seals", level, problem, look, one.commit, record=one.name)


def alone(chain: Chain, signatures: Iterable[Signature], wanted: int, now: int) -> Iterator[AuditFinding]:
    """Which seals nobody else has signed under in time, where the desk wants that; these are the signatures that hold."""
    signers: dict[tuple[str, str], set[str]] = {}
    for one in signatures:
        signers.setdefault((one.seal, one.commit), set()).add(one.who)
    for seal in chain.known.values() if wanted else ():
        own = {s.id for s in chain.staff_at(seal.commit) if seal.email.strip("<>").lower() in s.addresses}
        count = len(signers.get((seal.name, seal.commit), set()) - own)
        if count < wanted and now - seal.at > _PATIENCE:
            problem = _(
                "{seal}: signed by {count} others, and {wanted} are wanted", seal=seal.name, count=count, wanted=wanted
            )
            hint = _("an auditor, in a clone of their own: desk audit cosign {seal}", seal=seal.name)
            yield AuditFinding("seals", REMARK, problem, hint, seal.commit, record=seal.name)
