"""Attachments belong to whoever brought them: nobody else swaps them or takes them away."""

from __future__ import annotations

from collections.abc import Iterator

from desk.checks.act import DOCTOR, HIGHEST, Act, Before
from desk.checks.world import Known
from desk.domain.changes import salt
from desk.domain.model import states
from desk.domain.model.ticket import Ticket
from desk.domain.rights import rights, verbs
from desk.errors import Refused
from desk.store.handedits import ATTACHMENT, DELETED, NEW, HandEdit
from desk.text import _

_VERB = "commit"
_BRINGING = frozenset(("create", "delete")) | verbs.changing(Ticket.kind, "thread").keys()
"""Verbs that may bring files, or take them away."""


def check_attachment(edit: HandEdit, act: Act, before: Before, _world: Known) -> None:
    """Refuse an attachment on a ticket of others, and one that somebody else had brought, changed or gone."""
    tickets = act.tickets()
    old, new = tickets.get(edit.id or "", (None, None))
    found = before.find(Ticket.kind, edit.id or "")
    there = old or (found if isinstance(found, Ticket) else None)
    name = edit.path.rpartition("/")[2]
    salted = name == salt.FILE and edit.change == NEW and act.verb == DOCTOR and act.by.level >= HIGHEST
    if there is not None and edit.id not in tickets and not salted:
        rights.require_act(act.by, there, _VERB)
    if act.told and not act.verbs(edit) & _BRINGING and name != salt.FILE:
        raise Refused(
            _("{path}: the attachment {name} was changed, and the message doesn't tell", path=edit.path, name=name)
        )
    if edit.change == NEW or there is None or (edit.id in tickets and new is None):
        return
    if edit.change == DELETED and _is_carried(edit, act):
        return
    if name == salt.FILE:
        _check_salt(edit, act, new or there)
        return
    owners = dict(_owners(there, name))
    if owners and not (set(owners) == {act.by.id} and all(owners.values())):
        raise Refused(
            _(
                "{path}: the attachment {name} was brought by {owners}: only they may change it, while it is the last they said",
                path=edit.path,
                name=name,
                owners=", ".join(sorted(owners)),
            ),
            _("to drop what was edited there: git checkout HEAD -- {path}", path=edit.path),
        )


def _check_salt(edit: HandEdit, act: Act, ticket: Ticket) -> None:
    """A folder's salt goes when nothing is left in the folder, or all of it has gone along to another ticket."""
    if edit.change == DELETED and ticket.all_attachments and not act.verbs(edit) & {"merge", "split"}:
        raise Refused(
            _("{path}: the salt can't be changed", path=edit.path),
            _("to drop what was edited there: git checkout HEAD -- {path}", path=edit.path),
        )


def check_named(edit: HandEdit, act: Act, _before: Before, _world: Known) -> None:
    """Refuse to take what somebody else had attached to a request off it."""
    old, new = edit.old, edit.new
    if not isinstance(old, Ticket) or not isinstance(new, Ticket) or edit.path in act.comes_back:
        return
    for name in old.attachments:
        if name not in new.attachments and (old.author or old.requester or "") != act.by.id:
            raise Refused(
                _("{path}: the attachment {name} was brought by {by}", path=edit.path, name=name, by=old.author or "-"),
                _("to drop what was edited there: git checkout HEAD -- {path}", path=edit.path),
            )


def _owners(ticket: Ticket, name: str) -> Iterator[tuple[str, bool]]:
    """Who brought an attachment, and whether what they brought it with may still be edited."""
    live = ticket.state in states.LIVE
    if name in ticket.attachments:
        yield ticket.author or ticket.requester or "", live and not ticket.thread
    for entry in ticket.thread:
        if name in entry.attachments:
            yield entry.by, live and entry is ticket.thread[-1]


def _is_carried(edit: HandEdit, act: Act) -> bool:
    """Whether the very file has gone along to another ticket, as a merge or a split takes it."""
    return bool(edit.oid and act.verbs(edit) & {"merge", "split"}) and any(
        other.kind == ATTACHMENT and other.change == NEW and other.new_oid == edit.oid and other.id != edit.id
        for other in act.edits
    )
