"""The events of the history: all of them, somebody's, or those of a few records."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import RESERVED_TAGS
from desk.domain.model.query import Scope
from desk.git.place import Place
from desk.index import derive
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import sql
from desk.queries import tickets as queries_tickets
from desk.queries.sql import marks

if TYPE_CHECKING:
    from desk.domain.model.rows import ActivityRow, CommitFacts, LogRow


class MailEvent(NamedTuple):
    """A mail that was taken in, on whatever machine: when (RFC 3339 UTC), by which commit, to which ticket, and who wrote it."""

    at: str
    commit: str
    ticket: str
    by: str


def mails(index: Index, since: str, tickets: tuple[str, ...] = ()) -> list[MailEvent]:
    """The mails that history has taken in since a time (RFC 3339), or ever, to these tickets; the oldest first."""
    ticket = "(SELECT e.id FROM events e WHERE e.n = m.n AND e.kind = 'ticket' ORDER BY e.place LIMIT 1)"
    rows = index.db.execute(
        f"SELECT {sql.utc('c.at')}, c.oid, {ticket} AS ticket, {sql.WHO} FROM mails m JOIN commits c ON c.n = m.n WHERE"
        + (f" ticket IN ({marks(tickets)})" if tickets else f" c.at >= {sql.seconds('?')}")
        + " ORDER BY c.at, m.n",
        tickets or (since,),
    )
    return [MailEvent(*map(str, (at, oid, found or "", who))) for at, oid, found, who in rows]


_ASKED = 900
"""So many commits are asked for in one go."""
_NAMES = ("at", "by", "kind", "id", "title", "verb", "from", "to", "reason", "commit", "by_hand")


class Wanted(NamedTuple):
    """What of the log is wanted; empty means all. Times are RFC 3339 UTC, `until` excluded; `limit` 0 is no limit.

    `by` is a handle, a requester's id, or an address of somebody who is neither; `addresses` are further ones of theirs.
    """

    by: str | None = None
    addresses: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    department: str | None = None
    limit: int = 0
    ids: tuple[str, ...] = ()

    @property
    def events_only(self) -> bool:
        """Whether commits that tell of no record can't fit."""
        return bool(self.verbs or self.tickets or self.kinds or self.department or self.ids)


def first(index: Index) -> str | None:
    """The commit with which the desk began; None where the index begins with another one."""
    row = index.db.execute("SELECT oid, parent FROM commits WHERE n = (SELECT min(n) FROM commits)").fetchone()
    return None if row is None or row[1] else str(row[0])


def among(index: Index, commits: Collection[str]) -> frozenset[str]:
    """Which of these commits the history holds that the index stands for."""
    asked = tuple(commits)
    return frozenset(
        str(oid)
        for first in range(0, len(asked), _ASKED)
        for part in (asked[first : first + _ASKED],)
        for (oid,) in index.db.execute(f"SELECT oid FROM commits WHERE oid IN ({marks(part)})", part)
    )


def log(index: Index, wanted: Wanted) -> list[LogRow]:
    """Events, newest first, those of one commit in their order; a commit without events is a row of its own (id null)."""
    where, args = _where(wanted)
    # Told which table to begin with: by time there is an index on commits, of a few tickets one on events.
    tables = "commits c LEFT JOIN events e ON e.n = c.n"
    if wanted.tickets:
        tables = "events e CROSS JOIN commits c ON c.n = e.n"
    elif wanted.events_only:
        tables = "commits c CROSS JOIN events e ON e.n = c.n"
    rows = index.db.execute(
        f"SELECT {sql.told(*_NAMES)} FROM {tables} {sql.TICKETS_OF_EVENTS}"
        f" WHERE {where} ORDER BY c.at DESC, c.depth DESC, c.n DESC, e.place LIMIT ?",
        (*args, wanted.limit or -1),
    )
    return cast("list[LogRow]", sql.as_rows(_NAMES, rows))


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, args = ["1"], list[Any]()

    def add(where: str, *values: Any) -> None:
        parts.append(where)
        args.extend(values)

    if wanted.by:
        addresses = (wanted.by, *wanted.addresses)
        add(f"(c.actor = ? OR (c.actor IS NULL AND lower(c.email) IN ({marks(addresses)})))", wanted.by, *addresses)
    if wanted.since:
        add(f"c.at >= {sql.seconds('?')}", wanted.since)
    if wanted.until:
        add(f"c.at < {sql.seconds('?')}", wanted.until)
    if wanted.verbs:
        add(f"e.verb IN ({marks(wanted.verbs)})", *wanted.verbs)
    if wanted.tickets:
        add(f"e.kind = 'ticket' AND e.id IN ({marks(wanted.tickets)})", *wanted.tickets)
    if wanted.ids:
        add(f"e.id IN ({marks(wanted.ids)})", *wanted.ids)
    if wanted.kinds:
        records, work = (tuple(k for k in wanted.kinds if (k in RESERVED_TAGS) is so) for so in (False, True))
        either = [f"e.kind IN ({marks(records)})"] if records else []
        either += [f"t.kind IN ({marks(work)})"] if work else []
        add(f"({' OR '.join(either)})", *records, *work)
    if wanted.department:
        add("t.department = ?", wanted.department)
    return " AND ".join(parts), args


def names(index: Index, ids: set[str]) -> dict[str, str]:
    """Names of those who acted, by what `by` says; few enough at a time that SQLite takes them."""
    wanted = sorted(ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 400):
        found |= queries_tickets.names(index, set(wanted[start : start + 400]))
    return found


FACTS = ("at", "by", "verb", "reason", "commit", "by_hand")


def commits(index: Index, oids: list[str]) -> dict[str, CommitFacts]:
    """Who made each of these commits, when and why."""
    found: dict[str, CommitFacts] = {}
    wanted = list(dict.fromkeys(oids))
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        rows = index.db.execute(
            f"SELECT {sql.told_of_commits(*FACTS)} FROM commits c WHERE c.oid IN ({marks(part)})", part
        )
        found |= {row["commit"]: row for row in cast("list[CommitFacts]", sql.as_rows(FACTS, rows))}
    return found


def addresses(index: Index, handle: str) -> tuple[str, ...]:
    """The addresses of a staff member, lower case."""
    rows = index.rows("staff", "id = ?", (handle,))
    return tuple(str(a).lower() for row in rows for a in (row["email"], *row["emails"]))


def add_changes(place: Place, rows: list[dict[str, Any]]) -> None:
    """Give each row `changes`: for an edit whose event names fields alone, the values before and after; [] otherwise."""
    asked = {row["commit"] for row in rows if _is_edit(row)}
    found = derive.field_changes(place, sorted(asked)) if asked else {}
    for row in rows:
        changed = found.get((row["commit"], row["kind"], row["id"]), []) if _is_edit(row) else []
        named = str(row["to"] or "").split()
        # What else the commit did to the record has events of its own.
        changed = [c for c in changed if c.field in named] or changed
        row["changes"] = [{"field": c.field, "from": c.before, "to": c.after} for c in changed]


def _is_edit(row: dict[str, Any]) -> bool:
    return row["verb"] == "edit" and row["from"] is None and row["kind"] in KINDS


class Sought(NamedTuple):
    """`mine`: of tickets that this person owns or watches. `scope`: whose tickets are told at all; records of other
    kinds always are. `since` in epoch seconds; `commits`: only what these did.
    """

    mine: str | None = None
    scope: Scope | None = None
    since: int | None = None
    commits: tuple[str, ...] | None = None
    limit: int = 0


def events(index: Index, sought: Sought) -> list[ActivityRow]:
    """Events with the title of their ticket, newest first."""
    parts: list[str] = ["1"]
    args: list[Any] = []
    if sought.mine:
        parts.append(
            "e.kind = 'ticket' AND (t.owner = ? OR t.path IN"
            " (SELECT path FROM members WHERE kind = 'ticket' AND field = 'watchers' AND value = ?))"
        )
        args += [sought.mine, sought.mine]
    if sought.scope:
        within = sql.scope(sought.scope, "t")
        # A deleted ticket's department is known no more; the event of its deletion has its title.
        parts.append(f"(e.kind <> 'ticket' OR {within.where})")
        args += within.args
    if sought.since is not None:
        parts.append("e.at >= ?")
        args.append(sought.since)
    # That it was taken back says it; what state that brought goes without saying.
    parts.append("(c.verb IS NOT 'undo' OR e.verb = 'undo')")
    if sought.commits is not None:
        parts.append(f"c.oid IN {sql.LISTED}")
        args.append(sql.listed(sought.commits))
    names = _NAMES[:-1]
    rows = index.db.execute(
        f"SELECT {sql.told(*names)} FROM {sql.EVENTS} {sql.TICKETS_OF_EVENTS}"
        f" WHERE {' AND '.join(parts)} ORDER BY e.at DESC, e.n DESC, e.place DESC LIMIT ?",
        (*args, sought.limit or -1),
    )
    return cast("list[ActivityRow]", sql.as_rows(names, rows))


def acted(index: Index, who: str) -> bool:
    """Whether somebody, by handle, id or address in lower case, ever made a commit."""
    asked = "SELECT 1 FROM commits WHERE actor = ?1 OR lower(email) = ?1 LIMIT 1"
    return index.db.execute(asked, (who,)).fetchone() is not None


def told_of(index: Index, ids: tuple[str, ...]) -> str | None:
    """The first of some ids that an event names."""
    row = index.db.execute(f"SELECT id FROM events WHERE id IN ({marks(ids)}) LIMIT 1", ids).fetchone()
    return None if row is None else str(row[0])


def last_at(index: Index, ticket_id: str, verb: str) -> int | None:
    """When a verb was last done to a ticket, in epoch seconds."""
    asked = "SELECT max(at) FROM events WHERE id = ? AND kind = 'ticket' AND verb = ?"
    [at] = index.db.execute(asked, (ticket_id, verb)).fetchone()
    return None if at is None else int(at)


def last_commit(index: Index, ticket_id: str, verb: str) -> str | None:
    """The commit in which a verb was last done to a ticket."""
    asked = (
        f"SELECT c.oid FROM {sql.EVENTS} WHERE e.id = ? AND e.kind = 'ticket' AND e.verb = ?"
        " ORDER BY c.depth DESC, c.n DESC LIMIT 1"
    )
    row = index.db.execute(asked, (ticket_id, verb)).fetchone()
    return None if row is None else str(row[0])


# -- taking back -------------------------------------------------------------------------------------------------------


class LastChange(NamedTuple):
    """The commit that changed a ticket last: its number in the index, its name, and its verb, None if made by hand."""

    n: int
    oid: str
    verb: str | None


def last_change(index: Index, ticket_id: str) -> LastChange:
    """The commit that changed a ticket last."""
    row = index.db.execute(
        f"SELECT c.n, c.oid, c.verb FROM {sql.EVENTS} WHERE e.kind = 'ticket' AND e.id = ?"
        " ORDER BY c.depth DESC, c.n DESC LIMIT 1",
        (ticket_id,),
    ).fetchone()
    return LastChange(*row)


def change_of(index: Index, oid: str) -> LastChange:
    """A commit that the index knows."""
    return LastChange(*index.db.execute("SELECT n, oid, verb FROM commits WHERE oid = ?", (oid,)).fetchone())


def last_change_by(index: Index, actor: str) -> LastChange | None:
    """The commit in which somebody changed records last."""
    row = index.db.execute(
        "SELECT c.n, c.oid, c.verb FROM commits c WHERE c.actor = ? AND EXISTS (SELECT 1 FROM events e WHERE e.n = c.n)"
        " ORDER BY c.depth DESC, c.n DESC LIMIT 1",
        (actor,),
    ).fetchone()
    return None if row is None else LastChange(*row)


def begins_with(index: Index, n: int) -> tuple[str, str] | None:
    """Kind and id of the record that a commit's first event is about; None for one that tells of none."""
    row = index.db.execute("SELECT kind, id FROM events WHERE n = ? ORDER BY place LIMIT 1", (n,)).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def undone(index: Index, n: int, verb: str) -> tuple[str, int | None]:
    """What an undo took back: the verb, and the number of the commit if that was an undo itself."""
    [after] = index.db.execute("SELECT after FROM events WHERE n = ? AND verb = ? LIMIT 1", (n, verb)).fetchone()
    was, _, oid = str(after).partition(" ")
    if was != verb:
        return was, None
    [number] = index.db.execute("SELECT n FROM commits WHERE oid LIKE ? || '%'", (oid,)).fetchone()
    return was, int(number)
