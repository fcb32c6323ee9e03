"""Whether the records of each commit were sound: readable, at their place, and within the desk's rules."""

from __future__ import annotations

from collections.abc import Iterator

from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment, name
from desk.checks import edits
from desk.domain.changes import truth
from desk.domain.model.kinds import KINDS
from desk.domain.model.organisation import RESERVED_TAGS, Department
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights
from desk.errors import Refused
from desk.store import handedits
from desk.store.handedits import HandEdit

CHECK = "records"


def records(moment: Moment) -> Iterator[AuditFinding]:
    """Each changed record can be read, lies at its place, names what there is, and keeps to the rules."""
    for edit in moment.edits:
        look = f"git show {moment.step.oid[:10]} -- {edit.path}"
        if edit.kind == handedits.STRAY:
            if edit.change != handedits.DELETED and not handedits.left_over(edit.path):
                yield moment.finding(CHECK, REMARK, "neither a record nor an attachment", edit.path, look)
            continue
        found = edits.problem(_anew(edit, moment), moment.world)
        if found is not None:
            line, words = edits.told(found, edit.path)
            where = f"line {line}: " if line else ""
            # A rule of this desk didn't bind the one that an import comes from.
            imported = moment.importer is not None and isinstance(found, Refused)
            older = edit.kind == handedits.SETTINGS and not moment.by_hand
            level = REMARK if imported or older else FAULT
            yield moment.finding(CHECK, level, f"{where}{words}", name(edit), look)


def _anew(edit: HandEdit, moment: Moment) -> HandEdit:
    """What is made, or deleted but for a placeholder, is a new record: also the fields that nobody can edit."""
    told = {e.verb for e in moment.step.told.events if (e.kind, e.id) == (edit.kind, edit.id)}
    return edit._replace(old=None) if told & truth.WHOLE else edit


def together(moment: Moment) -> Iterator[AuditFinding]:
    """The rules that concern several records at once, after the commit (rules 2, 4 and 5)."""
    kinds = {e.kind for e in moment.edits}
    if Staff.kind in kinds:
        yield from _staff(moment)
    if Department.kind in kinds:
        yield from _departments(moment)
    for edit in moment.edits:
        if edit.kind in KINDS and edit.change == handedits.DELETED and edit.id:
            count = moment.world.referring(edit.kind, edit.id)
            if edit.kind == "tag" and edit.id in RESERVED_TAGS:
                problem = f"the tag {edit.id} was deleted, which decides the kind of tickets"
                yield moment.finding("rules", FAULT, problem, name(edit))
            elif count:
                still = "a record" if count == 1 else f"{count} records"
                problem = f"{edit.kind} {edit.id} was deleted while {still} referred to it"
                yield moment.finding("rules", FAULT, problem, name(edit))
        if isinstance(edit.new, Ticket):
            yield from _public(moment, edit.new)


def _staff(moment: Moment) -> Iterator[AuditFinding]:
    staff = moment.world.staff()
    if staff and not any(s.level == 3 for s in staff):
        yield moment.finding("rules", FAULT, "nobody of level 3 was left on the staff")
    owners: dict[str, list[str]] = {}
    for member in staff:
        for address in {a.lower() for a in (member.email, *member.emails)}:
            owners.setdefault(address, []).append(member.id)
    for edit in moment.edits:
        old, new = (_addresses(e) for e in (edit.old, edit.new))
        for address in sorted(new - old):
            if len(owners.get(address, ())) > 1:
                problem = f"{address} became the address of {' and of '.join(owners[address])}"
                yield moment.finding("rules", FAULT, problem, name(edit))


def _addresses(record: Record | None) -> set[str]:
    return {a.lower() for a in (record.email, *record.emails)} if isinstance(record, Staff) else set()


def _departments(moment: Moment) -> Iterator[AuditFinding]:
    found = [d for d in moment.world.all(Department.kind) if isinstance(d, Department)]
    defaults = [d.id for d in found if d.default]
    if len(defaults) != 1 and found:
        problem = f"{len(defaults) or 'no'} departments were the default one: {', '.join(defaults) or 'none'}"
        yield moment.finding("rules", FAULT, problem)
    for edit in moment.edits:
        if isinstance(edit.new, Department) and edit.new.private and not getattr(edit.old, "private", False):
            count = moment.world.users_tickets(edit.new.id)
            if count:
                held = "a user's ticket" if count == 1 else f"{count} tickets of users"
                problem = f"{edit.new.id} became private while it held {held}"
                yield moment.finding("rules", FAULT, problem, name(edit))


def _public(moment: Moment, ticket: Ticket) -> Iterator[AuditFinding]:
    """Rule 4: a user's ticket is in no private department."""
    department = moment.world.find(Department.kind, ticket.department)
    if isinstance(department, Department):
        try:
            rights.require_public(department, ticket)
        except Refused as error:
            yield moment.finding("rules", FAULT, error.message, f"ticket/{ticket.id}")
