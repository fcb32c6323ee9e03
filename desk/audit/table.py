"""Which verb may change which field, and by whom: what the audit lets pass, everything else being a fault.

docs/audit.md is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, get_args

from desk.domain.changes import truth
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.domain.rights.rights import LEVELS
from desk.domain.rights.verb import DESK_ALONE, OF_CAUSE, Grant
from desk.named import NamedTuple
from desk.text import _

BODY, THREAD = "body", "thread"
_WORKED_OUT = _("worked out again: as desk sets it, or by level 3 with a reason")
EVIDENCE: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{("ticket", name): _WORKED_OUT for name in ("respond_by", "update_by", "due", "paused", "pauses")},
        ("ticket", "sla"): _("lines are added by desk, and none goes; or by level 3 with a reason"),
        ("ticket", "closed"): _("when it is closed, within the clocks' slack; or by level 3 with a reason"),
        ("ticket", "attachments"): _("by hand; another's is never taken off"),
        ("ticket", THREAD): _("own words, now; another's never"),
        ("article", "approved_by"): _("set by approve alone: for this text, by who didn't write it"),
        ("ban", "by"): _("oneself"),
    }
)
"""What is asked beside the verb and the right to it."""


class Permitted(NamedTuple):
    """A field of a kind of record, the verbs that may change it once the record is there, and what is asked beside."""

    kind: str
    field: str
    verbs: tuple[str, ...]
    beside: str


def permitted() -> Iterator[Permitted]:
    """Every field of every kind of record; no verb where it never changes."""
    for kind, cls in KINDS.items():
        names = [*cls.FIELDS, BODY, *((THREAD,) if cls is Ticket else ())]
        for name in names:
            fixed = name in cls.FIELDS and cls.FIELDS[name].fixed
            found = () if fixed else tuple(sorted(_changing(kind, name)))
            if found or name in cls.FIELDS:
                yield Permitted(kind, name, found, EVIDENCE.get((kind, name), _("never changes") if fixed else ""))


def _changing(kind: str, name: str) -> set[str]:
    found = {verb for verb, telling in verbs.changing(kind, name).items() if telling != "whole"}
    return found - {truth.UNDO}


# -- by whom -------------------------------------------------------------------------------------------------------------

Person = Literal["level 1", "level 2", "level 3", "another department", "requester", "disabled", "desk", "machine"]
PEOPLE: tuple[Person, ...] = get_args(Person)
"""Staff of the ticket's department by level; level 3 elsewhere; a requester in person, one who is disabled; desk; a machine."""
_LEVELS: Mapping[Person, int] = MappingProxyType({"level 1": 1, "level 2": 2, "level 3": 3, "another department": 3})


class Allowed(NamedTuple):
    """A verb on a kind of record, the fields that it changes once the record is there, and who may use it."""

    kind: str
    verb: str
    fields: tuple[str, ...]
    people: frozenset[Person]


def allowed() -> Iterator[Allowed]:
    """Every verb by which something changes on a record that is there; nobody else may, and nothing else changes."""
    fields: dict[tuple[str, str], list[str]] = {}
    for one in permitted():
        for verb in one.verbs:
            fields.setdefault((one.kind, verb), []).append(one.field)
    for (kind, verb), names in fields.items():
        yield Allowed(kind, verb, tuple(names), frozenset(person for person in PEOPLE if may(kind, verb, person)))


def may(kind: str, verb: str, person: Person) -> bool:
    """Whether somebody may use a verb on records of a kind. Machines and the disabled may nothing; what follows takes its cause."""
    rows = [
        row
        for row in verbs.VERBS
        if kind in row.kinds and verb in ((row.name,) if row.told_as is None else row.told_as)
    ]
    return any(_grants(row.right, kind, person) for row in rows)


def _grants(right: Grant, kind: str, person: Person) -> bool:
    if right == DESK_ALONE:
        return person == "desk"
    if person == "requester":
        return right.requester
    level = LEVELS[kind] if right == OF_CAUSE else right.level
    return _LEVELS.get(person, -1) >= level and (right.everywhere or person != "another department")
