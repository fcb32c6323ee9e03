"""Files of the work tree: read, and written so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import os
import stat

from desk.errors import Broken, UsageFault
from desk.git import objects
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _


def check_path(place: Place, path: str) -> str:
    """The absolute path of a file of the desk, refusing one that a symbolic link leads elsewhere."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or ".git" in parts:
        raise UsageFault(_("{path!r} is not a path inside the desk", path=path))
    whole = place.root
    for part in parts:
        whole = f"{whole}/{part}"
        if whole in place.checked:
            continue
        try:
            mode = os.lstat(whole).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if stat.S_ISLNK(mode):
            found = os.path.relpath(whole, place.root)
            raise Broken(
                _("a symbolic link is not allowed here"), found, hint=_("replace it by a file: rm {path}", path=found)
            )
        if stat.S_ISDIR(mode):
            place.checked.add(whole)
    return whole


def read(place: Place, path: str) -> bytes | None:
    """A file of the work tree as it stands, None if there is none; HEAD's where it is kept out, or there is no work tree."""
    if place.bare:
        with objects.blobs(place) as blobs:
            return blobs.get(f"HEAD:{path}")
    data = standing(place, path)
    return _kept_out(place, path) if data is None else data


def read_each(place: Place, paths: list[str]) -> list[bytes | None]:
    """As `read`, of several files: by one process of git's where there is no work tree."""
    if not place.bare:
        return [read(place, path) for path in paths]
    with objects.blobs(place) as blobs:
        return list(blobs.each([f"HEAD:{path}" for path in paths]))


def standing(place: Place, path: str) -> bytes | None:
    """A file that stands in the work tree, None if it doesn't."""
    whole = check_path(place, path)
    try:
        with open(whole, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _kept_out(place: Place, path: str) -> bytes | None:
    """What is committed of a file that a clone with the newest years alone keeps out of its work tree."""
    if not os.path.exists(f"{place.gitdir}/info/sparse-checkout"):
        return None
    from desk.git import cone  # noqa: PLC0415 - where some files are kept out

    return cone.committed(place, path)


class Glance(NamedTuple):
    """How many bytes a file has, None if there is none, and the first of them."""

    size: int | None
    head: bytes


_HEAD = 16
"""Bytes by which programs are told from other files."""


def glance(place: Place, path: str) -> Glance:
    """A file as `read` gives it, of which only the beginning is read where it stands in the work tree.

    Of what can't be read, and of what is no file, the beginning is empty: nobody waits for a pipe.
    """
    if not place.bare:
        whole = check_path(place, path)
        try:
            found = os.stat(whole)
        except (FileNotFoundError, NotADirectoryError):
            pass
        else:
            return Glance(found.st_size, _head(whole) if stat.S_ISREG(found.st_mode) else b"")
    data = read(place, path)
    return Glance(None, b"") if data is None else Glance(len(data), data[:_HEAD])


def _head(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def is_obstructed(place: Place, path: str) -> bool:
    """Whether a folder stands where the file would be, or a file where one of its folders would be."""
    whole = check_path(place, path)
    if os.path.lexists(whole):
        return not os.path.isfile(whole)
    while not os.path.lexists(whole):
        whole = os.path.dirname(whole)
    return not os.path.isdir(whole)


def write(place: Place, path: str, data: bytes, *, sync: bool = True) -> None:
    """Put a file into the work tree so that a reader sees the old one or the new one, never a part."""
    whole = check_path(place, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    # In the git directory, so that a crash leaves no stray file in the work tree.
    temporary = place.own("tmp", f"{os.getpid()}-{os.path.basename(path)[-40:]}")
    _put(temporary, data, sync=sync)
    try:
        os.replace(temporary, whole)
    except OSError as error:
        if error.errno != _EXDEV:
            raise
        beside = os.path.join(os.path.dirname(whole), f"{BESIDE}{os.getpid()}.tmp")
        os.unlink(temporary)
        _put(beside, data, sync=sync)
        os.replace(beside, whole)


_EXDEV = 18
BESIDE = ".desk-"


def _put(path: str, data: bytes, *, sync: bool) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def remove(place: Place, path: str) -> None:
    """Take a file out of the work tree, and the folders that this leaves empty."""
    whole = check_path(place, path)
    try:
        os.unlink(whole)
        folder = os.path.dirname(whole)
        while folder.startswith(os.path.join(place.root, "records") + os.sep):
            os.rmdir(folder)
            folder = os.path.dirname(folder)
    except OSError:
        if os.path.lexists(whole):
            raise
