"""What is compared to find incidents that recur: those no problem explains yet, and the problems that are open."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from desk.domain.matching.likeness import Incident
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.query import Scope
from desk.index.index import BETWEEN, Index
from desk.queries.problems import CAUSED

_NO_FAULT = ("not-an-incident", "withdrawn")
"""Resolutions of what never was a fault."""
_NEWEST = 20
"""Of a problem's incidents, how many are compared with."""


def compared(
    index: Index, since: str, *, scope: Scope | None = None, department: str | None = None, untagged: bool = False
) -> list[Incident]:
    """Incidents since a moment (RFC 3339) that no problem explains yet, and the problems that are open."""
    where, args = _visible(scope, department)
    kinds = (INCIDENT, "ticket") if untagged else (INCIDENT,)
    fresh = (
        f"t.created >= ? AND t.kind IN ({','.join('?' * len(kinds))}) AND t.merged_into IS NULL"
        f" AND coalesce(t.resolution, '') NOT IN ({','.join('?' * len(_NO_FAULT))})"
        f" AND (t.links = '' OR instr(t.links, '{CAUSED}') = 0)"
    )
    rows = _rows(index, fresh + where, (since, *kinds, *_NO_FAULT, *args))
    return rows + _with_incidents(
        index, _rows(index, f"t.kind = '{PROBLEM}' AND t.state <> 'closed'{where}", tuple(args))
    )


def _visible(scope: Scope | None, department: str | None) -> tuple[str, list[str]]:
    where, args = "", []
    if department:
        where += " AND t.department = ?"
        args.append(department)
    if scope:
        where += f" AND (t.department IN ({','.join('?' * len(scope.departments))}) OR t.author = ?)"
        args += [*scope.departments, scope.author]
    return where, args


def _rows(index: Index, where: str, args: tuple[Any, ...]) -> list[Incident]:
    found = index.db.execute(
        "SELECT t.id, t.title, x.body, a.length, t.department, t.tags, t.service, strftime('%s', t.created), t.requester, t.kind,"
        " t.cause, t.workaround FROM tickets t JOIN texts x ON x.path = t.path JOIN asked a ON a.path = t.path WHERE "
        + where,
        args,
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
    listed = ",".join(f'"{CAUSED}{row.id}"' for row in problems)
    links = index.db.execute(
        "SELECT m.value, t.id FROM members m JOIN tickets t ON t.path = m.path WHERE m.kind = 'ticket' AND m.field = 'links'"
        " AND m.value IN (SELECT value FROM json_each(?)) ORDER BY t.created DESC",
        (f"[{listed}]",),
    )
    told: dict[str, list[str]] = defaultdict(list)
    for link, ticket_id in links:
        told[link.removeprefix(CAUSED)].append(ticket_id)
    of = {ticket_id: problem for problem, ids in told.items() for ticket_id in ids[:_NEWEST]}
    wanted = ",".join(f'"{ticket_id}"' for ticket_id in of)
    rows = _rows(index, "t.id IN (SELECT value FROM json_each(?))", (f"[{wanted}]",))
    return problems + [r._replace(problem=of[r.id], department=place[of[r.id]]) for r in rows if r.problem is None]
