"""The index: one SQLite file in the git directory, derived from the commits up to the one it names.

What it holds stands in `layout`; it is written by `filling` alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from desk.domain.model import plain
from desk.domain.model.fields import FLAG
from desk.domain.model.kinds import KINDS, kind_at
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.index.layout import BETWEEN, COMMON, columns
from desk.setting import canonical_address

if TYPE_CHECKING:
    from desk.domain.model.rows import ArticleRow, TicketRow

_T = TypeVar("_T")

Progress = Callable[[Iterable[_T], int, str], Iterable[_T]]
"""Draws how far a long loop has come: (items, how many, label) → the items."""


def no_progress(items: Iterable[_T], _total: int, _label: str) -> Iterable[_T]:
    """Draws nothing."""
    return items


class Index:
    """An open index, to look things up."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def close(self) -> None:
        self.db.close()

    # -- what it stands for ------------------------------------------------------------------------------------------

    @property
    def commit(self) -> str | None:
        """The commit this index stands for."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'commit'").fetchone()
        return None if row is None else str(row[0])

    @property
    def settings(self) -> str | None:
        """The object name that desk.toml has in that commit, "" where there is none; None in an index that doesn't say."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
        return None if row is None else str(row[0])

    def has_commit(self, oid: str) -> bool:
        """Whether a commit belongs to the history this index knows."""
        return self.db.execute("SELECT 1 FROM commits WHERE oid = ?", (oid,)).fetchone() is not None

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
        return [n for n in columns(KINDS[kind]) if n not in COMMON]

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

    def ticket_gone(self, text: str) -> str | None:
        """The id of the one ticket that is gone and meant by the whole of it, its beginning or its end; None for no such one."""
        part = text.strip().upper()
        if not part or not part.isascii():
            return None
        rows = self.db.execute(
            "SELECT DISTINCT id FROM events WHERE kind = 'ticket'"
            " AND ((id >= ?1 AND id < ?1 || 'a') OR substr(id, -length(?1)) = ?1)"
            " AND id NOT IN (SELECT id FROM tickets) LIMIT 2",
            (part,),
        ).fetchall()
        return str(rows[0][0]) if len(rows) == 1 else None

    def used(self, kind: str, record_id: str) -> bool:
        """Whether an id of any kind was ever used."""
        row = self.db.execute("SELECT 1 FROM events WHERE id = ? AND kind = ? LIMIT 1", (record_id, kind)).fetchone()
        return row is not None or self.path_of(kind, record_id) is not None

    def staff_by_email(self, email: str) -> list[str]:
        """Handles of the staff with this address, compared without case."""
        rows = self.db.execute(
            "SELECT id FROM staff WHERE lower(email) = ?1 UNION SELECT s.id FROM staff s JOIN members m ON m.path = s.path"
            " WHERE m.kind = 'staff' AND m.field = 'emails' AND lower(m.value) = ?1",
            (canonical_address(email).lower(),),
        )
        return [str(r[0]) for r in rows]


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
