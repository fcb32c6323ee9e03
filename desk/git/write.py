"""Commits in the language of git fast-import, and git's own index."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from desk.errors import Conflict, GitError
from desk.git import refs
from desk.git.place import Place
from desk.git.process import DURABLE, PIPE, as_error, packs, run, spawn
from desk.named import NamedTuple
from desk.text import _

if TYPE_CHECKING:
    import subprocess


class NewCommit(NamedTuple):
    """What goes into one commit: files by path (None removes one), and who and when (epoch seconds, UTC)."""

    author: str
    email: str
    at: int
    committer: str
    committer_email: str
    committed_at: int
    message: str
    files: dict[str, bytes | None]
    merged: tuple[str, ...] = ()
    """Parents beside the commit it stands on; `files` are then what differs from that one."""
    blobs: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """Files whose content git has already: path → mode and object name."""


def ident(name: str, email: str) -> str:
    """`Name <address>` with nothing in it that would end a line or a field of a commit."""
    clean = [re.sub(r"[\x00-\x1f\x7f<>]+", " ", part).strip() for part in (name, email)]
    return f"{clean[0] or 'unknown'} <{clean[1]}>"


def read_back(name: str, email: str) -> tuple[str, str]:
    """Name and address as `git log` gives back what `ident` wrote."""
    author, _, rest = ident(name, email).rpartition(" <")
    return author, rest.removesuffix(">")


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode(errors="surrogateescape")


def stream(commits: Iterable[NewCommit], ref: str, base: str | None, *, marks: bool = True) -> Iterator[bytes]:
    """The commits in the language of git fast-import, each on top of the one before.

    With `marks`, git prints the object name of each.
    """
    parent = base
    for number, commit in enumerate(commits, 1):
        message = commit.message.encode()
        yield (
            (
                f"commit {ref}\nmark :{number}\nauthor {ident(commit.author, commit.email)} {commit.at} +0000\n"
                f"committer {ident(commit.committer, commit.committer_email)} {commit.committed_at} +0000\n"
                f"data {len(message)}\n"
            ).encode()
            + message
            + b"\n"
        )
        if parent:
            yield f"from {parent}\n".encode()
        yield from (f"merge {other}\n".encode() for other in commit.merged)
        parent = f":{number}"
        for path, (mode, oid) in commit.blobs.items():
            yield f"M {mode} {oid} ".encode() + _quoted(path) + b"\n"
        for path, data in commit.files.items():
            if data is None:
                yield b"D " + _quoted(path) + b"\n"
            else:
                yield b"M 100644 inline " + _quoted(path) + f"\ndata {len(data)}\n".encode() + data + b"\n"
        if marks:
            yield f"get-mark :{number}\n".encode()


_IMPORT = (*DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw")


class RefMoved(Exception):
    """Somebody committed since the change was planned."""


_PACKED = ("-c", "fastimport.unpackLimit=1")
_FEW_PACKS = 32
"""As many packs as git still reads without anybody noticing; 50 are what it calls too many (gc.autoPackLimit)."""


def fast_import(
    place: Place, commits: list[NewCommit], ref: str, base: str | None, hold: int, *, packed: bool = False
) -> list[str]:
    """Write commits durably and move the ref to the last one; RefMoved if the ref no longer points to `base`.

    Their objects become one pack, which is one process and some five files to be synced less than a file of each; but where there
    are many packs already, which `repack` brings together, a file of each unless `packed`.
    """
    data = b"feature done\n" + b"".join(stream(commits, ref, base)) + b"done\n"
    command = (*_PACKED, *_IMPORT) if packed or packs(place) < _FEW_PACKS else _IMPORT
    process = spawn(place, command, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=(hold,))
    try:
        out, err = process.communicate(data)
    except BaseException:
        # Ctrl-C. It must be over before anybody asks what it did: left alone, it could still make the commit.
        with suppress(OSError), process:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait()
        _clear_crash(place, process.pid)
        raise
    if process.returncode == 0:
        return out.decode().split()
    _clear_crash(place, process.pid)
    if b"does not contain" in err or b"but expected" in err:
        raise RefMoved
    raise as_error(_IMPORT, err)


def import_all(place: Place, commits: Iterable[NewCommit], ref: str, base: str, hold: int) -> str | None:
    """As `fast_import`, for any number of commits as they come: the last one's name, None for none.

    An error raised by the iterable leaves everything as it was.
    """
    counted = _Counted(commits)
    process = spawn(place, _IMPORT, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=(hold,))
    with process:
        try:
            _feed(process, counted, ref, base)
        except BrokenPipeError:
            _close(process.stdin)  # git has said why on stderr
        except BaseException:
            process.kill()
            _close(process.stdin)
            process.wait()
            _clear_crash(place, process.pid)
            raise
        out, err = _read(process.stdout), _read(process.stderr)
    if process.returncode:
        _clear_crash(place, process.pid)
        raise as_error(_IMPORT, err)
    return out.decode().strip() or None


def _feed(process: subprocess.Popen[bytes], counted: _Counted, ref: str, base: str) -> None:
    stdin = process.stdin
    if stdin is None:
        raise GitError(_("git fast-import has no pipe"))
    stdin.write(b"feature done\n")
    for chunk in stream(counted, ref, base, marks=False):
        stdin.write(chunk)
    if counted.number:
        stdin.write(f"get-mark :{counted.number}\n".encode())
    stdin.write(b"done\n")
    stdin.close()


def _close(pipe: IO[bytes] | None) -> None:
    """Close a pipe that nobody reads any more."""
    if pipe is not None:
        with suppress(BrokenPipeError):
            pipe.close()


def _read(pipe: IO[bytes] | None) -> bytes:
    return pipe.read() if pipe is not None else b""


def _clear_crash(place: Place, pid: int) -> None:
    """The report that a stopped fast-import leaves in the git directory."""
    for folder in (place.gitdir, place.common):
        path = os.path.join(folder, f"fast_import_crash_{pid}")
        if os.path.exists(path):
            os.unlink(path)


class _Counted:
    """The commits, and how many have gone by."""

    def __init__(self, commits: Iterable[NewCommit]) -> None:
        self._commits = commits
        self.number = 0

    def __iter__(self) -> Iterator[NewCommit]:
        for commit in self._commits:
            self.number += 1
            yield commit


# -- git's own index and files -----------------------------------------------------------------------------------------


def move_files(place: Place, old: str, new: str, hold: int) -> None:
    """Bring git's index and the work tree from one commit to another, leaving alone what is staged or edited elsewhere.

    One process for any number of files. The lock of the index must be held.
    """
    with _beside(place) as index:
        run(place, "read-tree", "-m", "-u", old, new, hold=hold, index=index)


def reset_index(place: Place, paths: Iterable[str], hold: int) -> None:
    """Make git's own index agree with HEAD for these paths alone."""
    listed = b"".join(p.encode() + b"\0" for p in paths)
    from_stdin = ("--pathspec-from-file=-", "--pathspec-file-nul")
    run(place, "--literal-pathspecs", "reset", "-q", *from_stdin, data=listed, hold=hold)


def replace(place: Place, new: NewCommit, ref: str, base: str, hold: int) -> str:
    """A commit on top of `base` as what a ref stands for from now on, whatever it stood for; its object name."""
    drop_ref(place, ref, hold)
    [oid] = fast_import(place, [new], ref, base, hold)
    return oid


def unnamed(place: Place, new: NewCommit, base: str) -> str:
    """A commit on top of `base` that no ref names: its object name. Needs no lock, and no ref moves on the way.

    fast-import can't be asked: while a push is held back it refuses, whether it is to move a ref or not.
    """
    import tempfile  # noqa: PLC0415 - where clones have met each other directly

    contents = {path: data for path, data in new.files.items() if data is not None}
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        oids = _kept(place, contents.values(), folder)
        leaves = [(path, "0", "0" * len(base)) for path, data in new.files.items() if data is None]
        leaves += [(path, "100644", oid) for path, oid in zip(contents, oids, strict=True)]
        leaves += [(path, mode, oid) for path, (mode, oid) in new.blobs.items()]
        listed = b"".join(f"{mode} {oid}\t{path}\0".encode(errors="surrogateescape") for path, mode, oid in leaves)
        index, whole = os.path.join(folder, "index"), ("-c", "core.splitIndex=false")
        run(place, *whole, "read-tree", base, index=index)
        run(place, *whole, "update-index", "-z", "--index-info", data=listed, index=index)
        tree = run(place, *whole, "write-tree", index=index).decode().strip()
    text = f"tree {tree}\n".encode() + b"".join(f"parent {oid}\n".encode() for oid in (base, *new.merged))
    text += (
        f"author {ident(new.author, new.email)} {new.at} +0000\n"
        f"committer {ident(new.committer, new.committer_email)} {new.committed_at} +0000\n\n"
    ).encode() + new.message.encode()
    return run(place, "hash-object", "-t", "commit", "-w", "--stdin", data=text).decode().strip()


def _kept(place: Place, contents: Iterable[bytes], folder: str) -> list[str]:
    """Contents into git by one process, which reads them from an empty folder; their object names."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(os.path.join(folder, str(number)))
        with open(paths[-1], "wb") as file:
            file.write(content)
    listed = "".join(f"{path}\n" for path in paths).encode()
    return run(place, "hash-object", "-w", "--no-filters", "--stdin-paths", data=listed).decode().split()


def move_ref(place: Place, ref: str, old: str, new: str, *, reason: str, hold: int) -> None:
    """A ref from one commit to another, on the disk when git returns; GitError where it isn't at the old one any more."""
    run(place, *DURABLE, "update-ref", "-m", reason, ref, new, old, hold=hold)


def drop_ref(place: Place, ref: str, hold: int) -> None:
    """A ref is there no more; nothing happens if it wasn't."""
    if not refs.are_none(place, (ref,)):
        run(place, "update-ref", "-d", ref, hold=hold)


OURS = b"desk\n"
"""What stands in a lock of git's index that is ours."""


def clear_ours(lock: str) -> bool:
    """Remove a lock of git's index that a killed desk left: whoever asks holds the write lock, so no other one lives."""
    try:
        with open(lock, "rb") as file:
            ours = file.read(len(OURS) + 1) == OURS
    except OSError:
        return False
    if ours:
        with suppress(FileNotFoundError):
            os.unlink(lock)
    return ours


def _put_ours(place: Place, lock: str) -> None:
    """Make the lock, which says whose it is from its first moment: one that were empty, nobody would clear away."""
    temporary = place.own("tmp", "lock")
    os.makedirs(os.path.dirname(temporary), exist_ok=True)
    with suppress(FileNotFoundError):
        os.unlink(temporary)  # never written into: it may be what a lock is, of somebody who was killed
    with open(temporary, "xb") as file:
        file.write(OURS)
    os.link(temporary, lock)
    os.unlink(temporary)


@contextmanager
def holding_index(place: Place) -> Iterator[None]:
    """Hold the lock of git's own index, as git does from before a commit until its index agrees with it.

    Otherwise a `git commit` beside us would put the index of before on top of our commit, and so take it back. Another git
    command may be at work: that is waited for, two seconds at most; Conflict then, and nothing is changed.
    """
    lock = os.path.join(place.gitdir, "index.lock")
    for left in range(40, -1, -1):
        try:
            _put_ours(place, lock)
            break
        except FileExistsError:
            if clear_ours(lock):
                continue
            if not left:
                raise Conflict(
                    _("another git command is at work on this desk: {lock} is there", lock=lock),
                    _("if none is, remove that file; nothing was changed"),
                ) from None
            time.sleep(0.05)
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(lock)


def update_index(place: Place, paths: Iterable[str], hold: int) -> None:
    """Make git's own index agree with the work tree for these paths alone; what is staged elsewhere stays staged.

    Its lock must be held.
    """
    listed = b"".join(p.encode() + b"\0" for p in paths)
    with _beside(place) as index:
        run(place, "update-index", "--add", "--remove", "-z", "--stdin", data=listed, hold=hold, index=index)


@contextmanager
def _beside(place: Place) -> Iterator[str]:
    """A file that is git's index until we are done with it, and then becomes it; git replaces it and never writes into it."""
    index, temporary = os.path.join(place.gitdir, "index"), place.own("tmp", "index")
    os.makedirs(os.path.dirname(temporary), exist_ok=True)
    with suppress(FileNotFoundError):
        os.unlink(temporary)
    with suppress(FileNotFoundError):
        os.link(index, temporary)
    yield temporary
    if os.path.exists(temporary):
        os.replace(temporary, index)
