"""Full-text search over tickets and articles."""

from __future__ import annotations

import re
from typing import Any

from desk.domain.matching import endings
from desk.domain.matching.words import is_code, tokens
from desk.domain.model.query import Scope
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import sql
from desk.queries.sql import marks
from desk.queries.tickets import match


class Hit(NamedTuple):
    """Something found: what, where, and the text to show around the words; `owner` and `created` are those of a ticket."""

    kind: str
    id: str
    path: str
    title: str
    lead: str
    body: str
    state: str
    owner: str | None
    created: str | None


_SHOWN = "t.kind, t.path, coalesce(k.title, t.title), t.lead, t.body, coalesce(k.state, a.state, 'draft'), k.owner, k.created"


_LETTERS = re.compile(r"\w+")
_AHEAD = 20
"""How many times the wanted hits are taken by rank before the other conditions are looked at."""
_WEIGHTS = "bm25(5.0, 3.0, 1.0)"
"""A word in the title, in symptom and keywords, in the text."""
WHOLE, ALL, STEMS, SOME = "whole", "all", "stems", "some"
"""How the words must occur: all of them, short ones by themselves; all of them as typed; all of them in any form; at least one."""
_SHORT = 3
"""Letters of a word with which too many others begin: texts in which it stands by itself come first."""


def expression(words: str, how: str = ALL) -> str:
    """What a person typed as an FTS5 expression. Every word may be the beginning of one in the text.

    Not so a stem of few letters, with which too much begins: it stands for its own forms.
    """
    if how in (WHOLE, ALL):
        return match(words, whole=_SHORT if how == WHOLE else 0)
    every = (" AND ".join(map(_forms, tokens(word))) for word in words.split())
    asked = [f"({word})" for word in every if word]
    return (" OR " if how == SOME else " AND ").join(asked) or '""'


def _forms(token: str) -> str:
    if len(token) > endings.STEM or is_code(token):
        return f'"{token}"*'
    return "(" + " OR ".join(f'"{form}"' for form in endings.spell_out(token)) + ")"


class Where(NamedTuple):
    """Which articles are looked at; the scope leaves out other departments' tickets."""

    scope: Scope | None = None
    topic: str | None = None
    language: str | None = None
    states: tuple[str, ...] = ("draft", "review", "published")


_FEW = 5
"""With fewer texts that have all of the words, those that have some of them are shown too."""
_REST = 10
"""How many are shown then at most, both together."""


class Hits(NamedTuple):
    """What was found, best first; the first `whole` of them have all of the words."""

    hits: list[Hit]
    whole: int


def search(index: Index, words: str, limit: int, where: Where, *, articles_only: bool = False) -> Hits:
    """Texts that have all the words, as typed and then in other forms, then tickets of people who are called so; if they are
    few, texts that have some of the words.

    A word in the title weighs five times one in the text, one in symptom or keywords three times.
    """
    hits: list[Hit] = []

    def add(how: str, most: int) -> None:
        if len(hits) < most:
            known = {hit.path for hit in hits}
            found = _found(index, expression(words, how), most, where, articles_only=articles_only)
            hits.extend([hit for hit in found if hit.path not in known][: most - len(hits)])

    if any(len(word) <= _SHORT for word in _LETTERS.findall(words)):
        add(WHOLE, limit)
    add(ALL, limit)
    add(STEMS, limit)
    if len(hits) < limit and not articles_only:
        known = {hit.path for hit in hits}
        hits += [hit for hit in _of_people(index, words, limit, where) if hit.path not in known][: limit - len(hits)]
    whole = len(hits)
    if whole < _FEW:
        add(SOME, min(limit, _REST) if whole else limit)
    return Hits(hits, whole)


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


def _of_people(index: Index, words: str, limit: int, where: Where) -> list[Hit]:
    """Tickets of requesters whose name, address, number or organisation has all the words, the newest first."""
    asked = sql.every(sql.Condition("words MATCH ?", (match(words),)), sql.scope(where.scope, "k"))
    rows = index.db.execute(
        f"SELECT {_SHOWN} FROM words w JOIN texts p ON p.doc = w.rowid AND p.kind = 'user'"
        " JOIN users u ON u.path = p.path JOIN tickets k ON k.requester = u.id JOIN texts t ON t.path = k.path"
        " LEFT JOIN articles a ON a.path = k.path"
        f" WHERE {asked.where} ORDER BY k.created DESC, k.id LIMIT ?",
        (*asked.args, limit),
    )
    return [_hit(*row) for row in rows]


def _hit(kind: str, path: str, *told: Any) -> Hit:
    return Hit(kind, path.rpartition("/")[2].rpartition(".")[0], path, *told)


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
        f"SELECT w.rank, {_SHOWN} FROM ({_best(table)} LIMIT ?) w"
        " JOIN texts t ON t.doc = w.rowid LEFT JOIN tickets k ON k.path = t.path LEFT JOIN articles a ON a.path = t.path"
        f" WHERE {' AND '.join(parts)} ORDER BY w.rank, t.path",
        (wanted, ahead, *args),
    ).fetchall()
