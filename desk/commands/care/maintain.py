"""desk maintain: housekeeping for cron."""

from __future__ import annotations

import os
from collections.abc import Callable

from desk.cli import leaf
from desk.cli.app import App
from desk.git import write
from desk.git.place import Place
from desk.index.build import optimise
from desk.text import _
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
        app.store.ask(optimise)
    done.append(_("search index optimised"))
    after = loose_objects(place)
    data = {"id": "maintain", "loose_before": before, "loose_after": after, "steps": done}
    return Done(
        "maintain",
        data,
        (_("{before:,} loose objects are {after:,} now; {done}.", before=before, after=after, done=done),),
    )


def _repack(place: Place, hold: int) -> str:
    write.repack(place, hold)
    return _("repacked")


def _graph(place: Place, hold: int) -> str:
    write.write_graph(place, hold)
    return _("commit-graph written")


def _refs(place: Place, hold: int) -> str:
    write.pack_refs(place, hold)
    return _("refs packed")


def _index(place: Place, hold: int) -> str | None:
    return _("git's index split") if write.split_index(place, hold) else None


STEPS: tuple[Callable[[Place, int], str | None], ...] = (_repack, _graph, _refs, _index)
"""Each says what it did, None if there was nothing to do."""


def loose_objects(place: Place) -> int:
    """How many objects lie in files of their own."""
    objects = os.path.join(place.common, "objects")
    folders = (os.path.join(objects, f) for f in os.listdir(objects) if len(f) == 2)
    return sum(len(os.listdir(f)) for f in folders if os.path.isdir(f))
