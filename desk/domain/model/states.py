"""The states of a ticket, whom a pending one waits for, and how one may end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from desk.text import _

OPEN = "open"
PENDING = "pending"
CLOSED = "closed"
STATES = (OPEN, PENDING, CLOSED)
LIVE = (OPEN, PENDING)
"""What a list shows when nothing is asked for."""

REQUESTER = "requester"
THIRD_PARTY = "third-party"
WAITING: Mapping[str, str] = MappingProxyType(
    {
        REQUESTER: "the requester has to answer",
        THIRD_PARTY: "somebody outside the desk has to act: a vendor, another country's desk",
    }
)
"""Whom a pending ticket may wait for."""

SOLVED = "solved"
DUPLICATE = "duplicate"
RESOLUTIONS: Mapping[str, str] = MappingProxyType(
    {
        SOLVED: "the fault is mended, or the question answered",
        "workaround": "it works again by another way; the cause is still there",
        DUPLICATE: "another ticket is about the same, and goes on",
        "not-an-incident": "nothing was wrong with the service",
        "withdrawn": "the requester needs it no longer",
    }
)
"""How a ticket may end; the first is what `close` means when nothing is said."""


def state_text(
    state: str, *, until: date | None = None, waits_for: str | None = None, resolution: str | None = None
) -> str:
    """A state as history tells it: `pending for requester until 2026-07-30`, `closed (workaround)`.

    That a ticket was closed because it is solved goes without saying.
    """
    if state == PENDING:
        return (
            state
            + (_(" for {waits_for}", waits_for=waits_for) if waits_for else "")
            + (_(" until {until}", until=until.isoformat()) if until else "")
        )
    if state == CLOSED and resolution and resolution != SOLVED:
        return f"{state} ({resolution})"
    return state


def owes_review(row: Mapping[str, Any]) -> bool:
    """Whether a major incident is over and nobody has written down what was learnt; one that was merged goes on elsewhere."""
    over = row.get("state") == CLOSED and not row.get("merged_into")
    return bool(row.get("major")) and over and not row.get("review")
