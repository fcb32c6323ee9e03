"""Carrying out a plan: a merge commit on the side, and the branch and the files brought up to a commit that is published."""

from __future__ import annotations

from typing import cast

from desk.domain.merge.telling import discreet, merge_message
from desk.domain.model.actor import Actor, Desk
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.errors import Conflict
from desk.git import diff, objects, write
from desk.git.place import Place
from desk.local import untold
from desk.local.untold import Untold
from desk.session.session import Session
from desk.store import handedits, journal
from desk.store.store import Store
from desk.sync.plan import Plan
from desk.text import _

_SIDE = "refs/desk/sync"
"""Where a merge lies until it is published."""
_NAMED = 3


def merge_commit(session: Session, plan: Plan, hold: int) -> str:
    """The merge of a plan as a commit with theirs and ours for parents; no branch moves."""
    assert plan.theirs is not None  # noqa: S101 - a plan of the way merge has both sides,
    assert plan.written is not None  # noqa: S101 - and what they come to
    by, machine = _actor(session), session.identity
    name = by.name or by.id
    new = write.NewCommit(
        name,
        by.email,
        int(session.now.timestamp()),
        machine.committer or name,
        machine.committer_email or by.email,
        int(session.clock().timestamp()),
        merge_message(plan.told if session.config["history.titles"] else discreet(plan.told), by.id),
        plan.written.files,
        (plan.ours,),
        plan.written.blobs,
    )
    return write.replace(session.place, new, _SIDE, plan.theirs, hold)


def _actor(session: Session) -> Actor:
    """Who runs it; the desk itself for somebody who isn't registered, such as cron."""
    handle = session.handle()
    if handle is None:
        return Desk(session.identity.author, session.identity.author_email)
    return cast("Staff", session.store.read(Staff.kind, handle))


def refuse_over_edits(place: Place, ours: str, new: str) -> None:
    """Conflict where a file that would change has hand edits, or something that isn't committed stands in its place."""
    paths = [delta.path for delta in diff.between(place, ours, new, names=diff.BYTES)]
    edits = handedits.scan(place, paths).edits if paths else []
    if edits:
        shown = ", ".join(edit.path for edit in edits[:_NAMED]) + (" …" if len(edits) > _NAMED else "")
        raise Conflict(
            _("hand edits stand in the way of what others have changed: {shown}", shown=shown),
            _("keep them: desk commit   or drop them: git checkout HEAD -- PATH; then again: desk sync"),
        )


def untold_of(place: Place, plan: Plan, new: str) -> Untold | None:
    """By what a merge is known to those who tell whoever lost a decision; None where nobody has to hear of it."""
    if plan.merged is None or not any(d.lost_by for d in plan.merged.decisions if d.kind == Ticket.kind):
        return None
    with objects.blobs(place) as blobs:
        header, text = objects.parse_commit(blobs.get(new) or b"")
    return untold.new(untold.mark_of(header.at, text), plan.ours)


def check_out(store: Store, ref: str, ours: str, new: str, hold: int, *, told: Untold | None = None) -> bool:
    """Branch, files and index at a commit that comes after ours; False when the branch has moved on meanwhile.

    A crash on the way leaves a journal: the next command brings the files to wherever the branch is, and tells. `told`: by
    what those know the commit who tell of it.
    """
    if store.writable_head() != (ref, ours):
        return False
    refuse_over_edits(store.place, ours, new)
    with write.holding_index(store.place):
        journal.begin(store.place, ours, None, told=told)
        write.move_ref(store.place, ref, ours, new, reason="desk sync", hold=hold)
        write.move_files(store.place, ours, new, hold)
    tell(store, told)
    journal.end(store.place)
    return True


def tell(store: Store, told: Untold | None) -> None:
    """Tell whoever lost a decision: from the commit alone, as after a crash."""
    if told is not None and store.teller is not None:
        untold.add(store.place, told)
        store.teller().catch_up()


def forget_side(place: Place, hold: int) -> None:
    """The merge is where it belongs, or is thrown away: nothing leads to it from the side any more."""
    write.drop_ref(place, _SIDE, hold)
