"""What is compared to find incidents that recur: those no problem explains yet, and the problems that are open."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from desk.domain.matching.likeness import Incident
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.query import Scope
from desk.index.index import BETWEEN, Index
from desk.queries import sql
from desk.queries.problems import CAUSED
from desk.queries.sql import Condition, marks

_NO_FAULT = ("not-an-incident", "withdrawn")
"""Resolutions of what never was a fault."""
_NEWEST = 20
"""Of a problem's incidents, how many are compared with."""


def load_compared(
    index: Index, since: str, *, scope: Scope | None = None, department: str | None = None, untagged: bool = False
) -> list[Incident]:
    """Incidents since a moment (RFC 3339) that no problem explains yet, and the problems that are open."""
    within = sql.every(sql.is_one_of("t.department", [department] if department else []), sql.scope(scope, "t"))
    kinds = (INCIDENT, "ticket") if untagged else (INCIDENT,)
    fresh = (
        f"t.created >= ? AND t.kind IN ({marks(kinds)}) AND t.merged_into IS NULL"
        f" AND coalesce(t.resolution, '') NOT IN ({marks(_NO_FAULT)})"
        f" AND (t.links = '' OR instr(t.links, '{CAUSED}') = 0)"
    )
    rows = _rows(index, sql.every(Condition(fresh, (since, *kinds, *_NO_FAULT)), within))
    problems = _rows(index, sql.every(Condition(f"t.kind = '{PROBLEM}' AND t.state <> 'closed'"), within))
    return rows + _with_incidents(index, problems)


def _rows(index: Index, which: Condition) -> list[Incident]:
    found = index.db.execute(
        "SELECT t.id, t.title, x.body, a.length, t.department, t.tags, t.service, strftime('%s', t.created), t.requester, t.kind,"
        " t.cause, t.workaround FROM tickets t JOIN texts x ON x.path = t.path JOIN asked a ON a.path = t.path WHERE "
        + which.where,
        which.args,
    )
    return [_incident(row) for row in found]


def _incident(row: tuple[Any, ...]) -> Incident:
    ticket_id, title, body, own, department, tags, service, at, requester, kind, *known = row
    is_problem = kind == PROBLEM
    text = "\n".join(filter(None, [*known, body[:own]])) if is_problem else body[:own]
    kept = tuple(tag for tag in tags.split(BETWEEN) if tag and tag not in RESERVED_TAGS)
    return Incident(
        ticket_id, title, text, department, kept, service, int(at), requester, ticket_id if is_problem else None
    )


def _with_incidents(index: Index, problems: list[Incident]) -> list[Incident]:
    """Problems, and the newest of their incidents: people tell more of a fault than whoever opened the problem."""
    place = {row.id: row.department for row in problems}
    links = index.db.execute(
        "SELECT m.value, t.id FROM members m JOIN tickets t ON t.path = m.path WHERE m.kind = 'ticket' AND m.field = 'links'"
        f" AND m.value IN {sql.LISTED} ORDER BY t.created DESC",
        (sql.listed(CAUSED + row.id for row in problems),),
    )
    told: dict[str, list[str]] = defaultdict(list)
    for link, ticket_id in links:
        told[link.removeprefix(CAUSED)].append(ticket_id)
    of = {ticket_id: problem for problem, ids in told.items() for ticket_id in ids[:_NEWEST]}
    rows = _rows(index, Condition(f"t.id IN {sql.LISTED}", (sql.listed(of),)))
    return problems + [r._replace(problem=of[r.id], department=place[of[r.id]]) for r in rows if r.problem is None]
