"""Staff: who may be registered, changed and removed, and what becomes of their tickets (rules 2, 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change
from desk.domain.model.organisation import Department
from desk.domain.model.person import RESERVED_HANDLES, USER_PREFIX, Staff
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import ownership
from desk.errors import Refused, UsageFault
from desk.text import _

HIGHEST = 3


def create(new: Staff, *, by: Actor, at: datetime) -> Change:
    """Register a staff member. Whether handle and e-mail are free is for the caller to find out."""
    if new.id in RESERVED_HANDLES or new.id.startswith(USER_PREFIX):
        raise UsageFault(
            _("{id!r} can't be a handle: it has a meaning of its own", id=new.id),
            _(
                "reserved: {reserved_handles}, and what begins with {user_prefix} (requesters)",
                reserved_handles=", ".join(RESERVED_HANDLES),
                user_prefix=USER_PREFIX,
            ),
        )
    _check(new)
    return generic.create(new, by=by, at=at)


def edit(
    before: Staff,
    after: Staff,
    owned: Iterable[Ticket],
    others: Iterable[Staff],
    departments: Iterable[Department] = (),
    *,
    by: Actor,
    at: datetime,
) -> Change:
    """Change a staff member; open tickets (`owned`) of departments no longer served lose their owner (rule 3).

    So does the escalation of those departments: it names somebody who serves it.
    """
    if before.level != after.level and before.id == by.id:
        raise Refused(_("nobody changes their own level"), _others_could(others, by))
    _check(after)
    change = generic.edit(before, after, by=by, at=at)
    dropped = [ownership.release(t, before.id, by=by, at=at) for t in owned if t.department not in after.departments]
    left = [d for d in departments if d.id not in after.departments]
    return generic.also(change, *dropped, *_unnamed(before, left, by, at))


def _unnamed(staff: Staff, departments: Iterable[Department], by: Actor, at: datetime) -> list[Change]:
    named = [d for d in departments if d.escalation == staff.id]
    return [generic.edit(d, d.evolve(escalation=None), by=by, at=at) for d in named]


def delete(
    staff: Staff,
    owned: Iterable[Ticket],
    others: Iterable[Staff],
    departments: Iterable[Department] = (),
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> Change:
    """Remove a staff member: open tickets (`owned`) lose their owner, the name stays in history (rule 5)."""
    if staff.id == by.id:
        raise Refused(_("nobody deletes themselves"), _others_could(others, by))
    change = generic.delete(staff, by=by, at=at, reason=reason)
    freed = [ownership.release(t, staff.id, by=by, at=at) for t in owned]
    return generic.also(change, *freed, *_unnamed(staff, departments, by, at))


def _check(staff: Staff) -> None:
    if not staff.departments:
        raise UsageFault(
            _("{staff} must serve at least one department", staff=staff.id),
            _("--department D; see: desk department list"),
        )


def _others_could(others: Iterable[Staff], by: Actor) -> str:
    able = [s.id for s in others if s.level == HIGHEST and s.id != by.id]
    if able:
        return _("another one of level {level} could: {able}", level=HIGHEST, able=", ".join(able))
    return _("nobody else has level {level} yet: desk staff create … --level {level}", level=HIGHEST)
