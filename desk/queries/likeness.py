"""What may answer a ticket: others like it, open or solved, and articles; and the incidents that are compared to find those
that recur.

The rare words of a request are looked up first, and only so many tickets of each; what that finds is then ranked by all
of its words. So the work stays the same however many tickets there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from desk.domain.matching import certainty, ranking
from desk.domain.matching.likeness import READ, Incident
from desk.domain.matching.ranking import Collection, Document, Question, Ranked
from desk.domain.matching.suggestion import Counts, IndexedArticle
from desk.domain.matching.words import is_code
from desk.domain.model.organisation import INCIDENT, PROBLEM, RESERVED_TAGS
from desk.domain.model.query import Scope
from desk.domain.model.states import CLOSED, DUPLICATE, SOLVED
from desk.domain.model.ticket import Ticket
from desk.index.index import Index
from desk.index.layout import BETWEEN
from desk.index.requests import ALL, LENGTH, TITLE, plain
from desk.named import NamedTuple
from desk.queries import sql
from desk.queries.problems import CAUSED
from desk.queries.sql import Condition, marks

_POSTINGS = 2_000
"""Tickets that are looked up in all, the rarest term's first: a few ms."""
_PER_TERM = 500
_RANKED = 40
"""Tickets of them that are ranked by all the words; of open ones half as many more."""
_SIEVED = 8
"""How many times that are looked at for those that are open, and that whoever asks may see."""
_CHAIN = 5
"""How many times a duplicate may lead to a duplicate."""
_DUPLICATES = "duplicates "
_SOLVED = (None, SOLVED, "workaround")
"""How a ticket ended that may help again; None: closed before resolutions were recorded."""
_NO_FAULT = ("not-an-incident", "withdrawn")
"""Resolutions of what never was a fault."""
_NEWEST = 20
"""Of a problem's incidents, how many are compared with."""


class Alike(NamedTuple):
    """A ticket that may be named, and how much it says of what another asks; `same`: its title has just the same words."""

    id: str
    title: str
    state: str
    created: str
    closed: str | None
    same: bool
    ranked: Ranked


class Request(NamedTuple):
    """What a ticket asks, without what was answered, and in which language."""

    title: str
    text: str
    service: str | None
    tags: tuple[str, ...]
    language: str | None

    def question(self) -> Question:
        """What its words are worth."""
        return ranking.ask(self.title, self.text, self.service, self.tags)


class _Asked(NamedTuple):
    """What is asked, what each word of it says, and how many requests have it."""

    question: Question
    worth: Mapping[str, float]
    spread: Mapping[str, int]


def load_request(index: Index, ticket_id: str) -> Request | None:
    """What a ticket asks, as the index has it: the record needn't be decoded; None: there is no such ticket."""
    row = index.db.execute(
        "SELECT k.title, substr(x.body, 1, a.length), k.service, k.tags, k.language FROM tickets k"
        " JOIN texts x ON x.path = k.path JOIN asked a ON a.path = k.path WHERE k.id = ?",
        (ticket_id,),
    ).fetchone()
    if row is None:
        return None
    title, text, service, tags, language = row
    return Request(title, text, service, tuple(tags.split(BETWEEN)) if tags else (), language)


def find_alike(index: Index, ticket_id: str, question: Question, scope: Scope | None) -> list[Alike]:
    """Tickets that are open or were solved and say something of what is asked, best first; all within the scope.

    One that was merged or closed as a duplicate stands for the ticket that goes on.
    """
    spread = _spread(index, question.terms)
    if not spread.get(ALL):
        return []
    worth = {term: ranking.rarity(spread.get(term, 0), spread[ALL]) for term in question.terms}
    own = index.db.execute("SELECT doc FROM requests WHERE path = ?", (Ticket.path_of(ticket_id),)).fetchone()
    likely = _likely(index, _Asked(question, worth, spread), own[0] if own else 0, scope)
    among = Collection(worth, spread.get(LENGTH, 0) / spread[ALL])
    rows = {row[0]: row for row in _rows(index, "r.doc", likely)}
    ranks = [ranking.rate(question, _document(row, worth), among) for row in rows.values()]
    worded = ranking.compare_wording(question, ranks, _openings(index, likely))
    best = _going_on(index, {one.key: (rows[one.key], one) for one in worded}, ticket_id)
    named = [_alike(row, ranked, question) for row, ranked in best if _may_be_named(row, scope)]
    return sorted(named, key=lambda one: (one.ranked.score, one.closed or "", one.id), reverse=True)


def is_sure(tickets: Sequence[Alike]) -> bool:
    """Whether the first of some tickets, best first, is worth a line that nobody asked for."""
    if not tickets:
        return False
    first = tickets[0]
    said = first.ranked.gains.keys()
    return certainty.is_sure([one.ranked for one in tickets]) or (
        first.same and (len(said) > 1 or any(map(is_code, said)))
    )


def _spread(index: Index, terms: Iterable[str]) -> dict[str, int]:
    wanted = (ALL, LENGTH, *terms)
    rows = index.db.execute(f"SELECT term, times FROM spread WHERE term IN ({marks(wanted)})", wanted)
    return {str(term): int(times) for term, times in rows}


def _likely(index: Index, asked: _Asked, own: int, scope: Scope | None) -> list[int]:
    """The tickets that share the most telling words and that a scope shows, by their numbers in the index."""
    scores = _count_telling(index, asked)
    scores.pop(own, None)
    order = sorted(scores, key=lambda doc: (-scores[doc], -doc))
    shown = _states(index, order[: _RANKED * _SIEVED], scope)
    order = [doc for doc in order if doc in shown]
    live = [doc for doc in order[_RANKED:] if shown[doc] != CLOSED]
    return order[:_RANKED] + live[: _RANKED // 2]


def _count_telling(index: Index, asked: _Asked) -> dict[int, float]:
    """Tickets by number, with what the words that they share say; the rare words first, and only so many tickets."""
    scores: dict[int, float] = {}
    left = _POSTINGS
    for term in sorted((t for t in asked.worth if t in asked.spread), key=lambda t: (-asked.worth[t], t)):
        gain = asked.question.terms[term] * asked.worth[term]
        rows = index.db.execute(
            "SELECT rowid FROM request_words WHERE request_words MATCH ? ORDER BY rowid DESC LIMIT ?",
            (f'"{plain(term)}"', min(left, _PER_TERM)),
        ).fetchall()
        for (doc,) in rows:
            scores[doc] = scores.get(doc, 0.0) + gain
        left -= len(rows)
        if left <= 0:
            break
    return scores


def _states(index: Index, docs: list[int], scope: Scope | None) -> dict[int, str]:
    """Those of some tickets, by number, that a scope shows, with their states."""
    within = sql.scope(scope, "k")
    rows = index.db.execute(
        "SELECT r.doc, k.state FROM requests r JOIN tickets k ON k.path = r.path"
        f" WHERE r.doc IN ({marks(docs)}){within.joined()}",
        (*docs, *within.args),
    )
    return {int(doc): str(state) for doc, state in rows}


_COLUMNS = (
    "k.id, k.title, k.created, k.closed, k.state, k.resolution, k.merged_into, k.links, k.department, k.author,"
    " r.title, r.body"
)
_Row = tuple[Any, ...]


def _rows(index: Index, column: str, values: Iterable[Any]) -> list[_Row]:
    wanted = tuple(values)
    return index.db.execute(
        f"SELECT {_COLUMNS} FROM requests r JOIN tickets k ON k.path = r.path WHERE {column} IN ({marks(wanted)})",
        wanted,
    ).fetchall()


def _openings(index: Index, docs: Sequence[int]) -> dict[str, str]:
    """Titles and how the requests begin, by id."""
    found = index.db.execute(
        "SELECT k.id, k.title || ' ' || substr(x.body, 1, min(a.length, ?)) FROM requests r JOIN tickets k ON k.path = r.path"
        f" JOIN texts x ON x.path = r.path JOIN asked a ON a.path = r.path WHERE r.doc IN ({marks(docs)})",
        (ranking.OPENING, *docs),
    )
    return dict(found.fetchall())


def _document(row: _Row, asked: Container[str]) -> Document:
    title, body = row[-2].split(), row[-1].split()
    occurring: dict[str, float] = {}
    for terms, weight in ((title, TITLE), (body, 1)):
        for term in terms:
            if term in asked:
                occurring[term] = occurring.get(term, 0.0) + weight
    return Document(row[0], occurring, TITLE * len(title) + len(body))


def _going_on(index: Index, found: Mapping[str, tuple[_Row, Ranked]], own: str) -> list[tuple[_Row, Ranked]]:
    """Each ticket that goes on, with what it says itself or a duplicate of it does, whichever is more."""
    best = {key: pair for key, pair in found.items() if _target(pair[0]) is None}
    waiting = [(_target(pair[0]), pair[1]) for pair in found.values() if _target(pair[0]) is not None]
    for _ in range(_CHAIN):
        known = {row[0]: row for row in _rows(index, "k.id", {target for target, _ in waiting})} if waiting else {}
        going = [(known[target], ranked) for target, ranked in waiting if target in known and target != own]
        waiting = [(_target(row), ranked) for row, ranked in going if _target(row) is not None]
        for row, ranked in going:
            if _target(row) is None and (row[0] not in best or best[row[0]][1].score < ranked.score):
                best[row[0]] = (row, ranked)
    return list(best.values())


def _target(row: _Row) -> str | None:
    """The ticket that a duplicate stands for."""
    _, _, _, _, state, resolution, merged, links, *_ = row
    if merged:
        return str(merged)
    if state == CLOSED and resolution == DUPLICATE and links:
        named = [link.removeprefix(_DUPLICATES) for link in links.split(BETWEEN) if link.startswith(_DUPLICATES)]
        return named[0] if named else None
    return None


def _may_be_named(row: _Row, scope: Scope | None) -> bool:
    """Open, or closed as solved (or before resolutions were recorded), and the asker's to see (rule 1)."""
    _, _, _, _, state, resolution, _, _, department, author, *_ = row
    return (state != CLOSED or resolution in _SOLVED) and (scope is None or scope.shows(department, author))


def _alike(row: _Row, ranked: Ranked, question: Question) -> Alike:
    ticket, title, created, closed, state, *_ = row
    same = bool(question.title) and frozenset(row[-2].split()) == question.title
    return Alike(str(ticket), str(title), str(state), str(created), closed, same, ranked)


# -- articles that probably answer a ticket ----------------------------------------------------------------------------


def articles(index: Index, language: str) -> dict[str, IndexedArticle]:
    """The published articles, by path; `language` is that of an article which names none."""
    rows = index.db.execute(
        "SELECT a.path, a.id, a.title, coalesce(a.language, ?), a.service, a.tags, a.type, coalesce(l.times, 0),"
        " a.title || ' ' || substr(x.lead || ' ' || x.body, 1, ?), t.title, t.symptom, t.keywords, t.body"
        " FROM terms t JOIN articles a ON a.path = t.path JOIN texts x ON x.path = t.path"
        " LEFT JOIN learned l ON l.term = '' AND l.article = a.id"
        " WHERE t.term = '' AND a.state = 'published' ORDER BY a.path",
        (language, ranking.OPENING),
    )
    found = {}
    for path, article_id, title, own, service, tags, type_, titles, opening, *counts in rows:
        named = tuple(str(tags).split(BETWEEN)) if tags else ()
        length = Counts(*counts).weighted()
        found[str(path)] = IndexedArticle(article_id, title, own, length, service, named, type_, titles, opening)
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


def learned(index: Index, terms: Iterable[str]) -> dict[str, dict[str, int]]:
    """In how many titles of tickets that an article answered a term occurs: term → id of the article → titles."""
    wanted = tuple(terms)
    found: dict[str, dict[str, int]] = {}
    for term, article, times in index.db.execute(
        f"SELECT term, article, times FROM learned WHERE term IN ({marks(wanted)})", wanted
    ):
        found.setdefault(str(term), {})[str(article)] = int(times)
    return found


# -- what is compared to find incidents that recur ----------------------------------------------------------------------


def load_compared(
    index: Index, since: str, *, scope: Scope | None = None, department: str | None = None, untagged: bool = False
) -> list[Incident]:
    """Incidents since a moment (RFC 3339) that no problem explains yet, and the problems that are open."""
    within = sql.every(sql.is_one_of("t.department", [department] if department else []), sql.scope(scope, "t"))
    kinds = (INCIDENT, "ticket") if untagged else (INCIDENT,)
    fresh = (
        f"t.created >= ? AND t.kind IN ({marks(kinds)}) AND t.merged_into IS NULL"
        f" AND coalesce(t.resolution, '') NOT IN ({marks(_NO_FAULT)})"
        f" AND (t.links = '' OR instr(t.links, '{CAUSED}') = 0)"
    )
    rows = _incidents(index, sql.every(Condition(fresh, (since, *kinds, *_NO_FAULT)), within))
    problems = _incidents(index, sql.every(Condition(f"t.kind = '{PROBLEM}' AND t.state <> 'closed'"), within))
    return rows + _with_incidents(index, problems)


def _incidents(index: Index, which: Condition) -> list[Incident]:
    found = index.db.execute(
        "SELECT t.id, t.title, x.body, a.length, t.department, t.tags, t.service, strftime('%s', t.created), t.requester, t.kind,"
        " r.title, r.body, t.cause, t.workaround FROM tickets t JOIN texts x ON x.path = t.path"
        " JOIN asked a ON a.path = t.path JOIN requests r ON r.path = t.path WHERE " + which.where,
        which.args,
    )
    return [_incident(row) for row in found]


def _incident(row: tuple[Any, ...]) -> Incident:
    ticket_id, title, body, own, department, tags, service, at, requester, kind, *terms, cause, workaround = row
    known, is_problem = (cause, workaround), kind == PROBLEM
    text = "\n".join(filter(None, [*known, body[:own]])) if is_problem else body[:own]
    kept = tuple(tag for tag in tags.split(BETWEEN) if tag and tag not in RESERVED_TAGS)
    problem = ticket_id if is_problem else None
    # What the index has was read further, and without what is known of a problem.
    read = None if is_problem or own > READ else (terms[0], terms[1])
    return Incident(ticket_id, title, text, department, kept, service, int(at), requester, problem, read)


def _with_incidents(index: Index, problems: list[Incident]) -> list[Incident]:
    """Problems, and the newest of their incidents: people tell more of a fault than whoever opened the problem."""
    place = {row.id: row.department for row in problems}
    links = index.db.execute(
        "SELECT m.value, t.id FROM members m JOIN tickets t ON t.path = m.path WHERE m.kind = 'ticket' AND m.field = 'links'"
        f" AND m.value IN {sql.LISTED} ORDER BY t.created DESC",
        (sql.listed(CAUSED + row.id for row in problems),),
    )
    told: dict[str, list[str]] = defaultdict(list)
    for link, ticket_id in links:
        told[link.removeprefix(CAUSED)].append(ticket_id)
    of = {ticket_id: problem for problem, ids in told.items() for ticket_id in ids[:_NEWEST]}
    rows = _incidents(index, Condition(f"t.id IN {sql.LISTED}", (sql.listed(of),)))
    return problems + [r._replace(problem=of[r.id], department=place[of[r.id]]) for r in rows if r.problem is None]
