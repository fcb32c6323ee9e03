"""The index: one SQLite file in the git directory, derived from the commits up to the one it names.

One table per record kind, generated from the field declarations; commits and their events; a full-text table. It is
written by `build` and by the write path through the same two methods, `put_file` and `add_commit`, so an index kept
up to date step by step equals one built anew.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from desk.domain.changes import message as changes_message
from desk.domain.matching.folding import fold
from desk.domain.model import plain
from desk.domain.model.fields import FLAG
from desk.domain.model.kinds import KINDS, kind_at
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.index import requests
from desk.index.requests import Requests
from desk.index.texts import Text, articles_in, messages_in, text_of

if TYPE_CHECKING:
    from desk.domain.model.rows import ArticleRow, TicketRow
    from desk.git.log import CommitRow

LAYOUT = 4
"""Raise when the meaning of a column changes without its name changing."""

_COMMON = ("path", "oid", "size")
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE asked (path TEXT PRIMARY KEY, length INTEGER) WITHOUT ROWID;
CREATE TABLE commits (n INTEGER PRIMARY KEY, oid TEXT UNIQUE, parent TEXT, depth INTEGER, at INTEGER, acted INTEGER,
    entered INTEGER, author TEXT, email TEXT, actor TEXT, verb TEXT, reason TEXT);
CREATE INDEX commits_at ON commits (at);
CREATE TABLE events (n INTEGER, place INTEGER, at INTEGER, kind TEXT, id TEXT, verb TEXT, before TEXT, after TEXT,
    PRIMARY KEY (n, place)) WITHOUT ROWID;
CREATE INDEX events_of ON events (id, kind, at);
CREATE INDEX events_at ON events (at, kind, verb, id);
CREATE TABLE mails (mark TEXT, n INTEGER, content TEXT, PRIMARY KEY (mark, n)) WITHOUT ROWID;
CREATE TABLE members (kind TEXT, field TEXT, value TEXT, path TEXT,
    PRIMARY KEY (kind, field, value, path)) WITHOUT ROWID;
CREATE INDEX members_of ON members (path);
CREATE TABLE broken (path TEXT PRIMARY KEY, line INTEGER, problem TEXT) WITHOUT ROWID;
CREATE TABLE texts (doc INTEGER PRIMARY KEY, kind TEXT, path TEXT UNIQUE, title TEXT, lead TEXT, body TEXT);
CREATE VIRTUAL TABLE words USING fts5 (title, lead, body, content='', tokenize="unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE article_words USING fts5 (title, lead, body, content='', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE terms (term TEXT, path TEXT, title INTEGER, symptom INTEGER, keywords INTEGER, body INTEGER,
    PRIMARY KEY (term, path)) WITHOUT ROWID;
CREATE INDEX terms_of ON terms (path);
"""
_INDEXES = """
CREATE INDEX commits_undo ON commits (depth) WHERE verb = 'undo';
CREATE INDEX tickets_created ON tickets (created);
CREATE INDEX tickets_live ON tickets (created) WHERE state <> 'closed';
CREATE INDEX tickets_owner ON tickets (owner, created) WHERE state <> 'closed';
CREATE INDEX tickets_department ON tickets (department, created) WHERE state <> 'closed';
CREATE INDEX tickets_major ON tickets (created) WHERE major = 1;
CREATE INDEX tickets_requester ON tickets (requester);
CREATE INDEX tickets_responded ON tickets (responded);
CREATE INDEX tickets_closed ON tickets (closed);
CREATE INDEX tickets_respond_by ON tickets (respond_by) WHERE respond_by IS NOT NULL;
CREATE INDEX tickets_due ON tickets (due) WHERE due IS NOT NULL;
"""


_T = TypeVar("_T")

Progress = Callable[[Iterable[_T], int, str], Iterable[_T]]
"""Draws how far a long loop has come: (items, how many, label) → the items."""


def no_progress(items: Iterable[_T], _total: int, _label: str) -> Iterable[_T]:
    """Draws nothing."""
    return items


def columns(cls: type[Record]) -> dict[str, str]:
    """Column → SQL type of a kind's table."""
    found = {"path": "TEXT PRIMARY KEY", "oid": "TEXT", "size": "INTEGER"}
    found.update({n: "INTEGER" if f.type.store == "int" else "TEXT" for n, f in cls.FIELDS.items()})
    if cls is Ticket:
        found.update({n: "INTEGER" if n in ("replies", "notes") else "TEXT" for n in plain.COMPUTED})
    return found


def _create_statements() -> str:
    tables = [
        f"CREATE TABLE {cls.plural} ({', '.join(f'{chr(34)}{n}{chr(34)} {t}' for n, t in columns(cls).items())}) WITHOUT ROWID;"
        f"CREATE INDEX {cls.plural}_id ON {cls.plural} (id);"
        for cls in KINDS.values()
    ]
    return _TABLES + requests.TABLES + "".join(tables) + _INDEXES


def signature() -> int:
    """A number for everything that decides what an index holds; another number means: build it anew."""
    return zlib.crc32(f"{LAYOUT}{_create_statements()}".encode()) & 0x7FFFFFFF


class Index:
    """An open index. Methods that write must be called inside `with index.transaction():` and under the index lock."""

    def __init__(self, db: sqlite3.Connection, *, fresh: bool = False) -> None:
        """`fresh` is for building an empty one from a tree: each path comes once, so there is nothing to replace."""
        self.db = db
        self._fresh = fresh
        self.requests = Requests(db, fresh=fresh)
        self._standings: dict[str, tuple[int, int]] = {}

    def close(self) -> None:
        self.db.close()

    def create(self) -> None:
        """Make the tables in an empty file."""
        self.db.executescript(_create_statements())
        self.db.execute(f"PRAGMA user_version = {signature()}")

    # -- what it stands for ------------------------------------------------------------------------------------------

    @property
    def commit(self) -> str | None:
        """The commit this index stands for."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'commit'").fetchone()
        return None if row is None else str(row[0])

    def set_commit(self, oid: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES ('commit', ?)", (oid,))

    def has_commit(self, oid: str) -> bool:
        """Whether a commit belongs to the history this index knows."""
        return self.db.execute("SELECT 1 FROM commits WHERE oid = ?", (oid,)).fetchone() is not None

    # -- writing -----------------------------------------------------------------------------------------------------

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

    # -- looking things up -------------------------------------------------------------------------------------------

    def blob(self, path: str) -> str | None:
        """The object name that a record's or broken record's path has in the commit."""
        cls = kind_at(path)
        if cls is None:
            return None
        row = self.db.execute(f"SELECT oid FROM {cls.plural} WHERE path = ?", (path,)).fetchone()
        return None if row is None else str(row[0])

    def blobs(self, paths: list[str]) -> dict[str, str]:
        """The object names of many tickets' files."""
        marks = ",".join("?" * len(paths))
        rows = self.db.execute(f"SELECT path, oid FROM tickets WHERE path IN ({marks})", paths)
        return {str(path): str(oid) for path, oid in rows}

    def path_of(self, kind: str, record_id: str) -> str | None:
        """Where a record lies, for kinds whose path doesn't follow from the id alone."""
        table = KINDS[kind].plural
        row = self.db.execute(f"SELECT path FROM {table} WHERE id = ? ORDER BY path", (record_id,)).fetchone()
        return None if row is None else str(row[0])

    def rows(self, kind: str, where: str = "1", args: Iterable[Any] = (), tail: str = "") -> list[dict[str, Any]]:
        """Records of a kind as `data.head` gives them."""
        cls, names = KINDS[kind], self.names(kind)
        listed = ", ".join(f'"{n}"' for n in names)
        found = self.db.execute(f"SELECT {listed} FROM {cls.plural} WHERE {where} {tail}", tuple(args))
        return [_row(cls, names, row) for row in found]

    def names(self, kind: str) -> list[str]:
        """What `rows` tell of each record of a kind, in order."""
        return [n for n in columns(KINDS[kind]) if n not in _COMMON]

    def tickets(self, where: str = "1", args: Iterable[Any] = (), tail: str = "") -> list[TicketRow]:
        """Tickets as lists show them."""
        return cast("list[TicketRow]", self.rows("ticket", where, args, tail))

    def articles(self, where: str = "1", args: Iterable[Any] = (), tail: str = "") -> list[ArticleRow]:
        """Articles, each of their languages by itself."""
        return cast("list[ArticleRow]", self.rows("article", where, args, tail))

    def broken(self, prefix: str = "") -> list[tuple[str, int, str]]:
        """Records that can't be read: path, line, problem."""
        return [
            (str(p), int(n), str(t))
            for p, n, t in self.db.execute(
                "SELECT path, line, problem FROM broken WHERE path >= ? ORDER BY path", (prefix,)
            )
            if str(p).startswith(prefix)
        ]

    def known_ticket(self, ticket_id: str) -> bool:
        """Whether the id was ever used: deleted tickets keep theirs (rule 8)."""
        row = self.db.execute(
            "SELECT 1 FROM events WHERE id = ?1 UNION ALL SELECT 1 FROM tickets WHERE id = ?1 LIMIT 1", (ticket_id,)
        ).fetchone()
        return row is not None

    def tickets_like(self, part: str) -> list[str]:
        """Ids that begin or end so, six at most."""
        rows = self.db.execute(
            "SELECT id FROM tickets WHERE (id >= ?1 AND id < ?1 || 'a') OR substr(id, -length(?1)) = ?1"
            " ORDER BY id LIMIT 6",
            (part,),
        )
        return [str(row[0]) for row in rows]

    def used(self, kind: str, record_id: str) -> bool:
        """Whether an id of any kind was ever used."""
        row = self.db.execute("SELECT 1 FROM events WHERE id = ? AND kind = ? LIMIT 1", (record_id, kind)).fetchone()
        return row is not None or self.path_of(kind, record_id) is not None

    def staff_by_email(self, email: str) -> list[str]:
        """Handles of the staff with this address, compared without case."""
        rows = self.db.execute(
            "SELECT id FROM staff WHERE lower(email) = ?1 UNION SELECT s.id FROM staff s JOIN members m ON m.path = s.path"
            " WHERE m.kind = 'staff' AND m.field = 'emails' AND lower(m.value) = ?1",
            (email.lower(),),
        )
        return [str(r[0]) for r in rows]


BETWEEN = "\x1f"
"""Stands between the members of a set: names, addresses and links have no control characters."""


def _cell(value: Any, store: str) -> Any:
    if isinstance(value, list | dict):
        if not value:
            return ""
        if store == "set":
            return BETWEEN.join(value)
        import json  # noqa: PLC0415 - most records have no lists; 2 ms

        return json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict))
    return int(value) if isinstance(value, bool) else value


def _row(cls: type[Record], names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    out = dict(zip(names, row, strict=True))
    for name, field in cls.FIELDS.items():
        if field.type.store == "set":
            out[name] = out[name].split(BETWEEN) if out[name] else []
        elif field.type.store == "json":
            out[name] = _uncell(out[name], {} if isinstance(field.default, Mapping) else [])
        elif field.type is FLAG and out[name] is not None:
            out[name] = bool(out[name])
    return plain.ordered(out) if cls is Ticket else out


def _uncell(text: str, nothing: Any) -> Any:
    if not text:
        return nothing
    import json  # noqa: PLC0415 - as above

    return json.loads(text)
