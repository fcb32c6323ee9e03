"""Tags, groups and custom fields: what may be defined, and what follows when a definition goes (rule 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from desk.domain.changes import generic
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.checklist import Checklist
from desk.domain.model.organisation import RESERVED_TAGS, CustomField, Tag
from desk.domain.model.person import Group, User
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.people import customfields
from desk.domain.tickets import classification
from desk.errors import Refused, UsageFault


def delete_tag(
    tag: Tag, on: Iterable[Ticket], articles: Iterable[Article | Checklist], *, by: Actor, at: datetime
) -> Change:
    """Delete a tag and take it off every ticket, article and checklist."""
    if tag.id in RESERVED_TAGS:
        raise Refused(
            f"the tag {tag.id} can't be deleted: it decides what kind of work a ticket is",
            f"reserved: {', '.join(RESERVED_TAGS)}; colour and description can be changed: desk tag edit {tag.id}",
        )
    off = [classification.untag(t, [tag.id], by=by, at=at) for t in on]
    cleared = [generic.edit(a, _without_tag(a, tag.id), by=by, at=at) for a in articles]
    return generic.also(generic.delete(tag, by=by, at=at), *off, *cleared)


def _without_tag(record: Article | Checklist, tag: str) -> Record:
    after = record.evolve(tags=[t for t in record.tags if t != tag])
    # A checklist would come by itself to tickets it was never meant for.
    return after.evolve(automatic=None) if isinstance(after, Checklist) else after


def delete_group(group: Group, fields: Iterable[CustomField], *, by: Actor, at: datetime) -> Change:
    """Delete a group; custom fields are no longer asked of it."""
    changes = []
    for field in fields:
        left = [g for g in field.groups if g != group.id]
        if not left:
            # Without a group it would be asked of everybody.
            raise Refused(
                f"the group {group.id} can't be deleted: the custom field {field.id} is for it alone",
                f"first: desk field delete {field.id}, or desk field edit {field.id} --group OTHER",
            )
        changes.append(generic.edit(field, field.evolve(groups=left), by=by, at=at))
    return generic.also(generic.delete(group, by=by, at=at), *changes)


def check_field(field: CustomField) -> None:
    """UsageFault for a declaration that no value could fit, or that says nothing."""
    if field.type not in customfields.TYPES:
        raise UsageFault(f"there is no type {field.type!r}", f"types: {', '.join(customfields.TYPES)}")
    if field.on not in ("user", "ticket"):
        raise UsageFault(f"a custom field is on a user or a ticket, not on {field.on!r}", "--on user or --on ticket")
    if field.type == "select" and not field.options:
        raise UsageFault(f"the select {field.id} offers nothing", "--option O, once for each")
    if field.type != "select" and field.options:
        raise UsageFault(f"only a select has options; {field.id} is of type {field.type}", "--type select")
    if len({o.casefold() for o in field.options}) < len(field.options):
        raise UsageFault(f"two options of {field.id} differ in case only, or not at all", "give each option once")
    if field.on == "user" and field.departments:
        raise UsageFault("--department is for fields on tickets", "--group limits a field on users")
    if field.on == "ticket" and field.groups:
        raise UsageFault("--group is for fields on users", "--department limits a field on tickets")


def purge(name: str, holders: Iterable[Ticket | User], *, by: Actor, at: datetime) -> Change:
    """Take what a deleted custom field held out of every record; git keeps what it said."""
    edits = []
    for record in holders:
        left = {k: v for k, v in record.fields.items() if k != name}
        after = record.evolve(fields=left or None)
        edits.append(Edit(record, after, (Event("edit", None, "fields"),)))
    return Change("purge", by, at, tuple(edits), summary=f"custom field {name}")
