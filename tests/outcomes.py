"""Commands that a test only begins with: what one has made of a desk is done again from memory, wherever the desk is the same.

It is the same if every file is as old and as long: copies of a template are, and so is what is put in place here. After
anything else that a test does, the command is given as ever.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.copies import refresh_index

if TYPE_CHECKING:
    from tests.conftest import Result

_BLOCK = 4096
_LARGE = 64 << 10
"""From this length on a file is kept by the blocks that are new."""
_INDEX = "/.git/index"
"""It knows the inodes of others: in each copy it is as of now."""
_KEPT_ASIDE = ("/.git/desk/identity", "/.git/desk/settings")
"""So do these, which are made anew where they don't fit."""
_OF_THE_TEST = ("PYTEST_CURRENT_TEST", "XDG_CONFIG_HOME")
"""Variables that say where a test is, and nothing of what a command does there."""

Mark = dict[str, tuple[int, int, str]]
"""What a desk consists of: length, time and target of each file and link; of a folder, that it is there."""


class Change(NamedTuple):
    """A file that was made or written: all of it, or its blocks that are new, by where they begin."""

    path: str
    blocks: tuple[tuple[int, bytes], ...]
    length: int
    mode: int
    times: tuple[int, int]


class Outcome(NamedTuple):
    """What a command answered, and what it made of the desk."""

    result: Result
    folders: tuple[str, ...]
    files: tuple[Change, ...]
    gone: tuple[str, ...]


class Outcomes:
    """Those of this run."""

    def __init__(self) -> None:
        self._known: dict[bytes, Outcome] = {}

    def repeat(self, top: Path, words: tuple[str, ...], run: Callable[[], Result]) -> Result:
        """The answer to a command in the desk `top`: done from memory, or given by `run` and kept in mind."""
        own = str(top.parent)
        if os.path.exists(f"{own}/config") or any(own in word for word in words):
            return run()
        before = _mark(str(top))
        told = [(name, value) for name, value in sorted(os.environ.items()) if name not in _OF_THE_TEST]
        key = hashlib.blake2b(repr((words, told, sorted(before.items()))).encode()).digest()
        known = self._known.get(key)
        if known is None:
            large = [path for path, (length, *_) in before.items() if length >= _LARGE]
            texts = {path: Path(f"{top}{path}").read_bytes() for path in large}
            result = run()
            if made := _outcome(result, str(top), before, texts):
                self._known[key] = made
            return result
        _put(known, top)
        return known.result


def _mark(top: str, within: str = "") -> Mark:
    found: Mark = {}
    with os.scandir(f"{top}{within}") as entries:
        for entry in entries:
            path = f"{within}/{entry.name}"
            if entry.is_symlink():
                found[path] = (-1, 0, os.readlink(entry.path))
            elif entry.is_dir():
                found[path] = (-1, 0, "")
                found |= _mark(top, path)
            elif path not in _KEPT_ASIDE:
                told = entry.stat()
                found[path] = (told.st_size, 0 if path == _INDEX else told.st_mtime_ns, "")
    return found


def _outcome(result: Result, top: str, before: Mark, texts: Mapping[str, bytes]) -> Outcome | None:
    """What it made; None where it made a link, as of an index that is built anew."""
    after = _mark(top)
    new = [path for path in sorted(after) if before.get(path) != after[path] or path == _INDEX]
    if any(after[path][2] for path in new):
        return None
    changes = (_change(top, path, texts.get(path, b"")) for path in new if after[path][0] >= 0)
    gone = (path for path in sorted(before, reverse=True) if path not in after)
    return Outcome(result, tuple(path for path in new if after[path][0] < 0), tuple(changes), tuple(gone))


def _change(top: str, path: str, before: bytes) -> Change:
    data = Path(f"{top}{path}").read_bytes()
    told = os.stat(f"{top}{path}")
    blocks = tuple((at, block) for at, block in _blocks(data) if before[at : at + len(block)] != block)
    return Change(path, blocks, len(data), told.st_mode & 0o7777, (told.st_atime_ns, told.st_mtime_ns))


def _blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    return ((at, data[at : at + _BLOCK]) for at in range(0, len(data), _BLOCK))


def _put(outcome: Outcome, top: Path) -> None:
    for path in outcome.folders:
        os.mkdir(f"{top}{path}")
    for change in outcome.files:
        file = os.open(f"{top}{change.path}", os.O_WRONLY | os.O_CREAT, change.mode)
        try:
            for at, block in change.blocks:
                assert os.pwrite(file, block, at) == len(block)
            os.ftruncate(file, change.length)
            os.utime(file, ns=change.times)
        finally:
            os.close(file)
    for path in outcome.gone:
        (os.rmdir if os.path.isdir(f"{top}{path}") else os.unlink)(f"{top}{path}")
    refresh_index(top)
