"""What closed tickets leave behind: steps that nobody has ticked, reviews that are owed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import Ticket
from desk.session.session import Session
from desk.text import _, ngettext

if TYPE_CHECKING:
    from desk.domain.model.change import Edit


def warn_owed(session: Session, edits: Iterable[Edit]) -> None:
    """Warn of what tickets that are closed now leave behind; closing them is allowed all the same."""
    for ticket in (edit.after for edit in edits):
        if not isinstance(ticket, Ticket) or ticket.state != CLOSED:
            continue
        from desk.domain.tickets import checklists, major  # noqa: PLC0415 - where one is closed

        left = checklists.open_steps(ticket)
        if left:
            steps = ngettext("1 step", "{n} steps", left)
            session.warnings.append(
                _("{ticket} was closed with {steps} of its checklist open", ticket=ticket.id, steps=steps)
            )
        if major.owes_review(ticket):
            session.warnings.append(
                _("{ticket} was a major incident; its review is owed: desk ticket review {ticket}", ticket=ticket.id)
            )
