"""How often `desk kb suggest` is right: the starter desk's articles asked about the tickets of tests/data/suggest.yaml.

python -m docs.suggestions     prints the rates, and every ticket whose answer isn't first
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from desk.codec import records
from desk.domain.matching import certainty, ranking, suggestion
from desk.domain.matching.suggestion import Counts, IndexedArticle
from desk.domain.model.record import Record
from desk.index.texts import text_of

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
    """Of the tickets that an article answers: how many had it first, and among the three, how many had one shown without
    being asked, and of these the right one; of the others, how many had one shown.
    """

    answered: int
    first: int
    three: int
    shown: int
    right: int
    others: int
    alarms: int


class Suggested(NamedTuple):
    """The articles suggested for a ticket, best first, and whether the first would be shown unasked."""

    names: list[str]
    sure: bool


@cache
def labelled() -> tuple[Labelled, ...]:
    """The labelled tickets."""
    raw = yaml.safe_load((TOP / "tests/data/suggest.yaml").read_text(encoding="utf-8"))
    return tuple(Labelled(**one) for one in raw)


@cache
def library() -> tuple[dict[str, IndexedArticle], dict[str, dict[str, Counts]]]:
    """The starter desk's articles as the index would hold them."""
    articles: dict[str, IndexedArticle] = {}
    postings: dict[str, dict[str, Counts]] = {}
    for file in sorted((TOP / "kb").glob("*/*.md")):
        path = file.relative_to(TOP).as_posix()
        record = records.decode(file.read_bytes(), path, "article")
        terms = suggestion.terms_of(record)
        value: Callable[[str], Any] = record.values.get
        length = sum(counts.weighted() for counts in terms.values())
        articles[path] = IndexedArticle(
            record.id,
            value("title"),
            value("language"),
            length,
            value("service"),
            value("tags"),
            opening=_opening(record),
        )
        for term, counts in terms.items():
            postings.setdefault(term, {})[path] = counts
    return articles, postings


def _opening(article: Record) -> str:
    title, lead, body = text_of(article) or ("", "", "")
    return f"{title} {f'{lead} {body}'[: ranking.OPENING]}"


def suggest(tickets: Iterable[Labelled]) -> Iterator[tuple[Labelled, Suggested]]:
    """Each ticket with what is suggested for it."""
    articles, postings = library()
    for ticket in tickets:
        question = ranking.ask(ticket.title, ticket.body)
        found = suggestion.rank(question, articles, postings, ticket.language)
        names = [suggestion.slug(s.article.id, s.article.language) for s in found[:3]]
        yield ticket, Suggested(names, certainty.is_sure([s.ranked for s in found]))


def rates(found: Sequence[tuple[Labelled, Suggested]]) -> Rates:
    """How often the right article is named, and how often one is shown unasked where none is right."""
    answered = [(ticket.article, told) for ticket, told in found if ticket.article != NONE]
    others = [told for ticket, told in found if ticket.article == NONE]
    shown = [(article, told) for article, told in answered if told.sure]
    return Rates(
        len(answered),
        sum(told.names[:1] == [article] for article, told in answered),
        sum(article in told.names for article, told in answered),
        len(shown),
        sum(told.names[:1] == [article] for article, told in shown),
        len(others),
        sum(told.sure for told in others),
    )


@cache
def measured() -> Mapping[str, Rates]:
    """The rates of both halves and of the whole."""
    found = list(suggest(labelled()))
    return {HALVES[0]: rates(found[::2]), HALVES[1]: rates(found[1::2]), "all": rates(found)}


def table() -> str:
    """The rates as Markdown."""
    rows = [
        "| tickets | right article first | among three | shown unasked | right of these | nothing to find, one shown |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, found in measured().items():
        shares = [f"{part} of {whole} ({part / whole:.0%})" for part, whole in (
            (found.first, found.answered), (found.three, found.answered), (found.shown, found.answered),
            (found.right, found.shown), (found.alarms, found.others),
        )]  # fmt: skip
        rows.append(f"| {name} | {' | '.join(shares)} |")
    return "\n".join(rows)


def main() -> None:
    """Print the rates, and what went wrong."""
    print(table())  # noqa: T201 - a tool for the developer
    for ticket, told in suggest(labelled()):
        if (told.names[:1] != [ticket.article] and ticket.article != NONE) or (ticket.article == NONE and told.sure):
            print(f"{ticket.article}: {ticket.title} -> {', '.join(told.names)}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
