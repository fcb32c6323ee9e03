"""What probably answers a ticket: for `kb suggest`, and for the lines after `ticket create`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from desk.domain.matching import suggestion
from desk.domain.matching.suggestion import Question, Suggestion
from desk.domain.matching.words import forms
from desk.domain.model.ticket import REPLY, Ticket
from desk.index.index import Index
from desk.index.texts import articles_in
from desk.queries import search
from desk.queries.search import Solved
from desk.session.session import Session
from desk.text import _

ARTICLE, TICKET = "article", "ticket"
SURE_TICKET = 0.75
"""Score from which a solved ticket is worth a line that nobody asked for."""


class Answer(NamedTuple):
    """An article or a solved ticket.

    `why` are the words that decided, or what the solved ticket was answered with; `articles` those it was answered from.
    """

    kind: str
    id: str
    title: str
    score: float
    why: str
    language: str | None = None
    articles: tuple[str, ...] = ()


def find_answers(session: Session, ticket_id: str) -> list[Answer]:
    """Articles, then solved tickets that whoever asks may see (rule 1), the best first of each."""
    ticket = cast("Ticket", session.store.read("ticket", ticket_id))
    question = _asked(ticket)
    written = forms(f"{ticket.title}\n{ticket.body[: suggestion.TEXT_READ]}")
    found = [_of_article(s, written) for s in _articles(session, ticket, question)]
    return found + [_of_ticket(session, s) for s in _solved(session, ticket, question)]


def describe_answers(session: Session, ticket: Ticket) -> list[str]:
    """For whoever has just registered a ticket: at most two lines, and only what is rather sure."""
    question = _asked(ticket)
    told = [
        _("perhaps the answer: {article}  {title}", article=s.article.id, title=s.article.title)
        for s in _articles(session, ticket, question)[:1]
        if suggestion.sure(s)
    ]
    told += [
        _("solved before: {ticket}  {title}", ticket=s.id, title=s.title)
        for s in _solved(session, ticket, question)[:1]
        if s.score >= SURE_TICKET
    ]
    return [*told[:-1], _("{told}   (more: desk kb suggest {ticket})", told=told[-1], ticket=ticket.id)] if told else []


def _asked(ticket: Ticket) -> Question:
    return suggestion.asked(ticket.title, ticket.body, ticket.service, ticket.tags)


def _articles(session: Session, ticket: Ticket, question: Question) -> list[Suggestion]:
    first = session.config["desk.languages"][0]

    def ask(index: Index) -> list[Suggestion]:
        found = search.postings(index, question.terms)
        return suggestion.rank(question, search.candidates(index, first), found, ticket.language or first)

    return session.store.ask(ask)


def _solved(session: Session, ticket: Ticket, question: Question) -> list[Solved]:
    scope = session.scope()
    return session.store.ask(lambda index: search.solved_like(index, ticket.id, question, scope))


def _of_article(found: Suggestion, written: Mapping[str, str]) -> Answer:
    article = found.article
    why = ", ".join(dict.fromkeys(written.get(term, term) for term in found.why))
    return Answer(ARTICLE, article.id, article.title, round(found.score, 2), why, article.language)


def _of_ticket(session: Session, found: Solved) -> Answer:
    ticket = cast("Ticket", session.store.read("ticket", found.id))
    replies = [entry.text for entry in ticket.thread if entry.kind == REPLY]
    said = next((line for line in (replies[-1] if replies else "").splitlines() if line.strip()), "")
    used = tuple(dict.fromkeys(articles_in(ticket)))
    return Answer(TICKET, found.id, found.title, round(found.score, 2), said[:200], ticket.language, used)
