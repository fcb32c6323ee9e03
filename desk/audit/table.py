"""Which verb may change which field: what the audit lets pass, everything else being a fault. docs/audit.md is made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from desk.domain.changes import truth
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from desk.domain.rights import verbs
from desk.text import _

BODY, THREAD = "body", "thread"
_WORKED_OUT = _("worked out again: as desk sets it, or by level 3 with a reason")
EVIDENCE: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{("ticket", name): _WORKED_OUT for name in ("respond_by", "update_by", "due", "paused", "pauses")},
        ("ticket", "sla"): _("lines are added by desk, and none goes; or by level 3 with a reason"),
        ("ticket", "closed"): _("when it is closed, within the clocks' slack; or by level 3 with a reason"),
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
