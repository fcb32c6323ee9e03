"""Seals: annotated tags that say what history held on a day, so that nothing before it can be rewritten unseen.

The digest is what this prints, for an auditor without desk:
git log --format='%H %T' SEAL | LC_ALL=C sort | sha256sum
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from desk.audit import walk
from desk.audit.moment import FAULT, REMARK, AuditFinding
from desk.domain.model.kinds import KINDS, kind_at
from desk.errors import GitError, Refused
from desk.git import log, process, refs
from desk.git.diff import Delta
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _, arranged

PREFIX = "seal/"
VERSION = "1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LINE = re.compile(r"^(Seal-[A-Z][A-Za-z]*): (.*)$", re.MULTILINE)
_SIGNER = r"""^Good "git" signature for (.+) with |^\[GNUPG:\] GOODSIG \w+ .*<(.+)>$"""
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
    """Counts and the digest of everything up to a commit. GitError where this clone doesn't have all of it."""
    return Measuring(place).measure(commit)


class Measuring:
    """Measures commits of one history, the newest first: of an earlier one only what came after it is asked of git."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._commit: str | None = None
        self._lines: list[bytes] = []
        self._kinds: Counter[str] = Counter()

    def measure(self, commit: str) -> Measure:
        """As `seals.measure`."""
        if refs.cut(self.place):
            raise GitError(
                _("the history of this clone was cut off: a seal can't be measured here"),
                _("bring all of it: git fetch --unshallow"),
            )
        from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, for seals only

        came = self._came_since(commit)
        if self._commit is not None and came is not None:
            self._go_back(self._commit, commit, came)
        else:
            self._lines = sorted(b"%b\n" % line for line in log.trees(self.place, commit))
            self._kinds = _count(walk.files(self.place, commit))
        self._commit = commit
        digest = sha256(b"".join(self._lines)).hexdigest()
        kinds = {kind: self._kinds[kind] for kind in sorted(KINDS)}
        return Measure(len(self._lines), f"sha256:{digest}", kinds)

    def _came_since(self, commit: str) -> set[bytes] | None:
        """What came between a commit and the one measured before; None where the one is not in the other's history."""
        later = self._commit
        if later is None:
            return None
        if (found := log.line(self.place, commit, later)) is not None:
            return {b"%b\n" % row.encode() for row in found}
        known = is_in_history(self.place, commit, later)
        return {b"%b\n" % row for row in log.trees(self.place, later, commit)} if known else None

    def _go_back(self, later: str, commit: str, came: set[bytes]) -> None:
        for line in came:
            del self._lines[bisect_left(self._lines, line)]
        changed = walk.between(self.place, commit, later)
        self._kinds.subtract(_count(d for d in changed if d.new_oid and not d.oid))
        self._kinds.update(_count(d for d in changed if d.oid and not d.new_oid))


def _count(files: Iterable[Delta]) -> Counter[str]:
    return Counter(cls.kind for file in files if (cls := kind_at(file.path)) is not None)


def seals(place: Place) -> list[Seal]:
    """Every seal, the oldest first."""
    found = []
    for name, annotated, tag, commit, at, by, email, called, whole in refs.tags(place, PREFIX):
        # What stands in the signature is no line of the seal.
        body, mark, _ = whole.partition("-----BEGIN ")
        said = _said(body) if annotated and called == name else {}
        found.append(Seal(name, tag, annotated, commit, at, by, email, said, bool(mark)))
    return found


def _said(body: str) -> dict[str, str]:
    """The lines of a seal; none where one of them is there twice."""
    found = _LINE.findall(body)
    said = dict(found)
    return said if len(said) == len(found) else {}


def from_object(place: Place, name: str, oid: str) -> Seal | None:
    """The seal that an object would be, were a tag of that name given to it; None for what is no annotated tag of it."""
    try:
        content = refs.tag_content(place, oid).decode(errors="replace")
    except GitError:
        return None
    head, _between, whole = content.partition("\n\n")
    fields = dict(line.partition(" ")[::2] for line in head.splitlines())
    body, mark, _rest = whole.partition("-----BEGIN ")
    if fields.get("type") != "commit" or fields.get("tag") != name:
        return None
    who = re.fullmatch(r"(.*?) ?<(.*?)> (\d+) [+-]\d{4}", fields.get("tagger", "")) or ("", "", "", "0")
    return Seal(name, oid, True, fields["object"], int(who[3]), who[1], who[2], _said(body), bool(mark))


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
            _("{wanted!r} can't be the name of a seal", wanted=wanted[:60]),
            _("letters, digits, dots and dashes: --name audit-2026"),
        )
    if name in taken:
        raise Refused(
            _("there is a seal {name} already", name=name), _("a seal is never replaced: choose another name")
        )
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
    hint = _("see user.signingKey and gpg.format in git's configuration; without a signature: --no-sign")
    try:
        # As the person who seals, whoever the machine's git identity is; a key may be chosen by that address.
        refs.make_tag(place, name, commit, said, who, sign=sign)
    except GitError as error:
        if not sign:
            raise
        raise GitError(_("the seal could not be signed: {problem}", problem=error.message), hint) from None
    tag, content = refs.tag_object(place, name)
    if sign and b"\n-----BEGIN " not in content:
        # git 2.39 says that an ssh key can't be read, makes the tag all the same, and ends with 0.
        refs.drop_tag(place, name, tag)
        raise GitError(_("the seal could not be signed: git can't read the key"), hint)
    return tag


# -- checking ------------------------------------------------------------------------------------------------------------


def is_in_history(place: Place, commit: str, head: str) -> bool:
    """Whether a commit is there and one that the head stands on, whatever this clone replaces."""
    return refs.is_ancestor(place, commit, head, as_committed=True)


def in_history(place: Place, every: Iterable[Seal], head: str) -> frozenset[str]:
    """The commits of these seals that the head stands on: history is gone through once for all of them."""
    return log.among(place, head, {seal.commit for seal in every})


class Vouched(NamedTuple):
    """What a signature is worth: good, bad, unknown key (this machine can't tell whose it is), or unsigned.

    `signer` is whose key it is, by the name or address that git knows the key by; empty where it isn't good.
    """

    state: str
    signer: str = ""


def vouch(place: Place, tag: str, *, signed: bool) -> Vouched:
    """Look at the signature of a tag, by its own object name."""
    if not signed:
        return Vouched(UNSIGNED)
    good, said = refs.verify_tag(place, tag)
    if good:
        by = re.search(_SIGNER, said, re.MULTILINE)
        return Vouched(GOOD, (by[1] or by[2]).strip() if by else "")
    wrong = ("badsig", "incorrect signature", "signature verification failed", "bad signature")
    return Vouched(BAD if any(w in said.lower() for w in wrong) else UNKNOWN)


def signature(place: Place, seal: Seal) -> str:
    """What the signature of a seal is worth, in a word."""
    return vouch(place, seal.tag, signed=seal.signed).state


def problems(
    place: Place,
    seal: Seal,
    head: str,
    known: Mapping[str, Seal],
    *,
    measured: Measuring | None,
    there: bool | None = None,
    state: str | None = None,
) -> Iterator[AuditFinding]:
    """What is wrong with a seal; `measured` recomputes its digest and counts, if it is given.

    `there`: whether its commit is in history, and `state`: what its signature is worth, where these are known.
    """

    def fault(problem: str, hint: str) -> AuditFinding:
        return AuditFinding(
            "seals",
            FAULT,
            arranged("{seal}: {problem}", seal=seal.name, problem=problem),
            hint,
            seal.commit,
            record=seal.name,
        )

    look = arranged("git cat-file -p {seal}", seal=seal.name)
    said = seal.said
    if not seal.annotated or not {"Seal-Commit", "Seal-Digest", "Seal-Commits"} <= said.keys():
        yield fault(_("not a seal that desk made"), look)
        return
    if said["Seal-Commit"] != seal.commit:
        yield fault(
            _(
                "speaks of commit {seal_commit} and points to {commit}",
                seal_commit=said["Seal-Commit"][:10],
                commit=seal.commit[:10],
            ),
            look,
        )
    if not (is_in_history(place, seal.commit, head) if there is None else there):
        hint = _("what was sealed: git log {seal}; what is there now: git log {seal}..", seal=seal.name)
        yield fault(
            _("the sealed commit {commit} is not in the history any more: it was rewritten", commit=seal.commit[:10]),
            hint,
        )
    if measured is not None:
        yield from (fault(problem, look) for problem in _mismeasured(measured, seal))
    before, _rest, tag = said.get("Seal-Previous", "none").partition(" ")
    if before != "none" and (before not in known or known[before].tag != tag):
        did = _("was replaced") if before in known else _("is missing")
        yield fault(
            _("the seal before it, {seal}, {what}", seal=before, what=did),
            _("fetch it from where seals are kept: git fetch origin tag {before}", before=before),
        )
    state, ask = state or signature(place, seal), arranged("git verify-tag {seal}", seal=seal.name)
    if state == BAD:
        yield fault(_("its signature is wrong"), ask)
    elif state == UNKNOWN:
        problem = _("{seal}: signed with a key that this machine doesn't know", seal=seal.name)
        yield AuditFinding("seals", REMARK, problem, ask, seal.commit, record=seal.name)


def _mismeasured(measuring: Measuring, seal: Seal) -> Iterator[str]:
    said = seal.said
    try:
        real = measuring.measure(seal.commit)
    except GitError as error:
        yield _("its history can't be read: {problem}", problem=error.message)
        return
    if said["Seal-Digest"] != real.digest:
        yield _(
            "the digest is {seal_digest}…, the history before it has {digest}…",
            seal_digest=said["Seal-Digest"][:23],
            digest=real.digest[:23],
        )
    counts = {"Commits": real.commits, "Records": real.records}
    for name, count in counts.items():
        if said.get(f"Seal-{name}") != str(count):
            yield _COUNTED[name].format(told=said.get(f"Seal-{name}"), n=count)
    kinds = " ".join(f"{kind}={count}" for kind, count in real.kinds.items())
    if "Seal-Kinds" in said and not set(said["Seal-Kinds"].split()) <= {*kinds.split(), *_none_of(said["Seal-Kinds"])}:
        yield _("counts {seal_kinds}, there are {kinds}", seal_kinds=said["Seal-Kinds"], kinds=kinds)


_COUNTED = {
    "Commits": _("counts {told} commits, there are {n}"),
    "Records": _("counts {told} records, there are {n}"),
}


def _none_of(text: str) -> set[str]:
    """Kinds that a seal counts none of, and that this version of desk may not know."""
    return {word for word in text.split() if word.endswith("=0")}
