"""What a requester may have done in person: on own tickets, with own words, and no more (rules 1, 6 and 7)."""

from __future__ import annotations

from desk.audit.moment import Moment
from desk.checks import rights as checks_rights
from desk.domain.changes import truth
from desk.domain.model.person import USER_PREFIX, User
from desk.domain.model.ticket import REPLY, Ticket
from desk.domain.rights import rights, ticketverbs, verbs
from desk.errors import Refused
from desk.store.handedits import HandEdit

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
    if edit.kind != Ticket.kind or not isinstance(new, Ticket) or not isinstance(old, Ticket | None):
        raise Refused(f"a requester doesn't change {edit.kind} records, nor delete any")
    told = {e.verb for e in moment.step.told.events if (e.kind, e.id) == (edit.kind, edit.id)}
    if odd := told - rights.REQUESTERS - _FOLLOWS:
        raise Refused(f"{user.id} may not {', '.join(sorted(odd))} tickets: that is for staff")
    if old is None:
        checks_rights.check_author(new, user.id, moment.world)
        if new.requester != user.id or new.owner or new.thread or new.tags:
            raise Refused(f"{new.id} was registered in person, and says what only staff may say")
        return
    if user.id not in (old.requester, old.author):
        raise Refused(f"{old.id} is no ticket of {user.id}")
    if changed := truth.case((), old, new, {}).changed - _MAY:
        raise Refused(f"{user.id} may not change {', '.join(sorted(changed))} of {old.id}")
    if new.owner not in (None, old.owner):
        raise Refused(f"{user.id} may not give {old.id} an owner")
    checks_rights.check_thread(edit.path, old, new, user.id)
    if any(entry.kind != REPLY for entry in new.thread[len(old.thread) :]):
        raise Refused(f"{user.id} may not write notes: they are for staff")
