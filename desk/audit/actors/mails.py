"""What came by mail: committed by a machine that may, and no more than a mail can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from desk.audit.actors import duties
from desk.audit.moment import FAULT, AuditFinding, Moment
from desk.domain.changes import message, salt, truth
from desk.domain.model.change import Joining, Received
from desk.domain.model.person import User
from desk.domain.model.ticket import NOTE, REPLY, Ticket
from desk.domain.rights import verbs
from desk.errors import Refused
from desk.setting import canonical_address
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _

_BRINGS = truth.FOLLOWS | verbs.may_change(Ticket.kind, NOTE)
"""What a note of the desk's own may change of a ticket."""

_STAFFS = (
    frozenset(("create", NOTE, REPLY, "link")) | verbs.brought(Ticket.kind, "create", NOTE, REPLY) | verbs.COMING_ALONG
)
"""What staff can do by mail, and what comes along."""
_COMMANDED = frozenset(("assign", "close", "tag")) | verbs.brought(Ticket.kind, "assign", "close", "tag")
"""What they can also tell the desk to do, where it takes commands."""


def received(moment: Moment) -> Received | None:
    """The mail that a commit says it was made of."""
    return None if moment.by_hand or moment.importer else message.received(moment.step.message)


def mails(moment: Moment) -> Iterator[AuditFinding]:
    """A commit that claims to have come by mail is from a machine that may take mail in, by the settings before it."""
    if received(moment) is None:
        return
    config, machine = moment.world.config, canonical_address(moment.step.committer).lower()
    if config is None or machine not in config["mail.machines"]:
        problem = _("claims to have come by mail, but {machine} may not take mail in", machine=machine or _("nobody"))
        yield moment.finding("mails", FAULT, problem, hint=_("machines that may: desk config get mail.machines"))


def brings_file(edit: HandEdit, moment: Moment) -> bool:
    """Whether a file is new, or a folder's salt, and belongs to a ticket of the commit."""
    fine = edit.change == handedits.NEW or edit.path.endswith(f"/{salt.FILE}")
    return fine and edit.id in moment.act.tickets()


def has_joined(mail: Received | None) -> bool:
    """Whether a mail says by what it found the ticket of somebody else."""
    return mail is not None and bool(mail.joined) and mail.joined in get_args(Joining)


def check_staffs(edit: HandEdit, moment: Moment) -> None:
    """Refused for what staff can't do by mail, whatever they may at the desk: they register, answer and note.

    With `mail.commands`, by the settings before it, and a code of theirs, more.
    """
    if isinstance(edit.new, User) and edit.old is None:
        return  # whose mail they pass on
    if edit.kind not in (Ticket.kind, handedits.ATTACHMENT):
        raise Refused(_("a mail doesn't change {kind} records", kind=edit.kind))
    config, mail = moment.world.config, received(moment)
    commanded = config is not None and config["mail.commands"] and mail is not None and mail.joined == "token"
    if odd := sorted(moment.act.verbs(edit) - _STAFFS - (_COMMANDED if commanded else frozenset())):
        raise Refused(_("a mail doesn't {verb} tickets", verb=odd[0]))


def newcomer(moment: Moment) -> User | None:
    """Somebody whom their own first mail made known."""
    found = [e.new for e in moment.edits if isinstance(e.new, User) and e.old is None and e.new.id == moment.actor]
    return found[0] if found and received(moment) is not None and not found[0].registered else None


def check_desks(edit: HandEdit, moment: Moment) -> None:
    """Refused for what the desk itself doesn't do of a mail: it notes, registers what nobody can be named for, marks an address."""
    old, new = edit.old, edit.new
    if edit.kind == handedits.ATTACHMENT and brings_file(edit, moment):
        return
    if isinstance(old, User) and isinstance(new, User):
        changed = truth.case((), old, new, {}).changed
        if changed - {"undeliverable"}:
            raise Refused(_("a mail that came back doesn't change {odd}", odd=", ".join(sorted(changed))))
        return
    if not isinstance(new, Ticket) or not isinstance(old, Ticket | None):
        raise Refused(_("desk itself doesn't change {kind} records", kind=edit.kind))
    if old is None:
        if new.author or new.requester or new.thread:
            raise Refused(_("{id} was registered by the desk itself in somebody's name", id=new.id))
        return
    duties.check_notes(old, new)
    if odd := truth.case((), old, new, {}).changed - _BRINGS:
        raise Refused(_("desk itself doesn't change {odd}", odd=", ".join(sorted(odd))))
