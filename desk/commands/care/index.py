"""desk index: the derived index, shown and rebuilt."""

from __future__ import annotations

import os
from typing import Any

from desk.cli import leaf
from desk.cli.app import App
from desk.domain.rights.words import word
from desk.queries import tickets
from desk.text import _, arranged
from desk.view.model import Done


@leaf.leaf("status", example="desk index status")
def status(app: App) -> Done:
    """Whether the index is up to date, where it lies, and what it holds. It is derived from git and safe to delete."""
    keeper = app.store.keeper
    head = app.store.commit_now()
    state = keeper.state(head)
    counts = app.store.ask(tickets.counts)
    size = os.path.getsize(keeper.path) if os.path.exists(keeper.path) else 0
    data = {"id": "index", "state": state, "path": keeper.path, "bytes": size, "commit": head, "records": counts}
    held = [arranged("{n:,} {things}", n=n, things=word(name)) for name, n in counts.items() if n]
    before = {
        "current": _("is up to date"),
        "behind": _("was behind and has caught up"),
        "missing": _("was missing and has been built"),
    }
    return Done(
        "index",
        data,
        (
            _("The index {state} ({size:.1f} MiB).", state=before[state], size=size / 1024 / 1024),
            _("It holds {held}.", held=held),
            keeper.path,
        ),
        answer=True,
    )


@leaf.leaf("rebuild", example="desk index rebuild")
def rebuild(app: App) -> Done:
    """Build the index anew from git. Nothing else is touched; readers go on with the old one meanwhile."""
    head = app.store.commit_now()
    index = app.store.keeper.rebuild(head)
    counts: dict[str, Any] = tickets.counts(index)
    data = {"id": "index", "state": "current", "path": app.store.keeper.path, "commit": head, "records": counts}
    return Done(
        "index",
        data,
        (
            _(
                "The index was built anew: {tickets:,} tickets, {commits:,} commits.",
                tickets=counts["tickets"],
                commits=counts["commits"],
            ),
        ),
    )
