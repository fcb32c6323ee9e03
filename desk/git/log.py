"""Commits as git tells them: one process for any number, and the only readers of what it prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterable
from contextlib import closing
from itertools import islice

from desk.errors import GitError
from desk.git import diff, process, refs
from desk.git.objects import clamped
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _

_PLAINLY = ("--encoding=UTF-8", "--no-show-signature")
"""Whatever this machine's configuration says."""
_COMMIT = ("%H", "%P", "%at", "%ct", "%an", "%ae", "%B")
_STEP = ("%H", "%P", "%T", "%at", "%an", "%ae", "%ct", "%ce", "%s", "%B")
_SHORT_LINE = 10_000
"""Commits that are remembered of a line."""
_BLOCK = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+) (\d+)")


class CommitRow(NamedTuple):
    """A commit as git tells it: parents and object names in hex; times in epoch seconds, the author's and the committer's."""

    oid: str
    parents: tuple[str, ...]
    at: int
    committed: int
    author: str
    email: str
    message: str


class LoggedStep(NamedTuple):
    """One commit with what it changed against its first parent; times in epoch seconds, the author's and the committer's."""

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
    deltas: tuple[diff.Delta, ...]


def _parts(
    place: Place, args: tuple[str, ...], names: str, asked: list[str] | None = None
) -> Generator[str, None, None]:
    """What git log prints between NULs, read as it comes; GitError when it fails. `asked`: commits, as `line` gives them."""
    running = process.spawn(place, args, stdin=process.PIPE if asked is not None else None, stdout=process.PIPE)
    if running.stdout is None:
        raise GitError(_("git log has no pipe"))
    with running:
        if running.stdin is not None:
            # It reads all of them before it says anything.
            running.stdin.write("".join(f"{row.partition(' ')[0]}\n" for row in asked or ()).encode())
            running.stdin.close()
        rest = b""
        while chunk := running.stdout.read(1 << 16):
            whole, nul, rest = (rest + chunk).rpartition(b"\0")
            if nul:
                yield from whole.decode(errors=names).split("\0")
        if rest:
            yield rest.decode(errors=names)
    if running.returncode:
        raise GitError(_("{command} failed", command="git log"), "git fsck")


def commits(place: Place, *spec: str) -> Generator[CommitRow, None, None]:
    """Commits, each after its parents: `OID`, or `OLD..NEW`."""
    asked = f"--format={''.join(f'{field}%x00' for field in _COMMIT)}"
    args = ("log", *_PLAINLY, "--reverse", "--topo-order", asked, *spec, "--")
    with closing(_parts(place, args, "replace")) as parts:
        for part in parts:
            if oid := part.strip():
                parents, at, committed, author, email, message = (next(parts) for _ in _COMMIT[1:])
                times = clamped(int(at or 0)), clamped(int(committed or 0))
                yield CommitRow(oid, tuple(parents.split()), *times, author, email, message)


def steps(place: Place, since: str | None, until: str) -> Generator[LoggedStep, None, None]:
    """The commits up to `until` that `since` doesn't hold, each after its parents, as they were committed."""
    plainly = (*process.AS_COMMITTED, "-c", "log.showRoot=true", "-c", "log.showSignature=false")
    asked = f"--format=%x01{''.join(f'{field}%x00' for field in _STEP)}"
    how = ("--diff-merges=first-parent", *diff.RAW, "--encoding=UTF-8", asked)
    known = None if since is None else line(place, since, until)
    if known == []:
        return
    which = ("--reverse", "--topo-order", *_span(since, until)) if known is None else ("--no-walk=unsorted", "--stdin")
    head: list[str] = []
    deltas: list[diff.Delta] = []
    with closing(_parts(place, (*plainly, "log", *how, *which, "--"), diff.NAMES, known)) as parts:
        for part in parts:
            text = part.lstrip("\n")
            if text.startswith("\x01"):
                if head:
                    yield _step(head, deltas)
                head, deltas = [text[1:], *islice(parts, len(_STEP) - 1)], []
            elif text.startswith(":"):
                deltas.append(diff.parse(text, next(parts)))
    if head:
        yield _step(head, deltas)


def line(place: Place, since: str, until: str) -> list[str] | None:
    """The commits from one to a later one, the oldest first, where that is a single line and a short one; else None.

    Each with its tree. git itself goes on behind the earlier one as long as commits are dated later than the oldest of
    these, to be sure that it holds none of them: after an import of old tickets, through all of history.
    """
    found: list[str] = []
    args = (*process.AS_COMMITTED, "log", "--no-show-signature", "--format=%H %T %P%x00", until, "--")
    with closing(_parts(place, args, "replace")) as parts:
        for part in parts:
            oid, _space, rest = part.strip().partition(" ")
            tree, _space, parents = rest.partition(" ")
            if oid == since:
                return found[::-1]
            if " " in parents or len(found) >= _SHORT_LINE:
                return None
            if oid:
                found.append(f"{oid} {tree}")
    return None


def _step(head: list[str], deltas: list[diff.Delta]) -> LoggedStep:
    oid, parents, tree, at, author, email, committed, committer, subject, message = head
    who = (author, email, int(committed or 0), committer, subject, message)
    return LoggedStep(oid, tuple(parents.split()), tree, int(at or 0), *who, tuple(deltas))


def _span(since: str | None, until: str) -> tuple[str, ...]:
    return (until,) if since is None else (f"^{since}", until)


def count(place: Place, since: str | None, until: str, *, as_committed: bool = False) -> int:
    """How many commits `until` has that `since` doesn't hold."""
    plainly = process.AS_COMMITTED if as_committed else ()
    return int(process.run(place, *plainly, "rev-list", "--count", *_span(since, until)))


def count_apart(place: Place, one: str, two: str) -> tuple[int, int]:
    """How many commits each of two has that the other doesn't hold."""
    left, right = process.run(place, "rev-list", "--left-right", "--count", f"{one}...{two}").split()
    return int(left), int(right)


def names(place: Place, old: str, new: str) -> tuple[str, ...]:
    """The commits from one to a later one, the newest first; GitError when git doesn't know one of them."""
    return tuple(process.run(place, "rev-list", f"{old}..{new}").decode().split())


def lineage(place: Place, since: str, until: str) -> tuple[list[str], list[str]]:
    """What `until` has and `since` doesn't hold, the oldest first: the commits with one parent or none, and the merges."""
    found: tuple[list[str], list[str]] = [], []
    told = process.run(place, "rev-list", "--parents", "--topo-order", "--reverse", *_span(since, until)).decode()
    for oid, *parents in map(str.split, told.splitlines()):
        found[len(parents) > 1].append(oid)
    return found


def last_of(place: Place, until: Iterable[str], path: str, *, anywhere: bool = False) -> str | None:
    """What a file was when it went for the last time before these commits, by object name; None for one that never did.

    Merges are looked at as well, and the lines that they brought in: git's own shortcut follows one of them alone.
    `anywhere`: `*` in the path stands for any folder.
    """
    how = "--glob-pathspecs" if anywhere else "--literal-pathspecs"
    args = ("log", "-1", "-m", "--full-history", "--diff-filter=D", "--raw", "--no-abbrev", "--format=", "--no-renames")
    found = process.run(place, *process.AS_COMMITTED, how, *args, *until, "--", path).decode(errors=diff.NAMES)
    return found.split()[2] if found.strip() else None


def versions(place: Place, until: Iterable[str], path: str) -> list[tuple[str, str]]:
    """Mode and object name of a file as each commit up to these left it, merges and the lines that they brought in as well."""
    args = ("log", "-m", "--full-history", "--diff-filter=AM", "--raw", "--no-abbrev", "--format=", "--no-renames")
    found = process.run(place, *process.AS_COMMITTED, "--literal-pathspecs", *args, *until, "--", path)
    rows = (line.split() for line in found.decode(errors=diff.NAMES).split("\n") if line)
    return list(dict.fromkeys((row[1], row[3]) for row in rows))


def last_message(place: Place, until: str, path: str) -> str:
    """The message of the commit that changed a file last, up to a commit as it was committed; empty where none has."""
    how = ("--literal-pathspecs", "log", "-1", "--full-history", "--no-renames", "--format=%B", until, "--", path)
    return process.run(place, *process.AS_COMMITTED, *how).decode(errors="replace")


def brought_by(place: Place, path: str, words: str) -> str | None:
    """The message of the last commit that brought some words into a file, or took them out; None where a merge did."""
    args = ("log", "-1", "--no-renames", f"-S{words}", "--format=%B", "HEAD", "--", path)
    return process.run(place, "--literal-pathspecs", *args).decode(errors="replace") or None


def root(place: Place, oid: str) -> str:
    """The commit that a history begins with."""
    return process.run(place, "rev-list", "--max-parents=0", oid).decode().split()[-1]


def trees(place: Place, commit: str, since: str | None = None) -> list[bytes]:
    """Each commit's own name and its tree's, of everything up to a commit as it was committed, or of what `since` doesn't hold."""
    args = (*process.AS_COMMITTED, "log", "--no-show-signature", "--format=%H %T", *_span(since, commit), "--")
    return [line for line in process.run(place, *args).split(b"\n") if line]


def among(place: Place, until: str, wanted: Collection[str]) -> frozenset[str]:
    """Which of these commits a history holds, as it was committed; it is gone through once."""
    args = (*process.AS_COMMITTED, "log", "--no-show-signature", "--format=%H%x00", until, "--")
    with closing(_parts(place, args, "replace")) as parts:
        return frozenset(oid for part in parts if (oid := part.strip()) in wanted)


def authored_at(place: Place, oid: str) -> int:
    """When a commit says that somebody acted, in epoch seconds."""
    return clamped(int(process.run(place, "show", "--no-patch", "--format=%at", oid).split()[0]))


def patches(place: Place, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """What each commit changed in these files, oldest first: its name and git's own difference."""
    plainly = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", *_PLAINLY)
    args = ("--literal-pathspecs", "log", "--reverse", "--topo-order", "-p", *plainly, "--format=%x00%H", "HEAD", "--")
    parts = process.run(place, *args, *paths).decode(errors="replace").split("\0")
    found, unknown = [], refs.boundary(place)
    for part in parts[1:]:
        oid, _, patch = part.partition("\n")
        if patch.strip() and oid not in unknown:
            found.append((oid, patch.lstrip("\n")))
    return found


def subjects(place: Place, oids: list[str]) -> dict[str, str]:
    """The subjects of commits, for those that tell of no record."""
    if not oids:
        return {}
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
    args = ("log", "--no-walk=unsorted", *_PLAINLY, "--format=%H%x00%s%x00", "--stdin")
    parts = process.run(place, *args, data=asked).decode(errors="replace").split("\0")
    return {oid.strip(): subject for oid, subject in zip(parts[::2], parts[1::2], strict=False)}


def commits_by_line(place: Place, path: str, commit: str) -> dict[int, str]:
    """The commit of each line of a file. Whatever revisions this machine tells git to ignore, an auditor wants to see them."""
    args = ("blame", "--incremental", "--ignore-revs-file=", commit, "--", path)
    found: dict[int, str] = {}
    for text in process.run(place, *args).decode(errors="replace").split("\n"):
        if block := _BLOCK.fullmatch(text):
            first = int(block[2])
            found.update(dict.fromkeys(range(first, first + int(block[3])), block[1]))
    return found


def commits_since(place: Place, cursor: str, until: str | None = None) -> list[str]:
    """The commits that a cursor hasn't passed, each after its parents; all of them where git doesn't have it any more.

    Up to a commit; else of every branch, since the one that was written to need not be checked out now.
    """
    which = "--branches" if until is None else until
    out = process.run(place, "rev-list", "--topo-order", "--reverse", "--ignore-missing", which, f"^{cursor}", "--")
    return out.decode().split()


def touching(place: Place, since: str, until: str, path: str) -> bool:
    """Whether a commit that `until` has and `since` doesn't hold changed a file."""
    args = ("rev-list", "--max-count=1", "--full-history", *_span(since, until), "--", path)
    return bool(process.run(place, *args).strip())
