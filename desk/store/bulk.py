"""Many commits: through one git fast-import, for imports, in constant memory, all or nothing; or one after the other, packed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from desk.errors import Conflict, GitError
from desk.git import upkeep, write
from desk.named import NamedTuple
from desk.store import journal
from desk.store.store import Store
from desk.text import _

_FEW = 25
"""Commits that are written as any: a file for each object, which needs no looking after."""
_TOGETHER = 50
"""Packs that are brought together; git looks through all that there are."""


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


@contextmanager
def in_packs(store: Store) -> Iterator[Callable[[], None]]:
    """For a run that makes commits one by one: from the 25th on each becomes a pack, and packs are brought together.

    Gives what is to be called after each commit. A run that is killed leaves packs, which are as good, and which the next
    one, or `desk maintain`, brings together.
    """
    made = 0

    def count() -> None:
        nonlocal made
        made += 1
        store.packed = made >= _FEW
        if store.packed and made % _TOGETHER == 0:
            _bring_together(store)

    try:
        yield count
    finally:
        if store.packed and made % _TOGETHER:
            _bring_together(store)
        store.packed = False


def _bring_together(store: Store) -> None:
    with suppress(Conflict, GitError), store.writing() as hold:
        upkeep.repack(store.place, hold)
