"""How alike incidents are: each as the weighted set of what it says, and the cosine between two.

What is rare says more, what machines print and what has a name says most, and a slip of the pen counts as the word it
was meant for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter

from desk.domain.matching import words
from desk.named import NamedTuple

READ = 1_500
"""Characters of a description that are read: what follows is logs."""
_TITLE, _CODE, _NAME = 1.6, 1.6, 1.5
"""How much more than another word of the description counts."""
_MOST = 24
"""Features of an incident that are compared, those that say most: more change nothing but the time that it takes."""
_RARE, _KNOWN, _LONG = 2, 3, 5
"""A slip occurs this often at most, its word this often at least, and both have this many characters."""
# A capital within a sentence: a country, a hospital, a system. Not after a full stop, nor in a shouted line.
# What stands before it is looked at after the capital: a search for capitals is quicker.
_NAMED = r"[A-ZΑ-ΩΆ-Ώ](?<=[^\W\d_A-ZΑ-Ω] .)[^\W\d_]{2,}"
Features = dict[str, float]


class Incident(NamedTuple):
    """What is compared. `at` is epoch seconds; `problem` is the open problem that it is, or is known to come from."""

    id: str
    title: str
    text: str
    department: str
    tags: tuple[str, ...]
    service: str | None
    at: int
    requester: str | None = None
    problem: str | None = None
    terms: tuple[str, str] | None = None
    """The tokens of title and text, where they are known already."""


class Said(NamedTuple):
    """An incident's features, the most telling first and together of unit length, and what in it is a name."""

    features: Features
    names: frozenset[str]


def weigh_rows(rows: Sequence[Incident]) -> list[Said]:
    """What each of the rows says, weighed against all of them."""
    counted = [_counted(row) for row in rows]
    spread = Counter(chain.from_iterable([features for features, _ in counted]))
    meant = _meant(spread)
    counted = [(_corrected(features, meant), frozenset(meant.get(n, n) for n in names)) for features, names in counted]
    spread = Counter(chain.from_iterable([features for features, _ in counted]))
    rarity = {name: math.log(1 + len(rows) / count) for name, count in spread.items()}
    return [
        Said(unit(keep({n: w * rarity[n] for n, w in features.items()}, _MOST)), names) for features, names in counted
    ]


def keep(features: Features, most: int) -> Features:
    """Those that say most, the heaviest first."""
    return dict(sorted(features.items(), key=itemgetter(1), reverse=True)[:most])


def _counted(row: Incident) -> tuple[Features, frozenset[str]]:
    found: Features = {}
    texts = row.title, row.text[:READ]
    said = tuple(map(str.split, row.terms)) if row.terms else tuple(map(words.tokens, texts))
    names = set(words.tokens(" ".join(name for text in texts for name in re.findall(_NAMED, text))))
    for tokens, weight in zip(said, (_TITLE, 1.0), strict=True):
        for token in dict.fromkeys(tokens):
            more = _CODE if words.is_code(token) else _NAME if token in names else 1.0
            if weight * more > found.get(token, 0.0):
                found[token] = weight * more
    found.update((f"#{tag}", 1.0) for tag in row.tags)
    if row.service:
        found[f"@{row.service}"] = 1.0
    return found, frozenset(names)


def _corrected(features: Features, meant: Mapping[str, str]) -> Features:
    if meant.keys().isdisjoint(features):
        return features
    out: Features = {}
    for name, weight in features.items():
        known = meant.get(name, name)
        out[known] = max(out.get(known, 0.0), weight)
    return out


def _meant(spread: Counter[str]) -> dict[str, str]:
    """Rare word → the known word that differs by a letter lost, doubled, changed, or swapped with the next.

    Two such words have a form in common that lacks one letter, so nothing is compared with everything.
    """
    near: dict[str, str] = {}
    for _, name in sorted([(count, name) for name, count in spread.items() if count >= _KNOWN and _is_word(name)]):
        near.update(dict.fromkeys(_shorter(name), name))
        near[name] = name
    found = {}
    for name, count in spread.items():
        if count <= _RARE and _is_word(name):
            known = next((near[form] for form in (name, *_shorter(name)) if form in near), name)
            if known != name:
                found[name] = known
    return found


def _is_word(name: str) -> bool:
    return len(name) >= _LONG and name[0] not in "#@" and not words.is_code(name)


def _shorter(name: str) -> list[str]:
    return [name[:at] + name[at + 1 :] for at in range(len(name))]


def neutral(features: Features) -> Features:
    """What means the same in every language: codes, tags and the service; nothing where there are tags alone."""
    found = {n: w for n, w in features.items() if n[0] in "#@" or words.is_code(n)}
    return found if any(n[0] != "#" for n in found) else {}


def unit(features: Features) -> Features:
    length = math.hypot(*features.values()) or 1.0
    return {name: weight / length for name, weight in features.items()}


def dot(one: Features, two: Features) -> float:
    """Of two of unit length: how alike they are, from 0 to 1."""
    if len(two) < len(one):
        one, two = two, one
    # Exactly rounded, so that it doesn't hang on which of them is gone through.
    return math.fsum([weight * two[name] for name, weight in one.items() if name in two])


def add(total: Features, features: Features) -> None:
    """Add features to a sum of some."""
    for name, weight in features.items():
        total[name] = total.get(name, 0.0) + weight
