"""What a requester may have done in person: on own tickets, with own words, and no more (rules 1, 6 and 7)."""

from __future__ import annotations

from desk.audit.actors import mails
from desk.audit.moment import Moment
from desk.checks import evidence, words
from desk.checks import rights as checks_rights
from desk.domain.changes import truth
from desk.domain.model.person import USER_PREFIX, User
from desk.domain.model.ticket import REPLY, Ticket
from desk.domain.rights import rights, ticketverbs, verbs
from desk.errors import Refused
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

_MAY = truth.FOLLOWS | verbs.may_change(Ticket.kind, *rights.REQUESTERS - {"create"})
"""What their verbs may change of a ticket that is there; an owner who left is dropped when it is opened again (rule 3)."""
_RELATED = frozenset({"link"})
"""What a mail that names a ticket, and doesn't join it, does there."""
_FOLLOWS = verbs.brought(Ticket.kind, *rights.REQUESTERS) | frozenset(ticketverbs.COMES_ALONG)
"""What the desk adds to them by itself."""


def requester_of(moment: Moment) -> User | None:
    """The requester who made a commit through desk; None for anybody else."""
    if moment.by_hand or moment.importer or not str(moment.actor).startswith(USER_PREFIX):
        return None
    found = moment.world.find(User.kind, str(moment.actor))
    return found if isinstance(found, User) else mails.newcomer(moment)


def _changed(old: Ticket | None, new: Ticket) -> frozenset[str]:
    return truth.case((), old, new, {}).changed if old is not None else frozenset()


def check_requester(edit: HandEdit, user: User, moment: Moment) -> None:
    """Refused for what a requester may not have done."""
    if moment.world.is_barred(user):
        raise Refused(_("{user} is disabled, or the address is banned", user=user.id))
    _check_person(edit, user, moment)


def _check_person(edit: HandEdit, user: User, moment: Moment) -> None:
    old, new, mail = edit.old, edit.new, mails.received(moment)
    if mail is not None and new is not None and new == mails.newcomer(moment):
        return
    if edit.kind == handedits.ATTACHMENT and mails.brings_file(edit, moment):
        return
    evidence.check_evidence(edit, moment.act, moment.world, moment.world)
    words.check_headings(edit, moment.act)
    if edit.kind != Ticket.kind or not isinstance(new, Ticket) or not isinstance(old, Ticket | None):
        raise Refused(_("a requester doesn't change {kind} records, nor delete any", kind=edit.kind))
    told = {e.verb for e in moment.step.told.events if (e.kind, e.id) == (edit.kind, edit.id)}
    if (
        mail is not None
        and old is not None
        and told
        and told <= _RELATED
        and _changed(old, new) <= verbs.may_change(Ticket.kind, *_RELATED)
    ):
        return
    if odd := told - rights.REQUESTERS - _FOLLOWS - (_RELATED if mail else frozenset()):
        raise Refused(_("{user} may not {odd} tickets: that is for staff", user=user.id, odd=", ".join(sorted(odd))))
    if old is None:
        checks_rights.check_author(new, user.id, moment.world)
        if new.requester != user.id or new.owner or new.thread or new.tags:
            raise Refused(_("{id} was registered in person, and says what only staff may say", id=new.id))
        return
    if user.id not in (old.requester, old.author) and not mails.has_joined(mail):
        raise Refused(_("{id} is no ticket of {user}", id=old.id, user=user.id))
    if changed := _changed(old, new) - _MAY:
        raise Refused(
            _("{user} may not change {changed} of {id}", user=user.id, changed=", ".join(sorted(changed)), id=old.id)
        )
    if new.owner not in (None, old.owner):
        raise Refused(_("{user} may not give {id} an owner", user=user.id, id=old.id))
    words.check_thread(edit.path, old, new, user.id)
    if any(entry.kind != REPLY for entry in new.thread[len(old.thread) :]):
        raise Refused(_("{user} may not write notes: they are for staff", user=user.id))
