"""Whether whoever made a commit was allowed to, by the desk's rules and the rights of that day (docs/rules.md, rules 1-8).

The change decides: what differs between the desk before and after is judged as if its maker had made it by hand then. The
message is heard after that, and can only narrow.
"""

from __future__ import annotations

from collections.abc import Iterator

from desk.audit import walk
from desk.audit.actors import duties, importing, mails, undone
from desk.audit.actors.requesters import check_requester, requester_of
from desk.audit.moment import DESK, FAULT, REMARK, AuditFinding, Moment, name
from desk.checks import judgement
from desk.checks.judgement import Wrong
from desk.domain.changes import undo
from desk.domain.model.actor import nameless
from desk.domain.model.person import User
from desk.errors import Refused
from desk.store import handedits
from desk.text import _, listed

_SHOWN = 3
_SPEAKING = (".mailmap", ".gitmodules")
"""Files outside the desk by which git shows something else than what was committed."""


def actors(moment: Moment) -> Iterator[AuditFinding]:
    """Author and actor are one person, who was on the staff."""
    step, actor = moment.step, moment.actor
    if not step.parents or (moment.by_hand and not moment.edits):
        return
    if moment.staff is None:
        yield from _stranger(moment)
    elif not moment.by_hand and not moment.importer and step.email.lower() not in moment.staff.addresses:
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
    """Commits without trailers, and files that are no part of the desk, for a person to look at."""
    if not moment.step.parents:
        return
    if moment.by_hand and not moment.step.merge:
        names = [name(e) for e in moment.edits]
        if names:
            yield moment.finding("by-hand", REMARK, _("made by hand: {shown}", shown=_some(names)), names[0])
    outside = _outside(moment)
    speaking = [path for path in outside if path.lower() in _SPEAKING]
    if (speaking or moment.staff is None or not moment.by_hand) and outside:
        outside = speaking or outside
        yield moment.finding(
            "by-hand", REMARK, _("changed outside the desk: {shown}", shown=_some(outside)), outside[0]
        )


def _outside(moment: Moment) -> list[str]:
    """The files outside the desk that a commit changed; of a merge, those that neither side has so."""
    step = moment.step
    found = [d.path for d in step.deltas if d.path.partition("/")[0] not in handedits.WATCHED]
    for parent in step.parents[1:] if found else ():
        unlike = {d.path for d in walk.between(moment.place, parent, step.oid)}
        found = [path for path in found if path in unlike]
    return found


def _some(names: list[str]) -> str:
    shown = listed(names[:_SHOWN], ", ")
    return _("{names} and {n} more", names=shown, n=len(names) - _SHOWN) if len(names) > _SHOWN else shown


def rights(moment: Moment) -> Iterator[AuditFinding]:
    """Each change was allowed to its maker then."""
    for wrong in _judged(moment):
        problem = wrong.error.message.removeprefix(f"{wrong.edit.path}: ")
        yield moment.finding("rights", FAULT, problem, name(wrong.edit))


def _judged(moment: Moment) -> Iterator[Wrong]:
    if not moment.step.parents:
        return
    back = [e for e in moment.edits if undo.VERB in moment.act.verbs(e)] if moment.act.told else []
    for edit in back:
        yield from _refusals(undone.check_undone, edit, moment)
    others = moment._replace(edits=tuple(e for e in moment.edits if e not in back)) if back else moment
    if moment.importer:
        for edit in others.edits:
            yield from _refusals(importing.check_import, edit, moment)
    elif moment.staff is not None:
        for edit in others.edits if mails.received(moment) is not None else ():
            yield from _refusals(mails.check_staffs, edit, moment)
        yield from judgement.judge(moment.act._replace(edits=others.edits), moment.world, moment.world)
    elif (user := requester_of(moment)) is not None:
        for edit in others.edits:
            yield from _refusals(lambda e, m, user=user: check_requester(e, user, m), edit, moment)
    elif moment.actor == DESK and not moment.by_hand:
        check = duties.check_duty if mails.received(moment) is None else mails.check_desks
        for edit in others.edits:
            yield from _refusals(check, edit, moment)


def _refusals(check: object, edit: handedits.HandEdit, moment: Moment) -> Iterator[Wrong]:
    try:
        check(edit, moment)  # type: ignore[operator]
    except Refused as error:
        yield Wrong(edit, error)


def overrides(moment: Moment) -> Iterator[AuditFinding]:
    """What level 3 has put right, with a reason: allowed, and worth a look."""
    if moment.staff is None or moment.importer or not moment.act.overrides:
        return
    for wrong in judgement.judge(moment.act._replace(reason=None), moment.world, moment.world):
        problem = _(
            "put right, with a reason: {problem}", problem=wrong.error.message.removeprefix(f"{wrong.edit.path}: ")
        )
        yield moment.finding("rights", REMARK, problem, name(wrong.edit))
