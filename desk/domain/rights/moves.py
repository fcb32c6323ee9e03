"""The legal moves between the states of a ticket, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from desk.domain.model.states import CLOSED, LIVE, OPEN, PENDING, SOLVED, STATES
from desk.errors import Refused

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
        "major": (LIVE, None),
        "major-off": (STATES, None),
        "review": ((CLOSED,), None),
        "checklist": (LIVE, None),
        "check": (STATES, None),
        "uncheck": (STATES, None),
        "transfer": (STATES, None),
        "cause": (STATES, None),
        "workaround": (STATES, None),
        "resolve": (LIVE, CLOSED),
        "link": (STATES, None),
        "unlink": (STATES, None),
        "watch": (STATES, None),
        "unwatch": (STATES, None),
        "merge": (STATES, CLOSED),
        "split": (STATES, None),
        "undo": (STATES, None),
        "delete": (STATES, None),
    }
)

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "edit-reply": "edit --entry",
        "escalate-up": "escalate --up",
        "major-off": "major --off",
        "uncheck": "check --undo",
    }
)
"""Verbs that are options of another verb's command."""
_SPOKEN = MappingProxyType(
    {
        "edit-reply": "edit a reply of",
        "reply": "reply to",
        "pending": "put aside",
        "escalate-up": "escalate",
        "major": "declare a major incident of",
        "checklist": "put a checklist on",
    }
)


def after(verb: str, state: str, ticket_id: str) -> str:
    """The state a verb leads to; Refused with the legal verbs when it isn't legal from here."""
    allowed, target = MOVES[verb]
    if state not in allowed:
        if state == target:
            raise Refused(f"{ticket_id} is {state} already", f"see: desk ticket history {ticket_id}")
        first = {CLOSED: "reopen", OPEN: "close", PENDING: "close"}[state]
        hint = f"first: desk ticket {first} {ticket_id}; from {state} it may: {', '.join(moves(state))} (all verbs: docs/states.md)"
        raise Refused(f"can't {_SPOKEN.get(verb, verb)} {ticket_id}: it is {state}", hint)
    return target or state


def moves(state: str) -> list[str]:
    """The commands that lead from this state to another one, or away."""
    away = ("undo", "delete")
    return [
        COMMANDS.get(verb, verb)
        for verb, (allowed, target) in MOVES.items()
        if state in allowed and (verb in away or target not in (None, state))
    ]


def standing(
    state: str, *, until: date | None = None, waits_for: str | None = None, resolution: str | None = None
) -> str:
    """A state as history tells it: `pending for requester until 2026-07-30`, `closed (workaround)`.

    That a ticket was closed because it is solved goes without saying.
    """
    if state == PENDING:
        return state + (f" for {waits_for}" if waits_for else "") + (f" until {until.isoformat()}" if until else "")
    if state == CLOSED and resolution and resolution != SOLVED:
        return f"{state} ({resolution})"
    return state
