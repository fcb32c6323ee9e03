"""Comparing what an index holds with one built anew from git, and what else must hold of a desk at rest."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desk.codec import records
from desk.domain.model.kinds import kind_at
from desk.git import place, refs
from desk.index import build, drift, keeper
from desk.index.index import Index, no_progress


def contents(index: Index) -> dict[str, list[Any]]:
    """Everything in an index that means something: rows without the numbers SQLite gave them."""
    return {name: index.db.execute(sql).fetchall() for name, sql in drift.tables(index, closely=True).items()}


def head(home: Path) -> str:
    """The commit that is checked out, as git's files say."""
    found = refs.read_head(place.find(str(home), os.environ))
    assert found is not None
    return found.oid or ""


@contextmanager
def kept(home: Path) -> Iterator[Index]:
    """The index as its file has it, brought to HEAD as a reader would."""
    index = keeper.Keeper(place.find(str(home), os.environ)).at(head(home))
    try:
        yield index
    finally:
        index.db.close()


def built(home: Path) -> dict[str, list[Any]]:
    """What an index built anew says."""
    index = Index(sqlite3.connect(":memory:", isolation_level=None))
    try:
        build.build(index, place.find(str(home), os.environ), head(home))
        return contents(index)
    finally:
        index.db.close()


def assert_index_is_exact(home: Path) -> None:
    """The index kept up to date step by step equals one built anew."""
    with kept(home) as index:
        assert index.commit == head(home)
        assert drift.differences(index, place.find(str(home), os.environ), no_progress, closely=True) == []


def git(home: Path, *args: str) -> str:
    return subprocess.run(["git", "-C", str(home), *args], check=True, capture_output=True, text=True).stdout


def assert_sound(home: Path) -> None:
    """A desk at rest: clean tree, sound objects, nothing left over, an exact index."""
    assert git(home, "status", "--porcelain", "--ignored") == ""
    checked = subprocess.run(
        ["git", "-C", str(home), *_no_graphs(home), "fsck", "--strict"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not [
        ln for ln in (checked.stdout + checked.stderr).splitlines() if not ln.startswith(("dangling", "Checking"))
    ]
    assert_nothing_left(home)
    assert_index_is_exact(home)


def assert_nothing_left(home: Path) -> None:
    """No journal, no file that was being written, no lock."""
    own = place.find(str(home), os.environ).own()
    assert not os.path.exists(os.path.join(own, "journal"))
    assert os.listdir(os.path.join(own, "tmp")) == []
    found = ((folder, name) for folder, _, names in os.walk(home / ".git") for name in names)
    assert not [at for at in found if at[1].endswith(".lock") and os.path.basename(at[0]) != "desk"]


def _no_graphs(home: Path) -> list[str]:
    """git starts two processes more to look at what git makes of packs, even where it has made nothing of the kind."""
    made = {"core.commitGraph": "info/commit-graph*", "core.multiPackIndex": "pack/multi-pack-index*"}
    objects = home / ".git/objects"
    return [word for name, files in made.items() if not [*objects.glob(files)] for word in ("-c", f"{name}=false")]


def assert_files_are_canonical(home: Path) -> None:
    """Each ticket's file is what desk would write for it."""
    for path in git(home, "ls-files", "-z", "records/tickets").split("\0"):
        cls = kind_at(path)
        if cls is not None:
            data = (home / path).read_bytes()
            assert records.encode(records.decode(data, path, cls.kind)) == data, path


@contextmanager
def mounted(*args: str) -> Iterator[None]:
    """A mount for the time of a test; skips where that isn't allowed."""
    target = args[-1]
    done = subprocess.run(["mount", *args], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"can't mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", target], check=True)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """What is started meanwhile can write no file of more bytes."""
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
