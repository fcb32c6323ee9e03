"""Which articles replies named, read from the tickets themselves; which the desk would suggest; and what was searched for in
vain, from the local log.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from desk.codec import places
from desk.domain.matching import certainty, ranking, suggestion
from desk.domain.model.ticket import REPLY, Ticket
from desk.errors import Broken
from desk.git import objects
from desk.git.place import Place
from desk.index.index import Index
from desk.index.layout import BETWEEN
from desk.local import misses as local_misses
from desk.queries import likeness

if TYPE_CHECKING:
    from desk.domain.model.rows import MissRow

_MARK = "article"
"""The key in a reply's own line under which it names its articles."""


def count_used(index: Index, place: Place, commit: str, span: tuple[int, int]) -> Counter[str]:
    """Replies between two moments (epoch seconds) that named an article, by article."""
    found: Counter[str] = Counter()
    with objects.blobs(place) as blobs:
        # The index knows which tickets name articles; when each was named, the tickets say.
        for (path,) in index.db.execute(
            "SELECT DISTINCT path FROM members WHERE kind = 'ticket' AND field = 'articles'"
        ):
            try:
                record = places.decode_at(path, "", blobs.get(f"{commit}:{path}") or b"")
            except Broken:
                continue
            for entry in record.thread if isinstance(record, Ticket) else ():
                if entry.kind == REPLY and span[0] <= entry.at.timestamp() < span[1]:
                    found.update(_named(entry.meta.get(_MARK)))
    return found


def _named(value: Any) -> set[str]:
    return {str(v) for v in value} if isinstance(value, list | tuple) else {str(value)} if value else set()


SUGGESTED_MOST = 2_000
"""Tickets of a period for which suggestions are worked out, the newest: 0.5 ms of CPU each."""


def count_suggested(
    index: Index, span: tuple[str, str], among: tuple[str, tuple[Any, ...]], language: str
) -> Counter[str]:
    """Tickets registered between two moments (RFC 3339) that an article very probably answers, by article.

    `among` is a condition on the column `t.id`. Worked out from what ticket and articles say at this commit, so the same
    commit gives the same numbers on every machine.
    """
    articles = likeness.articles(index, language)
    rows = index.db.execute(
        "SELECT t.title, substr(x.body, 1, a.length), t.service, t.tags, coalesce(t.language, ?) FROM tickets t"
        " JOIN texts x ON x.path = t.path JOIN asked a ON a.path = t.path"
        f" WHERE t.created >= ? AND t.created < ?{among[0]} ORDER BY t.created DESC, t.id DESC LIMIT {SUGGESTED_MOST}",
        (language, *span, *among[1]),
    ).fetchall()
    found: Counter[str] = Counter()
    for title, body, service, tags, spoken in rows:
        question = ranking.ask(title, body, service, tags.split(BETWEEN) if tags else ())
        best = suggestion.rank(question, articles, likeness.postings(index, question.terms), spoken)
        if certainty.is_sure([s.ranked for s in best]):
            found[suggestion.slug(best[0].article.id, best[0].article.language)] += 1
    return found


def misses(place: Place, span: tuple[int, int]) -> list[MissRow]:
    """What was searched for without a hit, most often first."""
    found = Counter(miss.words for miss in local_misses.load(place) if span[0] <= miss.at.timestamp() < span[1])
    rows: list[MissRow] = [{"words": words, "times": times} for words, times in found.items()]
    return sorted(rows, key=lambda row: (-row["times"], row["words"]))
