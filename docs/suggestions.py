"""How often `desk kb suggest` is right: the starter desk's articles asked about the tickets of tests/data/suggest.yaml.

python -m docs.suggestions     prints the rates, and every ticket whose answer isn't first
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from desk.codec import records
from desk.domain.matching import suggestion
from desk.domain.matching.suggestion import Counts, IndexedArticle

TOP = Path(__file__).resolve().parent.parent
NONE = "none"
HALVES = ("chosen on", "held out")
"""Every second ticket is held out: weights and threshold were chosen on the others alone."""


class Labelled(NamedTuple):
    """A ticket and the article that answers it."""

    title: str
    body: str
    language: str
    article: str


class Rates(NamedTuple):
    """Of the tickets that an article answers: how many had it first, and among the three; of the others, how many had any."""

    answered: int
    first: int
    three: int
    others: int
    alarms: int


def labelled() -> list[Labelled]:
    """The labelled tickets."""
    raw = yaml.safe_load((TOP / "tests/data/suggest.yaml").read_text(encoding="utf-8"))
    return [Labelled(**one) for one in raw]


def library() -> tuple[dict[str, IndexedArticle], dict[str, dict[str, Counts]]]:
    """The starter desk's articles as the index would hold them."""
    articles: dict[str, IndexedArticle] = {}
    postings: dict[str, dict[str, Counts]] = {}
    for file in sorted((TOP / "kb").glob("*/*.md")):
        path = file.relative_to(TOP).as_posix()
        record = records.decode(file.read_bytes(), path, "article")
        terms = suggestion.terms_of(record)
        value: Callable[[str], Any] = record.values.get
        words = sum(counts.body for counts in terms.values())
        articles[path] = IndexedArticle(
            record.id, value("title"), value("language"), words, value("service"), value("tags")
        )
        for term, counts in terms.items():
            postings.setdefault(term, {})[path] = counts
    return articles, postings


def suggested(tickets: Iterable[Labelled]) -> Iterator[tuple[Labelled, list[str]]]:
    """Each ticket with the articles suggested for it, best first."""
    articles, postings = library()
    for ticket in tickets:
        question = suggestion.asked(ticket.title, ticket.body)
        found = suggestion.rank(question, articles, postings, ticket.language)
        yield ticket, [suggestion.slug(s.article.id, s.article.language) for s in found]


def rates(tickets: Iterable[Labelled]) -> Rates:
    """How often the right article is named, and how often one is named where none is right."""
    found = list(suggested(tickets))
    right = [(ticket.article, names) for ticket, names in found if ticket.article != NONE]
    wrong = [names for ticket, names in found if ticket.article == NONE]
    return Rates(
        len(right),
        sum(names[:1] == [article] for article, names in right),
        sum(article in names for article, names in right),
        len(wrong),
        sum(bool(names) for names in wrong),
    )


def measured() -> Mapping[str, Rates]:
    """The rates of both halves and of the whole."""
    tickets = labelled()
    return {HALVES[0]: rates(tickets[::2]), HALVES[1]: rates(tickets[1::2]), "all": rates(tickets)}


def table() -> str:
    """The rates as Markdown."""
    rows = [
        "| tickets | right article first | among three | nothing to find, something suggested |",
        "|---|---:|---:|---:|",
    ]
    for name, found in measured().items():
        shares = [f"{part} of {whole} ({part / whole:.0%})" for part, whole in (
            (found.first, found.answered), (found.three, found.answered), (found.alarms, found.others)
        )]  # fmt: skip
        rows.append(f"| {name} | {' | '.join(shares)} |")
    return "\n".join(rows)


def main() -> None:
    """Print the rates, and what went wrong."""
    print(table())  # noqa: T201 - a tool for the developer
    for ticket, names in suggested(labelled()):
        if names[:1] != [ticket.article] and (names or ticket.article != NONE):
            print(f"{ticket.article}: {ticket.title} -> {', '.join(names) or 'nothing'}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
