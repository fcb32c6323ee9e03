"""What desk does by itself, following the clocks of service levels: in nobody's name, so within narrow bounds."""

from __future__ import annotations

from datetime import timedelta

from desk.audit.moment import DESK, Moment
from desk.checks import evidence
from desk.domain.changes import truth
from desk.domain.model.organisation import Department
from desk.domain.model.states import OPEN, PENDING
from desk.domain.model.ticket import NOTE, Ticket
from desk.domain.rights import verbs
from desk.domain.tickets import thread
from desk.errors import Refused
from desk.store.handedits import HandEdit
from desk.text import _

_MAY = truth.FOLLOWS | verbs.may_change(Ticket.kind, *verbs.DESKS)
"""What desk itself may change of a ticket."""
_VERBS = verbs.DESKS | verbs.brought(Ticket.kind, *verbs.DESKS)
_DAY = timedelta(days=1)
"""A day begins elsewhere at another time."""


def check_duty(edit: HandEdit, moment: Moment) -> None:
    """Refused for what desk itself doesn't do."""
    old, new = edit.old, edit.new
    if not isinstance(old, Ticket) or not isinstance(new, Ticket):
        raise Refused(_("desk itself doesn't change {kind} records", kind=edit.kind))
    told = moment.act.verbs(edit)
    changed = truth.case((), old, new, {}).changed
    if odd := sorted(changed - _MAY):
        raise Refused(_("desk itself doesn't change {odd}", odd=", ".join(odd)))
    if odd := sorted(told - _VERBS):
        raise Refused(_("{verb} is nothing that desk itself does", verb=odd[0]))
    check_notes(old, new)
    if new.thread != old.thread:
        _check_undelivered(old, new, told)
    _check_state(old, new, told, moment)
    _check_people(old, new, moment)
    evidence.check_evidence(edit, moment.act, moment.world, moment.world)


def _check_undelivered(old: Ticket, new: Ticket, told: frozenset[str]) -> None:
    """Of what desk writes only that something wasn't delivered came by no mail."""
    if thread.UNDELIVERED not in told or not all(thread.is_undelivered(e.text) for e in new.thread[len(old.thread) :]):
        raise _written(new)


def check_notes(old: Ticket, new: Ticket) -> None:
    """Refused unless all that was written are notes of the desk's own."""
    added = new.thread[len(old.thread) :]
    if new.thread[: len(old.thread)] != old.thread or any((e.kind, e.by) != (NOTE, DESK) for e in added):
        raise _written(new)


def _written(ticket: Ticket) -> Refused:
    return Refused(_("desk itself writes notes, and changes no entry of {id}", id=ticket.id))


def _check_state(old: Ticket, new: Ticket, told: frozenset[str], moment: Moment) -> None:
    """A pending ticket whose day has come is open again; nothing else."""
    if old.state == new.state:
        if any(getattr(old, n) != getattr(new, n) for n in ("closed", "resolution", "pending_until", "pending_for")):
            raise Refused(_("desk itself doesn't change {odd}", odd="closed, resolution, pending_until, pending_for"))
        return
    due = old.pending_until is not None and old.pending_until <= (moment.act.at + _DAY).date()
    if "resume" not in told or (old.state, new.state) != (PENDING, OPEN) or not due or new.closed != old.closed:
        raise Refused(_("desk itself doesn't take a ticket from {old} to {new}", old=old.state, new=new.state))


def _check_people(old: Ticket, new: Ticket, moment: Moment) -> None:
    """An owner who can't go on is taken off when a ticket comes back; who is named for the department gets to watch."""
    if new.owner != old.owner:
        gone = old.owner is not None and old.department not in moment.world.serves(old.owner)
        if new.owner is not None or old.state == new.state or not gone:
            raise Refused(
                _("desk itself doesn't take {owner} off, nor give a ticket an owner", owner=old.owner or _("nobody"))
            )
    department = moment.world.find(Department.kind, old.department)
    named = {department.escalation} if isinstance(department, Department) else set()
    if not set(old.watchers) <= set(new.watchers) or not set(new.watchers) - set(old.watchers) <= named:
        raise Refused(_("desk itself doesn't change {odd}", odd="watchers"))
