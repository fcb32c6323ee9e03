"""Full-text search over tickets and articles, and what answers a ticket: articles by their terms, tickets solved before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from desk.domain.matching.suggestion import Counts, IndexedArticle, Question
from desk.domain.matching.words import is_code, tokens
from desk.domain.model.query import Scope
from desk.domain.model.ticket import Ticket
from desk.index.index import BETWEEN, Index
from desk.queries import sql
from desk.queries.sql import marks
from desk.queries.tickets import match


class Hit(NamedTuple):
    """Something found: what, where, and the text to show around the words."""

    kind: str
    id: str
    path: str
    title: str
    lead: str
    body: str


_AHEAD = 20
"""How many times the wanted hits are taken by rank before the other conditions are looked at."""
_WEIGHTS = "bm25(5.0, 3.0, 1.0)"
"""A word in the title, in symptom and keywords, in the text."""
ALL, STEMS, SOME = "all", "stems", "some"
"""How the words must occur: all of them as typed, all of them in any form, or at least one."""


def expression(words: str, how: str = ALL) -> str:
    """What a person typed as an FTS5 expression. Every word may be the beginning of one in the text."""
    if how == ALL:
        return match(words)
    return (" OR " if how == SOME else " ").join(f'"{w}"*' for w in tokens(words)) or '""'


class Where(NamedTuple):
    """Which articles are looked at; the scope leaves out other departments' tickets."""

    scope: Scope | None = None
    topic: str | None = None
    language: str | None = None
    states: tuple[str, ...] = ("draft", "review", "published")


def search(
    index: Index, words: str, limit: int, where: Where, *, articles_only: bool = False
) -> tuple[list[Hit], bool]:
    """Best first, and whether all the words were found in each: first as typed, then in other forms.

    A word in the title weighs five times one in the text, one in symptom or keywords three times.
    """

    def found(how: str) -> list[Hit]:
        return _found(index, expression(words, how), limit, where, articles_only=articles_only)

    hits = found(ALL)
    if len(hits) < limit:
        known = {hit.path for hit in hits}
        hits += [hit for hit in found(STEMS) if hit.path not in known][: limit - len(hits)]
    return (hits, True) if hits else (found(SOME), False)


def _found(index: Index, wanted: str, limit: int, where: Where, *, articles_only: bool) -> list[Hit]:
    table = "article_words" if articles_only else "words"
    ahead = limit * _AHEAD
    rows = _ranked(index, table, wanted, where, ahead)
    # A word in every ticket: ranking within the full-text table is twice as fast as joining all of them first. Exact
    # only if the last hit is strictly better than what was left out.
    last = rows[limit - 1][0] if len(rows) >= limit else None
    worst = index.db.execute(f"{_best(table)} LIMIT 1 OFFSET ?", (wanted, ahead - 1)).fetchone()
    if worst is not None and (last is None or last >= worst[1]):
        rows = _ranked(index, table, wanted, where, -1)
    return [_hit(*row[1:]) for row in rows[:limit]]


def _hit(kind: str, path: str, title: str, lead: str, body: str) -> Hit:
    record_id = path.rpartition("/")[2].rpartition(".")[0]
    return Hit(kind, record_id, path, title.removeprefix(record_id + " ") if kind == "ticket" else title, lead, body)


def _best(table: str) -> str:
    return f"SELECT rowid, rank FROM {table} WHERE {table} MATCH ? AND rank MATCH '{_WEIGHTS}' ORDER BY rank"


def _ranked(index: Index, table: str, wanted: str, where: Where, ahead: int) -> list[tuple[Any, ...]]:
    """Of the `ahead` best hits (-1: all), those that fit, best first, ties by path."""
    # Looked up for each hit: a subquery over all tickets of a department would read them all for a rare word.
    parts = [f"(a.state IN ({marks(where.states)}) OR (t.kind = 'ticket' AND k.path IS NOT NULL))"]
    args: list[str] = [*where.states]
    if where.scope:
        within = sql.scope(where.scope, "k")
        parts.append(f"(t.kind <> 'ticket' OR {within.where})")
        args += within.args
    for column, value in (("topic", where.topic), ("language", where.language)):
        if value:
            parts.append(f"a.{column} = ?")
            args.append(value)
    return index.db.execute(
        f"SELECT w.rank, t.kind, t.path, t.title, t.lead, t.body FROM ({_best(table)} LIMIT ?) w"
        " JOIN texts t ON t.doc = w.rowid LEFT JOIN tickets k ON k.path = t.path LEFT JOIN articles a ON a.path = t.path"
        f" WHERE {' AND '.join(parts)} ORDER BY w.rank, t.path",
        (wanted, ahead, *args),
    ).fetchall()


# -- articles that probably answer a ticket ----------------------------------------------------------------------------


def candidates(index: Index, language: str) -> dict[str, IndexedArticle]:
    """The published articles, by path; `language` is that of an article which names none."""
    rows = index.db.execute(
        "SELECT a.path, a.id, a.title, coalesce(a.language, ?), t.body, a.service, a.tags, a.type"
        " FROM terms t JOIN articles a ON a.path = t.path WHERE t.term = '' AND a.state = 'published' ORDER BY a.path",
        (language,),
    )
    found = {}
    for path, article_id, title, own, words, service, tags, type_ in rows:
        named = tuple(str(tags).split(BETWEEN)) if tags else ()
        found[str(path)] = IndexedArticle(str(article_id), str(title), str(own), int(words), service, named, str(type_))
    return found


def postings(index: Index, terms: Iterable[str]) -> dict[str, dict[str, Counts]]:
    """Where terms occur in articles: term → path → how often in which field."""
    wanted = tuple(terms)
    found: dict[str, dict[str, Counts]] = {}
    rows = index.db.execute(
        f"SELECT term, path, title, symptom, keywords, body FROM terms WHERE term IN ({marks(wanted)})", wanted
    )
    for term, path, *counts in rows:
        found.setdefault(str(term), {})[str(path)] = Counts(*map(int, counts))
    return found


# -- tickets that were solved before -----------------------------------------------------------------------------------

_SOLVED = ("solved", "workaround")
_LIKE_ENOUGH = 0.6
"""Share of what a ticket's title says, weighed by rarity, that another's title must say too."""
_TERMS = 10
_PER_TERM = 300
_LOOKED_AT = 40


class Solved(NamedTuple):
    """A ticket that was solved, and how much of the other's title it says."""

    id: str
    title: str
    score: float
    closed: str | None


def solved_like(index: Index, ticket_id: str, question: Question, scope: Scope | None, limit: int = 3) -> list[Solved]:
    """Tickets closed as solved whose titles say the same, best first. A bounded number of each term's latest is looked at."""
    wanted = [t for t, w in question.terms.items() if w > 1][:_TERMS]
    total = int(index.db.execute("SELECT coalesce(max(doc), 0) FROM texts").fetchone()[0])
    own = index.db.execute("SELECT doc FROM texts WHERE path = ?", (Ticket.path_of(ticket_id),)).fetchone()
    holding = {term: [doc for doc in _latest(index, term) if own != (doc,)] for term in wanted}
    rarity = {term: math.log(1 + total / len(found)) for term, found in holding.items() if found}
    if len(rarity) < min(2, len(wanted)) and not any(map(is_code, rarity)):
        return []  # one word of several says nothing
    # A word that no other title has can't be missed there: it counts as the least of the others.
    rarity.update(dict.fromkeys((t for t in wanted if t not in rarity), min(rarity.values(), default=0.0)))
    scores: dict[int, float] = {}
    for term, found in holding.items():
        for doc in found:
            scores[doc] = scores.get(doc, 0.0) + rarity[term]
    likely = sorted(scores, key=lambda doc: (-scores[doc], -doc))[:_LOOKED_AT]
    rated = [
        Solved(str(i), str(title), _likeness(str(title), rarity), closed)
        for i, title, closed in _solved(index, likely, ticket_id, scope)
    ]
    best = [s for s in rated if s.score >= _LIKE_ENOUGH]
    return sorted(best, key=lambda s: (s.score, s.closed or "", s.id), reverse=True)[:limit]


def _latest(index: Index, term: str) -> list[int]:
    """The latest documents with a term in the title; a code may stand anywhere."""
    anywhere = is_code(term)
    wanted = f'"{term}"' if anywhere else f'{{title}} : "{term}"*'
    rows = index.db.execute(
        "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?", (wanted, _PER_TERM)
    )
    return [int(row[0]) for row in rows]


def _solved(index: Index, docs: list[int], but: str, scope: Scope | None) -> list[tuple[Any, ...]]:
    within = sql.scope(scope, "k")
    return index.db.execute(
        "SELECT k.id, k.title, k.closed FROM texts t JOIN tickets k ON k.path = t.path"
        f" WHERE t.doc IN ({marks(docs)}) AND k.state = 'closed' AND k.merged_into IS NULL AND k.id <> ?"
        f" AND (k.resolution IS NULL OR k.resolution IN ({marks(_SOLVED)})){within.joined()}",
        (*docs, but, *_SOLVED, *within.args),
    ).fetchall()


def _likeness(title: str, rarity: Mapping[str, float]) -> float:
    said = set(tokens(title))
    return sum(worth for term, worth in rarity.items() if term in said) / max(sum(rarity.values()), 1e-9)
