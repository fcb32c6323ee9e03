"""HEAD, branches and commits by name: from small files where that is enough, from git where it isn't."""

from __future__ import annotations

import os
from typing import NamedTuple

from desk.errors import GitError
from desk.git import process as git_process
from desk.git.place import Place
from desk.git.process import run


def head(place: Place) -> Head:
    """HEAD as git sees it, for repositories whose refs aren't plain files."""
    ref = run(place, "rev-parse", "--symbolic-full-name", "HEAD").decode().strip()
    oid = run(place, "rev-parse", "HEAD").decode().strip()
    return Head(None if ref == "HEAD" else ref, oid)


class Head(NamedTuple):
    """`ref` is None when HEAD is detached, `oid` None before the first commit."""

    ref: str | None
    oid: str | None


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


def is_ancestor(place: Place, old: str, new: str) -> bool:
    process = git_process.spawn(
        place, ("merge-base", "--is-ancestor", old, new), stderr=git_process.NULL, stdout=git_process.NULL
    )
    return process.wait() == 0
