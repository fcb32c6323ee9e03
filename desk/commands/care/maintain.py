"""desk maintain: housekeeping for cron."""

from __future__ import annotations

from collections.abc import Callable

import click

from desk.cli import leaf
from desk.cli.app import App
from desk.git import cone, process, upkeep
from desk.git.place import Place
from desk.index.build import optimise
from desk.store import years as store_years
from desk.text import _, ngettext
from desk.view.model import Done


@leaf.leaf("maintain", example="0 3 * * *  cd /srv/desk && desk maintain\ndesk maintain --years 2")
@click.option(
    "--years",
    metavar="N",
    type=click.IntRange(0, 1000),
    help="From now on keep the tickets of the last N years as files, this one among them; 0 for all.",
)
def maintain(app: App, years: int | None) -> Done:
    """Repack what many small commits leave, write the commit-graph, tidy the index. Safe at any time; for cron.

    With --years the work tree holds the newest tickets alone, which makes git faster on a large desk. Nothing goes: older
    tickets are read from git, are in every list and search, and become files again when they are written to.
    """
    place = app.store.place
    loose, packs = upkeep.loose_objects(place), process.packs(place)
    app.store.ask(lambda index: index.commit)
    with app.store.writing() as hold:
        done = [said for step in STEPS if (said := step(place, hold))]
        kept = cone.years(place) if years is None else years
        if kept or years is not None:
            store_years.keep(place, kept, app.local(app.now).year, hold)
            done.append(_told(kept))
    with app.store.keeper.lock():
        app.store.ask(optimise)
    done.append(_("search index optimised"))
    loose_after, packs_after = upkeep.loose_objects(place), process.packs(place)
    data = {
        "id": "maintain",
        "loose_before": loose,
        "loose_after": loose_after,
        "packs_before": packs,
        "packs_after": packs_after,
        "steps": done,
    }
    said = _(
        "{loose:,} loose objects and {packs:,} packs are {loose_after:,} and {packs_after:,} now; {done}.",
        loose=loose,
        packs=packs,
        loose_after=loose_after,
        packs_after=packs_after,
        done=done,
    )
    return Done("maintain", data, (said,))


def _told(years: int) -> str:
    return (
        ngettext("tickets of {n} year kept as files", "tickets of {n} years kept as files", years)
        if years
        else _("all tickets kept as files")
    )


def _repack(place: Place, hold: int) -> str:
    upkeep.repack(place, hold)
    return _("repacked")


def _graph(place: Place, hold: int) -> str:
    upkeep.write_graph(place, hold)
    return _("commit-graph written")


def _refs(place: Place, hold: int) -> str:
    upkeep.pack_refs(place, hold)
    return _("refs packed")


def _index(place: Place, hold: int) -> str | None:
    return _("git's index split") if upkeep.split_index(place, hold) else None


STEPS: tuple[Callable[[Place, int], str | None], ...] = (_repack, _graph, _refs, _index)
"""Each says what it did, None if there was nothing to do."""
