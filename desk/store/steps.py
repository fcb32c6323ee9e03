"""Steps of a ticket's checklist with who ticked them, and when, as history tells it."""

from __future__ import annotations

from typing import Any

from desk.domain.ticket import Ticket
from desk.store import lists
from desk.store.index import Index


def steps(index: Index, ticket: Ticket) -> list[dict[str, Any]]:
    """Number, text, whether it is done, by whom and when; nobody is known of a tick made in a file not committed yet."""
    if not ticket.checklist:
        return []
    ticked: dict[str, dict[str, Any]] = {}
    for event in lists.history(index, "ticket", ticket.id):
        if event["verb"] == "check":
            ticked[str(event["to"]).partition(" ")[2]] = event
    found = []
    for number, line in enumerate(ticket.checklist, 1):
        done, text = line.startswith("[x]"), line[4:]
        # History has values in one line, with single blanks.
        event = ticked.get(" ".join(text.split()), {}) if done else {}
        found.append({"n": number, "text": text, "done": done, "by": event.get("by"), "at": event.get("at")})
    return found
