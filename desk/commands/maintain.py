"""desk maintain: housekeeping for cron."""

from __future__ import annotations

import os
from collections.abc import Callable

from desk.app import App
from desk.commands import common
from desk.store import git
from desk.store.tree import Place
from desk.view.model import Done


@common.leaf("maintain", example="0 3 * * *  cd /srv/desk && desk maintain")
def maintain(app: App) -> Done:
    """Repack what many small commits leave, write the commit-graph, tidy the index. Safe at any time; for cron."""
    place = app.store.place
    before = loose_objects(place)
    app.store.ask(lambda index: index.commit)
    with app.store.writing() as hold:
        for step in STEPS.values():
            step(place, hold)
    with app.store.keeper.lock():
        app.store.ask(lambda index: index.optimise())
    after = loose_objects(place)
    data = {"id": "maintain", "loose_before": before, "loose_after": after, "steps": [*STEPS, "optimise index"]}
    return Done(
        "maintain", data, (f"Done: {before:,} loose objects are {after:,} now, {', '.join(STEPS)}, index optimised.",)
    )


def _repack(place: Place, hold: int) -> None:
    """New objects into one pack, small packs together; --geometric keeps the cost in step with what is new."""
    git.run(place, *git.DURABLE, "repack", "--geometric=2", "-d", "-q", "--write-midx", hold=hold)
    git.run(place, "prune-packed", "-q", hold=hold)


def _graph(place: Place, hold: int) -> None:
    """With changed paths, so that `git log -- FILE` doesn't compare every commit's trees."""
    git.run(place, "commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress", hold=hold)


def _refs(place: Place, hold: int) -> None:
    git.run(place, "pack-refs", "--all", hold=hold)


STEPS: dict[str, Callable[[Place, int], None]] = {
    "repacked": _repack,
    "commit-graph written": _graph,
    "refs packed": _refs,
}


def loose_objects(place: Place) -> int:
    """How many objects lie in files of their own."""
    objects = os.path.join(place.common, "objects")
    folders = (os.path.join(objects, f) for f in os.listdir(objects) if len(f) == 2)
    return sum(len(os.listdir(f)) for f in folders if os.path.isdir(f))
