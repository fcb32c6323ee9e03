"""How sure it is that the first of a ranking is what was asked for.

Scores of two collections can't be compared; how far the first stands out can. Three shares are weighed: how much the
second falls behind the first, how much of the title the first says, and how many words they have in common.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from desk.domain.matching.ranking import Ranked
from desk.domain.matching.words import is_code
from desk.named import NamedTuple

SURE = 0.5
"""Certainty from which on something is worth a line that nobody asked for, and below which an answer is called unsure."""
_MANY = 6
"""Words in common from which on more say nothing."""
_BASE, _GAP, _SAID, _COMMON = -4.6, 5.0, 0.6, 2.9
"""A logistic regression over seven collections; it holds for each when fitted on the six others (docs/finding.md)."""


class Evidence(NamedTuple):
    """What speaks for the first of a ranking, each from 0 to 1."""

    gap: float
    said: float
    common: float


def weigh(ranks: Sequence[Ranked]) -> Evidence:
    """Of a ranking that isn't empty. What has just the same words as the first is no rival: it is the same again."""
    first = ranks[0]
    rival = next((one.score for one in ranks[1:] if one.gains.keys() != first.gains.keys()), 0.0)
    gap = (first.score - rival) / first.score if first.score else 0.0
    return Evidence(gap, first.said, min(len(first.gains), _MANY) / _MANY)


def estimate(ranks: Sequence[Ranked]) -> float:
    """From 0 to 1, of the first of a ranking, best first; 0 where there is none."""
    if not ranks or ranks[0].score <= 0:
        return 0.0
    gap, said, common = weigh(ranks)
    return 1 / (1 + math.exp(-(_BASE + _GAP * gap + _SAID * said + _COMMON * common)))


def is_sure(ranks: Sequence[Ranked]) -> bool:
    """Whether the first is worth a line that nobody asked for; a single word in common never is, unless it is a code."""
    return estimate(ranks) >= SURE and (len(ranks[0].gains) > 1 or any(map(is_code, ranks[0].gains)))
