"""HEAD, branches and commits by name: from small files where that is enough, from git where it isn't."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from desk.errors import GitError
from desk.git import process
from desk.git.place import Place
from desk.git.process import run
from desk.named import NamedTuple
from desk.text import Text, _

_LONGEST = 8192
"""Bytes of HEAD, or of a ref, at most: a name of git's has 4,096."""


def ask_head(place: Place) -> Head:
    """HEAD as git sees it, for repositories whose refs aren't plain files."""
    ref = run(place, "rev-parse", "--symbolic-full-name", "HEAD").decode().strip()
    oid = run(place, "rev-parse", "HEAD").decode().strip()
    return Head(None if ref == "HEAD" else ref, oid)


class Head(NamedTuple):
    """`ref` is None when HEAD is detached, `oid` None before the first commit."""

    ref: str | None
    oid: str | None


def read_head(place: Place) -> Head | None:
    """HEAD from two small files; None when only git itself can tell (another ref format)."""
    try:
        text = _line(f"{place.gitdir}/HEAD")
    except FileNotFoundError:
        raise GitError(
            _("{gitdir} has no HEAD: not a git repository any more", gitdir=place.gitdir), "git fsck"
        ) from None
    if not text.startswith("ref: "):
        return Head(None, text)
    ref = text[5:]
    if ref == "refs/heads/.invalid":
        return None
    for base in (place.gitdir, place.common):
        try:
            oid = _line(f"{base}/{ref}")
            return None if oid.startswith("ref: ") else Head(ref, oid)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
    return Head(ref, _packed(place, ref))


def _line(path: str) -> str:
    """What a file of one line says. Each question to the desk reads two of them, so they are read as the system does it:
    Python's own file takes four times as long.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, _LONGEST).decode().strip()
    finally:
        os.close(file)


def _packed(place: Place, ref: str) -> str | None:
    try:
        with open(os.path.join(place.common, "packed-refs"), encoding="utf-8") as file:
            for line in file:
                if line.rstrip("\n").endswith(" " + ref):
                    return line.split(" ", 1)[0]
    except FileNotFoundError:
        pass
    return None


def tip(place: Place, ref: str) -> str:
    """The commit that a branch stands at, by its file where it has one of its own."""
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        if not (oid := _line(f"{place.common}/{ref}")).startswith("ref: "):
            return oid
    return run(place, "rev-parse", "--verify", f"{ref}^{{commit}}").decode().strip()


def is_ancestor(place: Place, old: str, new: str, *, as_committed: bool = False) -> bool:
    """Whether a commit is there, and one that the other stands on; `as_committed`: whatever this clone replaces."""
    args = (*(process.AS_COMMITTED if as_committed else ()), "merge-base", "--is-ancestor", old, new)
    return process.spawn(place, args, stderr=process.NULL, stdout=process.NULL).wait() == 0


def merge_bases(place: Place, one: str, two: str) -> list[str]:
    """The newest commits that two histories have in common; none where they have begun apart."""
    running = process.spawn(
        place, ("merge-base", "--all", one, two), stdin=process.NULL, stdout=process.PIPE, stderr=process.PIPE
    )
    out, err = running.communicate()
    if running.returncode not in (0, 1):
        raise process.as_error(("merge-base",), err)
    return sorted(out.decode().split())


def merge_tree(place: Place, one: str, two: str) -> str:
    """The tree that git's own merge of two commits comes to, marks of conflict in it."""
    args = ("merge-tree", "--write-tree", "--no-messages", one, two)
    running = process.spawn(place, args, stdin=process.NULL, stdout=process.PIPE, stderr=process.PIPE)
    out, err = running.communicate()
    if running.returncode not in (0, 1):
        raise process.as_error(("merge-tree",), err)
    return out.decode().split()[0]


def commit_of(place: Place, name: str) -> str | None:
    """The commit that a name means to git (an object name, a tag, HEAD~3); None for none."""
    args = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    running = process.spawn(place, args, stdout=process.PIPE, stderr=process.NULL)
    out, _ = running.communicate()
    return None if running.returncode else out.decode(errors="replace").strip()


def signer_of(place: Place, oid: str) -> str:
    """Whose good signature a commit bears, by the keys that this repository knows; empty for none."""
    said = run(place, *process.AS_COMMITTED, "log", "-1", "--no-walk", "--format=%G?%x00%GS", oid).decode(
        errors="replace"
    )
    state, _between, who = said.strip().partition("\0")
    return who if state == "G" else ""


def point_head(place: Place, branch: str) -> None:
    """Have HEAD name a branch."""
    run(place, "symbolic-ref", "HEAD", f"refs/heads/{branch}")


def set_ref(place: Place, ref: str, oid: str) -> None:
    """A ref, of whatever object."""
    run(place, "update-ref", ref, oid)


def below(place: Place, *prefixes: str) -> list[str]:
    """The refs whose names begin in one of these ways."""
    if are_none(place, prefixes):
        return []
    return run(place, "for-each-ref", "--format=%(refname)", *prefixes).decode(errors="replace").split()


def are_none(place: Place, prefixes: Iterable[str]) -> bool:
    """Whether files say that no ref begins so, as is most often so of what an audit asks for: git needn't be started."""
    if os.path.exists(os.path.join(place.common, "reftable")):
        return False
    if any(os.path.exists(os.path.join(place.common, prefix)) for prefix in prefixes):
        return False
    try:
        with open(os.path.join(place.common, "packed-refs"), "rb") as file:
            packed = file.read()
    except FileNotFoundError:
        return True
    return not any(f" {prefix}".encode() in packed for prefix in prefixes)


def way_back(place: Place) -> Text:
    """How a detached HEAD becomes a branch again, without losing what was committed on it."""
    branches = [ref.removeprefix("refs/heads/") for ref in below(place, "refs/heads/")]
    branch = "main" if "main" in branches or not branches else branches[0]
    return _("git switch {branch}; to keep what was committed here, first: git branch NAME", branch=branch)


# -- where history begins -----------------------------------------------------------------------------------------------


def boundary(place: Place) -> frozenset[str]:
    """The commits at which history was cut off when this clone was made: git shows them without parents; none, usually."""
    return frozenset(cut(place).split())


def begins(place: Place) -> int | None:
    """From when on this clone has all commits, in epoch seconds by when they were made; None where it has all of history."""
    known = cut(place)
    if not known:
        return None
    args = ("log", "--no-walk=unsorted", "--no-show-signature", "--format=%ct", "--stdin")
    return max(int(line) for line in run(place, *args, data=known.encode()).split())


def cut(place: Place) -> str:
    """The same as one text; empty for a clone with all of history."""
    try:
        with open(os.path.join(place.common, "shallow"), encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return ""


# -- annotated tags ----------------------------------------------------------------------------------------------------

_TAG = (
    "%(refname:lstrip=2)%00%(objecttype)%00%(objectname)%00%(*objectname)%00"
    "%(taggerdate:unix)%00%(taggername)%00%(taggeremail:trim)%00%(tag)%00%(contents)%00%01"
)


class TagRef(NamedTuple):
    """A tag: its name, its own object name if it is annotated, the commit, when (epoch seconds) and by whom, and its text.

    `called` is what it calls itself.
    """

    name: str
    annotated: bool
    oid: str
    commit: str
    at: int
    by: str
    email: str
    called: str
    text: str


def tags(place: Place, prefix: str) -> list[TagRef]:
    """The tags whose names begin so, the oldest first."""
    if are_none(place, (f"refs/tags/{prefix}",)):
        return []
    out = run(place, "for-each-ref", f"--format={_TAG}", "--sort=taggerdate", f"refs/tags/{prefix}")
    found = []
    for part in out.decode(errors="replace").split("\x01"):
        fields = part.lstrip("\n").split("\0")
        if len(fields) >= 9:
            name, kind, oid, commit, at, by, email, called, text = fields[:9]
            annotated = kind == "tag"
            whose = (int(at or 0), by, email, called, text)
            found.append(TagRef(name, annotated, oid, commit if annotated else oid, *whose))
    return found


def make_tag(place: Place, name: str, commit: str, text: str, who: tuple[str, str], *, sign: bool) -> None:
    """Make an annotated tag, durably, as somebody (name and address); signed, it is with the key for that address."""
    identity = ("-c", f"user.name={who[0]}", "-c", f"user.email={who[1]}")
    # Without a signature also where git was told to sign every tag.
    how = (*(("-s",) if sign else ("-a", "--no-sign")), "--cleanup=verbatim", "-F", "-")
    run(place, *process.DURABLE, *identity, "tag", *how, name, commit, data=text.encode())


def tag_object(place: Place, name: str) -> tuple[str, bytes]:
    """A tag's object name, and what it holds."""
    oid = run(place, "rev-parse", f"refs/tags/{name}").decode().strip()
    return oid, run(place, "cat-file", "tag", oid)


def tag_content(place: Place, oid: str) -> bytes:
    """What an annotated tag holds, by its own object name; GitError for what is none."""
    return run(place, "cat-file", "tag", oid)


def drop_tag(place: Place, name: str, oid: str) -> None:
    """Remove a tag that is still this object."""
    run(place, "update-ref", "-d", f"refs/tags/{name}", oid)


class TagSignature(NamedTuple):
    """Whether this machine finds a signature good, and what git says of it: whose it is, or what is wrong."""

    good: bool
    said: str


def verify_tag(place: Place, oid: str) -> TagSignature:
    """The signature under a tag, by its own object name."""
    running = process.spawn(place, ("verify-tag", "--raw", oid), stdout=process.PIPE, stderr=process.PIPE)
    out, err = running.communicate()
    return TagSignature(running.returncode == 0, (out + err).decode(errors="replace"))
