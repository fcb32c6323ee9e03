"""Which articles probably answer a ticket: the ranking over the fields of articles, and the words they have answered.

The index keeps what `terms` counts in each article, and the titles of the tickets that were answered from it; `rank`
weighs what the index found for the words of a ticket. The variants of one article in several languages count once, by
the best of them, and rarity is judged within a language: a word of every Greek article says little, although no English
one has it.
"""

from __future__ import annotations

from collections.abc import Mapping

from desk.domain.matching import ranking
from desk.domain.matching.ranking import Collection, Document, Question, Ranked
from desk.domain.matching.words import tokens
from desk.domain.model.organisation import RESERVED_TAGS
from desk.domain.model.record import Record
from desk.named import NamedTuple

WEIGHTS = (ranking.TITLE, 3.0, 3.0, 1.0)
"""What an occurrence counts in the title, the symptom, the keywords and the text of an article."""
LEARNED = 6.0
"""What a word counts at most that stands in the titles of tickets answered from an article: as much as two in its own title."""
_ENOUGH = 20
"""Titles from which on a word has to stand in more than one to count half of that."""
_IN_COMMON = 0.1
"""What the same service, or a tag in common, adds to a score, as a share of it."""


class Counts(NamedTuple):
    """How often a term occurs in each field of an article."""

    title: int
    symptom: int
    keywords: int
    body: int

    def weighted(self) -> float:
        """All occurrences, each by its field."""
        return sum(weight * count for weight, count in zip(WEIGHTS, self, strict=True))


class IndexedArticle(NamedTuple):
    """An article as the index knows it; `length` is that of its fields in terms, weighted; `titles`, how many it has answered."""

    id: str
    title: str
    language: str
    length: float
    service: str | None = None
    tags: tuple[str, ...] = ()
    type: str = "how-to"
    titles: int = 0
    opening: str = ""
    """Its title and how it begins, whose wording is compared."""


class Suggestion(NamedTuple):
    """An article in the language that is shown, and how its best variant fared."""

    article: IndexedArticle
    ranked: Ranked


Postings = Mapping[str, Mapping[str, Counts]]
"""Term → path of an article → how often it occurs there."""
Learned = Mapping[str, Mapping[str, int]]
"""Term → id of an article → in how many titles of tickets that it answered."""


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


def slug(article_id: str, language: str | None) -> str:
    """What the variants of an article have in common: `malta-4703` of `malta-4703.el`."""
    return article_id.removesuffix(f".{language}") if language else article_id


def rank(
    question: Question,
    articles: Mapping[str, IndexedArticle],
    postings: Postings,
    language: str,
    learned: Learned | None = None,
) -> list[Suggestion]:
    """The articles that say something of what is asked, best first.

    `articles` by path are those that may be named; `postings` and `learned` give for each term where it occurs.
    """
    sizes = _sizes(articles)
    paths = {article.id: path for path, article in articles.items()}
    worth: dict[str, dict[str, float]] = {lang: {} for lang in sizes}
    occurring: dict[str, dict[str, float]] = {}
    for term in question.terms:
        found = _weighted(term, articles, paths, postings, learned or {})
        for lang, (number, _) in sizes.items():
            holding = sum(articles[path].language == lang for path in found)
            worth[lang][term] = ranking.rarity(holding, number)
        for path, weight in found.items():
            occurring.setdefault(path, {})[term] = weight
    among = {lang: Collection(worth[lang], mean) for lang, (_, mean) in sizes.items()}
    ranks = [
        ranking.rate(question, Document(path, terms, articles[path].length), among[articles[path].language])
        for path, terms in occurring.items()
    ]
    worded = ranking.compare_wording(question, ranks, {path: articles[path].opening for path in occurring})
    told = {one.key: Suggestion(articles[one.key], _with_common(question, articles[one.key], one)) for one in worded}
    best = _variants(told, articles, language)
    return sorted(best, key=lambda s: (-s.ranked.score, s.article.id))


def _weighted(
    term: str,
    articles: Mapping[str, IndexedArticle],
    paths: Mapping[str, str],
    postings: Postings,
    learned: Learned,
) -> dict[str, float]:
    """Where a term occurs, and how much of it."""
    found = {path: c.weighted() for path, c in postings.get(term, {}).items() if path in articles}
    for article_id, times in learned.get(term, {}).items():
        if path := paths.get(article_id):
            more = LEARNED * times / (times + 1 + articles[path].titles / _ENOUGH)
            found[path] = found.get(path, 0.0) + more
    return found


def _sizes(articles: Mapping[str, IndexedArticle]) -> dict[str, tuple[int, float]]:
    """By language: how many articles, and their mean length."""
    found: dict[str, list[float]] = {}
    for article in articles.values():
        found.setdefault(article.language, []).append(article.length)
    return {lang: (len(lengths), max(sum(lengths) / len(lengths), 1)) for lang, lengths in found.items()}


def _with_common(question: Question, article: IndexedArticle, ranked: Ranked) -> Ranked:
    common = len((set(question.tags) & set(article.tags)) - set(RESERVED_TAGS)) + (
        question.service is not None and question.service == article.service
    )
    return ranked._replace(score=ranked.score * (1 + _IN_COMMON * common))


def _variants(
    found: Mapping[str, Suggestion], articles: Mapping[str, IndexedArticle], language: str
) -> list[Suggestion]:
    """One suggestion for all the variants of an article: the best one's score, the text in the reader's language."""
    best: dict[str, Suggestion] = {}
    for suggestion in found.values():
        name = slug(suggestion.article.id, suggestion.article.language)
        if name not in best or suggestion.ranked.score > best[name].ranked.score:
            best[name] = suggestion
    own = {slug(a.id, a.language): a for a in articles.values() if a.language == language}
    return [s._replace(article=own.get(name, s.article)) for name, s in best.items()]
