"""Problems and their incidents, causes and known errors, as the index knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from desk.domain.model.article import PUBLISHED
from desk.domain.model.organisation import PROBLEM
from desk.domain.model.states import CLOSED
from desk.index.index import Index
from desk.queries.sql import marks

if TYPE_CHECKING:
    from desk.domain.model.rows import CauseRow, KnownErrorRow, TicketRow

CAUSED = "caused-by "
_LINKED = "path IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'links' AND value = ?)"
"""Tickets with a link."""


def incidents(index: Index, problem: str) -> list[TicketRow]:
    """The tickets that a problem causes, oldest first; for one that was merged, the ticket that goes on."""
    where = (
        f"{_LINKED} OR id IN (SELECT substr(m.value, 8) FROM members m JOIN tickets t ON t.path = m.path"
        " WHERE m.kind = 'ticket' AND m.field = 'links' AND t.id = ? AND m.value LIKE 'causes %')"
    )
    found: dict[str, TicketRow] = {}
    for row in index.tickets(where, (CAUSED + problem, problem)):
        last = _going_on(index, row)
        if last["id"] != problem and last["kind"] != PROBLEM:
            found[last["id"]] = last
    return sorted(found.values(), key=lambda row: (row["created"], row["id"]))


def _going_on(index: Index, row: TicketRow) -> TicketRow:
    seen = {row["id"]}
    while row["merged_into"] and row["merged_into"] not in seen:
        seen.add(row["merged_into"])
        target = index.tickets("id = ?", (row["merged_into"],))
        if not target:
            break
        row = target[0]
    return row


def counts(index: Index, problems: Sequence[str]) -> dict[str, int]:
    """How many tickets each of these problems causes."""
    rows = index.db.execute(
        "SELECT substr(value, 11), count(*) FROM members WHERE kind = 'ticket' AND field = 'links'"
        f" AND value IN ({marks(problems)}) GROUP BY value",
        [CAUSED + one for one in problems],
    )
    return {str(problem): int(count) for problem, count in rows}


def groups(index: Index, requesters: Iterable[str]) -> set[str]:
    """The groups that these requesters belong to."""
    wanted = tuple(requesters)
    rows = index.db.execute(f'SELECT DISTINCT "group" FROM users WHERE id IN ({marks(wanted)})', wanted)
    return {str(group) for (group,) in rows if group}


def causes(index: Index, links: Iterable[str]) -> list[CauseRow]:
    """The problems that an incident's links name, with their known errors: what a clerk on the phone asks for."""
    named = [link.removeprefix(CAUSED) for link in links if link.startswith(CAUSED)]
    if not named:
        return []
    rows = index.rows("ticket", f"id IN ({marks(named)})", named, "ORDER BY created, id")
    kept = ("id", "title", "state", "cause", "workaround", "fix")
    found = [
        {**{k: row[k] for k in kept}, "known_errors": known_errors(index, row["id"])}
        for row in rows
        if row["kind"] == PROBLEM
    ]
    return cast("list[CauseRow]", found)


def known_errors(index: Index, problem: str) -> list[KnownErrorRow]:
    """The articles that tell of a problem."""
    rows = index.articles("problem = ?", (problem,), "ORDER BY id")
    return [
        {"id": row["id"], "title": row["title"], "state": row["state"], "language": row["language"]} for row in rows
    ]


def touching(index: Index, tickets: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Published known errors, in a language, of the problems that tickets name, and of the services of those not closed."""
    rows = list(tickets)
    told = [error for row in rows for cause in causes(index, row["links"]) for error in cause["known_errors"]]
    services = sorted({str(row["service"]) for row in rows if row["service"] and row["state"] != CLOSED})
    where = f"type = 'known-error' AND service IN ({marks(services)})"
    errors = [*told, *index.articles(where, services, "ORDER BY id")] if services else told
    found = {e["id"]: e for e in errors if e["state"] == PUBLISHED and e["language"] in (None, language)}
    return [{name: error[name] for name in ("id", "title", "language")} for error in found.values()]


def of_problems(index: Index, problems: Iterable[str]) -> list[str]:
    """Ids of the articles that come from these problems; what was retired is not among them."""
    told = (row for problem in problems for row in known_errors(index, problem))
    return sorted(row["id"] for row in told if row["state"] != "retired")


def incidents_of(index: Index, problem: str) -> list[TicketRow]:
    """Tickets that say they are caused by a problem, newest first."""
    return index.tickets(_LINKED, (CAUSED + problem,), "ORDER BY created DESC, id DESC")


def is_closed(index: Index, ticket: str) -> bool:
    """Whether a ticket is closed."""
    return index.db.execute("SELECT 1 FROM tickets WHERE id = ? AND state = 'closed'", (ticket,)).fetchone() is not None
