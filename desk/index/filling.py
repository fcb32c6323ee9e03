"""Filling an index with records and commits, as a whole history or one write after the other.

`build` and the write path come through the same two methods, `put_file` and `add_commit`, so an index kept up to date
step by step equals one built anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from desk.domain.changes import message as changes_message
from desk.domain.matching.folding import fold
from desk.domain.model import plain
from desk.domain.model.kinds import kind_at
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.index.index import Index
from desk.index.layout import BETWEEN, columns, create_statements, signature
from desk.index.requests import Requests
from desk.index.texts import Text, articles_in, messages_in, text_of

if TYPE_CHECKING:
    from desk.git.log import CommitRow


class Filling(Index):
    """An index that is written, under the index lock; all but `create` and `optimise` inside `with filling.transaction():`."""

    def __init__(self, db: sqlite3.Connection, *, fresh: bool = False) -> None:
        """`fresh` is for building an empty one from a tree: each path comes once, so there is nothing to replace."""
        super().__init__(db)
        self._fresh = fresh
        self.requests = Requests(db, fresh=fresh)
        self._standings: dict[str, tuple[int, int]] = {}

    @classmethod
    def of(cls, index: Index, *, fresh: bool = False) -> Filling:
        """An index that was opened to look things up, to be written now."""
        return cls(index.db, fresh=fresh)

    def create(self) -> None:
        """Make the tables in an empty file."""
        # Together: written one by one they take half as long again.
        self.db.executescript(f"BEGIN; {create_statements()} PRAGMA user_version = {signature()}; COMMIT;")

    def set_commit(self, oid: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES ('commit', ?)", (oid,))

    def set_settings(self, name: str) -> None:
        """The object name that desk.toml has in the commit; "" where there is none."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES ('settings', ?)", (name,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is written inside, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def forget_commits(self, oids: Iterable[str]) -> None:
        """Nothing is known of these commits any more."""
        self.db.execute("CREATE TEMP TABLE later (oid TEXT PRIMARY KEY)")
        self.db.executemany("INSERT INTO later VALUES (?)", ((oid,) for oid in oids))
        self.db.execute("DELETE FROM events WHERE n IN (SELECT n FROM commits JOIN later USING (oid))")
        self.db.execute("DELETE FROM mails WHERE n IN (SELECT n FROM commits JOIN later USING (oid))")
        self.db.execute("DELETE FROM commits WHERE oid IN (SELECT oid FROM later)")
        self.db.execute("DROP TABLE later")

    def forget(self, path: str) -> None:
        """Nothing is known of this path any more."""
        cls = kind_at(path)
        if cls is not None:
            if cls is Ticket:
                self.requests.put(path, None)
            self.db.execute(f"DELETE FROM {cls.plural} WHERE path = ?", (path,))
            self.db.execute("DELETE FROM asked WHERE path = ?", (path,))
            self.db.execute("DELETE FROM members WHERE path = ?", (path,))
            self.db.execute("DELETE FROM broken WHERE path = ?", (path,))
            self._put_text(path, cls.kind, None)
            if cls.kind == "article":
                self._put_terms(path, None)

    def put_broken(self, path: str, line: int, problem: str) -> None:
        """Remember a record that can't be read, in place of what was known of its path."""
        self.forget(path)
        self.db.execute("INSERT INTO broken VALUES (?, ?, ?)", (path, line, problem))

    def put_file(self, path: str, oid: str, size: int, record: Record) -> None:
        """Remember a record, in place of what was known of its path."""
        row = {"path": path, "oid": oid, "size": size, **plain.head(record)}
        stores = {n: f.type.store for n, f in record.FIELDS.items()}
        sets = {n: row[n] for n, store in stores.items() if store == "set"}
        if record.thread:
            sets["articles"] = articles_in(record)
        if isinstance(record, Ticket):
            sets["messages"] = messages_in(record)
        names = list(columns(type(record)))
        marks = ",".join("?" * len(names))
        self.db.execute(
            f"INSERT OR REPLACE INTO {record.plural} VALUES ({marks})",
            [_cell(row[n], stores.get(n, "")) for n in names],
        )
        if isinstance(record, Ticket):
            # How much of the text that is searched is the request itself, and not what was answered.
            self.db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (path, len(record.body.strip())))
            self.requests.put(path, record)
        if not self._fresh:
            self.db.execute("DELETE FROM members WHERE path = ?", (path,))
            self.db.execute("DELETE FROM broken WHERE path = ?", (path,))
        self.db.executemany(
            "INSERT OR IGNORE INTO members VALUES (?, ?, ?, ?)",
            [(record.kind, n, value, path) for n, values in sets.items() for value in values],
        )
        self._put_text(path, record.kind, text_of(record))
        if record.kind == "article":
            self._put_terms(path, record)

    def _put_text(self, path: str, kind: str, text: Text | None) -> None:
        """What is searched of a path. Most changes of a ticket leave it alone, and the full-text table is the dear part."""
        find = "SELECT doc, title, lead, body FROM texts WHERE path = ?"
        row = None if self._fresh else self.db.execute(find, (path,)).fetchone()
        if row and text == row[1:]:
            return
        tables = ("words", "article_words") if kind == "article" else ("words",)
        if row:
            for table in tables:
                self.db.execute(
                    f"INSERT INTO {table} ({table}, rowid, title, lead, body) VALUES ('delete', ?, ?, ?, ?)",
                    (row[0], *map(fold, row[1:])),
                )
            self.db.execute("DELETE FROM texts WHERE doc = ?", (row[0],))
        if text:
            found = self.db.execute(
                "INSERT INTO texts (kind, path, title, lead, body) VALUES (?, ?, ?, ?, ?)", (kind, path, *text)
            )
            for table in tables:
                self.db.execute(
                    f"INSERT INTO {table} (rowid, title, lead, body) VALUES (?, ?, ?, ?)",
                    (found.lastrowid, *map(fold, text)),
                )

    def _put_terms(self, path: str, record: Record | None) -> None:
        """The terms of an article, by which it is suggested; the empty term holds how many there are."""
        self.db.execute("DELETE FROM terms WHERE path = ?", (path,))
        if record is not None:
            from desk.domain.matching import suggestion  # noqa: PLC0415 - 3 ms, when an article is written

            found = suggestion.terms_of(record)
            counted = {"": suggestion.Counts(*map(sum, zip(*found.values(), strict=True)))} if found else {}
            rows = [(term, path, *counts) for term, counts in {**found, **counted}.items()]
            self.db.executemany("INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?)", rows)

    def add_commit(
        self, row: CommitRow, parsed: changes_message.Parsed, derived: Iterable[changes_message.Happened] = ()
    ) -> None:
        """Remember a commit and its events: those its message tells, or `derived` for one made by hand."""
        known = [self._standing(parent) for parent in row.parents]
        depth = 1 + max((depth for depth, _ in known), default=0)
        before = known[0][1] if known else 0
        imported = changes_message.importer(row.message) is not None
        acted = before if imported else max(before, row.at)
        entered = max(before, row.committed) if imported else acted
        if self._fresh:
            self._standings[row.oid] = depth, acted
        facts = (row.author, row.email, parsed.actor, parsed.verb, parsed.reason)
        found = self.db.execute(
            "INSERT INTO commits VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?)",
            (row.oid, row.parents[0] if row.parents else None, depth, row.at, acted, entered, *facts),
        )
        mail = changes_message.received(row.message)
        if mail is not None:
            self.db.execute("INSERT INTO mails VALUES (?, ?, ?)", (mail.mark, found.lastrowid, mail.content))
        events = parsed.events if parsed.verb else derived
        self.db.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(found.lastrowid, place, row.at, *event) for place, event in enumerate(events)],
        )

    def _standing(self, oid: str) -> tuple[int, int]:
        """How deep a commit stands, and when somebody had acted last by then."""
        if self._fresh:
            return self._standings.get(oid, (0, 0))
        return self.db.execute("SELECT depth, acted FROM commits WHERE oid = ?", (oid,)).fetchone() or (0, 0)

    def optimise(self) -> None:
        """Merge the segments of the full-text table and refresh the planner's statistics."""
        for table in ("words", "article_words", "request_words"):
            self.db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        self.db.execute("PRAGMA optimize")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _cell(value: Any, store: str) -> Any:
    if isinstance(value, list | dict):
        if not value:
            return ""
        if store == "set":
            return BETWEEN.join(value)
        import json  # noqa: PLC0415 - most records have no lists; 2 ms

        return json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict))
    return int(value) if isinstance(value, bool) else value
