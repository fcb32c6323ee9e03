"""Objects by their names: contents, the files of a commit, what a commit says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from desk.errors import GitError
from desk.git.place import Place
from desk.git.process import AS_COMMITTED, NULL, PIPE, run, spawn
from desk.named import NamedTuple
from desk.text import _

if TYPE_CHECKING:
    import subprocess


class Blobs:
    """`git cat-file --batch`: contents by object name or by `commit:path`, one process for any number, and none for none."""

    def __init__(self, place: Place, *, as_committed: bool = False) -> None:
        self.place = place
        self._plainly = AS_COMMITTED if as_committed else ()
        self._process: subprocess.Popen[bytes] | None = None

    def _pipe(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            words = (*self._plainly, "cat-file", "--batch")
            self._process = spawn(self.place, words, stdin=PIPE, stdout=PIPE, stderr=NULL)
        if self._process.stdin is None or self._process.stdout is None:
            raise GitError(_("git cat-file has no pipes"))
        return self._process.stdin, self._process.stdout

    def get(self, name: str) -> bytes | None:
        """The content, or None if there is no such object."""
        if "\n" in name:
            return self._read_by_name(name)
        stdin, stdout = self._pipe()
        stdin.write(f"{name}\n".encode(errors="surrogateescape"))
        stdin.flush()
        return self._read(stdout)

    def _read_by_name(self, name: str) -> bytes | None:
        """As `get`, for a path with a line's end in it, where a question to the process would end."""
        try:
            oid = run(self.place, *self._plainly, "rev-parse", "--verify", "--quiet", name).decode().strip()
        except GitError:
            return None
        return self.get(oid)

    @staticmethod
    def _read(stdout: IO[bytes]) -> bytes | None:
        line = stdout.readline()
        if not line:
            raise GitError(_("git cat-file ended early"), "git fsck")
        header = line.rsplit(b" ", 2)
        if len(header) < 3 or not header[2].strip().isdigit():
            return None
        size = int(header[2])
        data = stdout.read(size + 1)
        if len(data) != size + 1:
            raise GitError(_("git cat-file ended early"), "git fsck")
        return data[:-1]

    def each(self, names: list[str]) -> Iterator[bytes | None]:
        """Contents in the order asked, in batches small enough that neither side fills its pipe."""
        for start in range(0, len(names), 500):
            stdin, stdout = self._pipe()
            part = names[start : start + 500]
            stdin.write("".join(f"{n}\n" for n in part).encode())
            stdin.flush()
            for _turn in part:
                yield self._read(stdout)

    def close(self) -> None:
        if self._process is None:
            return
        stdin, stdout = self._pipe()
        stdout.close()
        with suppress(BrokenPipeError):
            stdin.close()
        self._process.wait()


@contextmanager
def blobs(place: Place, *, as_committed: bool = False) -> Iterator[Blobs]:
    """A reader of objects. `as_committed`: whatever this clone shows in their place."""
    reader = Blobs(place, as_committed=as_committed)
    try:
        yield reader
    finally:
        reader.close()


def find_damaged(place: Place) -> list[str]:
    """What git finds wrong with its objects, each read and named anew: `error: …`, `missing blob …` and the like."""
    args = (*AS_COMMITTED, "fsck", "--full", "--strict", "--no-dangling", "--no-progress", "--no-reflogs")
    running = spawn(place, args, stdin=NULL, stdout=PIPE, stderr=PIPE)
    out, err = running.communicate()
    lines = (out + err).decode(errors="replace").splitlines()
    return [line for line in lines if line and not line.startswith(("warning", "notice", "dangling", "hint"))]


def blob_id(data: bytes, like: str) -> str:
    """The object name git gives this content, in the hash of the repository (told by the length of `like`)."""
    whole = b"blob %d\0" % len(data) + data
    if len(like) == 64:
        from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, for the rarer kind of repository only

        return sha256(whole).hexdigest()
    from _sha1 import sha1  # type: ignore[import-not-found] # noqa: PLC0415 - hashlib's wrapper costs 2 ms

    return str(sha1(whole).hexdigest())


FIRST, LAST = -62135510400, 253402214400
"""What a date can be, a day off both ends of the calendar, so that every time zone can show it."""


def clamped(seconds: int) -> int:
    """A time in epoch seconds as near to what a commit says as a calendar goes."""
    return min(max(seconds, FIRST), LAST)


class CommitHeader(NamedTuple):
    """`at` and `committed_at` in epoch seconds."""

    parents: tuple[str, ...]
    author: str
    email: str
    at: int
    committed_at: int


_PERSON = r"(.*?) ?<(.*?)> (-?\d+) [+-]\d{4}"


def parse_commit(raw: bytes) -> tuple[CommitHeader, str]:
    """What a commit object says, and its message; GitError for what is no commit."""
    head, _rest, text = raw.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode(errors="replace").splitlines():
        key, _between, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    author, committer = (re.fullmatch(_PERSON, fields.get(who, [""])[0]) for who in ("author", "committer"))
    if author is None or committer is None:
        raise GitError(_("git gave no commit"), "git fsck")
    times = (clamped(int(who[3])) for who in (author, committer))
    header = CommitHeader(tuple(fields.get("parent", ())), author[1], author[2], *times)
    return header, text.decode(errors="replace")


def sizes(place: Place, oids: Iterable[str]) -> dict[str, int]:
    """How many bytes each object has: weighed and not read; none for one that isn't there."""
    names = list(oids)
    asked = "".join(f"{oid}\n" for oid in names).encode()
    said = run(place, *AS_COMMITTED, "cat-file", "--batch-check=%(objectsize)", data=asked).decode().splitlines()
    return {oid: int(size) for oid, size in zip(names, said, strict=True) if size.isdecimal()}


class TreeFile(NamedTuple):
    """A file of a commit: its path, its mode, and the object with its content."""

    path: str
    mode: str
    oid: str


def files(
    place: Place, commit: str, paths: Iterable[str] = (), *, names: str = "surrogateescape", as_committed: bool = False
) -> list[TreeFile]:
    """The files of a commit, all of them or those below some paths. `names`: how to read bytes that are not UTF-8.

    `as_committed`: whatever this clone shows in the place of objects.
    """
    plainly = AS_COMMITTED if as_committed else ()
    args = (*plainly, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    found = []
    for part in run(place, *args).decode(errors=names).split("\0"):
        meta, tab, path = part.partition("\t")
        if tab:
            mode, _, oid = meta.split(" ")
            found.append(TreeFile(path, mode, oid))
    return found


def names_in(reader: Blobs, commit: str, folder: str, names: str) -> list[str]:
    """The names in a folder of a commit, "" for the top; none where there is no such folder. `names`: as for `files`."""
    return [
        name.decode(errors=names) for _mode, name, _oid in parse_tree(reader.get(f"{commit}:{folder}") or b"", commit)
    ]


def parse_tree(raw: bytes, like: str) -> Iterator[tuple[str, bytes, str]]:
    """Mode, name and object name of each entry of a tree object; `like` is an object name of the same repository."""
    width, at = len(like) // 2, 0
    while at < len(raw):
        space = raw.index(b" ", at)
        end = raw.index(b"\0", space)
        yield raw[at:space].decode(), raw[space + 1 : end], raw[end + 1 : end + 1 + width].hex()
        at = end + 1 + width
