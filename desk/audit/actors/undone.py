"""Whether an undo took back what it says: the last change of the record, by its own verb, within its history."""

from __future__ import annotations

import re

from desk.audit import walk
from desk.audit.moment import Moment
from desk.domain.changes import message as messages
from desk.domain.changes import undo
from desk.domain.changes.message import Happened
from desk.domain.model.actor import Actor
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.errors import GitError, Refused
from desk.git import objects, refs
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

BY_HAND = "commit"
"""The verb by which an undo calls a commit that tells none."""


def check_undone(edit: HandEdit, moment: Moment) -> None:
    """Refused for an undo of something else than it says, or by somebody who had no right to it."""
    said = next(e for e in reversed(moment.act.events(edit)) if e.verb == undo.VERB)
    verb, _rest, commit = (said.after or "").partition(" ")
    _check_last(edit, moment, verb, commit)
    by = moment.staff
    if by is None:
        raise Refused(_("an undo by somebody who was not on the staff"))
    right = _right(said, moment)
    if right in undo.CARRIES:
        _check_all(edit, moment, commit)
    if edit.kind == handedits.ATTACHMENT:
        return
    if edit.kind != Ticket.kind:
        rights.require_level(by, edit.kind)
        return
    old, new = edit.old, edit.new
    for ticket in (old, new):
        if isinstance(ticket, Ticket):
            rights.require(by, ticket, right, "undo")
    if isinstance(old, Ticket) and isinstance(new, Ticket):
        _check_taken_back(old, new, by, right)


def _check_last(edit: HandEdit, moment: Moment, verb: str, commit: str) -> None:
    """The commit is in this history, was the last to change the record, did so by that verb, and all of it is back."""
    blobs = moment.world.blobs
    raw = blobs.get(commit) if re.fullmatch("[0-9a-f]{10,64}", commit) else None
    try:
        header, text = objects.parse_commit(raw or b"")
    except GitError:
        raise Refused(_("the undo names {commit}, which is no commit", commit=commit or _("nothing"))) from None
    parent = moment.step.parents[0]
    if len(header.parents) != 1 or not _is_behind(moment, commit, parent):
        raise Refused(_("the undo names {commit}, which is no change in this history", commit=commit))
    kind = Ticket.kind if edit.kind == handedits.ATTACHMENT else edit.kind
    told = messages.parse(text)
    known = {told.verb or BY_HAND, *(e.verb for e in told.events if (e.kind, e.id) == (kind, edit.id))}
    if verb not in known:
        raise Refused(_("the undo speaks of {verb}, commit {commit} did something else", verb=verb, commit=commit))
    if (blobs.get(f"{commit}:{edit.path}") or b"") != (moment.world.content(edit.oid) if edit.oid else b""):
        raise Refused(_("the undo names {commit}, which was not the last change of it", commit=commit))
    if (blobs.get(f"{commit}^:{edit.path}") or b"") != (moment.world.content(edit.new_oid) if edit.new_oid else b""):
        raise Refused(_("after the undo of {commit} it is not what it was before that", commit=commit))


def _is_behind(moment: Moment, commit: str, parent: str) -> bool:
    """Whether the commit is in the history of the parent; git is asked once, however many records are taken back."""
    known = moment.world.behind
    if (commit, parent) not in known:
        known[commit, parent] = refs.is_ancestor(moment.place, commit, parent, as_committed=True)
    return known[commit, parent]


def _check_all(edit: HandEdit, moment: Moment, commit: str) -> None:
    """What carries words from one ticket to another is taken back on all of them, or some are lost."""
    known = moment.world.changed
    if commit not in known:
        known[commit] = {delta.path for delta in walk.between(moment.place, f"{commit}^", commit)}
    changed = known[commit]
    if missing := sorted(changed - {e.path for e in moment.edits}):
        raise Refused(_("the undo takes {path} back, and leaves {other} as it is", path=edit.path, other=missing[0]))


def _right(said: Happened, moment: Moment) -> str:
    """The verb whose right it takes: to take back an undo is to do again what was undone, however often that went on."""
    seen: set[str] = set()
    one: Happened | None = said
    verb = undo.VERB
    while one is not None:
        verb, _rest, commit = (one.after or "").partition(" ")
        if verb != undo.VERB or commit in seen:
            break
        seen.add(commit)
        text = (moment.world.blobs.get(commit) or b"").decode(errors="replace").partition("\n\n")[2]
        events = messages.parse(text).events
        one = next((e for e in events if (e.kind, e.id, e.verb) == (said.kind, said.id, undo.VERB)), None)
    return verb


def _check_taken_back(old: Ticket, new: Ticket, by: Actor, verb: str) -> None:
    """Nobody takes back what somebody else wrote, but for a verb that had carried it; and what is on record stays."""
    others = {e.by for e in (*old.thread, *new.thread) if (e in old.thread) != (e in new.thread)} - {by.id}
    if others and verb not in undo.CARRIES:
        raise Refused(_("{by} may not take back an entry by {others}", by=by.id, others=", ".join(sorted(others))))
    if gone := [line for line in old.sla if line not in new.sla]:
        raise Refused(_("sla: {line} is on record, and stays", line=gone[0]))
