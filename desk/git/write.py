"""Commits in the language of git fast-import, and git's own index."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from desk.errors import Conflict
from desk.git.place import Place
from desk.git.process import DURABLE, PIPE, failed, run, spawn


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


def ident(name: str, email: str) -> str:
    """`Name <address>` with nothing in it that would end a line or a field of a commit."""
    clean = [re.sub(r"[\x00-\x1f\x7f<>]+", " ", part).strip() for part in (name, email)]
    return f"{clean[0] or 'unknown'} <{clean[1]}>"


def seen(name: str, email: str) -> tuple[str, str]:
    """Name and address as `git log` gives back what `ident` wrote."""
    author, _, rest = ident(name, email).rpartition(" <")
    return author, rest.removesuffix(">")


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode()


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
        parent = f":{number}"
        for path, data in commit.files.items():
            if data is None:
                yield b"D " + _quoted(path) + b"\n"
            else:
                yield b"M 100644 inline " + _quoted(path) + f"\ndata {len(data)}\n".encode() + data + b"\n"
        if marks:
            yield f"get-mark :{number}\n".encode()


class RefMoved(Exception):
    """Somebody committed since the change was planned."""


def fast_import(place: Place, commits: list[NewCommit], ref: str, base: str | None, hold: int) -> list[str]:
    """Write commits durably and move the ref to the last one; RefMoved if the ref no longer points to `base`."""
    data = b"feature done\n" + b"".join(stream(commits, ref, base)) + b"done\n"
    args = (*DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw")
    process = spawn(place, args, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=(hold,))
    try:
        out, err = process.communicate(data)
    except BaseException:
        # Ctrl-C. It must be over before anybody asks what it did: left alone, it could still make the commit.
        with suppress(OSError), process:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait()
        raise
    if process.returncode == 0:
        return out.decode().split()
    if b"does not contain" in err or b"but expected" in err:
        raise RefMoved
    raise failed(args, err)


def update_index(place: Place, paths: Iterable[str], hold: int) -> None:
    """Make git's own index agree with the work tree for these paths alone; what is staged elsewhere stays staged.

    Another git command may be at work on it: that is waited for, two seconds at most.
    """
    listed = b"".join(p.encode() + b"\0" for p in paths)
    for left in range(40, -1, -1):
        try:
            run(place, "update-index", "--add", "--remove", "-z", "--stdin", data=listed, hold=hold)
        except Conflict:
            if not left:
                raise
            time.sleep(0.05)
        else:
            return
