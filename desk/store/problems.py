"""Questions to the index about problems and their incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from desk.domain.organisation import PROBLEM
from desk.store.causes import CAUSED
from desk.store.index import Index


def incidents(index: Index, problem: str) -> list[dict[str, Any]]:
    """The tickets that a problem causes, oldest first; for one that was merged, the ticket that goes on."""
    where = (
        "path IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'links' AND value = ?)"
        " OR id IN (SELECT substr(m.value, 8) FROM members m JOIN tickets t ON t.path = m.path"
        " WHERE m.kind = 'ticket' AND m.field = 'links' AND t.id = ? AND m.value LIKE 'causes %')"
    )
    found: dict[str, dict[str, Any]] = {}
    for row in index.rows("ticket", where, (CAUSED + problem, problem)):
        last = _going_on(index, row)
        if last["id"] != problem and last["kind"] != PROBLEM:
            found[last["id"]] = last
    return sorted(found.values(), key=lambda row: (row["created"], row["id"]))


def _going_on(index: Index, row: dict[str, Any]) -> dict[str, Any]:
    seen = {row["id"]}
    while row["merged_into"] and row["merged_into"] not in seen:
        seen.add(row["merged_into"])
        target = index.rows("ticket", "id = ?", (row["merged_into"],))
        if not target:
            break
        row = target[0]
    return row


def counts(index: Index, problems: Sequence[str]) -> dict[str, int]:
    """How many tickets each of these problems causes."""
    marks = ",".join("?" * len(problems))
    rows = index.db.execute(
        "SELECT substr(value, 11), count(*) FROM members WHERE kind = 'ticket' AND field = 'links'"
        f" AND value IN ({marks}) GROUP BY value",
        [CAUSED + one for one in problems],
    )
    return {str(problem): int(count) for problem, count in rows}


def groups(index: Index, requesters: Iterable[str]) -> set[str]:
    """The groups that these requesters belong to."""
    wanted = tuple(requesters)
    rows = index.db.execute(f'SELECT DISTINCT "group" FROM users WHERE id IN ({",".join("?" * len(wanted))})', wanted)
    return {str(group) for (group,) in rows if group}
