"""Departments: the one default, private ones, and who takes over when one goes (rules 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.article import Response
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import CustomField, Department
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import ownership
from desk.errors import Refused
from desk.text import _


def create(new: Department, others: Iterable[Department], *, by: Actor, at: datetime) -> Change:
    """Add a department. Where none is the default, the first public one becomes it."""
    current = [d for d in others if d.default]
    if not current and not new.private:
        new = new.evolve(default=True)
    _check(new)
    change = generic.create(new, by=by, at=at)
    return generic.also(change, *_give_up(current, by, at)) if new.default else change


def edit(
    before: Department,
    after: Department,
    others: Iterable[Department],
    named: Staff | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Change:
    """Change a department; making it the default takes that from the one that was.

    `named` is whom it names for escalations; they serve it, or they couldn't see what they are told of (rule 1).
    """
    _check(after)
    if named is not None and after.id not in named.departments:
        raise Refused(
            _(
                "{who} doesn't serve {department} and can't be named for its escalations",
                who=named.id,
                department=after.id,
            ),
            _("who does: desk staff list --department {id}", id=after.id),
        )
    change = generic.edit(before, after, by=by, at=at)
    if not after.default or before.default:
        return change
    return generic.also(change, *_give_up([d for d in others if d.default and d.id != before.id], by, at))


def _check(department: Department) -> None:
    if department.private and department.default:
        raise Refused(
            _(
                "{department} can't be private and the default: users' tickets go to the default department",
                department=department.id,
            ),
            _("make another one the default first: desk department edit ID --default"),
        )


def _give_up(current: Iterable[Department], by: Actor, at: datetime) -> list[Change]:
    return [generic.edit(d, d.evolve(default=False), by=by, at=at) for d in current]


def delete(
    department: Department,
    to: Department,
    held: Iterable[Ticket],
    staff: Mapping[str, Staff],
    limited: Iterable[CustomField | Response | Checklist],
    *,
    by: Actor,
    at: datetime,
) -> Change:
    """Delete a department: another takes its tickets (rule 5).

    Owners who don't serve the other one are dropped; `staff` no longer serve this one; custom fields, responses and checklists that
    were for it alone are for the other one from now on.
    """
    if department.default:
        raise Refused(
            _("{department} is the default department and can't be deleted", department=department.id),
            _("make another one the default first: desk department edit ID --default"),
        )
    if department.id == to.id:
        raise Refused(
            _("{department} can't take over its own tickets", department=department.id),
            _("name another department with --transfer-to"),
        )
    moved = [
        ownership.move(t, to.id, staff.get(t.owner or ""), staff.get(t.coordinator or ""), by=by, at=at) for t in held
    ]
    freed = [
        generic.edit(s, s.evolve(departments=[d for d in s.departments if d != department.id]), by=by, at=at)
        for s in staff.values()
        if department.id in s.departments
    ]
    change = generic.delete(department, by=by, at=at)._replace(summary=f"tickets to {to.id}")
    return generic.also(change, *moved, *freed, *(_limited(r, department.id, to.id, by, at) for r in limited))


def _limited(record: CustomField | Response | Checklist, old: str, new: str, by: Actor, at: datetime) -> Change:
    if isinstance(record, Response | Checklist):
        return generic.edit(record, record.evolve(department=new), by=by, at=at)
    names = [new if d == old else d for d in record.departments]
    return generic.edit(record, record.evolve(departments=names), by=by, at=at)
