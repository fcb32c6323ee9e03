"""What must hold of the whole desk (rules 2, 4 and 5), where each side kept it and both together don't.

Of two changes that don't go together the later one is taken back.
"""

from __future__ import annotations

from typing import Any

from desk.domain.merge.merging import Clash
from desk.domain.merge.references import default
from desk.domain.merge.result import Result
from desk.domain.merge.side import Side
from desk.domain.model.organisation import Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights.rights import is_users

_HIGHEST = 3


def keep_rules(result: Result) -> None:
    """One default department, which isn't private; no users' tickets in private ones; somebody of the highest level."""
    _one_default(result)
    _default_is_public(result)
    _private_without_users(result)
    _somebody_highest(result)


def _take_back(result: Result, key: str, record: Record, **values: Any) -> None:
    result.put(record.evolve(**values))
    first = min(side.stamp(key, *values) for side in result.sides)
    for name, value in values.items():
        result.decide(record, name, Clash("", value, record.values.get(name)), (first, result.last(key, name)))


def _one_default(result: Result) -> None:
    if any(_holding(side, Department, "default", value=True) != 1 for side in result.sides):
        return
    chosen = [(result.last(key, "default"), key, d) for key, d in result.each(Department) if d.default]
    fresh = [one for one in sorted(chosen, key=lambda c: c[:2]) if _turned(result, one[1], "default")]
    # The default that both knew gives way; of new ones the first stays.
    old = [one for one in chosen if one not in fresh]
    for _, key, department in old if fresh else ():
        _take_back(result, key, department, default=None)
    for _, key, department in fresh[1:]:
        _take_back(result, key, department, default=None)
    if not chosen and (found := _last_default(result)) is not None:
        _take_back(result, found.path, found, default=True)


def _holding(side: Side, cls: type[Record], name: str, value: object) -> int:
    """How many records of a kind have this value on one side."""
    records = (leaf.record for leaf in side.tree.values())
    return sum(isinstance(r, cls) and r.values.get(name) == value for r in records)


def _turned(result: Result, key: str, name: str) -> bool:
    """Whether a side has set it."""
    base = result.base[key].record if key in result.base else None
    return base is None or not base.values.get(name)


def _last_default(result: Result) -> Department | None:
    there = [d for _, d in result.each(Department) if not d.private]
    known = [d for d in there if any(r.values.get("default") for r in result.on_either(d.path))]
    return next(iter(known or there), None)


def _default_is_public(result: Result) -> None:
    for key, department in list(result.each(Department)):
        if not (department.private and department.default):
            continue
        if any(r.values.get("private") and r.values.get("default") for r in result.on_either(key)):
            continue
        if result.last(key, "private") >= result.last(key, "default"):
            _take_back(result, key, department, private=None)
        else:
            _take_back(result, key, department, default=None)
            _one_default(result)


def _private_without_users(result: Result) -> None:
    for key, ticket in list(result.each(Ticket)):
        path = Department.path_of(ticket.department)
        department = result.of(Department, path)
        if department is None or not department.private or not is_users(ticket) or _had(result, key, ticket.department):
            continue
        if result.last(path, "private") >= result.last(key, "department"):
            _take_back(result, path, department, private=None)
            continue
        base = result.base[key].record if key in result.base else None
        before = base.values.get("department") if base else None
        there = result.of(Department, Department.path_of(before)) if before else None
        to = before if there is not None and not there.private else default(result)
        if to is not None:
            _take_back(result, key, ticket, department=to)


def _had(result: Result, key: str, department: str) -> bool:
    """Whether a side had a user's ticket in a private department by itself."""
    for side in result.sides:
        ticket, held = side.record(key), side.record(Department.path_of(department))
        hidden = isinstance(held, Department) and held.private
        if hidden and isinstance(ticket, Ticket) and ticket.department == department and is_users(ticket):
            return True
    return False


def _somebody_highest(result: Result) -> None:
    """Rule 2: of those who had the highest level, whoever lost it last has it again."""
    if any(s.level == _HIGHEST for _, s in result.each(Staff)):
        return
    if not all(_holding(side, Staff, "level", _HIGHEST) for side in result.sides):
        return
    had = [
        k for k, leaf in sorted(result.base.items()) if isinstance(leaf.record, Staff) and leaf.record.level == _HIGHEST
    ]
    lost = max(had, key=lambda k: result.last(k, "level"), default=None)
    if lost is None:
        return
    if result.gone(lost):
        result.restored(lost)
    record = result.record(lost)
    if record is not None and record.values.get("level") != _HIGHEST:
        _take_back(result, lost, record, level=_HIGHEST)
