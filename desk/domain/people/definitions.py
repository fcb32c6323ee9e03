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
from desk.text import _


def delete_tag(
    tag: Tag, on: Iterable[Ticket], articles: Iterable[Article | Checklist], *, by: Actor, at: datetime
) -> Change:
    """Delete a tag and take it off every ticket, article and checklist."""
    if tag.id in RESERVED_TAGS:
        raise Refused(
            _("the tag {tag} can't be deleted: it decides what kind of work a ticket is", tag=tag.id),
            _(
                "reserved: {reserved_tags}; colour and description can be changed: desk tag edit {tag}",
                reserved_tags=", ".join(RESERVED_TAGS),
                tag=tag.id,
            ),
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
                _(
                    "the group {group} can't be deleted: the custom field {field} is for it alone",
                    group=group.id,
                    field=field.id,
                ),
                _("first: desk field edit {field} --group OTHER, or desk field delete {field}", field=field.id),
            )
        changes.append(generic.edit(field, field.evolve(groups=left), by=by, at=at))
    return generic.also(generic.delete(group, by=by, at=at), *changes)


def check_field(field: CustomField) -> None:
    """UsageFault for a declaration that no value could fit, or that says nothing."""
    if field.type not in customfields.TYPES:
        raise UsageFault(
            _("there is no type {type!r}", type=field.type), _("types: {types}", types=", ".join(customfields.TYPES))
        )
    if field.on not in ("user", "ticket"):
        raise UsageFault(
            _("a custom field is on a user or a ticket, not on {on!r}", on=field.on), _("--on user or --on ticket")
        )
    if field.type == "select" and not field.options:
        raise UsageFault(_("the select {field} offers nothing", field=field.id), _("--option O, once for each"))
    if field.type != "select" and field.options:
        raise UsageFault(
            _("only a select has options; {field} is of type {type}", field=field.id, type=field.type),
            _("--type select"),
        )
    if len({o.casefold() for o in field.options}) < len(field.options):
        raise UsageFault(
            _("two options of {field} differ in case only, or not at all", field=field.id), _("give each option once")
        )
    if field.on == "user" and field.departments:
        raise UsageFault(_("--department is for fields on tickets"), _("--group limits a field on users"))
    if field.on == "ticket" and field.groups:
        raise UsageFault(_("--group is for fields on users"), _("--department limits a field on tickets"))


def purge(name: str, holders: Iterable[Ticket | User], *, by: Actor, at: datetime) -> Change:
    """Take what a deleted custom field held out of every record; git keeps what it said."""
    edits = []
    for record in holders:
        left = {k: v for k, v in record.fields.items() if k != name}
        after = record.evolve(fields=left or None)
        edits.append(Edit(record, after, (Event("edit", None, "fields"),)))
    return Change("purge", by, at, tuple(edits), summary=f"custom field {name}")
