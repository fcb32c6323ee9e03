"""Measures finding on any labelled set, through the index and the queries that `desk kb suggest` uses.

    python -m bench.finding SET.jsonl [SET.jsonl …]

A set is JSON lines, described in docs/finding.md: documents (articles and tickets), asks with the ids of what is right for
them, incidents with the group that they belong to, and forms of words. Nothing is written: the index is made in memory. The
figures are given for every second ask, beginning with the first, for the others, and for all.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from desk.domain.matching import candidates, certainty, ranking, suggestion, words
from desk.domain.matching.folding import fold
from desk.domain.matching.likeness import Incident
from desk.domain.model.article import Article
from desk.domain.model.record import Entry, Record
from desk.domain.model.states import CLOSED, DUPLICATE, SOLVED
from desk.domain.model.ticket import REPLY, Ticket
from desk.index.filling import Filling
from desk.queries import likeness

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_STEP = timedelta(hours=1)
"""Between two documents that name no time: they come in the order of the lines."""
ARTICLES, LIVE, SOLVED_ONES = "articles", "open tickets", "solved tickets"
KINDS = (ARTICLES, LIVE, SOLVED_ONES)
_LANGUAGE = "en"
Line = Mapping[str, Any]


class Found(NamedTuple):
    """What is named of one kind, best first, by the ids of the set, and whether the first would be shown unasked."""

    names: list[str]
    sure: bool


class Asked(NamedTuple):
    """What is found for one ask, by kind, and without what is right for it."""

    right: frozenset[str]
    found: Mapping[str, Found]
    without: Mapping[str, Found]


class Collection:
    """The documents of a set in an index of their own."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.index = Filling(sqlite3.connect(":memory:"), fresh=True)
        self.index.create()
        self.names: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        documents = [line for line in lines if line["kind"] in ("article", "ticket")]
        numbered = {line["id"]: _number(n) for n, line in enumerate(documents)}
        for number, line in enumerate(documents):
            record = _article(line, number) if line["kind"] == "article" else _ticket(line, number, numbered)
            path = Ticket.path_of(record.id) if isinstance(record, Ticket) else f"kb/t/{record.id}.md"
            self.names[record.id] = line["id"]
            self.kinds[line["id"]] = _kind(line)
            self.index.put_file(path, "", 0, record)
        self.index.requests.count()

    def ask(self, line: Line, hidden: frozenset[str] = frozenset()) -> dict[str, Found]:
        """What is found for an ask, without what is `hidden`."""
        question = ranking.ask(line["title"], line.get("text", ""))
        known = likeness.articles(self.index, _LANGUAGE)
        articles = {path: one for path, one in known.items() if self.names[one.id] not in hidden}
        postings, learned = likeness.postings(self.index, question.terms), likeness.learned(self.index, question.terms)
        ranked = suggestion.rank(question, articles, postings, line.get("language", _LANGUAGE), learned)
        alike = [a for a in likeness.find_alike(self.index, "", question, None) if self.names[a.id] not in hidden]
        live, solved = ([a for a in alike if (a.state == CLOSED) is closed] for closed in (False, True))
        return {
            ARTICLES: Found([self.names[s.article.id] for s in ranked], certainty.is_sure([s.ranked for s in ranked])),
            LIVE: Found([self.names[a.id] for a in live], likeness.is_sure(live)),
            SOLVED_ONES: Found([self.names[a.id] for a in solved], likeness.is_sure(solved)),
        }


def _kind(line: Line) -> str:
    if line["kind"] == "article":
        return ARTICLES
    return SOLVED_ONES if line.get("state", CLOSED) == CLOSED else LIVE


def _number(place: int) -> str:
    return f"{FIRST + _STEP * place:%y%m%d}-{place % 10_000:04}"


def _article(line: Line, place: int) -> Record:
    values = {k: line[k] for k in ("title", "symptom", "language") if line.get(k)}
    values.update(id=f"a{place}", topic="t", state="published", keywords=tuple(line.get("keywords", ())))
    return Article(values, body=line.get("text", ""))


def _ticket(line: Line, place: int, numbered: Mapping[str, str]) -> Record:
    at = _moment(line, place)
    values: dict[str, Any] = {"id": _number(place), "title": line["title"], "created": at, "department": "d"}
    values["state"] = line.get("state", CLOSED)
    target = numbered.get(line.get("duplicate_of", ""))
    if values["state"] == CLOSED:
        values.update(closed=at, resolution=DUPLICATE if target else SOLVED)
    if target:
        values["links"] = (f"duplicates {target}",)
    thread = tuple(Entry(REPLY, "clerk", at, "", {"article": name}) for name in line.get("articles", ()))
    return Ticket(values, body=line.get("text", ""), thread=thread)


def _moment(line: Line, place: int) -> datetime:
    return datetime.fromisoformat(line["at"]) if "at" in line else FIRST + _STEP * place


# -- figures -----------------------------------------------------------------------------------------------------------


def asks(lines: Sequence[Line], collection: Collection) -> list[Asked]:
    """Each ask of a set; one without an answer finds the same with and without it."""
    out = []
    for line in lines:
        if line["kind"] == "ask":
            right = frozenset(line.get("right", ()))
            found = collection.ask(line)
            out.append(Asked(right, found, collection.ask(line, right) if right else found))
    return out


def share(part: int, whole: int) -> str:
    """`83 % (5 of 6)`."""
    return f"{100 * part / whole:.0f} % ({part} of {whole})" if whole else "–"


def rows(lines: Sequence[Line]) -> Iterator[str]:
    """Of each kind that an ask has its answer in: first, among three, shown unasked, right of these, false alarms."""
    collection = Collection(lines)
    every = asks(lines, collection)
    halves = {"first half": every[::2], "other half": every[1::2], "all": every}
    for kind in KINDS:
        for name, part in halves.items():
            answered = [a for a in part if any(collection.kinds.get(r) == kind for r in a.right)]
            if not answered:
                continue
            firsts = [bool(a.right & {*a.found[kind].names[:1]}) for a in answered]
            three = sum(bool(a.right & {*a.found[kind].names[:3]}) for a in answered)
            shown = [right for a, right in zip(answered, firsts, strict=True) if a.found[kind].sure]
            alarms = sum(a.without[kind].sure for a in part)
            figures = (
                (sum(firsts), len(answered)), (three, len(answered)), (len(shown), len(answered)),
                (sum(shown), len(shown)), (alarms, len(part)),
            )  # fmt: skip
            yield f"| {kind} | {name} | {' | '.join(share(*pair) for pair in figures)} |"


def groups(lines: Sequence[Line]) -> str | None:
    """Of groups of three incidents and more: how many were found, and how many of what was found is one."""
    told = [line for line in lines if line["kind"] == "incident"]
    incidents = [_incident(line, place) for place, line in enumerate(told)]
    planted = defaultdict(set)
    for line in told:
        if line.get("group"):
            planted[line["group"]].add(line["id"])
    real = [group for group in planted.values() if len(group) >= candidates.LEAST]
    if not real:
        return None
    now = max(incident.at for incident in incidents)
    found = [{one.id for one in c.incidents} for c in candidates.candidates(incidents, now=now)]
    seen = sum(any(_is_same(group, one) for one in found) for group in real)
    right = sum(any(_is_same(group, one) for group in real) for one in found)
    return f"recurring groups found: {share(seen, len(real))}; of what was found, right: {share(right, len(found))}"


def _incident(line: Line, place: int) -> Incident:
    at = int(_moment(line, place).timestamp())
    return Incident(line["id"], line["title"], line.get("text", ""), line.get("department", "d"), (), None, at)


def _is_same(one: set[str], two: set[str]) -> bool:
    """Two groups are the same when they share more than they don't."""
    return len(one & two) > len(one ^ two)


def forms(lines: Sequence[Line]) -> Iterator[str]:
    """Of words in several forms, by class: in how many the first form finds the others, compared and searched for."""
    counted: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for line in lines:
        if line["kind"] == "forms":
            first, *others = map(fold, line["forms"])
            stem = words.stem(first)
            counted[line.get("class", "words")] += [(words.stem(o) == stem, o.startswith(stem)) for o in others]
    for name, pairs in counted.items():
        same, begun = (sum(column) for column in zip(*pairs, strict=True))
        yield f"other forms of {name}: same stem {share(same, len(pairs))}, found by search {share(begun, len(pairs))}"


def read(path: Path) -> list[dict[str, Any]]:
    """A set."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main(paths: Iterable[str]) -> None:
    """Print the figures of each set."""
    for path in paths:
        lines = read(Path(path))
        print(f"\n{Path(path).stem}\n")
        table = list(rows(lines))
        if table:
            print("| what is right | asks | first | among three | shown unasked | right of these | false alarms |")
            print("|---|---|---:|---:|---:|---:|---:|")
        for line in (*table, *filter(None, [groups(lines)]), *forms(lines)):
            print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
