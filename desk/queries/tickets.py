"""Questions to the index: lists of tickets, their history, full-text search, counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from desk.domain.matching.folding import fold
from desk.domain.model.fields import LINK_TYPES, utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.query import Key, Query
from desk.domain.model.ticket import Ticket
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import sql
from desk.queries.sql import LIVE, PRESSING, Condition, marks

if TYPE_CHECKING:
    from desk.domain.model.rows import HistoryRow, StepRow, TicketRow

_SIMPLE = (
    *(("states", "state"), ("kinds", "kind"), ("departments", "department"), ("priorities", "priority")),
    *(("languages", "language"), ("channels", "channel"), ("impacts", "impact"), ("services", "service")),
)


class Page(NamedTuple):
    """Rows of a list, and how many there are in all; `more`: the count was given up there."""

    rows: list[TicketRow]
    total: int
    more: bool = False


_COUNTED = 10_000
"""Tickets beyond the page that are counted at most: of 100,000 it would take a third of the list's time."""


def tickets(index: Index, query: Query) -> Page:
    """Tickets that fit a query, in its order."""
    where, args = _where(query)
    if any(key.field == "title" for key in query.order):
        index.db.create_function("fold", 1, fold, deterministic=True)  # SQLite's own order knows Latin letters alone
    tail = f"ORDER BY {_order(query)}"
    if query.limit:
        tail += f" LIMIT {int(query.limit)} OFFSET {int(query.offset)}"
    rows = index.tickets(where, args, tail)
    total = query.offset + len(rows)
    if query.limit and (len(rows) == query.limit or (query.offset and not rows)):
        most = query.offset + query.limit + _COUNTED if rows else -1
        counted = f"SELECT count(*) FROM (SELECT 1 FROM tickets WHERE {where} LIMIT ?)"
        total = int(index.db.execute(counted, (*args, most)).fetchone()[0])
        return Page(rows, total, total == most)
    return Page(rows, total)


def condition(query: Query) -> Condition:
    """SQL on the table of tickets for those that fit a query."""
    where, args = _where(query)
    return sql.EVERYTHING if where == "1" else Condition(where, tuple(args))


_SAYING = (
    "path IN (SELECT coalesce(k.path, t.path) FROM words JOIN texts t ON t.doc = words.rowid"
    " LEFT JOIN users u ON t.kind = 'user' AND u.path = t.path LEFT JOIN tickets k ON k.requester = u.id"
    " WHERE words MATCH ? AND t.kind IN ('ticket', 'user'))"
)
"""Tickets that say the words, and those of requesters whose name, address or organisation does."""


def _where(query: Query) -> tuple[str, list[Any]]:
    parts: list[str] = []
    args: list[Any] = []

    def add(where: str, *values: Any) -> None:
        parts.append(where)
        args.extend(values)

    if query.states == ("open", "pending"):
        add(LIVE)
    for name, column in _SIMPLE:
        values = getattr(query, name)
        if values and not (name == "states" and query.states == ("open", "pending")):
            add(f"{column} IN ({marks(values)})", *values)
    for tag in query.tags:
        add("path IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'tags' AND value = ?)", tag)
    if query.owner == "none":
        add("owner IS NULL")
    elif query.owner:
        add("owner = ?", query.owner)
    for where, values in _rarer(query):
        add(where, *values)
    if query.scope:
        within = sql.scope(query.scope)
        add(within.where, *within.args)
    if query.search:
        add(_SAYING, match(query.search))
    return " AND ".join(parts) or "1", args


def _rarer(query: Query) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Conditions on times, requesters, custom fields, and ids that are known already."""
    if query.since:
        yield "created >= ?", (query.since,)
    if query.until:
        yield "created < ?", (query.until,)
    if query.requesters:
        yield f"requester IN ({marks(query.requesters)})", query.requesters
    if query.groups:
        yield f'requester IN (SELECT id FROM users WHERE "group" IN ({marks(query.groups)}))', query.groups
    for tag in query.without:
        yield "path NOT IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'tags' AND value = ?)", (tag,)
    if query.updated is not None:
        yield "id IN (SELECT id FROM events WHERE kind = 'ticket' AND at >= ?)", (query.updated,)
    if query.closed:
        yield "closed >= ?", (query.closed,)
    if query.major:
        yield "major = 1", ()
    for name, value in query.fields.items():
        yield "CASE fields WHEN '' THEN NULL ELSE json_extract(fields, '$.\"' || ? || '\"') END = ?", (name, value)
    if query.overdue:
        yield f"{LIVE} AND {PRESSING} < ?", (query.overdue,)
    if query.among is not None:
        yield f"id IN {sql.LISTED}", (sql.listed(query.among),)


# Times are to the second and ids random, so which of two tickets of one second is newer, only history knows. SQLite asks
# for the rows of a page alone, because the index on `created` gives the rest of the order.
_NTH = "(SELECT min(c.depth) FROM events e JOIN commits c ON c.n = e.n WHERE e.id = tickets.id AND e.kind = 'ticket')"


def _order(query: Query) -> str:
    keys = [_key(query, key) for key in query.order]
    if query.order[-1].field == "id":
        return ", ".join(keys)
    if query.order[-1].field == "created":
        down = _way(query.order[-1])
        return ", ".join((*keys, f"{_NTH} {down}", f"id {down}"))
    return ", ".join((*keys, "created DESC", "id DESC"))


def _key(query: Query, key: Key) -> str:
    field, down = key.field, _way(key)
    if field == "activity":
        return f"(SELECT max(at) FROM events e WHERE e.id = tickets.id AND e.kind = 'ticket') {down}"
    if field == "due":
        when = f"CASE WHEN {LIVE} THEN {PRESSING} END"
        return f"{when} IS NULL, {when} {down}"
    if field in query.ranks:
        cases = " ".join(f"WHEN '{_safe(v)}' THEN {n}" for n, v in enumerate(query.ranks[field]))
        return f"CASE {field} {cases} ELSE -1 END {down}"
    if field == "title":
        return f"fold(title) {down}"
    if field in ("owner", "department", "requester", "service"):
        return f"{field} COLLATE NOCASE {down}"
    return f"{field} {down}"


def _way(key: Key) -> str:
    return "DESC" if key.descending else "ASC"


def _safe(value: str) -> str:
    return value.replace("'", "''")


def match(words: str, whole: int = 0) -> str:
    """What a person typed as an FTS5 expression: every word must occur, those longer than `whole` at least as a beginning."""
    found = [w.replace('"', "").strip() for w in fold(words.replace("\0", " ")).split()]
    counted = ((w, sum(map(str.isalnum, w))) for w in found)
    return " ".join(f'"{w}"' + ("*" if letters > whole else "") for w, letters in counted if letters) or '""'


def history(index: Index, kind: str, record_id: str) -> list[HistoryRow]:
    """Events of a record, oldest first."""
    names = ("at", "by", "verb", "from", "to", "reason", "commit", "by_hand")
    rows = index.db.execute(
        f"SELECT {sql.told(*names)} FROM {sql.EVENTS} WHERE e.id = ? AND e.kind = ? ORDER BY e.at, c.depth, c.oid, e.place",
        (record_id, kind),
    )
    return cast("list[HistoryRow]", sql.as_rows(names, rows))


def load(index: Index) -> dict[str, int]:
    """Tickets not closed, by owner."""
    rows = index.db.execute(f"SELECT owner, count(*) FROM tickets WHERE {LIVE} AND owner IS NOT NULL GROUP BY owner")
    return {str(owner): int(count) for owner, count in rows}


def titles(index: Index, part: str) -> list[tuple[str, str]]:
    """Ids that begin or end so, or whose last part begins so, with their titles: the newest, 50 at most."""
    rows = index.db.execute(
        "SELECT id, title FROM tickets WHERE id LIKE ?1 || '%' OR id LIKE '%-' || ?1 || '%' OR id LIKE '%' || ?1"
        " ORDER BY created DESC LIMIT 50",
        (part,),
    )
    return [(str(ticket_id), str(title)) for ticket_id, title in rows]


def linking(index: Index, ticket_id: str) -> list[str]:
    """Ids of the tickets whose links name this one."""
    wanted = tuple(f"{relation} {ticket_id}" for relation in LINK_TYPES)
    rows = index.db.execute(
        "SELECT DISTINCT t.id FROM members m JOIN tickets t ON t.path = m.path"
        f" WHERE m.kind = 'ticket' AND m.field = 'links' AND m.value IN ({marks(wanted)})",
        wanted,
    )
    return sorted(str(row[0]) for row in rows)


def with_priority(index: Index, ids: Iterable[str], priority: str) -> set[str]:
    """Of these tickets, those of a priority."""
    return {
        str(row["id"])
        for row in index.rows("ticket", f"priority = ? AND id IN {sql.LISTED}", (priority, sql.listed(ids)))
    }


def names(index: Index, ids: set[str]) -> dict[str, str]:
    """Names of staff and requesters, by id; of staff who were deleted, as history has them (rule 5)."""
    found = _names_now(index, tuple(ids))
    for gone in ids - found.keys():
        if gone.startswith(USER_PREFIX):
            continue
        row = index.db.execute(
            "SELECT before FROM events WHERE id = ? AND kind = 'staff' AND verb = 'delete' AND before IS NOT NULL ORDER BY at DESC",
            (gone,),
        ).fetchone()
        if row:
            found[gone] = str(row[0])
    return found


def _names_now(index: Index, wanted: tuple[str, ...]) -> dict[str, str]:
    rows = index.db.execute(
        f"SELECT id, name FROM staff WHERE id IN ({marks(wanted)})"
        f" UNION ALL SELECT id, coalesce(name, email) FROM users WHERE id IN ({marks(wanted)})",
        wanted * 2,
    )
    return {str(key): str(value) for key, value in rows if value}


def people(index: Index, ids: set[str]) -> dict[str, dict[str, str | None]]:
    """Name and address of requesters, by id, as lists for programs tell them."""
    rows = index.db.execute(
        f"SELECT id, name, email FROM users WHERE id IN {sql.LISTED}", (sql.listed(tuple(sorted(ids))),)
    )
    return {str(i): {"requester_name": name, "requester_email": email} for i, name, email in rows}


def counts(index: Index) -> dict[str, int]:
    """Records of each kind, and commits."""
    tables = [cls.plural for cls in KINDS.values()] + ["commits", "events", "broken"]
    return {t: int(index.db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables}


def steps(index: Index, ticket: Ticket) -> list[StepRow]:
    """The steps of a checklist; nobody is known of a tick made in a file not committed yet."""
    if not ticket.checklist:
        return []
    ticked: dict[str, HistoryRow] = {}
    for event in history(index, "ticket", ticket.id):
        if event["verb"] == "check":
            ticked[str(event["to"]).partition(" ")[2]] = event
    found: list[StepRow] = []
    for number, line in enumerate(ticket.checklist, 1):
        done, text = line.startswith("[x]"), line[4:]
        # History has values in one line, with single blanks.
        tick = ticked.get(" ".join(text.split())) if done else None
        found.append({"n": number, "text": text, "done": done, "by": tick and tick["by"], "at": tick and tick["at"]})
    return found


# -- what came by mail ------------------------------------------------------------------------------------------------


class KnownMail(NamedTuple):
    """A mail that was taken in: the mark of its contents, the ticket that it came to, and the commit."""

    content: str
    ticket: str
    commit: str


def known_mails(index: Index, mark: str) -> list[KnownMail]:
    """The mails of this mark that were ever taken in, also such as came to tickets that are gone."""
    rows = index.db.execute(
        "SELECT m.content, c.oid, (SELECT e.id FROM events e WHERE e.n = m.n AND e.kind = 'ticket' ORDER BY e.place LIMIT 1)"
        " FROM mails m JOIN commits c ON c.n = m.n WHERE m.mark = ? ORDER BY m.n",
        (mark,),
    )
    return [KnownMail(str(content), str(ticket or ""), str(oid)) for content, oid, ticket in rows]


def of_messages(index: Index, message_ids: Iterable[str]) -> dict[str, list[str]]:
    """Message-ID → the tickets that hold it, the oldest first: a sender can give a mail the id of another one."""
    wanted = list(message_ids)
    rows = index.db.execute(
        "SELECT m.value, t.id FROM members m JOIN tickets t ON t.path = m.path"
        f" WHERE m.kind = 'ticket' AND m.field = 'messages' AND m.value IN ({','.join('?' * len(wanted))})"
        " ORDER BY t.created, t.id",
        wanted,
    )
    found: dict[str, list[str]] = {}
    for message, ticket in rows:
        found.setdefault(str(message), []).append(str(ticket))
    return found


def numbered(index: Index, user: str, numbers: Iterable[str]) -> list[str]:
    """Tickets of a requester that bear one of these numbers of their own desk, the newest first."""
    wanted = {number.casefold() for number in numbers}
    rows = index.db.execute(
        "SELECT t.id, m.value FROM tickets t JOIN members m ON m.path = t.path AND m.kind = 'ticket' AND m.field = 'numbers'"
        " WHERE t.requester = ? ORDER BY t.created DESC, t.id DESC",
        (user,),
    )
    return list(dict.fromkeys(str(ticket) for ticket, number in rows if str(number).casefold() in wanted))


def count_opened_by_mail(index: Index, user: str, since: datetime) -> int:
    """How many tickets a requester has opened by mail since a time."""
    row = index.db.execute(
        "SELECT count(*) FROM tickets WHERE requester = ?1 AND author = ?1 AND message_id IS NOT NULL AND created >= ?2",
        (user, utc_text(since)),
    ).fetchone()
    return int(row[0])


_LOT = 500
"""So many tickets are asked about at once."""


def find_undelivered(index: Index, ids: Sequence[str]) -> set[str]:
    """Of these tickets those whose requester gets no mail any more, and those that nobody has answered again since a
    message to the requester was refused.
    """
    found: set[str] = set()
    for start in range(0, len(ids), _LOT):
        lot = ids[start : start + _LOT]
        rows = index.db.execute(
            f"SELECT t.id FROM tickets t JOIN users u ON u.id = t.requester WHERE t.id IN ({marks(lot)})"
            " AND (u.undeliverable IS NOT NULL OR EXISTS"
            f" (SELECT 1 FROM {sql.EVENTS} WHERE e.kind = 'ticket' AND e.id = t.id AND coalesce(e.verb, c.verb) = 'undelivered'"
            "  AND e.after = u.id AND NOT EXISTS (SELECT 1 FROM events r JOIN commits d ON d.n = r.n"
            "  WHERE r.kind = 'ticket' AND r.id = t.id AND coalesce(r.verb, d.verb) = 'reply' AND d.depth > c.depth)))",
            tuple(lot),
        )
        found.update(str(i) for (i,) in rows)
    return found
