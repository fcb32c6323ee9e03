"""Seals: annotated tags that say what history held on a day, so that nothing before it can be rewritten unseen.

The digest is what this prints, for an auditor without desk:
git log --format='%H %T' SEAL | LC_ALL=C sort | sha256sum
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from desk.audit import walk
from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.domain.model.kinds import KINDS, kind_at
from desk.errors import GitError, Refused
from desk.git import log, process, refs
from desk.git.place import Place

PREFIX = "seal/"
VERSION = "1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LINE = re.compile(r"^(Seal-[A-Z][A-Za-z]*): (.*)$", re.MULTILINE)
GOOD, BAD, UNKNOWN, UNSIGNED = "good", "bad", "unknown key", "unsigned"


class Seal(NamedTuple):
    """A tag below seal/: `commit` is what it points to, `said` its lines `Seal-…: value`, `at` epoch seconds."""

    name: str
    tag: str
    annotated: bool
    commit: str
    at: int
    by: str
    email: str
    said: Mapping[str, str]
    signed: bool


class Measure(NamedTuple):
    """What a commit's history amounts to."""

    commits: int
    digest: str
    kinds: Mapping[str, int]

    @property
    def records(self) -> int:
        return sum(self.kinds.values())


def measure(place: Place, commit: str) -> Measure:
    """Counts and the digest of everything up to a commit."""
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, for seals only

    ordered = sorted(log.trees(place, commit))
    digest = sha256(b"".join(line + b"\n" for line in ordered)).hexdigest()
    found: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    for delta in walk.files(place, commit):
        cls = kind_at(delta.path)
        if cls is not None:
            found[cls.kind] += 1
    return Measure(len(ordered), f"sha256:{digest}", dict(sorted(found.items())))


def seals(place: Place) -> list[Seal]:
    """Every seal, the oldest first."""
    found = []
    for name, annotated, tag, commit, at, by, email, whole in refs.tags(place, PREFIX):
        # What stands in the signature is no line of the seal.
        body, mark, _ = whole.partition("-----BEGIN ")
        said = dict(_LINE.findall(body)) if annotated else {}
        found.append(Seal(name, tag, annotated, commit, at, by, email, said, bool(mark)))
    return found


# -- making one ----------------------------------------------------------------------------------------------------------


def free_name(place: Place, wanted: str | None, day: str) -> str:
    """seal/NAME, or seal/DAY, numbered if that day has one; Refused for one that is taken or no name."""
    taken = {seal.name for seal in seals(place)}
    if wanted is None:
        names = (f"{PREFIX}{day}" + (f"-{n}" if n > 1 else "") for n in range(1, len(taken) + 2))
        return next(n for n in names if n not in taken)
    name = PREFIX + wanted.removeprefix(PREFIX)
    if not _NAME.fullmatch(name.removeprefix(PREFIX)) or ".." in name or name.endswith((".lock", ".")):
        raise Refused(
            f"{wanted[:60]!r} can't be the name of a seal", "letters, digits, dots and dashes: --name audit-2026"
        )
    if name in taken:
        raise Refused(f"there is a seal {name} already", "a seal is never replaced: choose another name")
    return name


def text(title: str, message: str | None, commit: str, found: Measure, *, previous: Seal | None, verified: str) -> str:
    """What a seal says: a line for people, their message, and the lines that `desk audit verify` reads."""
    before = f"{previous.name} {previous.tag}" if previous else "none"
    said = {
        "Version": VERSION,
        "Commit": commit,
        "Commits": str(found.commits),
        "Records": str(found.records),
        "Kinds": " ".join(f"{kind}={count}" for kind, count in found.kinds.items()),
        "Previous": before,
        "Verified": verified,
        "Digest": found.digest,
    }
    lines = "\n".join(f"Seal-{key}: {value}" for key, value in said.items())
    # Nothing in the message may pass for a line of the seal.
    words = re.sub(r"^(?=Seal-|-----BEGIN |#)", "> ", (message or "").strip(), flags=re.MULTILINE)
    return "\n\n".join(p for p in (title, words, lines) if p) + "\n"


def can_sign(place: Place) -> bool:
    """Whether git is told a key to sign with."""
    return bool(process.setting(place, "user.signingKey")) or process.setting(place, "tag.gpgSign") == "true"


def make(place: Place, name: str, commit: str, said: str, who: tuple[str, str], *, sign: bool) -> str:
    """Make the tag, durably; its object name."""
    hint = "see user.signingKey and gpg.format in git's configuration; without a signature: --no-sign"
    try:
        # As the person who seals, whoever the machine's git identity is; a key may be chosen by that address.
        refs.make_tag(place, name, commit, said, who, sign=sign)
    except GitError as error:
        if not sign:
            raise
        raise GitError(f"the seal could not be signed: {error.message}", hint) from None
    tag, content = refs.tag_object(place, name)
    if sign and b"\n-----BEGIN " not in content:
        # git 2.39 says that an ssh key can't be read, makes the tag all the same, and ends with 0.
        refs.drop_tag(place, name, tag)
        raise GitError("the seal could not be signed: git can't read the key", hint)
    return tag


# -- checking ------------------------------------------------------------------------------------------------------------


def is_in_history(place: Place, commit: str, head: str) -> bool:
    """Whether a commit is there and one that the head stands on, whatever this clone replaces."""
    return refs.is_ancestor(place, commit, head, as_committed=True)


def signature(place: Place, seal: Seal) -> str:
    """good, bad, unknown key (this machine can't tell whose it is), or unsigned."""
    if not seal.signed:
        return UNSIGNED
    said = refs.verify_tag(place, seal.name)
    if said is None:
        return GOOD
    told = said.lower()
    wrong = ("badsig", "incorrect signature", "signature verification failed", "bad signature")
    return BAD if any(w in told for w in wrong) else UNKNOWN


def problems(
    place: Place, seal: Seal, head: str, known: Mapping[str, Seal], *, measured: bool
) -> Iterator[AuditFinding]:
    """What is wrong with a seal; `measured` recomputes its digest and counts."""

    def fault(problem: str, hint: str) -> AuditFinding:
        return AuditFinding("seals", FAULT, f"{seal.name}: {problem}", hint, seal.commit, record=seal.name)

    look = f"git cat-file -p {seal.name}"
    said = seal.said
    if not seal.annotated or not {"Seal-Commit", "Seal-Digest", "Seal-Commits"} <= said.keys():
        yield fault("not a seal that desk made", look)
        return
    if said["Seal-Commit"] != seal.commit:
        yield fault(f"speaks of commit {said['Seal-Commit'][:10]} and points to {seal.commit[:10]}", look)
    if not is_in_history(place, seal.commit, head):
        hint = f"what was sealed: git log {seal.name}; what is there now: git log {seal.name}.."
        yield fault(f"the sealed commit {seal.commit[:10]} is not in the history any more: it was rewritten", hint)
    if measured:
        yield from (fault(problem, look) for problem in _measured(place, seal))
    before, _, tag = said.get("Seal-Previous", "none").partition(" ")
    if before != "none" and (before not in known or known[before].tag != tag):
        did = "was replaced" if before in known else "is missing"
        yield fault(
            f"the seal before it, {before}, {did}", f"fetch it from where seals are kept: git fetch origin tag {before}"
        )
    state = signature(place, seal)
    if state == BAD:
        yield fault("its signature is wrong", f"git verify-tag {seal.name}")
    elif state == UNKNOWN:
        problem = f"{seal.name}: signed with a key that this machine doesn't know"
        yield AuditFinding("seals", REMARK, problem, f"git verify-tag {seal.name}", seal.commit, record=seal.name)


def _measured(place: Place, seal: Seal) -> Iterator[str]:
    said = seal.said
    try:
        real = measure(place, seal.commit)
    except GitError as error:
        yield f"its history can't be read: {error.message}"
        return
    if said["Seal-Digest"] != real.digest:
        yield f"the digest is {said['Seal-Digest'][:23]}…, the history before it has {real.digest[:23]}…"
    counts = {"Commits": real.commits, "Records": real.records}
    for name, count in counts.items():
        if said.get(f"Seal-{name}") != str(count):
            yield f"counts {said.get(f'Seal-{name}')} {name.lower()}, there are {count}"
    kinds = " ".join(f"{kind}={count}" for kind, count in real.kinds.items())
    if "Seal-Kinds" in said and not set(said["Seal-Kinds"].split()) <= {*kinds.split(), *_none_of(said["Seal-Kinds"])}:
        yield f"counts {said['Seal-Kinds']}, there are {kinds}"


def _none_of(text: str) -> set[str]:
    """Kinds that a seal counts none of, and that this version of desk may not know."""
    return {word for word in text.split() if word.endswith("=0")}
