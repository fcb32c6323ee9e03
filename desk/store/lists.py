"""Questions to the index: lists of tickets, their history, full-text search, counts."""

from __future__ import annotations

from typing import Any, NamedTuple

from desk.domain.fields import LINK_TYPES
from desk.domain.folding import fold
from desk.domain.kinds import KINDS
from desk.domain.query import Query, Scope
from desk.store.index import Index

_SIMPLE = (("states", "state"), ("kinds", "kind"), ("departments", "department"), ("priorities", "priority"))


class Page(NamedTuple):
    """Rows of a list, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def tickets(index: Index, query: Query) -> Page:
    """Tickets that fit a query, in its order."""
    where, args = _where(query)
    tail = f"ORDER BY {_order(query)}"
    if query.limit:
        tail += f" LIMIT {int(query.limit)} OFFSET {int(query.offset)}"
    rows = index.rows("ticket", where, args, tail)
    total = query.offset + len(rows)
    if query.limit and (len(rows) == query.limit or (query.offset and not rows)):
        total = int(index.db.execute(f"SELECT count(*) FROM tickets WHERE {where}", args).fetchone()[0])  # noqa: S608
    return Page(rows, total)


def _where(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = []
    args: list[Any] = []

    def add(sql: str, *values: Any) -> None:
        parts.append(sql)
        args.extend(values)

    if query.states == ("open", "pending"):
        add("state <> 'closed'")  # as the partial indexes say it
    for name, column in _SIMPLE:
        values = getattr(query, name)
        if values and not (name == "states" and query.states == ("open", "pending")):
            add(f"{column} IN ({_marks(values)})", *values)
    for tag in query.tags:
        add("path IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'tags' AND value = ?)", tag)
    if query.owner == "none":
        add("owner IS NULL")
    elif query.owner:
        add("owner = ?", query.owner)
    if query.requester:
        add("requester = ?", query.requester)
    if query.since:
        add("created >= ?", query.since)
    if query.until:
        add("created < ?", query.until)
    if query.scope:
        departments = query.scope.departments
        add(f"(department IN ({_marks(departments)}) OR author = ?)", *departments, query.scope.author)
    if query.search:
        found = match(query.search)
        add("path IN (SELECT t.path FROM words JOIN texts t ON t.doc = words.rowid WHERE words MATCH ? AND t.kind = 'ticket')", found)
    return " AND ".join(parts) or "1", args


def _marks(values: tuple[str, ...]) -> str:
    return ",".join("?" * len(values))


def _order(query: Query) -> str:
    down = "DESC" if query.descending else "ASC"
    column = query.sort
    if query.sort == "activity":
        column = "(SELECT max(at) FROM events e WHERE e.id = tickets.id AND e.kind = 'ticket')"
    elif query.sort in query.ranks:
        cases = " ".join(f"WHEN '{_safe(v)}' THEN {n}" for n, v in enumerate(query.ranks[query.sort]))
        column = f"CASE {query.sort} {cases} ELSE -1 END"
    elif query.sort in ("title", "owner", "department", "requester"):
        column = f"{query.sort} COLLATE NOCASE"
    if query.sort in ("id", "created"):
        return f"created {down}, id {down}" if query.sort == "created" else f"id {down}"
    return f"{column} {down}, created DESC, id DESC"


def _safe(value: str) -> str:
    return value.replace("'", "''")


def match(words: str) -> str:
    """What a person typed as an FTS5 expression: every word must occur, at least as a beginning."""
    found = [w.replace('"', "").strip() for w in fold(words.replace("\0", " ")).split()]
    return " ".join(f'"{w}"*' for w in found if any(c.isalnum() for c in w)) or '""'


class Hit(NamedTuple):
    """Something found: what, where, and the text to show around the words."""

    kind: str
    id: str
    path: str
    title: str
    body: str


def search(index: Index, words: str, kinds: tuple[str, ...], limit: int, scope: Scope | None = None) -> list[Hit]:
    """Best first; a word in the title weighs five times one in the text. A scope leaves out other departments' tickets."""
    within, args = "", ()
    if scope:
        within = (
            f" AND (t.kind <> 'ticket' OR t.path IN (SELECT path FROM tickets WHERE department IN ({_marks(scope.departments)})"
            " OR author = ?))"
        )
        args = (*scope.departments, scope.author)
    rows = index.db.execute(
        f"SELECT t.kind, t.path, t.title, t.body FROM words JOIN texts t ON t.doc = words.rowid"  # noqa: S608
        f" WHERE words MATCH ? AND t.kind IN ({_marks(kinds)}){within} ORDER BY bm25(words, 5.0, 1.0), t.path LIMIT ?",
        (match(words), *kinds, *args, limit),
    )
    out = []
    for kind, path, title, body in rows:
        record_id = str(path).rpartition("/")[2].rpartition(".")[0]
        shown = str(title).removeprefix(record_id + " ") if kind == "ticket" else str(title)
        out.append(Hit(str(kind), record_id, str(path), shown, str(body)))
    return out


def history(index: Index, kind: str, record_id: str) -> list[dict[str, Any]]:
    """Events of a record, oldest first: at, by, verb, from, to, reason, commit."""
    return _events(index, "e.id = ? AND e.kind = ?", (record_id, kind))


def _events(index: Index, where: str, args: tuple[Any, ...]) -> list[dict[str, Any]]:
    rows = index.db.execute(
        "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch'), coalesce(c.actor,"
        " (SELECT id FROM staff WHERE lower(email) = lower(c.email)), c.author), e.verb, e.before, e.after, c.reason, c.oid,"
        f" c.verb IS NULL FROM events e JOIN commits c ON c.n = e.n WHERE {where}"  # noqa: S608 - fixed texts
        " ORDER BY e.at, c.depth, c.oid, e.place",
        args,
    )
    names = ("at", "by", "verb", "from", "to", "reason", "commit", "by_hand")
    return [{**dict(zip(names, row, strict=True)), "by_hand": bool(row[-1])} for row in rows]


def load(index: Index) -> dict[str, int]:
    """Tickets not closed, by owner."""
    rows = index.db.execute("SELECT owner, count(*) FROM tickets WHERE state <> 'closed' AND owner IS NOT NULL GROUP BY owner")
    return {str(owner): int(count) for owner, count in rows}


def linking(index: Index, ticket_id: str) -> list[str]:
    """Ids of the tickets whose links name this one."""
    wanted = tuple(f"{relation} {ticket_id}" for relation in LINK_TYPES)
    rows = index.db.execute(
        "SELECT DISTINCT t.id FROM members m JOIN tickets t ON t.path = m.path"  # noqa: S608 - question marks only
        f" WHERE m.kind = 'ticket' AND m.field = 'links' AND m.value IN ({_marks(wanted)})",
        wanted,
    )
    return sorted(str(row[0]) for row in rows)


def names(index: Index, ids: set[str]) -> dict[str, str]:
    """Names of staff and requesters, by id."""
    wanted = tuple(ids)
    rows = index.db.execute(
        f"SELECT id, name FROM staff WHERE id IN ({_marks(wanted)})"  # noqa: S608
        f" UNION ALL SELECT id, coalesce(name, email) FROM users WHERE id IN ({_marks(wanted)})",
        wanted * 2,
    )
    return {str(key): str(value) for key, value in rows if value}


def counts(index: Index) -> dict[str, int]:
    """Records of each kind, and commits."""


    tables = [cls.plural for cls in KINDS.values()] + ["commits", "events", "broken"]
    return {t: int(index.db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables}  # noqa: S608
