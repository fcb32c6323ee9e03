"""The states of a ticket and the legal moves between them, as one table (mission.md, rows 1.3 and 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.errors import Refused

OPEN = "open"
PENDING = "pending"
CLOSED = "closed"
STATES = (OPEN, PENDING, CLOSED)
LIVE = (OPEN, PENDING)
"""What a list shows when nothing is asked for."""

MOVES: Mapping[str, tuple[tuple[str, ...], str | None]] = MappingProxyType(
    {
        # verb: (states it may be used in, state it leads to; None: the state stays)
        "assign": (STATES, None),
        "unassign": (STATES, None),
        "escalate": (LIVE, None),
        "escalate-up": (LIVE, None),
        "move": (STATES, None),
        "classify": (STATES, None),
        "tag": (STATES, None),
        "untag": (STATES, None),
        "edit": (STATES, None),
        "edit-reply": (LIVE, None),
        "note": (STATES, None),
        "reply": (LIVE, None),
        "pending": (LIVE, PENDING),
        "close": (LIVE, CLOSED),
        "reopen": ((PENDING, CLOSED), OPEN),
        "transfer": (LIVE, None),
        "link": (STATES, None),
        "unlink": (STATES, None),
        "watch": (STATES, None),
        "unwatch": (STATES, None),
        "merge": (STATES, CLOSED),
        "split": (STATES, None),
        "delete": (STATES, None),
    }
)

_SPOKEN = MappingProxyType(
    {"edit-reply": "edit a reply of", "reply": "reply to", "pending": "put aside", "escalate-up": "escalate"}
)


def after(verb: str, state: str, ticket_id: str) -> str:
    """The state a verb leads to; Refused with the legal verbs when it isn't legal from here."""
    allowed, target = MOVES[verb]
    if state not in allowed:
        if state == target:
            raise Refused(f"{ticket_id} is {state} already", f"see: desk ticket history {ticket_id}")
        hint = f"first: desk ticket reopen {ticket_id}" if state == CLOSED else f"legal here: {', '.join(legal(state))}"
        raise Refused(f"can't {_SPOKEN.get(verb, verb)} {ticket_id}: it is {state}", hint)
    return target or state


def legal(state: str) -> list[str]:
    """The verbs a ticket in this state takes."""
    return [verb for verb, (allowed, _) in MOVES.items() if state in allowed and verb != "edit-reply"]
