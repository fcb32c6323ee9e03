"""The desk's own records: departments, staff, groups, tags, custom fields, topics; made, changed, taken away, a commit each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from desk.actions import identifiers, requesters
from desk.actions.acting import act_on_records, create_record
from desk.actions.draft import Draft, require_level
from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, Response, Topic
from desk.domain.model.change import Change
from desk.domain.model.checklist import Checklist
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import CustomField, Department, Machine, Tag
from desk.domain.model.person import Group, Staff, User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import definitions, departments
from desk.domain.people import staff as people_staff
from desk.errors import NotFound, Refused
from desk.named import NamedTuple
from desk.queries import people
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.store.store import Committed
from desk.text import _, arranged

Values = Mapping[str, Any]
"""Fields by name as somebody gave them; of a change None takes a field away, and one that isn't named stays."""


class Keeping(NamedTuple):
    """What a kind asks for beyond the right to it, when one is made, changed, or taken away.

    `alone` are the fields that can't be set for several records at once.
    """

    create: Callable[[Draft, Any, Actor, datetime], Change]
    edit: Callable[[Draft, Any, Values, Actor, datetime], Change]
    delete: Callable[[Draft, Any, str | None, Actor, datetime], Change] | None
    alone: tuple[str, ...] = ()


# -- the actions -------------------------------------------------------------------------------------------------------


def create(session: Session, cls: type[Record], values: Values) -> Committed:
    """Add a record of a kind in KEPT, whose id stands in the values."""
    identifiers.require_among(values, cls.FIELDS, cls.kind)
    given = _from_settings(session, cls, values)
    if "created" in cls.FIELDS:
        given["created"] = utc_text(session.now)
    return create_record(session, cls, given, KEPT[cls.kind].create)


def edit(session: Session, cls: type[Record], ids: Iterable[str], values: Values) -> Committed:
    """Change records alike."""
    named, keeping = list(ids), KEPT[cls.kind]
    identifiers.require_one(named, values, keeping.alone)
    identifiers.require_among(values, [n for n, f in cls.FIELDS.items() if not f.fixed], cls.kind)
    given = _from_settings(session, cls, values)

    def one(draft: Draft, before: Record, by: Actor, at: datetime) -> Change:
        return keeping.edit(draft, before, given, by, at)

    return act_on_records(session, cls, named, one)


def delete(session: Session, cls: type[Record], ids: Iterable[str], reason: str | None = None) -> Committed:
    """Take records away, and out of what refers to them where the kind allows that."""
    remove = KEPT[cls.kind].delete
    if remove is None:
        raise Refused(
            _("another {kind} must take over", kind=cls.kind),
            arranged("desk {noun} delete ID --transfer-to OTHER", noun=cls.noun),
        )

    def one(draft: Draft, record: Record, by: Actor, at: datetime) -> Change:
        return remove(draft, record, reason, by, at)

    return act_on_records(session, cls, ids, one)


def delete_departments(session: Session, ids: Iterable[str], to: str) -> Committed:
    """Delete departments; another takes all their tickets, and what was for them alone."""

    def one(draft: Draft, department: Department, by: Actor, at: datetime) -> Change:
        target = draft.get(Department, to)
        held = draft.several(Ticket, people.tickets_of_department(draft.index, department.id))
        staff = {s.id: s for s in draft.all(Staff)}
        return departments.delete(department, target, held, staff, _limited(draft, department.id), by=by, at=at)

    return act_on_records(session, Department, ids, one)


def purge_field(session: Session, name: str) -> Committed:
    """Take what a deleted custom field held out of every ticket and requester."""
    wanted = identifiers.normalise_id(name)

    def plan(snapshot: Snapshot, by: Actor, at: datetime) -> Change:
        require_level(snapshot, by, CustomField.kind)
        if snapshot.index.path_of(CustomField.kind, wanted):
            raise Refused(
                _("the custom field {wanted} is still declared", wanted=wanted),
                _("first: desk field delete {wanted}", wanted=wanted),
            )
        draft = Draft(snapshot)
        tickets = draft.several(Ticket, people.records_holding(draft.index, Ticket.kind, wanted))
        users = draft.several(User, people.records_holding(draft.index, User.kind, wanted))
        if not (tickets or users):
            raise NotFound(
                _("no record holds a custom field {wanted}", wanted=wanted),
                _("desk field list shows the declared ones"),
            )
        return definitions.purge(wanted, [*tickets, *users], by=by, at=at)

    return session.apply(plan)


def _from_settings(session: Session, cls: type[Record], values: Values) -> dict[str, Any]:
    """Values, each that must stand in a list of desk.toml as it stands there."""
    found = dict(values)
    for name, field in cls.FIELDS.items():
        if field.setting and found.get(name) is not None:
            found[name] = identifiers.require_listed(session, field.setting, found[name])
    if found.get("titles"):
        found["titles"] = {
            identifiers.require_listed(session, "desk.languages", n): t for n, t in found["titles"].items()
        }
    return found


# -- any kind ----------------------------------------------------------------------------------------------------------


def _create(_: Draft, new: Record, by: Actor, at: datetime) -> Change:
    return generic.create(new, by=by, at=at)


def _edit(_: Draft, before: Record, values: Values, by: Actor, at: datetime) -> Change:
    return generic.edit(before, before.evolve(**values), by=by, at=at)


def _delete(_: Draft, record: Record, reason: str | None, by: Actor, at: datetime) -> Change:
    return generic.delete(record, by=by, at=at, reason=reason)


# -- departments -------------------------------------------------------------------------------------------------------


def _create_department(draft: Draft, new: Department, by: Actor, at: datetime) -> Change:
    return departments.create(new, draft.all(Department), by=by, at=at)


def _edit_department(draft: Draft, before: Department, values: Values, by: Actor, at: datetime) -> Change:
    named = draft.get(Staff, values["escalation"]) if values.get("escalation") else None
    return departments.edit(before, before.evolve(**values), draft.all(Department), named, by=by, at=at)


def _limited(draft: Draft, department: str) -> list[CustomField | Response | Checklist]:
    """What is for a department alone."""
    fields = [f for f in draft.all(CustomField) if department in f.departments]
    texts: list[Response | Checklist] = [*draft.all(Response), *draft.all(Checklist)]
    return [*fields, *(r for r in texts if r.department == department)]


# -- staff -------------------------------------------------------------------------------------------------------------


def _create_staff(draft: Draft, new: Staff, by: Actor, at: datetime) -> Change:
    _check_staff(draft, new)
    return people_staff.create(new, by=by, at=at)


def _edit_staff(draft: Draft, before: Staff, values: Values, by: Actor, at: datetime) -> Change:
    after = before.evolve(**values)
    _check_staff(draft, after, emails="email" in values)
    owned = draft.several(Ticket, people.tickets_owned_by(draft.index, before.id))
    return people_staff.edit(before, after, owned, draft.all(Staff), draft.all(Department), by=by, at=at)


def _check_staff(draft: Draft, staff: Staff, *, emails: bool = True) -> None:
    draft.several(Department, staff.departments)
    if emails:
        for email in (staff.email, *staff.emails):
            requesters.refuse_taken(draft.index, email, staff.id)


def _delete_staff(draft: Draft, staff: Staff, reason: str | None, by: Actor, at: datetime) -> Change:
    owned = draft.several(Ticket, people.tickets_owned_by(draft.index, staff.id))
    return people_staff.delete(staff, owned, draft.all(Staff), draft.all(Department), by=by, at=at, reason=reason)


# -- definitions -------------------------------------------------------------------------------------------------------


def _delete_group(draft: Draft, group: Group, _: str | None, by: Actor, at: datetime) -> Change:
    fields = [f for f in draft.all(CustomField) if group.id in f.groups]
    return definitions.delete_group(group, fields, by=by, at=at)


def _delete_tag(draft: Draft, tag: Tag, _: str | None, by: Actor, at: datetime) -> Change:
    on = draft.several(Ticket, people.records_with_tag(draft.index, Ticket.kind, tag.id))
    carrying = draft.several(Article, people.records_with_tag(draft.index, Article.kind, tag.id))
    checklists = draft.several(Checklist, people.records_with_tag(draft.index, Checklist.kind, tag.id))
    return definitions.delete_tag(tag, on, [*carrying, *checklists], by=by, at=at)


def _create_field(draft: Draft, new: CustomField, by: Actor, at: datetime) -> Change:
    _check_field(draft, new)
    return generic.create(new, by=by, at=at)


def _edit_field(draft: Draft, before: CustomField, values: Values, by: Actor, at: datetime) -> Change:
    after = before.evolve(**values)
    if (after.type, after.on) != (before.type, before.on):
        raise Refused(
            _("{id} keeps its type, {type} on a {on}", id=before.id, type=before.type, on=before.on),
            _("desk field create makes another one"),
        )
    _check_field(draft, after)
    _check_options(draft, before, after)
    return generic.edit(before, after, by=by, at=at)


def _check_options(draft: Draft, before: CustomField, after: CustomField) -> None:
    """An option that records have stays on offer: each of them would be wrong without it."""
    gone = [option for option in before.options if option not in after.options]
    cls: type[Ticket | User] = Ticket if before.on == Ticket.kind else User
    held = draft.several(cls, people.records_holding(draft.index, cls.kind, before.id)) if gone else []
    for option in gone:
        number = sum(record.fields.get(before.id) == option for record in held)
        if number:
            raise Refused(
                _("{option} of {field} stands in {n} records", option=option, field=before.id, n=number),
                _(
                    "give them another one first: desk {noun} list --field {field}={option}",
                    noun=cls.noun,
                    field=before.id,
                    option=option,
                ),
            )


def _check_field(draft: Draft, field: CustomField) -> None:
    definitions.check_field(field)
    draft.several(Department, field.departments)
    draft.several(Group, field.groups)


# -- topics ------------------------------------------------------------------------------------------------------------


def _edit_topic(draft: Draft, before: Topic, values: Values, by: Actor, at: datetime) -> Change:
    """Titles in other languages are set one by one; an empty one is taken away."""
    titles = {language: t for language, t in {**before.titles, **(values.get("titles") or {})}.items() if t}
    return _edit(draft, before, {**values, "titles": titles or None}, by, at)


KEPT: Mapping[str, Keeping] = MappingProxyType(
    {
        Department.kind: Keeping(_create_department, _edit_department, None, ("default",)),
        Staff.kind: Keeping(_create_staff, _edit_staff, _delete_staff, ("email", "keys")),
        Group.kind: Keeping(_create, _edit, _delete_group),
        Tag.kind: Keeping(_create, _edit, _delete_tag),
        Machine.kind: Keeping(_create, _edit, _delete, ("keys",)),
        CustomField.kind: Keeping(_create_field, _edit_field, _delete),
        Topic.kind: Keeping(_create, _edit_topic, _delete),
    }
)
"""The kinds of record that only need create, edit and delete; the right to each is its row in rights.RIGHTS (rule 2)."""
