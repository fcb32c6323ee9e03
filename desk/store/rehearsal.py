"""What a write would do, found out without doing it: no lock is taken, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable

from desk.domain.model.change import Change
from desk.git.place import require_work_tree
from desk.store import writing
from desk.store.snapshot import Snapshot
from desk.store.store import Store


def rehearse(store: Store, plan: Callable[[Snapshot], Change | None]) -> Change | None:
    """The change that a plan would make of the newest state; refused where the commit of it would be."""
    require_work_tree(store.place)
    _ref, base = store.writable_head()
    snapshot = store.snapshot(store.index, base)
    change = plan(snapshot)
    if change is not None and change.as_written is None:
        writing.refuse_over_edits(store.place, snapshot, change, writing.files_of(change))
    return change
