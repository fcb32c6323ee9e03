"""Questions to the index about the organisation: who has which address, what a department holds, who does how much."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from desk.domain.matching.folding import fold
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.query import Scope
from desk.domain.model.states import STATES
from desk.errors import nearest
from desk.index.index import Index
from desk.queries.sql import LISTED, LIVE, listed, marks, utc
from desk.queries.tickets import match
from desk.setting import canonical_address

_USERS = f"(requester IS NOT NULL OR author LIKE '{USER_PREFIX}%')"
_LAST = 10
"""A requester's newest tickets, of which the closed ones are counted as well."""
_NUMBER = 5
"""Digits from which on a number is that of a telephone."""
_WHOLE = 6
"""Digits from which on two numbers that end alike are one."""
_INITIAL, _ALIKE = 2, 0.75
"""Letters of a word that is like too many others, and how like a word of a name must be to be meant."""
_ADDRESSES = """
SELECT 'staff', id, email FROM staff
UNION ALL SELECT 'staff', s.id, m.value FROM members m JOIN staff s ON s.path = m.path
    WHERE m.kind = 'staff' AND m.field = 'emails'
UNION ALL SELECT 'user', id, email FROM users WHERE email IS NOT NULL
UNION ALL SELECT 'ban', id, email FROM bans
"""


def with_address(index: Index, email: str, kinds: tuple[str, ...] = ("staff", "user")) -> list[tuple[str, str]]:
    """Kind and id of everybody with this address, compared without case in any script (SQLite knows ASCII only)."""
    wanted = canonical_address(email).lower()
    test = "lower(email) = ?" if wanted.isascii() else "?1 IS NOT NULL AND email GLOB '*[^ -~]*'"
    rows = index.db.execute(f"SELECT * FROM ({_ADDRESSES}) WHERE {test}", (wanted,))
    return sorted({(str(k), str(i)) for k, i, e in rows if k in kinds and str(e).lower() == wanted})


def addresses(index: Index) -> list[tuple[str, str, str]]:
    """Kind, id and address of everybody, and of every ban."""
    return [(str(k), str(i), str(e)) for k, i, e in index.db.execute(_ADDRESSES)]


def knows_domain(index: Index, domain: str) -> bool:
    """Whether a registered requester has an address of this domain."""
    rows = index.db.execute("SELECT email FROM users WHERE registered = 1 AND email LIKE ?", (f"%@{domain}",))
    return any(str(email).lower().endswith(f"@{domain.lower()}") for (email,) in rows)


def _column(index: Index, sql: str, *args: Any) -> list[str]:
    return [str(row[0]) for row in index.db.execute(sql, args)]


def _tally(index: Index, sql: str, *args: Any) -> dict[str, int]:
    return {str(key): int(count) for key, count in index.db.execute(sql, args) if key is not None}


def tickets_of_department(index: Index, department: str) -> list[str]:
    """Ids of all tickets of a department, in whatever state."""
    return _column(index, "SELECT id FROM tickets WHERE department = ? ORDER BY id", department)


def users_tickets(index: Index, department: str) -> int:
    """How many tickets of users a department holds, in whatever state."""
    row = index.db.execute(f"SELECT count(*) FROM tickets WHERE department = ? AND {_USERS}", (department,)).fetchone()
    return int(row[0])


def tickets_owned_by(index: Index, handle: str) -> list[str]:
    """Ids of the tickets that are not closed and that somebody owns, or coordinates as major incidents."""
    sql = f"SELECT id FROM tickets WHERE (owner = ?1 OR coordinator = ?1) AND {LIVE} ORDER BY id"
    return _column(index, sql, handle)


def unfinished_tickets_of(index: Index, user: str) -> list[str]:
    """Ids of a requester's tickets that are not closed."""
    return _column(index, f"SELECT id FROM tickets WHERE (requester = ?1 OR author = ?1) AND {LIVE} ORDER BY id", user)


def tickets_of(index: Index, field: str, people: Sequence[str], closed: int) -> list[dict[str, Any]]:
    """Tickets that say one of these people in a field, newest first: those not closed, and closed ones of the newest so many."""
    named = f"{field} IN ({marks(people)})"
    newest = f"id IN (SELECT id FROM tickets WHERE {named} ORDER BY created DESC, id DESC LIMIT {closed})"
    where = f"{named} AND (state <> 'closed' OR {newest})"
    return index.rows("ticket", where, (*people, *people), "ORDER BY created DESC, id DESC")


def tickets_first_open(index: Index, users: Sequence[str], scope: Scope | None) -> list[dict[str, Any]]:
    """Requesters' tickets that whoever asks may see (rule 1): those not closed, and the closed ones among the last ten.

    Open ones stand first, then pending ones, the newest first in each.
    """
    found = tickets_of(index, "requester", users, _LAST)
    seen = [row for row in found if scope is None or scope.shows(row["department"], row["author"])]
    return sorted(seen, key=lambda row: STATES.index(row["state"]))


def colleagues(index: Index, user: str) -> list[str]:
    """Ids of a requester and of everybody whose organisation has the same name, case and accents aside."""
    rows = index.db.execute("SELECT id, organisation FROM users WHERE organisation IS NOT NULL").fetchall()
    names = {str(i): fold(str(o)).strip() for i, o in rows}
    own = names.get(user)
    return [user] if own is None else [user, *sorted(i for i, name in names.items() if name == own and i != user)]


def employed(index: Index, words: str) -> list[str]:
    """Ids of requesters whose organisation has all these words, at least as beginnings; case and accents aside."""
    rows = index.db.execute("SELECT id, organisation FROM users WHERE organisation IS NOT NULL ORDER BY id").fetchall()
    wanted = fold(words).split()
    found = [(str(i), fold(str(o)).split()) for i, o in rows]
    return [i for i, has in found if wanted and all(any(h.startswith(w) for h in has) for w in wanted)]


def records_with_tag(index: Index, kind: str, tag: str) -> list[str]:
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


def of_ids(index: Index, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The requesters with these ids."""
    return index.rows("user", f"id IN {LISTED}", (listed(ids),))


def users(index: Index, search: str | None, group: str | None, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Requesters by name, without placeholders of deleted ones; every word of `search` must occur, accents aside."""
    parts, args = ["(name IS NOT NULL OR email IS NOT NULL OR NOT disabled)"], list[Any]()
    number = digits(search) if search is not None else ""
    if search is not None and not number:
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
    if number:
        found = [row for row in found if number in re.sub(r"[^0-9]", "", str(row["phone"] or ""))]
    return sorted(found, key=lambda row: (fold(row["name"] or row["email"] or "~"), row["id"]))


def called(index: Index, typed: str) -> list[dict[str, Any]]:
    """Requesters whom somebody could mean: by words of their name, the digits of their number, a part of their address.

    Accents and case aside, and so are the blanks in a telephone number.
    """
    known = users(index, None, None, {})
    number = digits(typed)
    if number:
        return [row for row in known if _is_number(number, str(row["phone"] or ""))]
    words = fold(typed).split()
    return [row for row in known if words and all(_says(row, word) for word in words)]


def _is_number(number: str, phone: str) -> bool:
    """Whether digits are a part of a telephone number, or the whole of it with another beginning: a 0, a country."""
    known = re.sub(r"[^0-9]", "", phone)
    shorter, longer = sorted((number.lstrip("0"), known.lstrip("0")), key=len)
    return number in known or (len(shorter) >= _WHOLE and longer.endswith(shorter))


def nearest_names(index: Index, typed: str) -> list[str]:
    """Names of requesters that are spelt nearly so: each word of what was typed is nearly a word of the name."""
    words = [word for word in fold(typed).split() if len(word) > _INITIAL]
    found = []
    for row in users(index, None, None, {}):
        parts = fold(str(row["name"] or "")).split()
        if words and all(nearest(word, parts, _ALIKE) for word in words):
            found.append(str(row["name"]))
    return list(dict.fromkeys(found))


def _says(row: dict[str, Any], word: str) -> bool:
    names = fold(str(row["name"] or "")).split()
    return any(name.startswith(word) for name in names) or word in fold(str(row["email"] or ""))


def digits(typed: str) -> str:
    """The digits of what looks like a telephone number, without what stands for an international call; else nothing."""
    # As it is pasted: with hard blanks, dashes of every kind, the wide figures of another keyboard.
    text = re.sub("[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", typed)).strip()
    found = re.sub(r"[^0-9]", "", text).removeprefix("00")
    return found if re.fullmatch(r"\+?[0-9 ()./-]+", text) and len(found) >= _NUMBER else ""


def near(index: Index, email: str) -> list[str]:
    """Addresses of requesters that are one letter away from this one: missing, one too many, another, or two swapped."""
    known = {str(row[0]).lower() for row in index.db.execute("SELECT email FROM users WHERE email IS NOT NULL")}
    wanted = email.lower()
    return sorted(one for one in known if one != wanted and _one_apart(one, wanted))


def _one_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[start:], other[start:]
    swapped = first[:2] == second[1::-1] and first[2:] == second[2:] and len(first) > 1
    return swapped or first[1:] == second[1:] or first[1:] == second or first == second[1:]


def records_holding(index: Index, kind: str, field: str) -> list[str]:
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
