"""What probably answers a ticket: for `kb suggest`, and for the lines after `ticket create`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from desk.domain.matching import certainty, ranking, suggestion
from desk.domain.matching.ranking import Ranked
from desk.domain.matching.suggestion import Suggestion
from desk.domain.matching.words import forms
from desk.domain.model.fields import parse_time
from desk.domain.model.states import CLOSED
from desk.domain.model.ticket import REPLY, Ticket
from desk.index.index import Index
from desk.index.texts import articles_in
from desk.named import NamedTuple
from desk.queries import likeness
from desk.queries.likeness import Alike, Request
from desk.session.session import Session
from desk.text import _
from desk.view.look import describe_distance

ARTICLE, TICKET = "article", "ticket"
MOST = 3
"""How many are named of each: articles, open tickets, tickets that were solved."""


class Answer(NamedTuple):
    """An article, a ticket that is open, or one that was solved.

    `why` are the words that decided; `sure` is said of the first of each at most. Of a ticket that was solved, where that
    was asked for, `reply` is the beginning of its last reply, and `articles` those it was answered from.
    """

    kind: str
    id: str
    title: str
    score: float
    sure: bool
    why: str
    language: str | None = None
    state: str | None = None
    created: str | None = None
    reply: str | None = None
    articles: tuple[str, ...] = ()


class _Found(NamedTuple):
    """Everything that says something of what a ticket asks, best first of each."""

    articles: Sequence[Suggestion]
    live: Sequence[Alike]
    solved: Sequence[Alike]


def find_answers(session: Session, ticket_id: str, *, replies: bool) -> list[Answer]:
    """Articles, then tickets that are open, then those that were solved, the best first of each, three at most.

    Only tickets that whoever asks may see (rule 1). With `replies`, those that were solved are read for how they were.
    """
    request = session.store.ask(lambda index: likeness.load_request(index, ticket_id))
    if request is None:
        raise session.store.missing("ticket", ticket_id)
    found = _find(session, ticket_id, request)
    written = forms(f"{request.title}\n{request.text[: ranking.TEXT_READ]}")
    ranks = [s.ranked for s in found.articles]
    answers = [
        _of_article(s, written, sure=n == 0 and certainty.is_sure(ranks)) for n, s in enumerate(found.articles[:MOST])
    ]
    for tickets in (found.live, found.solved):
        sure = likeness.is_sure(tickets)
        answers += [_of_ticket(a, written, sure=n == 0 and sure) for n, a in enumerate(tickets[:MOST])]
    return [_with_reply(session, answer) for answer in answers] if replies else answers


def describe_answers(session: Session, ticket: Ticket) -> list[str]:
    """For whoever has just registered a ticket: at most two lines, and only what is rather sure."""
    request = Request(ticket.title, ticket.body, ticket.service, ticket.tags, ticket.language)
    told = list(_describe(session, _find(session, ticket.id, request)))
    return [*told[:-1], _("{told}   (more: desk kb suggest {ticket})", told=told[-1], ticket=ticket.id)] if told else []


def _describe(session: Session, found: _Found) -> Iterator[str]:
    """An article, and a ticket: one that is open before one that was solved."""
    if certainty.is_sure([s.ranked for s in found.articles]):
        article = found.articles[0].article
        yield _("perhaps the answer: {article}  {title}", article=article.id, title=article.title)
    if likeness.is_sure(found.live):
        first = found.live[0]
        ago = describe_distance(parse_time(first.created) - session.now)
        yield _("open now: {ticket}  {title}, {ago}", ticket=first.id, title=first.title, ago=ago)
    elif likeness.is_sure(found.solved):
        yield _("solved before: {ticket}  {title}", ticket=found.solved[0].id, title=found.solved[0].title)


def _find(session: Session, ticket_id: str, request: Request) -> _Found:
    question = request.question()
    first = session.config["desk.languages"][0]
    scope = session.scope()

    def ask(index: Index) -> _Found:
        postings, learned = likeness.postings(index, question.terms), likeness.learned(index, question.terms)
        articles = likeness.articles(index, first)
        tickets = likeness.find_alike(index, ticket_id, question, scope)
        return _Found(
            suggestion.rank(question, articles, postings, request.language or first, learned),
            [one for one in tickets if one.state != CLOSED],
            [one for one in tickets if one.state == CLOSED],
        )

    return session.store.ask(ask)


def _why(ranked: Ranked, written: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(written.get(term, term) for term in ranked.why()))


def _of_article(found: Suggestion, written: Mapping[str, str], *, sure: bool) -> Answer:
    article, ranked = found
    return Answer(
        ARTICLE, article.id, article.title, round(ranked.score, 2), sure, _why(ranked, written), article.language
    )


def _of_ticket(found: Alike, written: Mapping[str, str], *, sure: bool) -> Answer:
    return Answer(
        TICKET, found.id, found.title, round(found.ranked.score, 2), sure, _why(found.ranked, written),
        state=found.state, created=found.created,
    )  # fmt: skip


def _with_reply(session: Session, answer: Answer) -> Answer:
    if answer.state != CLOSED:
        return answer
    ticket = cast("Ticket", session.store.read("ticket", answer.id))
    replies = [entry.text for entry in ticket.thread if entry.kind == REPLY]
    said = next((line for line in (replies[-1] if replies else "").splitlines() if line.strip()), "")
    used = tuple(dict.fromkeys(articles_in(ticket)))
    return answer._replace(language=ticket.language, reply=said[:200] or None, articles=used)
