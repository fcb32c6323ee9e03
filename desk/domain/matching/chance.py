"""How much more incidents have in common than chance brings among so many.

Three that name one module are alike in that word, and in the parts that it is glued together from. But of a hundred
incidents some name one module anyway, so one word that all of them have is no recurrence, however rare it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from desk.domain.matching.likeness import Features, Said

_BROUGHT = 0.05
"""How many others chance may bring that have as much in common with a group as two of it have on average."""
_NEUTRAL = "#@"
"""What tags and services begin with: no word is a part of them."""


class Chance:
    """What is rare among all incidents that are compared."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._said = said
        self._spread = Counter(chain.from_iterable([one.features for one in said]))
        self._enough = math.log(max(len(said), 1) / _BROUGHT)

    def count(self, numbers: Iterable[int], having: dict[str, int]) -> None:
        """Add what incidents say, a glued word once: `timeOut` is not `time` and `out`, too."""
        for number in numbers:
            for name in _wholes(self._said[number].features):
                having[name] = having.get(name, 0) + 1

    def exceed(self, having: Mapping[str, int], incidents: int) -> float:
        """By how much a group has more in common than chance brings, over all its pairs; below 0 if it hasn't.

        `having` counts what so many `incidents` say. What two have in common is the logarithm of how rare it is among
        the others.
        """
        every, spread = len(self._said), self._spread
        common = sum(
            times * (times - 1) * _rarity(spread[name] - times, every) for name, times in having.items() if times > 1
        )
        return common - incidents * (incidents - 1) * self._enough


@lru_cache(maxsize=10_000)
def _rarity(others: int, every: int) -> float:
    return math.log((every + 1) / (others + 0.5))


def _wholes(features: Features) -> list[str]:
    """Those that are no part of another."""
    line = " ".join([name for name in features if name[0] not in _NEUTRAL])
    return [name for name in features if line.count(name) < 2]
