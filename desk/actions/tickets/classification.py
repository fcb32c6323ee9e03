"""Classification: priority by impact and urgency, and tags."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from desk.actions import identifiers
from desk.actions.acting import Acted, act_on_tickets
from desk.actions.draft import Draft
from desk.config import Config
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import classification
from desk.domain.tickets.classification import Matrix
from desk.errors import UsageFault
from desk.session.session import Session
from desk.text import _


def matrix_of(config: Config) -> Matrix:
    """What desk.toml says of priorities."""
    return Matrix(config["priority.matrix"], config["priority.fixed"])


def classify(
    session: Session,
    ids: Sequence[str],
    *,
    priority: str | None = None,
    impact: str | None = None,
    urgency: str | None = None,
    reason: str | None = None,
) -> Acted:
    """Set impact and urgency; the matrix gives the priority, which another one overrides for a reason."""
    if not (priority or impact or urgency):
        raise UsageFault(_("nothing to set"), _("give --priority, --impact or --urgency"))
    levels = {
        "priority": identifiers.require_listed(session, "ticket.priorities", priority),
        "impact": identifiers.require_listed(session, "ticket.impacts", impact),
        "urgency": identifiers.require_listed(session, "ticket.urgencies", urgency),
    }
    matrix = matrix_of(session.config)

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return classification.classify(ticket, by=by, at=at, matrix=matrix, reason=reason, **levels)

    return act_on_tickets(session, ids, "classify", one)


def tag(session: Session, ids: Sequence[str], tags: Collection[str]) -> Acted:
    """Put tags on tickets: `incident` and `problem` decide what kind of ticket each is."""
    tags = [identifiers.normalise_id(name) for name in tags]

    def one(draft: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        for name in tags:
            draft.snapshot.get("tag", name)
        return classification.tag(ticket, tags, by=by, at=at)

    return act_on_tickets(session, ids, "tag", one)


def untag(session: Session, ids: Sequence[str], tags: Collection[str]) -> Acted:
    """Take tags off tickets."""
    tags = [identifiers.normalise_id(name) for name in tags]

    def one(_: Draft, ticket: Ticket, by: Actor, at: datetime) -> Change:
        return classification.untag(ticket, tags, by=by, at=at)

    return act_on_tickets(session, ids, "untag", one)
