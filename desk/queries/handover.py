"""Questions to the index for the handover of a shift."""

from __future__ import annotations

from typing import Any

from desk.domain.model.query import Scope
from desk.index.index import Index
from desk.queries.tickets import PRESSING

LIVE = "state <> 'closed'"
"""As the partial indexes say it."""
SECTIONS = {
    "majors": f"major = 1 AND {LIVE} ORDER BY created, id",
    "due": f"{LIVE} AND {PRESSING} IS NOT NULL ORDER BY id",
    "new": f"{LIVE} AND state = 'open' AND owner IS NULL ORDER BY created, id",
    "pending": f"{LIVE} AND state = 'pending' ORDER BY id",
    "reviews": "major = 1 AND state = 'closed' AND review IS NULL AND merged_into IS NULL ORDER BY closed, id",
}
"""Each section, and which tickets are in it in what order."""


def tickets(index: Index, section: str, scope: Scope | None, departments: tuple[str, ...]) -> list[dict[str, Any]]:
    """The tickets of a section, of those whom the scope shows and of these departments (none: of all)."""
    condition, _, order = SECTIONS[section].partition(" ORDER BY ")
    within, args = _within(scope, departments, "tickets")
    return index.rows("ticket", f"{condition}{within}", args, f"ORDER BY {order}")


def _within(scope: Scope | None, departments: tuple[str, ...], table: str) -> tuple[str, list[str]]:
    where = ""
    args: list[str] = []
    if departments:
        where += f" AND {table}.department IN ({_marks(departments)})"
        args += departments
    if scope is not None:
        where += f" AND ({table}.department IN ({_marks(scope.departments)}) OR {table}.author = ?)"
        args += [*scope.departments, scope.author]
    return where, args


def _marks(values: tuple[str, ...]) -> str:
    return ",".join("?" * len(values))


def events(index: Index, since: str, scope: Scope | None, departments: tuple[str, ...]) -> list[dict[str, Any]]:
    """What happened to tickets since a moment (RFC 3339 UTC), in order: id, title, at, by, verb, from, to."""
    within, args = _within(scope, departments, "t")
    rows = index.db.execute(
        "SELECT t.id, t.title, t.state, t.priority, t.department, t.owner, strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch'),"
        " coalesce(c.actor, (SELECT id FROM staff WHERE lower(email) = lower(c.email)), c.author), e.verb, e.before, e.after"
        " FROM events e JOIN commits c ON c.n = e.n JOIN tickets t ON t.id = e.id"
        f" WHERE e.kind = 'ticket' AND e.at >= CAST(strftime('%s', ?) AS INTEGER){within}"
        " ORDER BY e.at, c.depth, e.place",
        [since, *args],
    )
    names = ("id", "title", "state", "priority", "department", "owner", "at", "by", "verb", "from", "to")
    return [dict(zip(names, row, strict=True)) for row in rows]
