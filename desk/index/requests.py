"""What tickets ask, as terms: by which tickets like another are found, and which words an article has answered.

Only the title and the request are kept, not what was answered. `spread` says how many requests have a term, so that the
rare ones can be looked up first; the words of a title count for each article that the ticket was answered from.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

from desk.domain.model.ticket import Ticket
from desk.index.texts import articles_in
from desk.named import NamedTuple

ALL, LENGTH = "", " "
"""Terms that no text has, in whose place stand how many requests (or titles) there are, and the length of all of them."""
TITLE = 3
"""What a word of the title counts in the length."""
_KNOWN = 0x0530
"""Letters from here on (none of Latin, Greek and Cyrillic) are unknown to some versions of SQLite's tokenizer."""


class _Row(NamedTuple):
    """What is known of a ticket; `mark` tells whether its request is still the one that was read."""

    doc: int | None
    mark: int
    title: str
    body: str


_NOTHING = _Row(None, 0, "", "")


def plain(term: str) -> str:
    """A term as the full-text table takes it for one word, whatever its script."""
    return term if term.isascii() or max(term) < chr(_KNOWN) else f"x{term.encode().hex()}"


class Requests:
    """The terms of tickets in an index; `fresh` is for filling an empty one, where counting waits until `count`."""

    def __init__(self, db: sqlite3.Connection, *, fresh: bool) -> None:
        self.db = db
        self._fresh = fresh
        self._spread: Counter[str] = Counter()
        self._learned: Counter[tuple[str, str]] = Counter()

    def put(self, path: str, ticket: Ticket | None) -> None:
        """What a ticket asks, in place of what was known of it; before its articles are written to `members`."""
        old = _NOTHING if self._fresh else self._known(path)
        new = _NOTHING if ticket is None else _read(ticket, old)
        if new != old:
            self._replace(path, old, new)
        earlier = set() if self._fresh else self._named(path)
        now = set(articles_in(ticket)) if ticket else set()
        if new.title != old.title or earlier != now:
            self._learn(old.title, earlier, -1)
            self._learn(new.title, now, 1)
        if not self._fresh:
            self.count()

    def count(self) -> None:
        """Write what was counted since it was last written."""
        self._add("spread", "term", [(term, times) for term, times in self._spread.items()])
        self._add("learned", "term, article", [(*names, times) for names, times in self._learned.items()])
        self._spread.clear()
        self._learned.clear()

    def _add(self, table: str, key: str, rows: Sequence[tuple[str | int, ...]]) -> None:
        """Add to what a table counts; what nothing is left of goes."""
        marks = ", ".join("?" * (2 + key.count(",")))
        self.db.executemany(
            f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET times = times + excluded.times",
            rows,
        )
        gone = [row[:-1] for row in rows if isinstance(row[-1], int) and row[-1] <= 0]
        self.db.executemany(f"DELETE FROM {table} WHERE ({key}) = ({marks[:-3]}) AND times = 0", gone)

    def _known(self, path: str) -> _Row:
        row = self.db.execute("SELECT doc, mark, title, body FROM requests WHERE path = ?", (path,)).fetchone()
        return _Row(*row) if row else _NOTHING

    def _named(self, path: str) -> set[str]:
        """The articles that a ticket was known to be answered from."""
        find = "SELECT value FROM members WHERE path = ? AND kind = 'ticket' AND field = 'articles'"
        return {str(value) for (value,) in self.db.execute(find, (path,))}

    def _replace(self, path: str, old: _Row, new: _Row) -> None:
        for row, sign in ((old, -1), (new, 1)):
            if row is not _NOTHING:
                title, body = row.title.split(), row.body.split()
                self._spread.update({ALL: sign, LENGTH: sign * (TITLE * len(title) + len(body))})
                for term in {*title, *body}:
                    self._spread[term] += sign
        if old is not _NOTHING:
            self.db.execute(
                "INSERT INTO request_words (request_words, rowid, terms) VALUES ('delete', ?, ?)", (old.doc, _text(old))
            )
            self.db.execute("DELETE FROM requests WHERE doc = ?", (old.doc,))
        if new is not _NOTHING:
            found = self.db.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", (new.doc, path, *new[1:]))
            self.db.execute("INSERT INTO request_words (rowid, terms) VALUES (?, ?)", (found.lastrowid, _text(new)))

    def _learn(self, title: str, articles: Iterable[str], sign: int) -> None:
        for article in articles:
            self._learned[ALL, article] += sign
            for term in set(title.split()):
                self._learned[term, article] += sign


def _read(ticket: Ticket, old: _Row) -> _Row:
    """The terms of a ticket; most changes leave its request alone, and then nothing is read again."""
    mark = zlib.crc32(f"{ticket.title}\0{ticket.body}".encode())
    if old is not _NOTHING and mark == old.mark:
        return old
    from desk.domain.matching import ranking, words  # noqa: PLC0415 - 3 ms, when a request is written

    body = ticket.body[: ranking.TEXT_READ]
    return _Row(old.doc, mark, " ".join(words.tokens(ticket.title)), " ".join(words.tokens(body)))


def _text(row: _Row) -> str:
    return " ".join(map(plain, dict.fromkeys(f"{row.title} {row.body}".split())))
