"""The legal moves between the states of a ticket, as the table of verbs has them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.states import CLOSED, OPEN, PENDING
from desk.domain.rights import ticketverbs
from desk.domain.rights.verb import DESK_ALONE, Moves
from desk.domain.rights.words import word
from desk.errors import Refused, Unchanged
from desk.text import _

MOVES: Mapping[str, Moves] = MappingProxyType(
    {verb.name: verb.moves for verb in ticketverbs.ROWS if verb.moves and verb.right != DESK_ALONE}
)
"""What people may do with a ticket that is there: in which states, and the state it leads to."""
_AWAY = ("undo", "delete")


def after(verb: str, state: str, ticket_id: str) -> str:
    """The state a verb leads to; Refused with the legal verbs when it isn't legal from here."""
    allowed, target = MOVES[verb]
    if state not in allowed:
        if state == target:
            raise Unchanged(
                _("{ticket_id} is {state} already", ticket_id=ticket_id, state=word(state)),
                _("see: desk ticket history {ticket_id}", ticket_id=ticket_id),
            )
        first = {CLOSED: "reopen", OPEN: "close", PENDING: "close"}[state]
        hint = _(
            "first: desk ticket {first} {ticket_id}; from {state} it may: {moves}; and what leaves its state alone: {others} "
            "(desk help states)",
            first=first,
            ticket_id=ticket_id,
            state=state,
            moves=", ".join(moves(state)),
            others=", ".join(_staying(state)),
        )
        raise Refused(
            _(
                "can't {spoken} {ticket_id}: it is {state}",
                spoken=ticketverbs.BY_NAME[verb].spoken or verb,
                ticket_id=ticket_id,
                state=word(state),
            ),
            hint,
        )
    return target or state


def command(verb: str) -> str:
    """What stands behind `desk ticket`, or `desk problem`, in the command of a verb."""
    return ticketverbs.BY_NAME[verb].command.partition(" ")[2]


def moves(state: str) -> list[str]:
    """The commands that lead from this state to another one, or away."""
    return [
        command(verb)
        for verb, (allowed, target) in MOVES.items()
        if state in allowed and (verb in _AWAY or target not in (None, state))
    ]


def _staying(state: str) -> list[str]:
    """The commands that this state allows, and that don't lead to another one."""
    allowed = (verb for verb, (states, target) in MOVES.items() if state in states and target in (None, state))
    return list(dict.fromkeys(command(verb).partition(" ")[0] for verb in allowed if verb not in _AWAY))
