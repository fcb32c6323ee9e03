"""Questions to the index for statistics: events of a period, and what tickets are grouped by."""

from __future__ import annotations

from desk.domain.statistics import VERBS, Event
from desk.store.index import Index


def events(index: Index, start: int, end: int) -> list[Event]:
    """Events that count between two moments (epoch seconds, the end excluded), in order of time."""
    marks = ",".join("?" * len(VERBS))
    tickets = index.db.execute(
        f"SELECT verb, at, id FROM events WHERE at >= ? AND at < ? AND kind = 'ticket' AND verb IN ({marks})",
        (start, end, *VERBS),
    )
    found = [Event(VERBS[str(verb)], int(at), str(ticket)) for verb, at, ticket in tickets]
    # Whoever becomes known by a ticket registered for them has not signed up.
    people = index.db.execute(
        "SELECT at FROM events e WHERE at >= ? AND at < ? AND kind = 'user' AND verb IN ('create', 'signup')"
        " AND NOT EXISTS (SELECT 1 FROM events t WHERE t.n = e.n AND t.kind = 'ticket')",
        (start, end),
    )
    found += [Event("signups", int(at), "") for (at,) in people]
    return sorted(found, key=lambda event: event.at)


def members(index: Index, by: str) -> dict[str, list[str]]:
    """Ticket → its department, owner or tags as they are now."""
    if by == "tag":
        rows = index.db.execute(
            "SELECT t.id, m.value FROM members m JOIN tickets t ON t.path = m.path WHERE m.kind = 'ticket' AND m.field = 'tags'"
        )
    else:
        rows = index.db.execute(f"SELECT id, coalesce({by}, 'none') FROM tickets")
    found: dict[str, list[str]] = {}
    for ticket, value in rows:
        found.setdefault(str(ticket), []).append(str(value))
    return found
