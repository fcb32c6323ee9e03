"""desk maintain: housekeeping for cron."""

from __future__ import annotations

import os
from collections.abc import Callable

from desk.cli import leaf
from desk.cli.app import App
from desk.git import process
from desk.git.place import Place
from desk.view.model import Done


@leaf.leaf("maintain", example="0 3 * * *  cd /srv/desk && desk maintain")
def maintain(app: App) -> Done:
    """Repack what many small commits leave, write the commit-graph, tidy the index. Safe at any time; for cron."""
    place = app.store.place
    before = loose_objects(place)
    app.store.ask(lambda index: index.commit)
    with app.store.writing() as hold:
        done = [said for step in STEPS if (said := step(place, hold))]
    with app.store.keeper.lock():
        app.store.ask(lambda index: index.optimise())
    done.append("search index optimised")
    after = loose_objects(place)
    data = {"id": "maintain", "loose_before": before, "loose_after": after, "steps": done}
    return Done("maintain", data, (f"{before:,} loose objects are {after:,} now; {', '.join(done)}.",))


def _repack(place: Place, hold: int) -> str:
    """New objects into one pack, small packs together; --geometric keeps the cost in step with what is new."""
    process.run(place, *process.DURABLE, "repack", "--geometric=2", "-d", "-q", "--write-midx", hold=hold)
    process.run(place, "prune-packed", "-q", hold=hold)
    return "repacked"


def _graph(place: Place, hold: int) -> str:
    """With changed paths, so that `git log -- FILE` doesn't compare every commit's trees."""
    process.run(place, "commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress", hold=hold)
    return "commit-graph written"


def _refs(place: Place, hold: int) -> str:
    process.run(place, "pack-refs", "--all", hold=hold)
    return "refs packed"


_SPLIT_FROM = 2 * 1024 * 1024
"""Bytes of git's own index, some 25,000 files: from there on a write spends 60 ms on it, 20 if it is split."""


def _index(place: Place, hold: int) -> str | None:
    """git writes its whole index at every commit; split, it writes what has changed since the last time here."""
    if os.path.getsize(os.path.join(place.gitdir, "index")) > _SPLIT_FROM:
        process.run(place, "config", "core.splitIndex", "true", hold=hold)
    if process.setting(place, "core.splitIndex") != "true":
        return None
    process.run(place, "update-index", "--split-index", hold=hold)
    return "git's index split"


STEPS: tuple[Callable[[Place, int], str | None], ...] = (_repack, _graph, _refs, _index)
"""Each says what it did, None if there was nothing to do."""


def loose_objects(place: Place) -> int:
    """How many objects lie in files of their own."""
    objects = os.path.join(place.common, "objects")
    folders = (os.path.join(objects, f) for f in os.listdir(objects) if len(f) == 2)
    return sum(len(os.listdir(f)) for f in folders if os.path.isdir(f))
