"""The write lock, and the journal that lets the next command finish what a crash interrupted.

The journal names the commit that a write starts from and the paths it will touch. It is on the disk before the commit
is made and goes when the work tree and git's index agree with it. So a crash before the commit leaves nothing, and
after it `finish` knows which files still have to be written. Where people may have to hear of the commit, the journal
has its mark as well; when it goes before they were told, the mark goes over to `local.untold`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any

from desk.errors import Conflict
from desk.git import objects, refs
from desk.git import place as git_place
from desk.git.place import Place
from desk.local import untold
from desk.local.untold import Untold
from desk.store import worktree
from desk.text import _

_NONE: Mapping[str, bytes | None] = MappingProxyType({})
_STALE_AFTER = 1.0
"""Seconds to wait for a git lock file to go before it is taken for the left-over of a killed command."""

_PATIENCE = 1.0
"""Seconds before a person is told that another command is writing."""


@contextmanager
def write_lock(place: Place, timeout: float, waiting: Callable[[], None] | None = None) -> Iterator[int]:
    """Hold the desk's write lock; gives its descriptor, which git processes inherit, so that the lock outlives us.

    `waiting` is called once, after a second. Raises Conflict after `timeout` seconds.
    """
    os.makedirs(os.path.join(place.common, git_place.OWN), exist_ok=True)
    os.makedirs(place.own("tmp"), exist_ok=True)
    descriptor = os.open(
        os.path.join(place.common, git_place.OWN, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666
    )
    try:
        _wait(descriptor, timeout, waiting)
        yield descriptor
    finally:
        os.close(descriptor)


def _wait(descriptor: int, timeout: float, waiting: Callable[[], None] | None) -> None:
    begun, pause = time.monotonic(), 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - begun
            if waiting is not None and waited >= _PATIENCE:
                waiting()
                waiting = None
            if waited >= timeout:
                raise Conflict(
                    _("another desk command has been writing for {timeout:g} s", timeout=timeout),
                    _("try again when it is done; nothing was changed"),
                ) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        else:
            return


def pending(place: Place) -> bool:
    """Whether a write was begun and not finished; while its command runs, this is true as well."""
    return os.path.exists(place.own("journal"))


def begin(
    place: Place,
    base: str,
    paths: list[str] | None,
    taken: Mapping[str, bytes | None] = _NONE,
    told: Untold | None = None,
) -> None:
    """Put the journal on the disk; None as paths: whatever will differ from the base.

    `taken` are hand edits that the write made its own: path → content, which it may write over, None for a file that was
    taken away. `told`: by what the commit will be known to those who tell of it; None where nobody is to hear of it.
    """
    import json  # noqa: PLC0415 - for writes only

    seen = {path: None if data is None else objects.blob_id(data, base) for path, data in taken.items()}
    text = json.dumps({"base": base, "paths": paths, "taken": seen, "untold": told}, ensure_ascii=False)
    temporary = place.own("tmp", "journal")
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, place.own("journal"))


def end(place: Place) -> None:
    """The write is complete. Where the disk fails now, it stays that all the same: the next command ends it once more."""
    with suppress(OSError):
        os.unlink(place.own("journal"))


def finish(place: Place, hold: int) -> list[str]:
    """Complete an interrupted write; the paths it put right. Call it with the write lock held.

    A file that is neither as before nor as after the interrupted write was edited by hand since, and stays.
    """
    _clear_tmp(place)
    found = _load(place)
    if found is None:
        return []
    _clear_locks(place, os.stat(place.own("journal")).st_mtime)
    paths: list[str] = found["paths"] if found["paths"] is not None else _differing(place, found["base"])
    done = []
    with objects.blobs(place) as blobs:
        for path in paths:
            wanted, before = blobs.get(f"HEAD:{path}"), blobs.get(f"{found['base']}:{path}")
            present = worktree.read(place, path)
            ours = present == before or _was_taken(found, path, present) or _is_torn(found, before, wanted, present)
            if present == wanted or not ours:
                continue
            if wanted is None:
                worktree.remove(place, path)
            else:
                worktree.write(place, path, wanted)
            done.append(path)
    _clear_beside(place, paths)
    from desk.git import write  # noqa: PLC0415 - only after a crash

    write.reset_index(place, paths, hold)
    if found.get("untold"):
        untold.add(place, Untold(*found["untold"]))
    end(place)
    return done


def _was_taken(found: Mapping[str, Any], path: str, present: bytes | None) -> bool:
    """Whether a file still has the hand edit that the interrupted write took in."""
    taken = found.get("taken", {})
    return path in taken and taken[path] == (None if present is None else objects.blob_id(present, found["base"]))


def _is_torn(found: Mapping[str, Any], before: bytes | None, wanted: bytes | None, present: bytes | None) -> bool:
    """Whether a file is the beginning of what was to be written: git writes many files in place, and was stopped."""
    new = before is None or found["paths"] is None
    return new and present is not None and wanted is not None and wanted.startswith(present)


def _differing(place: Place, base: str) -> list[str]:
    from desk.git import diff  # noqa: PLC0415 - after a crash of an import only

    return [delta.path for delta in diff.between(place, base, "HEAD", names=diff.BYTES)]


def _load(place: Place) -> dict[str, Any] | None:
    import json  # noqa: PLC0415 - only after a crash

    try:
        with open(place.own("journal"), encoding="utf-8") as file:
            data: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    except ValueError:
        # It is renamed into place when complete, so this is not ours; nothing can be known from it.
        end(place)
        return None
    return data


def _clear_tmp(place: Place) -> None:
    with suppress(OSError):
        for name in os.listdir(place.own("tmp")):
            os.unlink(place.own("tmp", name))


def _clear_beside(place: Place, paths: list[str]) -> None:
    """Half-written files that `worktree.write` has to put beside the real ones where the git directory is another disk."""
    for folder in {os.path.dirname(os.path.join(place.root, path)) for path in paths}:
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith(worktree.BESIDE):
                    os.unlink(os.path.join(folder, name))


def _newer(name: str, since: float) -> bool:
    try:
        return os.stat(name).st_mtime >= since
    except OSError:
        return False


def _clear_locks(place: Place, since: float) -> None:
    """Remove lock files that a killed git of ours left behind.

    We hold the write lock and every git process of ours inherits it, so none of them lives; a lock file younger than
    the journal that stays for a second is theirs. A lock file older than the journal belongs to somebody else.
    """
    from desk.git import write  # noqa: PLC0415 - only after a crash

    head = refs.read_head(place)
    ref = head.ref if head and head.ref else "HEAD"
    names = [os.path.join(place.gitdir, n) for n in ("index.lock", "HEAD.lock")]
    names += [os.path.join(place.common, n) for n in (f"{ref}.lock", "packed-refs.lock")]
    deadline = time.monotonic() + _STALE_AFTER
    for name in names:
        write.clear_ours(name)
        while _newer(name, since - 1):
            if time.monotonic() > deadline:
                with suppress(FileNotFoundError):
                    os.unlink(name)
            else:
                time.sleep(0.02)
