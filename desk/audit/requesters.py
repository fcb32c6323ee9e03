"""What a requester may have done in person: on own tickets, with own words, and no more (rules 1, 6 and 7)."""

from __future__ import annotations

from desk.audit.moment import Moment
from desk.checks import evidence, words
from desk.checks import rights as checks_rights
from desk.domain.changes import salt, truth
from desk.domain.model.person import USER_PREFIX, User
from desk.domain.model.ticket import REPLY, Ticket
from desk.domain.rights import rights, ticketverbs, verbs
from desk.errors import Refused
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

_MAY = truth.FOLLOWS | verbs.may_change(Ticket.kind, *rights.REQUESTERS - {"create"})
"""What their verbs may change of a ticket that is there; an owner who left is dropped when it is opened again (rule 3)."""
_FOLLOWS = verbs.brought(Ticket.kind, *rights.REQUESTERS) | frozenset(ticketverbs.COMES_ALONG)
"""What the desk adds to them by itself."""


def requester_of(moment: Moment) -> User | None:
    """The requester who made a commit through desk; None for anybody else."""
    if moment.by_hand or moment.importer or not str(moment.actor).startswith(USER_PREFIX):
        return None
    found = moment.world.find(User.kind, str(moment.actor))
    return found if isinstance(found, User) else None


def check_requester(edit: HandEdit, user: User, moment: Moment) -> None:
    """Refused for what a requester may not have done."""
    old, new = edit.old, edit.new
    if edit.kind == handedits.ATTACHMENT:
        if edit.id not in moment.act.tickets():
            raise Refused(_("a requester doesn't change {kind} records, nor delete any", kind=edit.kind))
        if edit.change != handedits.NEW and not edit.path.endswith(f"/{salt.FILE}"):
            raise Refused(_("a requester doesn't change {kind} records, nor delete any", kind=edit.kind))
        return
    evidence.check_evidence(edit, moment.act, moment.world, moment.world)
    if edit.kind != Ticket.kind or not isinstance(new, Ticket) or not isinstance(old, Ticket | None):
        raise Refused(_("a requester doesn't change {kind} records, nor delete any", kind=edit.kind))
    told = {e.verb for e in moment.step.told.events if (e.kind, e.id) == (edit.kind, edit.id)}
    if odd := told - rights.REQUESTERS - _FOLLOWS:
        raise Refused(_("{user} may not {odd} tickets: that is for staff", user=user.id, odd=", ".join(sorted(odd))))
    if old is None:
        checks_rights.check_author(new, user.id, moment.world)
        if new.requester != user.id or new.owner or new.thread or new.tags:
            raise Refused(_("{id} was registered in person, and says what only staff may say", id=new.id))
        return
    if user.id not in (old.requester, old.author):
        raise Refused(_("{id} is no ticket of {user}", id=old.id, user=user.id))
    if changed := truth.case((), old, new, {}).changed - _MAY:
        raise Refused(
            _("{user} may not change {changed} of {id}", user=user.id, changed=", ".join(sorted(changed)), id=old.id)
        )
    if new.owner not in (None, old.owner):
        raise Refused(_("{user} may not give {id} an owner", user=user.id, id=old.id))
    words.check_thread(edit.path, old, new, user.id)
    if any(entry.kind != REPLY for entry in new.thread[len(old.thread) :]):
        raise Refused(_("{user} may not write notes: they are for staff", user=user.id))
