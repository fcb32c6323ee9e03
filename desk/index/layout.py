"""What an index holds: its tables, one of them per record kind, generated from the field declarations."""

from __future__ import annotations

import zlib
from functools import cache

from desk.domain.model import plain
from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket

LAYOUT = 6
"""Raise when the meaning of a column changes without its name changing."""

COMMON = ("path", "oid", "size")
"""What stands first in each table: where a record lies, and the name and size of its file."""
TABLES = """
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

CREATE TABLE requests (doc INTEGER PRIMARY KEY, path TEXT UNIQUE, mark INTEGER, title TEXT, body TEXT);
CREATE VIRTUAL TABLE request_words USING fts5 (terms, content='', detail=none,
    tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
CREATE TABLE spread (term TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;
CREATE TABLE learned (term TEXT, article TEXT, times INTEGER, PRIMARY KEY (term, article)) WITHOUT ROWID;
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
BETWEEN = "\x1f"
"""Stands between the members of a set: names, addresses and links have no control characters."""


def columns(cls: type[Record]) -> dict[str, str]:
    """Column → SQL type of a kind's table."""
    found = {"path": "TEXT PRIMARY KEY", "oid": "TEXT", "size": "INTEGER"}
    found.update({n: "INTEGER" if f.type.store == "int" else "TEXT" for n, f in cls.FIELDS.items()})
    if cls is Ticket:
        found.update({n: "INTEGER" if n in ("replies", "notes") else "TEXT" for n in plain.COMPUTED})
    return found


def create_statements() -> str:
    """The SQL that makes the tables in an empty file."""
    tables = [
        f"CREATE TABLE {cls.plural} ({', '.join(f'{chr(34)}{n}{chr(34)} {t}' for n, t in columns(cls).items())}) WITHOUT ROWID;"
        f"CREATE INDEX {cls.plural}_id ON {cls.plural} (id);"
        for cls in KINDS.values()
    ]
    return TABLES + "".join(tables) + _INDEXES


@cache
def signature() -> int:
    """A number for everything that decides what an index holds; another number means: build it anew."""
    return zlib.crc32(f"{LAYOUT}{create_statements()}".encode()) & 0x7FFFFFFF
