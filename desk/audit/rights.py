"""Whether whoever made a commit was allowed to, by the desk's rules and the rights of that day (docs/rules.md, rules 1-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.audit import mails
from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment, name
from desk.audit.requesters import check_requester, requester_of
from desk.checks import rights as checks_rights
from desk.domain.changes import message as changes_message
from desk.domain.changes import truth, undo
from desk.domain.changes.message import Happened
from desk.domain.model.actor import Actor, nameless
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Staff, User
from desk.domain.model.record import Entry
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights as rights_rights
from desk.domain.rights import verbs
from desk.errors import Refused
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

DESK = "desk"
"""The actor of what desk does by itself, such as noting a breach of a service level."""
_OWN = truth.FOLLOWS | verbs.may_change(Ticket.kind, *verbs.DESKS)
"""What desk itself may change of a ticket."""
_MOVED = undo.CARRIES & verbs.changing(Ticket.kind, "thread", "untold").keys()
"""Verbs that move entries of threads about."""


def actors(moment: Moment) -> Iterator[AuditFinding]:
    """Author and actor are one person, who was on the staff."""
    step, actor = moment.step, moment.actor
    if not step.parents or (moment.by_hand and not moment.edits):
        return
    if moment.staff is None:
        yield from _stranger(moment)
    elif not moment.by_hand and not moment.importer:
        after = [e.new for e in moment.edits if isinstance(e.new, Staff) and e.new.id == actor]
        known = moment.staff.addresses.union(*(s.addresses for s in after))
        if step.email.lower() not in known:
            problem = _(
                "the message names {actor} as the actor, the author's address is {email}",
                actor=actor,
                email=step.email or _("empty"),
            )
            yield moment.finding("actors", FAULT, problem)


def _stranger(moment: Moment) -> Iterator[AuditFinding]:
    """Somebody who isn't staff may sign up, requesters act in person, and desk may do its own work."""
    signed = [e.new for e in moment.edits if isinstance(e.new, User)]
    told = moment.step.told
    if told.verb == "signup" and [u.id for u in signed] == [moment.actor] and len(moment.edits) == 1:
        if not _signed_by(signed[0], moment.step.email):
            yield moment.finding(
                "actors", FAULT, _("signed up as {actor}, with the address of somebody else", actor=moment.actor)
            )
    elif (user := requester_of(moment)) is not None:
        if not _signed_by(user, moment.step.email):
            problem = _(
                "the message names {actor} as the actor, the author's address is {email}",
                actor=user.id,
                email=moment.step.email or _("empty"),
            )
            yield moment.finding("actors", FAULT, problem)
    elif moment.actor != DESK or moment.by_hand:
        who = _("{importer}, who was not on the staff at that time", importer=moment.importer or moment.actor)
        yield moment.finding(
            "actors", FAULT, _("made by {who}", who=who), hint=_("who was: desk staff list; git log -- records/staff")
        )


def _signed_by(user: User, address: str) -> bool:
    """Whether a requester's commit is signed so: without name and address, or, as once, with them."""
    return address.lower() in (nameless(user.id), (user.email or "").lower())


def by_hand(moment: Moment) -> Iterator[AuditFinding]:
    """Commits without trailers, for a person to look at."""
    if moment.by_hand and moment.step.parents and not moment.step.merge:
        names = [name(e) for e in moment.edits]
        if names:
            shown: str = ", ".join(names[:3])
            if len(names) > 3:
                shown = _("{names} and {n} more", names=shown, n=len(names) - 3)
            yield moment.finding("by-hand", REMARK, _("made by hand: {shown}", shown=shown), names[0])


def rights(moment: Moment) -> Iterator[AuditFinding]:
    """Each change was allowed to its maker then."""
    user = requester_of(moment) if moment.staff is None else None
    if not moment.step.parents or (moment.staff is None and user is None and moment.actor != DESK):
        return
    touched = {e.id for e in moment.edits if e.kind == Ticket.kind}
    for edit in moment.edits:
        if edit.kind == handedits.STRAY or (edit.kind == handedits.ATTACHMENT and edit.id in touched):
            continue
        try:
            if user is None:
                _check(edit, moment)
            else:
                _check_reuse(edit, moment)
                check_requester(edit, user, moment)
        except Refused as error:
            problem = error.message.removeprefix(f"{edit.path}: ")
            yield moment.finding("rights", FAULT, problem, name(edit))


def _check(edit: HandEdit, moment: Moment) -> None:
    by = moment.staff
    if by is None and mails.received(moment) is not None:
        mails.check_desks(edit)
    elif by is None:
        _check_own(edit)
    elif moment.importer:
        rights_rights.require_level(by, "settings")
    elif moment.by_hand:
        _check_reuse(edit, moment)
        checks_rights.check(edit, by, _Restored(moment), moment.world)
    elif edit.kind == Ticket.kind:
        _check_reuse(edit, moment)
        _check_ticket(edit, by, moment)
    else:
        checks_rights.check(edit, by, moment.world, moment.world)


class _Restored:
    """The desk before a commit by hand; that an id was used is asked apart, since `git revert` brings tickets back."""

    def __init__(self, moment: Moment) -> None:
        self.find = moment.world.find

    def known_ticket(self, _ticket_id: str) -> bool:
        return False


def _check_reuse(edit: HandEdit, moment: Moment) -> None:
    """Rule 8: ids are never used again; what went may come back as it was."""
    if edit.change != handedits.NEW or edit.kind not in KINDS or edit.id in moment.world.ids(edit.kind):
        return  # also what moves to another path, as an article does to another topic
    gone = moment.world.gone_as(edit.kind, edit.id or "")
    if gone and gone not in {d.new_oid for d in moment.step.deltas if d.path == edit.path}:
        raise Refused(_("the id {id} was used before, and ids are never reused", id=edit.id))


def _check_own(edit: HandEdit) -> None:
    """What desk does by itself is about the service levels of tickets, and nothing else."""
    if not isinstance(edit.old, Ticket) or not isinstance(edit.new, Ticket):
        raise Refused(_("desk itself doesn't change {kind} records", kind=edit.kind))
    odd = truth.case((), edit.old, edit.new, {}).changed - _OWN
    if odd:
        raise Refused(_("desk itself doesn't change {odd}", odd=", ".join(sorted(odd))))


def _check_ticket(edit: HandEdit, by: Actor, moment: Moment) -> None:
    old, new = edit.old, edit.new
    if edit.change == handedits.DELETED:
        if isinstance(old, Ticket):
            rights_rights.require(by, old, _gone_by(edit, moment))
        return
    if not isinstance(new, Ticket):
        return
    if isinstance(old, Ticket):
        if not _follows(edit, old, by, moment):
            rights_rights.require_act(by, old, moment.step.told.verb or "change")
        _check_thread(edit, old, new, by, moment)
    elif undo.VERB in _verbs(edit, moment):
        _check_brought_back(new, by)
    else:
        checks_rights.check_author(new, by.id, moment.world)


def _gone_by(edit: HandEdit, moment: Moment) -> str:
    """The verb whose right it takes that a ticket is gone: to take back a split is no deletion.

    To take back an undo is to do again what was undone, however often that went to and fro.
    """
    events: tuple[Happened, ...] = moment.step.told.events
    seen: set[str] = set()
    while undone := next((e for e in events if (e.kind, e.id, e.verb) == (edit.kind, edit.id, undo.VERB)), None):
        verb, _, commit = (undone.after or "").partition(" ")
        if verb != undo.VERB:
            return verb
        if commit in seen or not re.fullmatch("[0-9a-f]{10,64}", commit):
            break
        seen.add(commit)
        message = (moment.world.blobs.get(commit) or b"").decode(errors="replace").partition("\n\n")[2]
        events = changes_message.parse(message).events
    return "delete"


def _verbs(edit: HandEdit, moment: Moment) -> set[str]:
    """What the message tells of a record, in verbs."""
    return {e.verb for e in moment.step.told.events if (e.kind, e.id) == (edit.kind, edit.id)}


def _check_brought_back(ticket: Ticket, by: Actor) -> None:
    """An undo brings back what was deleted, which takes level 3, or what a split had made, which takes the department."""
    if by.level < rights_rights.DELETE_TICKET:
        rights_rights.require_act(by, ticket, undo.VERB)


def _follows(edit: HandEdit, old: Ticket, by: Actor, moment: Moment) -> bool:
    """Whether what happened to a ticket follows from something that its maker was allowed to do elsewhere."""
    verb = moment.step.told.verb
    if rights_rights.may_act(by, old) or (verb == "doctor" and by.level >= rights_rights.LEVELS["settings"]):
        return True
    may = set(truth.FOLLOWS)
    for other in moment.edits:
        if other.kind != Ticket.kind or other.change == handedits.DELETED or "merge" in _verbs(other, moment):
            may |= verbs.AFTERMATH.get(other.kind, frozenset())
    if verb == "purge" and by.level >= rights_rights.LEVELS["field"]:
        may |= verbs.AFTERMATH["field"]
    return len(may) > len(truth.FOLLOWS) and truth.case((), edit.old, edit.new, {}).changed <= may


def _check_thread(edit: HandEdit, old: Ticket, new: Ticket, by: Actor, moment: Moment) -> None:
    """Rule 6, and that a merge or a split moves entries without changing them."""
    told = _verbs(edit, moment)
    if undo.VERB in told:
        _check_taken_back(old, new, by, _gone_by(edit, moment))
        return
    if not told & _MOVED:
        checks_rights.check_thread(edit.path, old, new, by.id)
        return
    there = {_kept(entry) for e in moment.edits if isinstance(e.old, Ticket) for entry in e.old.thread}
    requests = {e.old.author for e in moment.edits if isinstance(e.old, Ticket)} | {by.id}
    for entry in new.thread:
        if _kept(entry) not in there and not (entry.kind == "note" and entry.by in requests and "from" in entry.meta):
            raise Refused(
                _("an entry by {writer} was put into the thread that no ticket of this commit had", writer=entry.by)
            )


def _check_taken_back(old: Ticket, new: Ticket, by: Actor, verb: str) -> None:
    """Nobody takes back what somebody else wrote, but for a verb that had carried it from one ticket to another."""
    others = {e.by for e in (*old.thread, *new.thread) if (e in old.thread) != (e in new.thread)} - {by.id}
    if others and verb not in undo.CARRIES:
        raise Refused(_("{by} may not take back an entry by {others}", by=by.id, others=", ".join(sorted(others))))


def _kept(entry: Entry) -> tuple[object, ...]:
    return (entry.kind, entry.by, entry.at, entry.text)
