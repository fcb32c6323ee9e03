"""Which articles replies named, read from the tickets themselves; and what was searched for in vain, from the local log."""

from __future__ import annotations

from collections import Counter
from typing import Any

from desk.domain.ticket import REPLY, Ticket
from desk.errors import Broken
from desk.store import git, refresh
from desk.store import misses as searched
from desk.store.index import Index
from desk.store.tree import Place

_MARK = "article"
"""The key in a reply's own line under which it names its articles."""


def used(index: Index, place: Place, commit: str, span: tuple[int, int]) -> Counter[str]:
    """Replies between two moments (epoch seconds) that named an article, by article."""
    found: Counter[str] = Counter()
    with git.blobs(place) as blobs:
        # The index knows which tickets name articles; when each was named, the tickets say.
        for (path,) in index.db.execute(
            "SELECT DISTINCT path FROM members WHERE kind = 'ticket' AND field = 'articles'"
        ):
            try:
                record = refresh.decode_at(path, "", blobs.get(f"{commit}:{path}") or b"")
            except Broken:
                continue
            for entry in record.thread if isinstance(record, Ticket) else ():
                if entry.kind == REPLY and span[0] <= entry.at.timestamp() < span[1]:
                    found.update(_named(entry.meta.get(_MARK)))
    return found


def _named(value: Any) -> set[str]:
    return {str(v) for v in value} if isinstance(value, list | tuple) else {str(value)} if value else set()


def misses(place: Place, span: tuple[int, int]) -> list[dict[str, Any]]:
    """What was searched for without a hit, most often first: `words`, `times`."""
    found = Counter(miss.words for miss in searched.load(place) if span[0] <= miss.at.timestamp() < span[1])
    rows = [{"words": words, "times": times} for words, times in found.items()]
    return sorted(rows, key=lambda row: (-int(str(row["times"])), row["words"]))
