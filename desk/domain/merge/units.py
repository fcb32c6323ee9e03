"""Fields that only make sense together: of two changes one side's are taken whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from desk.domain.merge.side import TimeStamp
from desk.domain.model.states import CLOSED, OPEN, PENDING
from desk.named import NamedTuple

Ranks = Mapping[str, tuple[str, ...]]
"""Values of priority, impact and urgency from lowest to highest."""


class Version(NamedTuple):
    """A unit as one side has it, and when it was changed there."""

    values: Mapping[str, Any]
    stamp: TimeStamp


class Unit(NamedTuple):
    """`later_wins` chooses between two changes: the values that both knew, the earlier, the later, and ranks."""

    name: str
    fields: tuple[str, ...]
    later_wins: Callable[[Mapping[str, Any], Version, Version, Ranks], bool]


def _later(_base: Mapping[str, Any], _earlier: Version, _later: Version, _ranks: Ranks) -> bool:
    return True


_OPENNESS = {OPEN: 2, PENDING: 1, CLOSED: 0}


def _more_open(base: Mapping[str, Any], earlier: Version, later: Version, _ranks: Ranks) -> bool:
    """Open before pending before closed: what is wrongly open costs one `close`, what is wrongly closed is forgotten.

    A ticket that was merged into another one stays so: the work goes on there.
    """
    merged = [v.values["merged_into"] not in (None, base.get("merged_into")) for v in (earlier, later)]
    if merged[0] != merged[1]:
        return merged[1]
    one, two = (_OPENNESS.get(v.values["state"], 0) for v in (earlier, later))
    return two >= one


def _first_come(base: Mapping[str, Any], earlier: Version, later: Version, _ranks: Ranks) -> bool:
    """In one place the second `assign` would have been refused (rule 3); an owner is handed on by whoever comes last."""
    return base.get("owner") is not None or earlier.values["owner"] is None or later.values["owner"] is None


def _higher_at_once(_base: Mapping[str, Any], earlier: Version, later: Version, ranks: Ranks) -> bool:
    """The later; of the same second the higher one."""
    if earlier.stamp.at != later.stamp.at:
        return True
    one, two = ([_rank(v.values[name], ranks[f"ticket.{s}"]) for name, s in _LEVELS] for v in (earlier, later))
    return two >= one


_LEVELS = (("priority", "priorities"), ("impact", "impacts"), ("urgency", "urgencies"))


def _rank(value: str | None, order: tuple[str, ...]) -> int:
    return order.index(value) if value in order else -1


def _major_wins(_base: Mapping[str, Any], earlier: Version, later: Version, _ranks: Ranks) -> bool:
    return bool(later.values["major"]) or not earlier.values["major"]


UNITS: Mapping[str, tuple[Unit, ...]] = MappingProxyType(
    {
        "ticket": (
            Unit(
                "state",
                ("state", "closed", "resolution", "pending_until", "pending_for", "paused", "merged_into"),
                _more_open,
            ),
            Unit("owner", ("owner",), _first_come),
            Unit("priority", ("priority", "impact", "urgency"), _higher_at_once),
            Unit("major", ("major", "coordinator"), _major_wins),
        ),
        "article": (Unit("state", ("state", "published", "review", "approved_by"), _later),),
    }
)
"""By kind of record. Fields in none of these meet each by itself, by the rule of its type."""
