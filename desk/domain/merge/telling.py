"""A merge as a commit message: how much came together, and each decision, so that history tells it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from desk.domain.merge.side import VERSION, Decision, Renamed
from desk.domain.model.ticket import Ticket

VERB, DECIDE, RENAME = "sync", "decide", "rename"
TRAILER = "Desk-Merge"
"""Says by which rules a merge was made, so that it can be worked out again."""


class Told(NamedTuple):
    """How many commits came from where (`remote` is its name), how many files both sides had changed, and what was decided."""

    remote: str
    theirs: int
    ours: int
    both: int
    decisions: tuple[Decision, ...]
    renamed: tuple[Renamed, ...]


def merge_message(told: Told, actor: str) -> str:
    """The message of a merge commit; `actor` is the handle of whoever ran it."""
    parts = [f"{told.theirs} of {told.remote}", f"{told.ours} of ours", f"{told.both} merged"]
    parts += [f"{len(told.decisions)} decided"] if told.decisions else []
    lines = [f"Desk-Verb: {VERB}", f"Desk-Actor: {actor}", f"{TRAILER}: {VERSION}"]
    for one in told.renamed:
        lines += [_record(one.kind, one.new), f"Desk-Effect: {RENAME}", f"Desk-From: {one.old}", f"Desk-To: {one.new}"]
    for (kind, record_id), group in groupby(told.decisions, key=lambda d: (d.kind, d.id)):
        lines += [_record(kind, record_id), *_decided(group)]
    return f"{VERB}: {', '.join(parts)}\n\n" + "\n".join(lines) + "\n"


def _record(kind: str, record_id: str) -> str:
    named = " ".join(record_id.split())
    return f"Desk-Ticket: {named}" if kind == Ticket.kind else f"Desk-Record: {kind}/{named}"


def _decided(decisions: Iterable[Decision]) -> Iterable[str]:
    """What was lost stands where a change has the value before, what was kept where it has the value after."""
    for number, one in enumerate(decisions):
        yield f"Desk-{'Also' if number else 'Effect'}: {DECIDE}"
        yield f"Desk-From: {one.field} {one.lost}{_by(one.lost_by)}"
        yield f"Desk-To: {one.field} {one.kept}{_by(one.by)}"


def _by(who: str) -> str:
    return f" ({who})" if who else ""
