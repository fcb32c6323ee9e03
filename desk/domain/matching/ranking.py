"""What a ticket asks, and how much of it a document says: BM25 and the wording, one for articles and tickets.

A document is the words of its fields, each field with a weight. k1, b and the weights are the usual ones, left alone on
purpose: what was chosen on one collection lost on the next (docs/finding.md). What that finds is ordered by how alike
the wording is, too: pieces of four letters, which words glued, bent or misspelt share, and phrases.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from desk.domain.matching.folding import fold
from desk.domain.matching.words import is_code, tokens
from desk.named import NamedTuple

K1 = 1.5
"""How soon another occurrence of a word says nothing new."""
B = 0.75
"""How much a long document has to say a word more often than a short one."""
TITLE = 3.0
"""What an occurrence in the title of a document counts; one in its text counts 1."""
ASKED = 4.0
"""What a word of a ticket's title counts; one of its text counts 1."""
MOST_TERMS = 120
TEXT_READ = 6_000
"""Characters of a text that are looked at: what it is about stands at the beginning, logs at the end."""
OPENING = 300
"""Characters of a text whose wording is compared, after the title."""
_LETTERS = r"[^\W_]+"
_PIECE = 4
"""Letters of a piece, spaces between words among them."""
_WORDING = 1.0
"""What the very same wording adds to a score, as a share of the best one that words alone bring."""
_WORDED = 20
"""Documents whose wording is compared: those of which words alone say most."""
_SHARED = 0.35
"""Share of them from which on a piece that they have says nothing."""


class Question(NamedTuple):
    """What is known of a ticket: its terms with their weights, and what else it may have in common with an article."""

    terms: Mapping[str, float]
    service: str | None = None
    tags: tuple[str, ...] = ()
    title: frozenset[str] = frozenset()
    """The terms that stand in its title."""
    opening: str = ""
    """Its title and how its text begins, whose wording is compared."""


class Document(NamedTuple):
    """Something that may answer: what the asked terms count in it, by the weights of its fields, and its length likewise."""

    key: str
    occurring: Mapping[str, float]
    length: float


class Collection(NamedTuple):
    """What the documents are together: how much each term says among them, and their mean length."""

    worth: Mapping[str, float]
    mean: float


class Ranked(NamedTuple):
    """A document of a collection; `gains` tell of each term what it brought, which is what the score is the sum of before
    the wording is compared.

    `said` is the share of the title's words, weighed by rarity, that the document has.
    """

    key: str
    score: float
    said: float
    gains: Mapping[str, float]

    def why(self, most: int = 4) -> tuple[str, ...]:
        """The terms that decided, the heaviest first."""
        return tuple(sorted(self.gains, key=lambda term: (-self.gains[term], term))[:most])


def ask(title: str, body: str, service: str | None = None, tags: Iterable[str] = ()) -> Question:
    """The terms of a ticket, those of the title first and codes before words if there are too many, and its wording."""
    named = tokens(title)
    weights = dict.fromkeys(named, ASKED)
    for token in tokens(body[:TEXT_READ]):
        weights[token] = weights.get(token, 0.0) + 1.0
    for token, weight in weights.items():
        weights[token] = _dampened(weight)
    kept = sorted(weights, key=lambda t: (-weights[t], not is_code(t)))[:MOST_TERMS]
    return Question({t: weights[t] for t in kept}, service, tuple(tags), frozenset(named), f"{title} {body[:OPENING]}")


def _dampened(weight: float) -> float:
    """A word that a request repeats says more, but no log may outweigh the title."""
    return min(weight, ASKED + 1)


def rarity(holding: int, documents: int) -> float:
    """How much a term says that so many of the documents have."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def saturated(weighted: float, length: float, mean: float) -> float:
    """What a term is worth that occurs so often, by weight, in a document of such a length: 0 to 1 + K1."""
    return weighted * (K1 + 1) / (weighted + K1 * (1 - B + B * length / max(mean, 1.0)))


def rate(question: Question, document: Document, among: Collection) -> Ranked:
    """What one document scores."""
    worth = among.worth
    gains = {
        term: question.terms[term] * worth[term] * saturated(times, document.length, among.mean)
        for term, times in document.occurring.items()
        if term in question.terms and term in worth
    }
    whole = sum(worth.get(term, 0.0) for term in question.title)
    said = sum(worth.get(term, 0.0) for term in question.title if term in gains)
    return Ranked(document.key, sum(gains.values()), said / whole if whole else 0.0, gains)


def compare_wording(question: Question, ranks: Sequence[Ranked], openings: Mapping[str, str]) -> list[Ranked]:
    """The same documents in any order, the scores of the best of them raised by how alike the wording is.

    `openings` has titles and how texts begin, by key. Pieces that many of them have say nothing: they are of words that
    all were found by, or of a form that all were written in.
    """
    likely = sorted(ranks, key=lambda one: (-one.score, one.key))[:_WORDED]
    asked = pieces(question.opening)
    said = {one.key: pieces(openings.get(one.key, "")) for one in likely}
    holding = Counter(asked)
    for some in said.values():
        holding.update(some)
    worth = _piece_worth(holding, 1 + len(likely))
    # Exactly rounded, so that it doesn't hang on the order that a set happens to have.
    whole = math.fsum([worth[piece] for piece in asked])
    best = max((one.score for one in likely), default=0.0)
    worded = {}
    for one in likely:
        its = said[one.key]
        norm = math.sqrt(whole * math.fsum([worth[piece] for piece in its]))
        alike = math.fsum([worth[piece] for piece in asked & its]) / norm if norm else 0.0
        worded[one.key] = one._replace(score=one.score + _WORDING * best * alike)
    return [worded.get(one.key, one) for one in ranks]


@lru_cache(maxsize=2_000)
def pieces(opening: str) -> frozenset[str]:
    """Every four letters of a text in a row, words parted by one space: `tls fails` has ` tls`, `tls `, `ls f` …"""
    line = f" {' '.join(re.findall(_LETTERS, fold(opening)))} "
    return frozenset([line[at : at + _PIECE] for at in range(len(line) - _PIECE + 1)])


def _piece_worth(holding: Mapping[str, int], texts: int) -> dict[str, float]:
    most = max(2, _SHARED * texts)
    known = {times: math.log((texts + 1) / times) ** 2 if times <= most else 0.0 for times in {*holding.values()}}
    return {piece: known[times] for piece, times in holding.items()}
