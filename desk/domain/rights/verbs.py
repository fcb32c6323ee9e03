"""Every verb there is, and what is asked of the table: who may, what a verb may change, which verbs may change a field.

This is the one place where a verb is declared. Moves, rights, sentences, notices, and what the audit holds a message
against, are views of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from desk.domain.rights import recordverbs, ticketverbs
from desk.domain.rights.verb import DESK_ALONE, Telling, Verb

VERBS: tuple[Verb, ...] = (*ticketverbs.ROWS, *recordverbs.ROWS)
BY_KIND: Mapping[tuple[str, str], Verb] = MappingProxyType(
    {(kind, verb.name): verb for verb in VERBS for kind in verb.kinds}
)
"""The row of a verb, by the kind of record and its name."""
NAMES: frozenset[str] = frozenset(verb.name for verb in VERBS)
"""The names of all verbs."""
DESKS: frozenset[str] = frozenset(verb.name for verb in ticketverbs.ROWS if verb.right == DESK_ALONE)
"""Verbs on tickets that only desk itself uses, following the clocks."""
COMING_ALONG: frozenset[str] = frozenset(ticketverbs.COMES_ALONG)
"""Those of them that come along with what others do."""
WITHOUT_RECORD: frozenset[str] = frozenset(
    verb.name for verb in recordverbs.ROWS if verb.kinds in (recordverbs.SETTINGS, recordverbs.DESK)
)
"""Verbs whose commits are about the desk as a whole, desk.toml included."""


def find(kind: str, name: str) -> Verb | None:
    """The verb of that name on records of a kind; None where there is none."""
    return BY_KIND.get((kind, name))


def is_of_merges(kind: str, name: str) -> bool:
    """Whether only a merge of clones tells of a verb."""
    row = find(kind, name)
    return row is not None and row.command == "sync"


@cache
def changing(kind: str, field: str, *how: Telling) -> Mapping[str, Telling]:
    """The verbs that may change a field of a kind of record, as history calls them, each with how its event tells of it.

    Of these ways only, if any are named. What a verb brings along is asked of the verb that it brings.
    """
    found: dict[str, Telling] = {}
    for verb in VERBS:
        telling = verb.telling(field) if kind in verb.kinds else None
        if telling is not None and (not how or telling in how):
            for name in (verb.name,) if verb.told_as is None else verb.told_as:
                found.setdefault(name, telling)
    return MappingProxyType(found)


def may_change(kind: str, *names: str) -> frozenset[str]:
    """The fields that some of these verbs may change, with what desk adds to them by itself; no name: none."""
    rows = [verb for name in names if (verb := find(kind, name))]
    added = {field for verb in rows for _, fields in verb.brings for field in fields}
    return frozenset(added.union(*(verb.fields for verb in rows)))


def brought(kind: str, *names: str) -> frozenset[str]:
    """The verbs that desk adds by itself to these."""
    return frozenset(other for name in names if (verb := find(kind, name)) for other, _ in verb.brings)
