"""What keeps git quick in a desk that has grown: objects in few packs, a commit-graph, refs in one file, an index in two."""

from __future__ import annotations

import os

from desk.git.place import Place
from desk.git.process import DURABLE, is_partial, run, setting


def loose_objects(place: Place) -> int:
    """How many objects lie in files of their own."""
    objects = os.path.join(place.common, "objects")
    folders = (os.path.join(objects, f) for f in os.listdir(objects) if len(f) == 2)
    return sum(len(os.listdir(f)) for f in folders if os.path.isdir(f))


def repack(place: Place, hold: int) -> None:
    """New objects into one pack, small packs together; --geometric keeps the cost in step with what is new.

    In a clone that leaves objects with its remote, git 2.39 can do no more than the first.
    """
    _release_packs(place)
    how = () if is_partial(place) else ("--geometric=2", "--write-midx")
    run(place, *DURABLE, "repack", *how, "-d", "-q", hold=hold)
    run(place, "prune-packed", "-q", hold=hold)


def _release_packs(place: Place) -> None:
    """A fast-import that was killed may have left its mark on a pack, which would be kept as it is for ever."""
    folder = os.path.join(place.common, "objects", "pack")
    for name in os.listdir(folder):
        if name.endswith(".keep"):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                ours = file.read(16) == b"fast-import"
            if ours:
                os.unlink(path)


def write_graph(place: Place, hold: int) -> None:
    """With changed paths, so that `git log -- FILE` doesn't compare every commit's trees."""
    run(place, "commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress", hold=hold)


def pack_refs(place: Place, hold: int) -> None:
    """All refs into one file."""
    run(place, "pack-refs", "--all", hold=hold)


_SPLIT_FROM = 2 * 1024 * 1024
"""Bytes of git's own index, some 25,000 files: from there on a write spends 60 ms on it, 20 if it is split."""


def split_index(place: Place, hold: int) -> bool:
    """git writes its whole index at every commit; split, it writes what has changed since the last time here.

    Whether it was worth it.
    """
    if setting(place, "index.sparse") == "true":
        return False  # it is small then, and git can't have it both ways
    if os.path.getsize(os.path.join(place.gitdir, "index")) > _SPLIT_FROM:
        run(place, "config", "core.splitIndex", "true", hold=hold)
    if setting(place, "core.splitIndex") != "true":
        return False
    run(place, "update-index", "--split-index", hold=hold)
    return True
