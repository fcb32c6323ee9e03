"""Hand edits and who may make them: the rules that commands keep hold for an editor too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from desk.checks import together
from desk.checks.together import Breach
from desk.checks.world import Known, World
from desk.domain.model.actor import Actor
from desk.domain.model.person import Staff
from desk.domain.model.states import STATES
from desk.domain.model.ticket import Ticket
from desk.domain.rights import moves, rights
from desk.errors import Refused
from desk.store.handedits import DELETED, NEW, OTHER, SETTINGS, TEMPLATE, HandEdit
from desk.text import _

_VERB = "commit"
_LEVEL_OF: Mapping[str, str] = MappingProxyType({SETTINGS: "settings", TEMPLATE: "response", OTHER: "article"})
"""Files that are no records need the level of the records they belong with."""


def check(edit: HandEdit, by: Actor, world: Known) -> None:
    """Refuse an edit that its maker has no right to (rules 1, 2 and 6)."""
    if edit.kind in _LEVEL_OF:
        # What git is told of the records is told of all of them.
        all_of_it = edit.kind == OTHER and not edit.path.startswith(("kb/", "templates/"))
        level_of = "settings" if all_of_it else _LEVEL_OF[edit.kind]
        rights.require_level(by, level_of)
        return
    if edit.kind == Ticket.kind:
        _check_ticket_rights(edit, by, world)
        return
    rights.require_level(by, edit.kind)
    if edit.kind == Staff.kind:
        _check_own_record(edit, by)


def _check_ticket_rights(edit: HandEdit, by: Actor, world: Known) -> None:
    old, new = edit.old, edit.new
    if edit.change == DELETED:
        if isinstance(old, Ticket):
            rights.require_delete(by, old)
            rights.require_unowned(old)
        elif by.level < rights.DELETE_TICKET:
            raise Refused(
                _(
                    "{by} may not delete {id}: that takes level {level}",
                    by=by.id,
                    id=edit.id,
                    level=rights.DELETE_TICKET,
                ),
                "desk staff list",
            )
        return
    for ticket in (old, new):
        if isinstance(ticket, Ticket):
            rights.require_act(by, ticket, _VERB)
    if not isinstance(new, Ticket):
        return
    if old is None and edit.change == NEW:
        check_author(new, by.id, world)
    if isinstance(old, Ticket):
        _check_moves(edit, old, new)


def check_author(ticket: Ticket, by: str, world: Known) -> None:
    """Refuse a new ticket in the name of another staff member."""
    if ticket.author and ticket.author != by and ticket.author not in world.ids("user"):
        raise Refused(
            _(
                "{path}: author: {by} may not register a ticket in the name of {author}",
                path=ticket.path,
                by=by,
                author=ticket.author,
            ),
            _("author: {by}; on whose behalf it is registered stands in requester", by=by),
        )


def _check_moves(edit: HandEdit, old: Ticket, new: Ticket) -> None:
    """What no verb could have done, no editor may do (workflow)."""
    check_states([event.verb for event in edit.events], old, new)


def check_states(verbs: Iterable[str], old: Ticket, new: Ticket) -> None:
    """Refuse a verb that there is neither in the state before nor in the one after."""
    for verb in verbs:
        allowed, _target = moves.MOVES.get(verb, (STATES, None))
        if old.state not in allowed and new.state not in allowed:
            moves.after(verb, old.state, old.id)


def _check_own_record(edit: HandEdit, by: Actor) -> None:
    """Rule 2: nobody changes their own level or deletes themselves."""
    if edit.id != by.id:
        return
    if edit.change == DELETED:
        raise Refused(_("{by} may not delete their own record", by=by.id), _("ask another member of level 3"))
    if isinstance(edit.new, Staff) and edit.new.level != by.level:
        raise Refused(_("{by} may not change their own level", by=by.id), _("ask another member of level 3"))


# -- what concerns several records -------------------------------------------------------------------------------------


def check_together(edits: list[HandEdit], world: World) -> None:
    """Refuse edits that would leave the desk as a whole in a state that a rule forbids."""
    for breach in together.breaches(together.sides_of(edits), world):
        raise _refusal(breach)


def _refusal(breach: Breach) -> Refused:
    """In the words of somebody who has a file before them."""
    record, count, names = breach.record, breach.number, breach.names
    if record is None:
        return _WITHOUT[breach.rule]
    path = record.path
    if breach.rule in ("address", "registered"):
        problem = _("{path}: email: {name} belongs to {names_name}", path=path, name=names[0], names_name=names[1])
        once = _("a requester is registered once: desk user show {other}", other=names[1])
        own = _("every staff member has an address of their own")
        return Refused(problem, own if breach.rule == "address" else once)
    if breach.rule == "private":
        problem = _("{path}: private: {id} holds tickets of users ({count})", path=path, id=record.id, count=count)
        return Refused(problem, _("move them first: desk ticket move"))
    if breach.rule == "public":
        problem = _(
            "{path}: department: a user's ticket can't be in {department}, which is private",
            path=path,
            department=record.values["department"],
        )
        return Refused(problem, _("name a public one: desk department list"))
    if breach.rule == "reserved":
        problem = _("the tag {id} decides the kind of tickets and can't be deleted", id=record.id)
        return Refused(problem, _("to have it back: git checkout HEAD -- {path}", path=path))
    more = _(" and {count} more", count=count - 1) if count > 1 else ""
    noun = "kb topic" if record.kind == "topic" else record.kind
    hint = _(
        "git checkout HEAD -- {path}, then let desk do it: desk {noun} delete {id}", path=path, noun=noun, id=record.id
    )
    return Refused(
        _("{path} can't be deleted: {name}{more} still refer to it", path=path, name=names[0], more=more), hint
    )


_WITHOUT: Mapping[str, Refused] = MappingProxyType(
    {
        "level": Refused(_("the last level-3 staff member can't be removed"), _("give somebody else level 3 first")),
        "default": Refused(
            _("exactly one department must be the default one"), _("default: true in one of records/departments/*.yaml")
        ),
    }
)
