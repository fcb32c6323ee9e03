"""Questions to the index for the handover of a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from desk.domain.model.query import Scope
from desk.index.index import Index
from desk.queries import sql
from desk.queries.counting import exclude_undone
from desk.queries.sql import LIVE, PRESSING, Condition

if TYPE_CHECKING:
    from desk.domain.model.rows import HandoverRow, TicketRow

SECTIONS = {
    "majors": f"major = 1 AND {LIVE} ORDER BY created, id",
    "due": f"{LIVE} AND {PRESSING} IS NOT NULL ORDER BY id",
    "new": f"{LIVE} AND state = 'open' AND owner IS NULL ORDER BY created, id",
    "pending": f"{LIVE} AND state = 'pending' ORDER BY id",
    "reviews": f"{sql.REVIEW_OWED} ORDER BY closed, id",
}
"""Each section, and which tickets are in it in what order."""


def tickets(index: Index, section: str, scope: Scope | None, departments: tuple[str, ...]) -> list[TicketRow]:
    """The tickets of a section, of those whom the scope shows and of these departments (none: of all)."""
    condition, _, order = SECTIONS[section].partition(" ORDER BY ")
    within = _within(scope, departments, "tickets")
    return index.tickets(f"{condition}{within.joined()}", within.args, f"ORDER BY {order}")


def _within(scope: Scope | None, departments: tuple[str, ...], table: str) -> Condition:
    return sql.every(sql.is_one_of(f"{table}.department", departments), sql.scope(scope, table))


def events(index: Index, since: str, scope: Scope | None, departments: tuple[str, ...]) -> list[HandoverRow]:
    """What happened to tickets since a moment (RFC 3339 UTC), in order; what was taken back hasn't."""
    within = _within(scope, departments, "t")
    names = ("id", "title", "state", "priority", "department", "owner", "at", "by", "verb", "from", "to")
    rows = index.db.execute(
        f"SELECT {sql.told(*names)} FROM {sql.EVENTS} JOIN tickets t ON t.id = e.id"
        f" WHERE e.kind = 'ticket' AND e.at >= {sql.seconds('?')}{within.joined()}{exclude_undone(index)}"
        " ORDER BY e.at, c.depth, e.place",
        (since, *within.args),
    )
    return cast("list[HandoverRow]", sql.as_rows(names, rows))
