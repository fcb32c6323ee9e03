"""Questions to the index about problems, the articles that come from them, and the incidents they cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desk.store.index import Index


def of_problems(index: Index, problems: Iterable[str]) -> list[str]:
    """Ids of the articles that come from these problems; what was retired is not among them."""
    ids = tuple(problems)
    marks = ",".join("?" * len(ids))
    rows = index.db.execute(
        f"SELECT id FROM articles WHERE problem IN ({marks}) AND state <> 'retired' ORDER BY id", ids
    )
    return [str(row[0]) for row in rows]


def incidents_of(index: Index, problem: str) -> list[dict[str, Any]]:
    """Tickets that say they are caused by a problem, newest first."""
    return index.rows(
        "ticket",
        "path IN (SELECT path FROM members WHERE kind = 'ticket' AND field = 'links' AND value = ?)",
        (f"caused-by {problem}",),
        "ORDER BY created DESC, id DESC",
    )


def is_closed(index: Index, ticket: str) -> bool:
    """Whether a ticket is closed."""
    return index.db.execute("SELECT 1 FROM tickets WHERE id = ? AND state = 'closed'", (ticket,)).fetchone() is not None
