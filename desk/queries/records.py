"""Questions to the index about records of any kind: which there are, were, refer to another, or say something."""

from __future__ import annotations

from collections.abc import Iterator

from desk.domain.model.kinds import KINDS, holders
from desk.domain.model.ticket import Ticket
from desk.index.index import Index
from desk.queries.sql import EVENTS, LIVE


def ids(index: Index, kind: str) -> set[str]:
    """Ids of the records of a kind that can be read."""
    return {str(row[0]) for row in index.db.execute(f"SELECT id FROM {KINDS[kind].plural}")}


def places_of(index: Index, kind: str, record_id: str) -> list[tuple[str, str]]:
    """Where a record lies, and the name of its content; several where it is there twice, none where it can't be read."""
    sql = f"SELECT path, oid FROM {KINDS[kind].plural} WHERE id = ? ORDER BY path"
    return [(str(path), str(oid)) for path, oid in index.db.execute(sql, (record_id,))]


def was(index: Index, kind: str, record_id: str, until: str | None = None) -> bool:
    """Whether anything ever happened to a record; with `until`, no deeper in history than that commit lies."""
    sql = f"SELECT 1 FROM {EVENTS} WHERE e.id = ? AND e.kind = ?"
    deepest = " AND c.depth <= (SELECT depth FROM commits WHERE oid = ?)" if until else ""
    args = (record_id, kind, *((until,) if until else ()))
    return index.db.execute(f"{sql}{deepest} LIMIT 1", args).fetchone() is not None


def ever(index: Index, kind: str) -> set[str]:
    """Ids that anything ever happened to, of a kind."""
    return {str(row[0]) for row in index.db.execute("SELECT DISTINCT id FROM events WHERE kind = ?", (kind,))}


def paths(index: Index, kind: str) -> list[str]:
    """Where the records of a kind lie, in order."""
    return [str(row[0]) for row in index.db.execute(f"SELECT path FROM {KINDS[kind].plural} ORDER BY path")]


def count(index: Index) -> int:
    """How many records there are, those that can't be read among them."""
    tables = [cls.plural for cls in KINDS.values()] + ["broken"]
    return sum(int(index.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables)


def referring(index: Index, kind: str, record_id: str) -> Iterator[str]:
    """Paths of the records that keep one from being deleted (rule 5), tickets that link to it among them."""
    for cls, name, live in holders(kind):
        if cls.FIELDS[name].type.store == "set":
            sql, args = (
                "SELECT path FROM members WHERE kind = ? AND field = ? AND value = ?",
                [cls.kind, name, record_id],
            )
        else:
            unfinished = f" AND {LIVE}" if live else ""
            sql, args = f'SELECT path FROM {cls.plural} WHERE "{name}" = ?{unfinished}', [record_id]
        yield from (str(row[0]) for row in index.db.execute(sql, args))
    if kind == Ticket.kind:
        sql = "SELECT path FROM members WHERE kind = 'ticket' AND field = 'links' AND value LIKE ?"
        yield from (str(row[0]) for row in index.db.execute(sql, (f"% {record_id}",)))


def saying(index: Index, setting: str, word: str) -> int:
    """How many records say a word in a field whose values are those of a setting."""
    fields = [(cls.plural, name) for cls in KINDS.values() for name, f in cls.FIELDS.items() if f.setting == setting]
    counted = (index.db.execute(f'SELECT count(*) FROM {table} WHERE "{name}" = ?', (word,)) for table, name in fields)
    return sum(int(found.fetchone()[0]) for found in counted)


def links(index: Index) -> set[tuple[str, str]]:
    """The links of all tickets: whose, and what each says."""
    rows = index.db.execute(
        "SELECT t.id, m.value FROM members m JOIN tickets t ON t.path = m.path"
        " WHERE m.kind = 'ticket' AND m.field = 'links' ORDER BY t.id, m.value"
    )
    return {(str(ticket_id), str(link)) for ticket_id, link in rows}


def with_conflicts(index: Index) -> list[str]:
    """Paths of the records in whose text a merge may have left its marks."""
    return [str(row[0]) for row in index.db.execute("SELECT path FROM texts WHERE body LIKE '%<<<<<<< %'")]
