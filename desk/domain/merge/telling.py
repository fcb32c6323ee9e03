"""A merge as a commit message: how much came together, and each decision, so that history tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from desk.domain.merge.side import VERSION, Decision, Renamed
from desk.domain.model import fields
from desk.domain.model.article import Article, Response
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Ban, User
from desk.domain.model.ticket import Ticket
from desk.named import NamedTuple
from desk.text import _

VERB, DECIDE, RENAME = "sync", "decide", "rename"
TRAILER = "Desk-Merge"
"""Says by which rules a merge was made, so that it can be worked out again."""
_PERSONAL = (Ticket.kind, Article.kind, User.kind, Ban.kind, Response.kind)
"""Kinds of records whose texts may be words of or about requesters."""
_TEXTS = (
    fields.LINE,
    fields.TEXT,
    fields.EMAIL,
    fields.EMAILS,
    fields.LINES,
    fields.STEPS,
    fields.TITLES,
    fields.VALUES,
)
_DELETION = "deletion"
_FILE = re.compile(r"(?<=\.files)/.*", re.DOTALL)
"""What comes behind the folder of a ticket's attachments; no id has such a part."""


class Told(NamedTuple):
    """How many commits came from where (`remote` is its name), how many files both sides had changed, and what was decided."""

    remote: str
    theirs: int
    ours: int
    both: int
    decisions: tuple[Decision, ...]
    renamed: tuple[Renamed, ...]


def discreet(told: Told) -> Told:
    """A merge as its commit message tells it: of texts and attachments, that they were decided. History doesn't forget.

    Neither what a text is, nor how a file is called that somebody sent.
    """
    before = without_texts(told)
    return before._replace(decisions=tuple(d._replace(id=_FILE.sub("", d.id)) for d in before.decisions))


def without_texts(told: Told) -> Told:
    """A merge as messages told it once: attachments by their names."""
    return told._replace(decisions=tuple(d._replace(kept="", lost="") if _is_text(d) else d for d in told.decisions))


def _is_text(decision: Decision) -> bool:
    if decision.kind not in _PERSONAL or decision.field == _DELETION:
        return False
    field = KINDS[decision.kind].FIELDS.get(decision.field)
    # The body, the entries of a thread and custom fields are none that a record declares.
    return field is None or field.type in _TEXTS


def merge_message(told: Told, actor: str) -> str:
    """The message of a merge commit; `actor` is the handle of whoever ran it."""
    parts = [
        _("{theirs} of {remote}", theirs=told.theirs, remote=told.remote),
        _("{ours} of ours", ours=told.ours),
        _("{both} merged", both=told.both),
    ]
    parts += [_("{n} decided", n=len(told.decisions))] if told.decisions else []
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
        yield f"Desk-From: {_value(one.field, one.lost, one.lost_by)}"
        yield f"Desk-To: {_value(one.field, one.kept, one.by)}"


def _value(field: str, value: str, who: str) -> str:
    return " ".join(part for part in (field, value, f"({who})" if who else "") if part)
