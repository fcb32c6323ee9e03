"""Many commits through one git fast-import: for imports, in constant memory, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desk.errors import Conflict, GitError
from desk.git import write
from desk.store import journal
from desk.store.store import Store
from desk.text import _


class Bulk(NamedTuple):
    """What came of many commits: the newest, None for none; and what was not finished."""

    commit: str | None
    warnings: tuple[str, ...] = ()


def commit_all(store: Store, commits: Iterable[write.NewCommit], hold: int) -> Bulk:
    """Write the commits on top of HEAD, in order, and bring the work tree along.

    Must be called inside `store.writing()`. An error raised by the iterable leaves everything as it was.
    """
    ref, base = store.writable_head()
    with write.holding_index(store.place):
        journal.begin(store.place, base, None)
        try:
            new = write.import_all(store.place, commits, ref, base, hold)
        except BaseException as error:
            now = store.head().oid
            if now == base:
                journal.end(store.place)
            if now == base or not isinstance(error, GitError):
                raise
            new = now
        if new is not None:
            try:
                write.move_files(store.place, base, new, hold)
            except (OSError, GitError, Conflict) as error:
                # They stand: whoever hears that nothing was changed would import them once more.
                text = _(
                    "committed, but the files are not all written yet ({error}); the next desk command finishes it",
                    error=error,
                )
                return Bulk(new, (text,))
    journal.end(store.place)
    return Bulk(new)
