"""Which articles probably answer a ticket: BM25 over the fields of articles, the words of title, symptom and keywords first.

The index keeps what `terms` counts in each article; `rank` weighs what the index found for the words of a ticket. The
variants of one article in several languages count once, by the best of them, and rarity is judged within a language:
a word of every Greek article says little, although no English one has it.

The weights were chosen on one half of tests/data/suggest.yaml and are measured on the other (docs/finding.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from desk.domain.matching.words import is_code, tokens
from desk.domain.model.organisation import RESERVED_TAGS
from desk.domain.model.record import Record

WEIGHTS = (3.0, 2.0, 3.0, 1.0)
"""What an occurrence counts in the title, the symptom, the keywords and the text of an article."""
_K = 1.6
_B = 0.6
TITLE = 2.0
"""What a word of a ticket's title counts; one of its text counts 1."""
CODE = 2.0
"""How much more an error code says than a word."""
ENOUGH = 0.45
"""Score below which nothing is suggested."""
_SURE = 0.8
"""Score from which an article is worth a line that nobody asked for."""
MOST_TERMS = 60
_FEW = 2
TEXT_READ = 6_000
"""Characters of a ticket's text that are looked at: what it is about stands at the beginning."""


class Counts(NamedTuple):
    """How often a term occurs in each field of an article."""

    title: int
    symptom: int
    keywords: int
    body: int


class IndexedArticle(NamedTuple):
    """An article as the index knows it; `words` is the length of its body in terms."""

    id: str
    title: str
    language: str
    words: int
    service: str | None = None
    tags: tuple[str, ...] = ()
    type: str = "how-to"


class Question(NamedTuple):
    """What is known of a ticket: its terms with their weights, and what else it may have in common with an article."""

    terms: Mapping[str, float]
    service: str | None = None
    tags: tuple[str, ...] = ()


class Suggestion(NamedTuple):
    """An article in the language that is shown; `why` are the terms that decided.

    `score` is the share of what the ticket's words could have scored, times the root of their weight: the same share
    says more of a long ticket than of a short one.
    """

    article: IndexedArticle
    score: float
    why: tuple[str, ...]


def terms_of(article: Record) -> dict[str, Counts]:
    """The terms of an article, counted by field."""
    values = article.values
    more = [str(values[n]) for n in ("cause", "workaround", "fix") if n in values]
    texts = (str(values["title"]), str(values.get("symptom", "")), "\n".join(values.get("keywords", ())))
    found: dict[str, list[int]] = {}
    for number, text in enumerate((*texts, "\n".join([article.body, *more]))):
        for token in tokens(text):
            found.setdefault(token, [0] * len(WEIGHTS))[number] += 1
    return {term: Counts(*counts) for term, counts in found.items()}


def asked(title: str, body: str, service: str | None = None, tags: Iterable[str] = ()) -> Question:
    """The terms of a ticket, those of the title first and codes before words if there are too many."""
    weights = dict.fromkeys(tokens(title), TITLE)
    for token in tokens(body[:TEXT_READ]):
        weights.setdefault(token, 1.0)
    kept = sorted(weights, key=lambda t: (-weights[t], not is_code(t)))[:MOST_TERMS]
    return Question({t: weights[t] * (CODE if is_code(t) else 1) for t in kept}, service, tuple(tags))


def slug(article_id: str, language: str | None) -> str:
    """What the variants of an article have in common: `malta-4703` of `malta-4703.el`."""
    return article_id.removesuffix(f".{language}") if language else article_id


def rank(
    question: Question,
    articles: Mapping[str, IndexedArticle],
    postings: Mapping[str, Mapping[str, Counts]],
    language: str,
    limit: int = 3,
) -> list[Suggestion]:
    """The articles that probably answer, best first; none where nothing fits well enough.

    `articles` by path are those that may be named; `postings` give for each term where it occurs, by path.
    """
    sizes = _sizes(articles)
    scores: dict[str, dict[str, float]] = {}
    possible = dict.fromkeys(sizes, 0.0)
    for term, weight in question.terms.items():
        found = {path: counts for path, counts in postings.get(term, {}).items() if path in articles}
        rarity = _rarity(found, articles, sizes)
        for lang, worth in rarity.items():
            possible[lang] += weight * worth
        for path, counts in found.items():
            article = articles[path]
            gain = weight * rarity[article.language] * _saturated(counts, article.words, sizes[article.language][1])
            scores.setdefault(path, {})[term] = gain
    told = {p: _suggestion(question, articles[p], s, possible) for p, s in scores.items() if _says(question, s)}
    best = _variants(told, articles, language)
    return [s for s in sorted(best, key=lambda s: (-s.score, s.article.id)) if s.score >= ENOUGH][:limit]


def sure(found: Suggestion) -> bool:
    """Whether it is worth a line that nobody asked for; a single word in common never is, unless it is a code."""
    return found.score >= _SURE and (len(found.why) > 1 or any(map(is_code, found.why)))


def _says(question: Question, gains: Mapping[str, float]) -> bool:
    """Whether what they have in common means anything: one word of a sentence doesn't, unless it is a code."""
    return len(gains) > 1 or len(question.terms) <= _FEW or any(map(is_code, gains))


def _sizes(articles: Mapping[str, IndexedArticle]) -> dict[str, tuple[int, float]]:
    """By language: how many articles, and their mean length."""
    found: dict[str, list[int]] = {}
    for article in articles.values():
        found.setdefault(article.language, []).append(article.words)
    return {lang: (len(lengths), max(sum(lengths) / len(lengths), 1)) for lang, lengths in found.items()}


def _rarity(
    found: Mapping[str, Counts], articles: Mapping[str, IndexedArticle], sizes: Mapping[str, tuple[int, float]]
) -> dict[str, float]:
    holding = dict.fromkeys(sizes, 0)
    for path in found:
        holding[articles[path].language] += 1
    return {lang: math.log(1 + (sizes[lang][0] - n + 0.5) / (n + 0.5)) for lang, n in holding.items()}


def _saturated(counts: Counts, words: int, mean: float) -> float:
    """What occurrences are worth, 0 to 1: the first counts most, and those in a long body less."""
    length = 1 - _B + _B * words / mean
    head = sum(w * c for w, c in zip(WEIGHTS[:-1], counts[:-1], strict=True))
    weighted = head + WEIGHTS[-1] * counts.body / length
    return weighted / (weighted + _K)


def _suggestion(
    question: Question, article: IndexedArticle, gains: Mapping[str, float], possible: Mapping[str, float]
) -> Suggestion:
    share = sum(gains.values()) / max(possible[article.language], 1e-9)
    score = share * math.sqrt(sum(question.terms.values()))
    common = len((set(question.tags) & set(article.tags)) - set(RESERVED_TAGS)) + (
        question.service is not None and question.service == article.service
    )
    why = sorted(gains, key=lambda t: -gains[t])[:4]
    return Suggestion(article, score * (1 + 0.1 * common), tuple(why))


def _variants(
    found: Mapping[str, Suggestion], articles: Mapping[str, IndexedArticle], language: str
) -> list[Suggestion]:
    """One suggestion for all the variants of an article: the best one's score, the text in the reader's language."""
    best: dict[str, Suggestion] = {}
    for suggestion in found.values():
        name = slug(suggestion.article.id, suggestion.article.language)
        if name not in best or suggestion.score > best[name].score:
            best[name] = suggestion
    own = {slug(a.id, a.language): a for a in articles.values() if a.language == language}
    return [s._replace(article=own.get(name, s.article)) for name, s in best.items()]
