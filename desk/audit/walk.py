"""History commit by commit, oldest first: who, when, what is told, and which files changed against the first parent."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import IO, NamedTuple

from desk.domain.changes import message as changes_message
from desk.domain.changes.message import Parsed
from desk.errors import GitError
from desk.git import diff
from desk.git import process as git_process
from desk.git.place import Place

_FIELDS = ("%H", "%P", "%T", "%at", "%an", "%ae", "%ct", "%ce", "%s", "%B")
_FORMAT = "%x01" + "".join(f"{f}%x00" for f in _FIELDS)
# What was committed, whatever this clone replaces, and however this machine likes its logs.
_PLAINLY = ("--no-replace-objects", "-c", "log.showRoot=true", "-c", "log.showSignature=false")
_RAW = ("--raw", "-r", "-z", "--no-renames", "--no-abbrev")


class Delta(NamedTuple):
    """One file: modes and object names before and after, empty where there is none."""

    path: str
    mode: str
    new_mode: str
    oid: str
    new_oid: str


class Step(NamedTuple):
    """One commit; times in epoch seconds, the author's and the committer's."""

    oid: str
    parents: tuple[str, ...]
    tree: str
    at: int
    author: str
    email: str
    committed: int
    committer: str
    subject: str
    message: str
    told: Parsed
    deltas: tuple[Delta, ...]

    @property
    def merge(self) -> bool:
        return len(self.parents) > 1


def steps(place: Place, since: str | None, until: str) -> Generator[Step, None, None]:
    """The commits up to `until` that `since` doesn't hold, each after its parents."""
    spec = (until,) if since is None else (f"^{since}", until)
    args = (*_PLAINLY, "log", "--reverse", "--topo-order", "--diff-merges=first-parent", *_RAW)
    process = git_process.spawn(
        place, (*args, "--encoding=UTF-8", f"--format={_FORMAT}", *spec, "--"), stdout=git_process.PIPE
    )
    if process.stdout is None:
        raise GitError("git log has no pipe")
    with process:
        yield from _steps(_parts(process.stdout))
    if process.returncode:
        raise GitError("git log failed", "git fsck")


def _parts(stdout: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := stdout.read(1 << 16):
        *parts, rest = (rest + chunk).split(b"\0")
        for part in parts:
            yield part.decode(errors=diff.NAMES)
    if rest:
        yield rest.decode(errors=diff.NAMES)


def _steps(parts: Iterator[str]) -> Iterator[Step]:
    head: list[str] = []
    deltas: list[Delta] = []
    for part in parts:
        text = part.lstrip("\n")
        if text.startswith("\x01"):
            if head:
                yield _step(head, deltas)
            head, deltas = [text[1:], *(next(parts) for _ in _FIELDS[1:])], []
        elif text.startswith(":"):
            deltas.append(_delta(text, next(parts)))
    if head:
        yield _step(head, deltas)


def _step(head: list[str], deltas: list[Delta]) -> Step:
    oid, parents, tree, at, author, email, committed, committer, subject, message = head
    told = changes_message.parse(message)
    who = (author, email, int(committed or 0), committer, subject, message)
    return Step(oid, tuple(parents.split()), tree, int(at or 0), *who, told, tuple(deltas))


def _delta(meta: str, path: str) -> Delta:
    mode, new_mode, oid, new_oid, _ = meta[1:].split(" ")
    return Delta(path, *(v if v.strip("0") else "" for v in (mode, new_mode, oid, new_oid)))


def between(place: Place, old: str, new: str) -> list[Delta]:
    """What differs between two commits, from the one to the other."""
    out = git_process.run(place, "--no-replace-objects", "diff-tree", *_RAW, old, new).decode(errors=diff.NAMES)
    parts = iter(out.split("\0"))
    return [_delta(meta, path) for meta, path in zip(parts, parts, strict=False)]


def files(place: Place, commit: str) -> list[Delta]:
    """Every file of a commit, as if it had just been added."""
    out = git_process.run(place, "--no-replace-objects", "ls-tree", "-r", "-z", "--full-tree", commit).decode(
        errors=diff.NAMES
    )
    found = []
    for part in out.split("\0"):
        meta, tab, path = part.partition("\t")
        if tab:
            mode, _, oid = meta.split(" ")
            found.append(Delta(path, "", mode, "", oid))
    return found
