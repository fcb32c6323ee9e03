"""The files of a desk at one commit: they come back, or become another commit, without a process of git's.

A forged history is a commit or two that begin where the one before it began. git takes longer for each of these steps than
an auditor for the history.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from desk.git import refs
from desk.git.place import find

_TICK = 50_000_000
"""Nanoseconds in which a file may change twice and look as if it had once."""
_LINK, _FOLDER = "120000", "40000"
_GITLINK = b"\0\0\xe0\0"
_UNDER_WAY = ("MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "CHERRY_PICK_HEAD", "REVERT_HEAD", "AUTO_MERGE")
"""What git keeps of something begun."""


class Lying(NamedTuple):
    """A file: its mode as git has it, and what is in it (of a link, where it leads)."""

    mode: str
    data: bytes


Mark = tuple[int, ...]
"""What is another where a file is another."""
Changes = Mapping[str, Lying | None]
"""By path; None for what is gone."""


class Beginning:
    """HEAD, the index and the work tree as they are when it is made."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.commit = _head(home)
        self._git = home / ".git"
        self._head = (self._git / "HEAD").read_text()
        self._index = (self._git / "index").read_bytes()
        found = list(_lying(str(home)))
        self._folders = {path for path, entry in found if _is_folder(entry)}
        self._files = {path: _read(entry) for path, entry in found if not _is_folder(entry)}
        certain = time.time_ns() - _TICK
        marks = {path: _mark(entry) for path, entry in found if not _is_folder(entry)}
        self._marks = {path: mark for path, mark in marks.items() if mark[-1] < certain}
        self._trees = self._listed()

    def _listed(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Mode and object name of what is in each folder."""
        trees: dict[str, dict[str, tuple[str, str]]] = {"": {}}
        words = ("git", "-C", str(self.home), "ls-tree", "-r", "-t", "-z", "HEAD")
        for row in subprocess.run(words, capture_output=True, check=True).stdout.decode().split("\0")[:-1]:
            told, _tab, path = row.partition("\t")
            mode, _kind, oid = told.split()
            folder, name = os.path.split(path)
            trees.setdefault(folder, {})[name] = (mode.lstrip("0"), oid)
        return trees

    def restore(self) -> None:
        """As `git checkout --force` and `git clean -d --force` do."""
        for name in _UNDER_WAY:
            (self._git / name).unlink(missing_ok=True)
        (self._git / "HEAD").write_text(self._head)
        (self._git / self._head.removeprefix("ref: ").strip()).write_text(f"{self.commit}\n")
        (self._git / "index").write_bytes(self._index)
        found = list(_lying(str(self.home)))
        for path, entry in reversed(found):
            if _is_folder(entry) and path not in self._folders:
                os.rmdir(entry.path)
            elif not _is_folder(entry) and path not in self._files:
                os.unlink(entry.path)
        self.lay({path: self._files[path] for path in self._changes(one for one in found if one[0] in self._files)})

    def lay(self, changes: Changes) -> None:
        """Have this lie in the work tree."""
        for path, file in changes.items():
            (self.home / path).unlink(missing_ok=True)
            if file is not None:
                self._put(self.home / path, file)

    def take_back(self, changes: Changes) -> None:
        """Have what lies otherwise lie as it did."""
        self.lay({path: self._files.get(path) for path in changes})

    @staticmethod
    def _put(whole: Path, file: Lying) -> None:
        whole.parent.mkdir(parents=True, exist_ok=True)
        if file.mode == _LINK:
            whole.symlink_to(os.fsdecode(file.data))
        else:
            whole.write_bytes(file.data)
            whole.chmod(int(file.mode, 8) & 0o777)

    def changes(self) -> Changes | None:
        """What lies otherwise in the work tree; None where git alone knows what of that it would commit."""
        if any((self._git / name).exists() for name in _UNDER_WAY) or _GITLINK in (self._git / "index").read_bytes():
            return None
        changes = self._changes(_lying(str(self.home)))
        return None if any(os.path.basename(path).startswith(".git") for path in changes) else changes

    def _changes(self, found: Iterable[tuple[str, os.DirEntry[str]]]) -> Changes:
        changes: dict[str, Lying | None] = dict.fromkeys(self._files)
        for path, entry in found:
            if _is_folder(entry):
                continue
            if path in self._marks and self._marks.pop(path) == (mark := _mark(entry)):
                self._marks[path] = mark
                del changes[path]
            elif (file := _read(entry)) == self._files.get(path):
                del changes[path]
            else:
                changes[path] = file
        return changes

    def write_commit(self, changes: Changes, head: str) -> str:
        """A commit of what lies in the work tree; `head` is what it says after its tree."""
        folders = {"", *(folder for path in changes for folder in _above(path))}
        trees = {folder: dict(self._trees.get(folder, {})) for folder in folders}
        for path, file in changes.items():
            folder, name = os.path.split(path)
            if file is None:
                del trees[folder][name]
            else:
                trees[folder][name] = (file.mode, write_object(self.home, "blob", file.data))
        for folder in sorted(trees, key=len, reverse=True)[:-1]:
            above, name = os.path.split(folder)
            if trees[folder]:
                trees[above][name] = (_FOLDER, write_object(self.home, "tree", _tree(trees[folder])))
            elif trees[above].get(name, ("",))[0] == _FOLDER:
                del trees[above][name]
        return write_object(
            self.home, "commit", f"tree {write_object(self.home, 'tree', _tree(trees['']))}\n{head}".encode()
        )


def object_id(kind: str, data: bytes) -> str:
    """What git calls it."""
    return hashlib.sha1(b"%b %d\0%b" % (kind.encode(), len(data), data), usedforsecurity=False).hexdigest()


def write_object(home: Path, kind: str, data: bytes) -> str:
    """The name of an object, which has a file of its own then; git is not asked whether it is a sound one."""
    whole = b"%b %d\0%b" % (kind.encode(), len(data), data)
    oid = object_id(kind, data)
    path = object_path(home, oid)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(whole, 1))
    return oid


def object_path(home: Path, oid: str) -> Path:
    """Where git keeps an object that isn't in a pack."""
    return home / ".git/objects" / oid[:2] / oid[2:]


def _tree(entries: Mapping[str, tuple[str, str]]) -> bytes:
    """git sorts a folder as if its name ended in a slash."""
    rows = [(os.fsencode(name), *entry) for name, entry in entries.items()]
    rows.sort(key=lambda row: row[0] + b"/" if row[1] == _FOLDER else row[0])
    return b"".join(b"%b %b\0%b" % (mode.encode(), name, bytes.fromhex(oid)) for name, mode, oid in rows)


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in; "" is the desk's own."""
    while path:
        path = os.path.dirname(path)
        yield path


def _head(home: Path) -> str:
    found = refs.read_head(find(str(home), os.environ))
    assert found is not None
    return found.oid or ""


def _lying(top: str, within: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything in the work tree, a folder before what is in it."""
    with os.scandir(f"{top}/{within}") as found:
        for entry in found:
            path = f"{within}{entry.name}"
            if path == ".git":
                continue
            yield path, entry
            if _is_folder(entry):
                yield from _lying(top, f"{path}/")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _mark(entry: os.DirEntry[str]) -> Mark:
    told = entry.stat(follow_symlinks=False)
    return told.st_ino, told.st_size, told.st_mode, told.st_mtime_ns, told.st_ctime_ns


def _read(entry: os.DirEntry[str]) -> Lying:
    if entry.is_symlink():
        return Lying(_LINK, os.fsencode(os.readlink(entry.path)))
    with open(entry.path, "rb") as file:
        return Lying("100755" if entry.stat().st_mode & 0o100 else "100644", file.read())
