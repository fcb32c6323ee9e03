"""Copies of a desk, which thousands of tests begin with: in a third of the time that shutil and git take for one.

git's index remembers the inode and the times of each file. In a copy they are others, and git would take every file for
changed until it had read them all again; so the copy's index is told of its own files.
"""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path

from desk.git import place
from desk.local import identity

_VERSION_4 = b"DIRC\0\0\0\x04"
"""How an index begins whose names are told by what differs from the one before: as `desk init` has it."""
_FIXED = 62
"""Bytes of an entry before its name: ten numbers of four bytes (the first six: ctime, mtime, device, inode), name, flags."""


def copy_desk(template: Path, top: Path) -> Path:
    """A desk of one's own, with every file as old as the template's; `top` isn't there yet."""
    _copy(str(template), str(top))
    _refresh(top)
    return top


def _copy(source: str, target: str) -> None:
    os.mkdir(target)
    with os.scandir(source) as entries:
        for entry in entries:
            place = f"{target}/{entry.name}"
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), place)
            elif entry.is_dir():
                _copy(entry.path, place)
            else:
                _copy_file(entry, place)


def _copy_file(entry: os.DirEntry[str], place: str) -> None:
    found = entry.stat()
    with open(entry.path, "rb") as source:
        data = source.read()
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as target:
        target.write(data)
        target.flush()
        os.fchmod(descriptor, found.st_mode & 0o7777)
        os.utime(descriptor, ns=(found.st_atime_ns, found.st_mtime_ns))


def _refresh(top: Path) -> None:
    """As `git update-index --refresh`, where each file is as the index knows it but for its inode and times."""
    path = top / ".git/index"
    data = bytearray(path.read_bytes())
    assert data.startswith(_VERSION_4)
    (entries,) = struct.unpack_from(">I", data, 8)
    at, name = 12, b""
    for _turn in range(entries):
        kept, start = _varint(data, at + _FIXED)
        end = data.index(0, start)
        name = name[: len(name) - kept] + bytes(data[start:end])
        found = os.lstat(os.path.join(os.fsencode(top), name))
        times = (*divmod(found.st_ctime_ns, 10**9), *divmod(found.st_mtime_ns, 10**9))
        struct.pack_into(">6I", data, at, *times, found.st_dev & 0xFFFFFFFF, found.st_ino & 0xFFFFFFFF)
        at = end + 1
    data[-20:] = hashlib.sha1(data[:-20], usedforsecurity=False).digest()
    path.write_bytes(data)


def remember_identity(top: Path) -> None:
    """Who is at the keyboard, as the template's first command has asked git: a copy has other files, and the same answer."""
    path = top / ".git/desk/identity"
    if not path.exists():
        return
    _mark, between, who = path.read_text(encoding="utf-8").partition("\x1e")
    mark = identity.mark_of(place.find(str(top), os.environ))
    path.write_text(f"{mark}{between}{who}", encoding="utf-8")


def _varint(data: bytearray, at: int) -> tuple[int, int]:
    """How many letters of the name before are taken off, and where the letters begin that are put on."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1
