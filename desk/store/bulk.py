"""Many commits through one git fast-import: for imports, in constant memory, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from desk.git import write
from desk.store import journal
from desk.store.store import Store


def commit_all(store: Store, commits: Iterable[write.NewCommit], hold: int) -> str | None:
    """Write the commits on top of HEAD, in order, and bring the work tree along; the new HEAD, None for no commits.

    Must be called inside `store.writing()`. An error raised by the iterable leaves everything as it was.
    """
    ref, base = store.writable_head()
    journal.begin(store.place, base, None)
    try:
        new = write.import_all(store.place, commits, ref, base, hold)
    except BaseException:
        if store.head().oid == base:
            journal.end(store.place)
        raise
    if new is not None:
        write.move_files(store.place, base, new, hold)
    journal.end(store.place)
    return new
