"""What others know of the seals: other repositories, printed lines, and auditors who have signed under them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from desk.audit import seals
from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.audit.seals import Seal
from desk.git import refs
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _, arranged

COSIGN = "cosign/"
EVIDENCE = "refs/desk/evidence"
"""Where what contradicts each other is kept, so that no housekeeping takes it away."""
_LINE = re.compile(r"^(seal/\S+)\s+([0-9a-f]{40,64})\b", re.MULTILINE)
_PATIENCE = 7 * 86400
"""Seconds that a seal may wait for somebody else's signature."""


class Signature(NamedTuple):
    """A signature under a seal: its tag, the seal's name, whose it is, the commit, and when (epoch seconds)."""

    name: str
    seal: str
    who: str
    commit: str
    at: int


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
    here = {seal.name: seal for seal in seals.seals(place)}
    for name, tag in sorted(told.items()):
        if name not in here:
            problem = _("{seal}: {whence} has this seal, and it is missing here", seal=name, whence=whence)
            yield AuditFinding(
                "seals",
                FAULT,
                problem,
                _("git fetch {whence} tag {seal}", whence=whence, seal=name),
                record=name,
            )
        elif here[name].tag != tag:
            problem = _(
                "{seal}: {whence} has it as {there}, here it is {here}: one of them was moved",
                seal=name, whence=whence, there=tag[:10], here=here[name].tag[:10],
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
        if tag.annotated and seal:
            found.append(Signature(tag.name, seals.PREFIX + seal, who, tag.commit, tag.at))
    return found


def alone(place: Place, every: Sequence[Seal], wanted: int, now: int) -> Iterator[AuditFinding]:
    """Which of these seals nobody else has signed under in time, where the desk wants that."""
    if not every or not wanted:
        return
    signers: dict[tuple[str, str], set[str]] = {}
    for one in cosigned(place):
        signers.setdefault((one.seal, one.commit), set()).add(one.who)
    for seal in every:
        count = len(signers.get((seal.name, seal.commit), ()))
        if count < wanted and now - seal.at > _PATIENCE:
            problem = _(
                "{seal}: signed by {count} others, and {wanted} are wanted", seal=seal.name, count=count, wanted=wanted
            )
            hint = _("an auditor, in a clone of their own: desk audit cosign {seal}", seal=seal.name)
            yield AuditFinding("seals", REMARK, problem, hint, seal.commit, record=seal.name)
