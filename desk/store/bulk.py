"""Many commits through one git fast-import: for imports, in constant memory, all or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from desk.errors import GitError
from desk.git import process as git_process
from desk.git import write
from desk.store import journal
from desk.store.store import Store

if TYPE_CHECKING:
    import subprocess


def commit_all(store: Store, commits: Iterable[write.NewCommit], hold: int) -> str | None:
    """Write the commits on top of HEAD, in order, and bring the work tree along; the new HEAD, None for no commits.

    Must be called inside `store.writing()`. An error raised by the iterable leaves everything as it was.
    """
    ref, base = store.writable_head()
    journal.begin(store.place, base, None)
    try:
        new = _stream(store, commits, ref, base, hold)
    except BaseException:
        if store.head().oid == base:
            journal.end(store.place)
        raise
    if new is not None:
        # Index and files at once, leaving alone what is staged or edited elsewhere; one process for any number of files.
        git_process.run(store.place, "read-tree", "-m", "-u", base, new, hold=hold)
    journal.end(store.place)
    return new


def _stream(store: Store, commits: Iterable[write.NewCommit], ref: str, base: str, hold: int) -> str | None:
    counted = _Counted(commits)
    args = (*git_process.DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw")
    process = git_process.spawn(
        store.place, args, stdin=git_process.PIPE, stdout=git_process.PIPE, stderr=git_process.PIPE, pass_fds=(hold,)
    )
    with process:
        try:
            _write(process, counted, ref, base)
        except BrokenPipeError:
            _close(process.stdin)  # git has said why on stderr
        except BaseException:
            process.kill()
            _close(process.stdin)
            process.wait()
            _clear_crash(store, process.pid)
            raise
        out, err = _read(process.stdout), _read(process.stderr)
    if process.returncode:
        _clear_crash(store, process.pid)
        raise git_process.failed(args, err)
    return out.decode().strip() or None


def _write(process: subprocess.Popen[bytes], counted: _Counted, ref: str, base: str) -> None:
    stdin = process.stdin
    if stdin is None:
        raise GitError("git fast-import has no pipe")
    stdin.write(b"feature done\n")
    for chunk in write.stream(counted, ref, base, marks=False):
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


def _clear_crash(store: Store, pid: int) -> None:
    """The report that a stopped fast-import leaves in the git directory."""
    for folder in (store.place.gitdir, store.place.common):
        path = os.path.join(folder, f"fast_import_crash_{pid}")
        if os.path.exists(path):
            os.unlink(path)


class _Counted:
    """The commits, and how many have gone by."""

    def __init__(self, commits: Iterable[write.NewCommit]) -> None:
        self._commits = commits
        self.number = 0

    def __iter__(self) -> Iterator[write.NewCommit]:
        for commit in self._commits:
            self.number += 1
            yield commit
