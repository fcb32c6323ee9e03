"""Known errors: an article drafted from a problem, and what becomes of it when the problem is closed or re-opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from desk.domain.knowledge.articles import KNOWN_ERROR
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import Ticket
from desk.errors import Refused
from desk.text import _, arranged

CLOSING, REOPENING = "problem-closed", "problem-reopened"
"""What the history of an article calls what happened to its problem."""
SYMPTOMS = 5
"""Incidents whose titles make the symptom of a draft."""


def values(problem: Ticket, incidents: Iterable[Ticket], *, by: Actor) -> dict[str, Any]:
    """What an article says of a problem: the symptom from its incidents' titles, the rest from its own fields."""
    titles = list(dict.fromkeys(t.title for t in incidents))[:SYMPTOMS] or [problem.title]
    found: dict[str, Any] = {
        "type": KNOWN_ERROR,
        "symptom": "\n".join(titles),
        "cause": problem.cause,
        "workaround": problem.workaround,
        "fix": problem.fix,
        "service": problem.service,
        "problem": problem.id,
        "tags": [t for t in problem.tags if t not in RESERVED_TAGS] or None,
        "author": by.id,
    }
    return {n: v for n, v in found.items() if v is not None}


def require_problem(ticket: Ticket, existing: Iterable[str]) -> None:
    """Refuse a ticket that is no problem, or that has a known error already."""
    if ticket.kind_of_work != PROBLEM:
        raise Refused(
            _("{ticket} is no problem but an incident", ticket=ticket.id)
            if ticket.kind_of_work == INCIDENT
            else _("{ticket} is no problem but a {kind}", ticket=ticket.id, kind=ticket.kind_of_work),
            _("hand it to problem management first: desk ticket transfer {ticket}", ticket=ticket.id),
        )
    known = list(existing)
    if known:
        raise Refused(
            _("{ticket} has a known error already: {known}", ticket=ticket.id, known=", ".join(known)),
            arranged("desk kb edit {known}", known=known[0]),
        )


def draft_known_error(problem: Ticket, article: Article, *, by: Actor, at: datetime) -> Change:
    """Draft the known error of a problem."""
    event = Event("create", None, article.title)
    return Change("known-error", by, at, (Edit(None, article, (event,)),), summary=problem.id)


def problem_turn(edit: Edit) -> str | None:
    """CLOSING or REOPENING when an edit does that to a problem; None for anything else."""
    before, after = edit.before, edit.after
    if not isinstance(before, Ticket) or not isinstance(after, Ticket) or after.kind_of_work != PROBLEM:
        return None
    if (before.state == CLOSED) == (after.state == CLOSED) or after.merged_into:
        return None
    return CLOSING if after.state == CLOSED else REOPENING


def follow_problem(article: Article, problem: Ticket, verb: str, reason: str | None, *, frozen: bool) -> Edit:
    """An article after its problem was closed or re-opened.

    Closing fills in what the article doesn't say yet; what somebody wrote there stays. `frozen`: its text must not
    change without an approval. Either way its history tells.
    """
    event = Event(verb, None, problem.id)
    if frozen or verb != CLOSING:
        return Edit(article, article, (event,))
    told = {"cause": problem.cause, "workaround": problem.workaround, "fix": problem.fix or (reason or "").strip()}
    fresh = {n: text for n, text in told.items() if text and not article.values.get(n)}
    if not fresh:
        return Edit(article, article, (event,))
    return Edit(
        article,
        article.evolve(approved_by=None, **cast("dict[str, Any]", fresh)),
        (event, Event("edit", None, " ".join(fresh))),
    )
