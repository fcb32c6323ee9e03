"""Copies of a desk, which thousands of tests begin with: in a third of the time that shutil and git take for one.

git's index remembers the inode and the times of each file. In a copy they are others, and git would take every file for
changed until it had read them all again; so the copy's index is told of its own files.
"""

from __future__ import annotations

import functools
import hashlib
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from desk.git import place
from desk.local import identity

_VERSION_4 = b"DIRC\0\0\0\x04"
"""How an index begins whose names are told by what differs from the one before: as `desk init` has it."""
_FIXED = 62
"""Bytes of an entry before its name: ten numbers of four bytes (the first six: ctime, mtime, device, inode), name, flags."""
_KNOWN = struct.Struct(">6I")


class Entry(NamedTuple):
    """A folder (neither link nor mode), a symbolic link or a file of a desk: its path within, and what makes it."""

    path: str
    link: str | None = None
    data: bytes = b""
    mode: int | None = None
    times: tuple[int, int] = (0, 0)


def copy_desk(template: Path, top: Path) -> Path:
    """A desk of one's own, with every file as old as the template's; `top` isn't there yet."""
    return _put(_entries(str(template)), top)


def copy_template(template: Path, top: Path) -> Path:
    """As `copy_desk`, of a template that stays as it is: it is read once, and kept in memory."""
    return _put(_remembered(str(template)), top)


@functools.cache
def _remembered(template: str) -> tuple[Entry, ...]:
    return tuple(_entries(template))


def _entries(folder: str, within: str = "") -> Iterator[Entry]:
    """What there is, a folder before what is in it."""
    with os.scandir(folder) as found:
        for entry in found:
            path = f"{within}/{entry.name}"
            if entry.is_symlink():
                yield Entry(path, link=os.readlink(entry.path))
            elif entry.is_dir():
                yield Entry(path)
                yield from _entries(entry.path, path)
            else:
                told = entry.stat()
                with open(entry.path, "rb") as file:
                    yield Entry(path, None, file.read(), told.st_mode & 0o7777, (told.st_atime_ns, told.st_mtime_ns))


def _put(entries: Iterable[Entry], top: Path) -> Path:
    os.mkdir(top)
    told: dict[str, os.stat_result] = {}
    for entry in entries:
        place = f"{top}{entry.path}"
        if entry.link is not None:
            os.symlink(entry.link, place)
            told[entry.path] = os.lstat(place)
        elif entry.mode is None:
            os.mkdir(place)
        else:
            told[entry.path] = _write(entry, place, entry.mode)
    _refresh(f"{top}/.git/index", told)
    return top


def _write(entry: Entry, place: str, mode: int) -> os.stat_result:
    """Without a file object of Python's, which takes longer than what it is for."""
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        assert os.write(file, entry.data) == len(entry.data)
        os.utime(file, ns=entry.times)
        return os.fstat(file)
    finally:
        os.close(file)


def _refresh(index: str, told: Mapping[str, os.stat_result]) -> None:
    """As `git update-index --refresh`, where each file is as the index knows it but for its inode and times."""
    with open(index, "r+b", buffering=0) as file:
        data = bytearray(file.read())
        for at, path in _listed(bytes(data)):
            found = told[path]
            times = (*divmod(found.st_ctime_ns, 10**9), *divmod(found.st_mtime_ns, 10**9))
            _KNOWN.pack_into(data, at, *times, found.st_dev & 0xFFFFFFFF, found.st_ino & 0xFFFFFFFF)
        data[-20:] = hashlib.sha1(data[:-20], usedforsecurity=False).digest()
        file.seek(0)
        file.write(data)


def refresh_index(top: Path) -> None:
    """For who writes files of a desk that its index knows as they will be."""
    index = f"{top}/.git/index"
    _refresh(index, {path: os.lstat(f"{top}{path}") for _at, path in _listed(Path(index).read_bytes())})


@functools.lru_cache(maxsize=32)
def _listed(data: bytes) -> tuple[tuple[int, str], ...]:
    """Where the entries of an index begin, and of which files they are; the same for all copies of a desk."""
    assert data.startswith(_VERSION_4)
    (entries,) = struct.unpack_from(">I", data, 8)
    at, name = 12, b""
    found = []
    for _turn in range(entries):
        kept, start = _varint(data, at + _FIXED)
        end = data.index(0, start)
        name = name[: len(name) - kept] + data[start:end]
        found.append((at, f"/{os.fsdecode(name)}"))
        at = end + 1
    return tuple(found)


def remember_identity(top: Path) -> None:
    """Who is at the keyboard, as the template's first command has asked git: a copy has other files, and the same answer."""
    path = top / ".git/desk/identity"
    if not path.exists():
        return
    _mark, between, who = path.read_text(encoding="utf-8").partition("\x1e")
    mark = identity.mark_of(place.find(str(top), os.environ))
    path.write_text(f"{mark}{between}{who}", encoding="utf-8")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """How many letters of the name before are taken off, and where the letters begin that are put on."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1
