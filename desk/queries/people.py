"""Questions to the index about the organisation: who has which address, what a department holds, who does how much."""

from __future__ import annotations

from typing import Any

from desk.domain.matching.folding import fold
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import USER_PREFIX
from desk.index.index import Index
from desk.queries.sql import LIVE, utc
from desk.queries.tickets import match

_USERS = f"(requester IS NOT NULL OR author LIKE '{USER_PREFIX}%')"
_ADDRESSES = """
SELECT 'staff', id, email FROM staff
UNION ALL SELECT 'staff', s.id, m.value FROM members m JOIN staff s ON s.path = m.path
    WHERE m.kind = 'staff' AND m.field = 'emails'
UNION ALL SELECT 'user', id, email FROM users WHERE email IS NOT NULL
UNION ALL SELECT 'ban', id, email FROM bans
"""


def with_address(index: Index, email: str, kinds: tuple[str, ...] = ("staff", "user")) -> list[tuple[str, str]]:
    """Kind and id of everybody with this address, compared without case in any script (SQLite knows ASCII only)."""
    wanted = email.strip().lower()
    test = "lower(email) = ?" if wanted.isascii() else "?1 IS NOT NULL AND email GLOB '*[^ -~]*'"
    rows = index.db.execute(f"SELECT * FROM ({_ADDRESSES}) WHERE {test}", (wanted,))
    return sorted({(str(k), str(i)) for k, i, e in rows if k in kinds and str(e).lower() == wanted})


def _column(index: Index, sql: str, *args: Any) -> list[str]:
    return [str(row[0]) for row in index.db.execute(sql, args)]


def _tally(index: Index, sql: str, *args: Any) -> dict[str, int]:
    return {str(key): int(count) for key, count in index.db.execute(sql, args) if key is not None}


def held(index: Index, department: str) -> list[str]:
    """Ids of all tickets of a department, in whatever state."""
    return _column(index, "SELECT id FROM tickets WHERE department = ? ORDER BY id", department)


def users_tickets(index: Index, department: str) -> int:
    """How many tickets of users a department holds, in whatever state."""
    row = index.db.execute(f"SELECT count(*) FROM tickets WHERE department = ? AND {_USERS}", (department,)).fetchone()
    return int(row[0])


def owned(index: Index, handle: str) -> list[str]:
    """Ids of the tickets that are not closed and that somebody owns, or coordinates as major incidents."""
    sql = f"SELECT id FROM tickets WHERE (owner = ?1 OR coordinator = ?1) AND {LIVE} ORDER BY id"
    return _column(index, sql, handle)


def unfinished(index: Index, user: str) -> list[str]:
    """Ids of a requester's tickets that are not closed."""
    return _column(index, f"SELECT id FROM tickets WHERE (requester = ?1 OR author = ?1) AND {LIVE} ORDER BY id", user)


def colleagues(index: Index, user: str) -> list[str]:
    """Ids of a requester and of everybody whose organisation has the same name, case and accents aside."""
    rows = index.db.execute("SELECT id, organisation FROM users WHERE organisation IS NOT NULL").fetchall()
    names = {str(i): fold(str(o)).strip() for i, o in rows}
    own = names.get(user)
    return [user] if own is None else [user, *sorted(i for i, name in names.items() if name == own and i != user)]


def tagged(index: Index, kind: str, tag: str) -> list[str]:
    """Ids of the records of a kind that carry a tag."""
    table = KINDS[kind].plural
    return _column(
        index,
        f"SELECT r.id FROM members m JOIN {table} r ON r.path = m.path"
        " WHERE m.kind = ? AND m.field = 'tags' AND m.value = ? ORDER BY r.id",
        kind,
        tag,
    )


def departments(index: Index, *, live: bool) -> dict[str, int]:
    """Tickets by department; `live`: only those not closed."""
    where = LIVE if live else "1"
    return _tally(index, f"SELECT department, count(*) FROM tickets WHERE {where} GROUP BY department")


def tags(index: Index) -> dict[str, int]:
    """Tickets by tag."""
    return _tally(index, "SELECT value, count(*) FROM members WHERE kind = 'ticket' AND field = 'tags' GROUP BY value")


def groups(index: Index) -> dict[str, int]:
    """Users by group."""
    return _tally(index, 'SELECT "group", count(*) FROM users GROUP BY "group"')


def last_activity(index: Index, handle: str) -> str | None:
    """When somebody last did anything, RFC 3339; commits made by hand are known by the author's address."""
    row = index.db.execute(
        f"SELECT {utc('max(at)')} FROM commits c WHERE actor = ?1"
        " OR (actor IS NULL AND lower(email) = (SELECT lower(s.email) FROM staff s WHERE s.id = ?1))",
        (handle,),
    ).fetchone()
    return None if row[0] is None else str(row[0])


def users(index: Index, search: str | None, group: str | None, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Requesters by name, without placeholders of deleted ones; every word of `search` must occur, accents aside."""
    parts, args = ["(name IS NOT NULL OR email IS NOT NULL OR NOT disabled)"], list[Any]()
    if search is not None:
        found_in = (
            "SELECT t.path FROM words JOIN texts t ON t.doc = words.rowid WHERE words MATCH ? AND t.kind = 'user'"
        )
        parts.append(f"path IN ({found_in})")
        args.append(match(search))
    if group is not None:
        parts.append('"group" = ?')
        args.append(group)
    rows = index.rows("user", " AND ".join(parts), args)
    found = [row for row in rows if all(row["fields"].get(name) == value for name, value in fields.items())]
    return sorted(found, key=lambda row: (fold(row["name"] or row["email"] or "~"), row["id"]))


def holding(index: Index, kind: str, field: str) -> list[str]:
    """Ids of the records of a kind that hold a value of a custom field."""
    table = KINDS[kind].plural
    path = "'$.\"' || ? || '\"'"
    return _column(
        index, f"SELECT id FROM {table} WHERE fields <> '' AND json_type(fields, {path}) IS NOT NULL ORDER BY id", field
    )


def groups_by_user(index: Index) -> dict[str, str]:
    """The group of each requester who is in one."""
    rows = index.db.execute('SELECT id, "group" FROM users WHERE "group" IS NOT NULL')
    return {str(user): str(group) for user, group in rows}


def users_by_address(index: Index) -> dict[str, list[str]]:
    """Addresses that more than one requester has, in lower case, and their ids."""
    rows = index.db.execute(
        "SELECT lower(email), group_concat(id, ' ') FROM users WHERE email IS NOT NULL"
        " GROUP BY lower(email) HAVING count(*) > 1"
    )
    return {str(address): sorted(str(ids).split(" ")) for address, ids in rows}
