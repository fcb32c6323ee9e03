"""Where a desk lies on disk, what its HEAD is, and how a file of it is written: no git process needed."""

from __future__ import annotations

import os
import stat
import unicodedata
from typing import NamedTuple

from desk.config import FILE
from desk.domain.fields import DEVICES
from desk.errors import Broken, ConfigError, GitError, NotFound, UsageFault

OWN = "desk"
"""Folder of desk's derived and local state inside the git directory."""


class Place(NamedTuple):
    """`root` is the work tree, `gitdir` its own git directory, `common` the one that linked work trees share.

    `checked` are folders found to be no links in this run: a thousand tickets lie in few of them.
    """

    root: str
    gitdir: str
    common: str
    checked: set[str]

    def own(self, *names: str) -> str:
        """A path in desk's folder inside the git directory."""
        return os.path.join(self.gitdir, OWN, *names)


class Head(NamedTuple):
    """`ref` is None when HEAD is detached, `oid` None before the first commit."""

    ref: str | None
    oid: str | None


def find(start: str) -> Place:
    """The desk that `start` lies in, walking up."""
    here = os.path.abspath(start)
    if not os.path.isdir(here):
        raise NotFound(f"there is no folder {start}", "name a desk with --desk DIR or DESK_DIR")
    while True:
        if os.path.isfile(os.path.join(here, FILE)):
            return at(here)
        above = os.path.dirname(here)
        if above == here:
            raise _no_desk(start)
        here = above


def _no_desk(start: str) -> ConfigError:
    if os.path.isfile(os.path.join(start, "HEAD")) and os.path.isdir(os.path.join(start, "objects")):
        return ConfigError(
            f"{start} is a bare repository: it has no files to work on",
            f"clone it, and work in the clone: git clone {start} my-desk",
        )
    return ConfigError("this folder is not in a desk", "make one: desk init my-desk   or look at one first: desk demo")


def at(root: str) -> Place:
    """The desk whose desk.toml lies in `root`."""
    dot = os.path.join(root, ".git")
    if os.path.isdir(dot):
        return Place(root, dot, _common(dot), set())
    try:
        with open(dot, encoding="utf-8") as file:
            line = file.read().strip()
    except OSError:
        raise ConfigError(
            f"{root} has a {FILE} but is not the top of a git repository",
            f"desk init {root}  makes it one" if not os.path.exists(dot) else f"see {dot}",
        ) from None
    gitdir = os.path.normpath(os.path.join(root, line.removeprefix("gitdir:").strip()))
    if not line.startswith("gitdir:") or not os.path.isdir(gitdir):
        raise GitError(f"{dot} names a git directory that is not there: {gitdir}", "git worktree repair")
    return Place(root, gitdir, _common(gitdir), set())


def _common(gitdir: str) -> str:
    try:
        with open(os.path.join(gitdir, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(gitdir, file.read().strip()))
    except FileNotFoundError:
        return gitdir


def read_head(place: Place) -> Head | None:
    """HEAD from two small files; None when only git itself can tell (another ref format)."""
    try:
        with open(os.path.join(place.gitdir, "HEAD"), encoding="utf-8") as file:
            text = file.read().strip()
    except FileNotFoundError:
        raise GitError(f"{place.gitdir} has no HEAD: not a git repository any more", "git fsck") from None
    if not text.startswith("ref: "):
        return Head(None, text)
    ref = text[5:]
    if ref == "refs/heads/.invalid":
        return None
    for base in (place.gitdir, place.common):
        try:
            with open(os.path.join(base, ref), encoding="utf-8") as file:
                oid = file.read().strip()
                return None if oid.startswith("ref: ") else Head(ref, oid)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
    return Head(ref, _packed(place, ref))


def _packed(place: Place, ref: str) -> str | None:
    try:
        with open(os.path.join(place.common, "packed-refs"), encoding="utf-8") as file:
            for line in file:
                if line.rstrip("\n").endswith(" " + ref):
                    return line.split(" ", 1)[0]
    except FileNotFoundError:
        pass
    return None


def check_path(place: Place, path: str) -> str:
    """The absolute path of a file of the desk, refusing one that a symbolic link leads elsewhere."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or ".git" in parts:
        raise UsageFault(f"{path!r} is not a path inside the desk")
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
            raise Broken("a symbolic link is not allowed here", found, hint=f"replace it by a file: rm {found}")
        if stat.S_ISDIR(mode):
            place.checked.add(whole)
    return whole


def read(place: Place, path: str) -> bytes | None:
    """A file of the work tree as it stands, None if there is none."""
    whole = check_path(place, path)
    try:
        with open(whole, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def obstructed(place: Place, path: str) -> bool:
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


def attachment_name(given: str, taken: set[str]) -> str:
    """A file name that every system can hold, from whatever name a file or a mail brought.

    Never a path, an option, a device, a hidden file, nor one that differs from another by case alone.
    """
    name = unicodedata.normalize("NFC", os.path.basename(given.replace("\\", "/")))
    name = "".join("_" if c in '<>:"/|?*' or unicodedata.category(c)[0] == "C" else c for c in name)
    name = name.lstrip(" .-").rstrip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    stem = stem or "file"
    # git~1 is another name of .git on Windows, and git refuses to keep such a file anywhere.
    if stem.split(".", 1)[0].strip().lower() in DEVICES or stem.lower() == "git~1":
        stem = f"_{stem}"
    while len(f"{stem}{dot}{ending}".encode()) > 120:
        stem = stem[:-1]
    fold = {t.casefold() for t in taken}
    number, full = 1, f"{stem}{dot}{ending}"
    while full.casefold() in fold:
        number += 1
        full = f"{stem}-{number}{dot}{ending}"
    return full
