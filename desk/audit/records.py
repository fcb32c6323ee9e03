"""Whether the records of each commit were sound: readable, at their place, and within the desk's rules."""

from __future__ import annotations

from collections.abc import Iterator

from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment, name
from desk.audit.world import PastWorld
from desk.checks import edits, rules, together
from desk.checks.together import Breach
from desk.domain.changes import salt, truth
from desk.domain.model.organisation import Department
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.domain.rights.words import word
from desk.errors import Refused
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _, arranged, listed, ngettext

CHECK = "records"


class _Hopeful:
    """The desk while an import is under way: tickets may name others that come later."""

    def __init__(self, world: PastWorld) -> None:
        self.config = world.config
        self.ever = world.ever
        self.custom_fields = world.custom_fields
        self.serves = world.serves
        self.unread = world.unread
        self._ids = world.ids

    def ids(self, kind: str) -> set[str]:
        """Ids of the records of a kind; of tickets, every one."""
        return _Every() if kind == Ticket.kind else self._ids(kind)


class _Every(set[str]):
    def __contains__(self, _one: object) -> bool:
        return True


def records(moment: Moment) -> Iterator[AuditFinding]:
    """Each changed record can be read, lies at its place, names what there is, and keeps to the rules."""
    for edit in moment.edits:
        if edit.kind == handedits.STRAY:
            if edit.fault is not None:
                yield moment.finding(CHECK, FAULT, edit.fault.problem, edit.path, _look(edit, moment))
            elif edit.change != handedits.DELETED:
                problem = _("neither a record nor an attachment")
                yield moment.finding(CHECK, REMARK, problem, edit.path, _look(edit, moment))
            continue
        world = _Hopeful(moment.world) if moment.importer else moment.world
        looked_at = _hoping(_anew(edit, moment), moment)
        found = edits.find_edit_problem(looked_at, world, moment.place, quoted=not moment.by_hand, past=True)
        if found is not None:
            line, words = edits.locate_problem(found, edit.path)
            where = _("line {line}: ", line=line) if line else ""
            # A rule of this desk didn't bind the one that an import comes from.
            imported = moment.importer is not None and isinstance(found, Refused)
            older = edit.kind == handedits.SETTINGS and not moment.by_hand
            level = REMARK if imported or older else FAULT
            problem = arranged("{where}{words}", where=where, words=words)
            yield moment.finding(CHECK, level, problem, name(edit), _look(edit, moment))


def _look(edit: HandEdit, moment: Moment) -> str:
    return arranged("git show {oid} -- {path}", oid=moment.step.oid[:10], path=edit.path)


def mended(moment: Moment) -> Iterator[AuditFinding]:
    """What can be read again says what it did when it last could; nobody judged what else was changed meanwhile."""
    for edit in moment.edits:
        if not edit.mended or edit.new is None:
            continue
        known = moment.world.readable.get(edit.path)
        old = moment.world.read(edit.path, *known) if known else None
        changed = truth.case((), old, edit.new, {}).changed if isinstance(old, Record) else {_("nobody can tell what")}
        if changed:
            problem = _("mended, and not as it could last be read: {changed}", changed=", ".join(sorted(changed)))
            yield moment.finding(CHECK, REMARK, problem, name(edit))


def belonging(moment: Moment) -> Iterator[AuditFinding]:
    """A file belongs to a ticket that names it; a link is said by both tickets."""
    if moment.importer:
        return
    for edit in moment.edits:
        if edit.kind == handedits.ATTACHMENT and edit.change == handedits.NEW:
            yield from _file(edit, moment)
        elif isinstance(edit.new, Ticket) and isinstance(edit.old, Ticket | None):
            yield from _links(edit, edit.new, moment)


def _file(edit: HandEdit, moment: Moment) -> Iterator[AuditFinding]:
    ticket = moment.world.find(Ticket.kind, edit.id or "")
    name = edit.path.rpartition("/")[2]
    if ticket is None and edit.id not in moment.world.ids(Ticket.kind):
        yield moment.finding(
            CHECK, FAULT, _("an attachment of {id}, and there is no such ticket", id=edit.id), edit.path
        )
    elif isinstance(ticket, Ticket) and name not in (*ticket.all_attachments, salt.FILE):
        yield moment.finding(
            CHECK, REMARK, _("{id} doesn't name the attachment {name}", id=edit.id, name=name), edit.path
        )


def _links(edit: HandEdit, new: Ticket, moment: Moment) -> Iterator[AuditFinding]:
    was = set(edit.old.links) if isinstance(edit.old, Ticket) else set()
    for link in sorted(set(new.links) ^ was):
        other = moment.world.find(Ticket.kind, link.partition(" ")[2])
        if isinstance(other, Ticket) and (rules.mirror_link(link, new.id) in other.links) != (link in new.links):
            problem = _("links: {link} is said by one of two: there is no other end", link=link)
            yield moment.finding(CHECK, REMARK if moment.by_hand else FAULT, problem, name(edit))


def _hoping(edit: HandEdit, moment: Moment) -> HandEdit:
    """Of an imported department, without whom it escalates to: staff name departments as well, and come after them."""
    if moment.importer and isinstance(edit.new, Department) and edit.new.escalation:
        return edit._replace(new=edit.new.evolve(escalation=None))
    return edit


def _anew(edit: HandEdit, moment: Moment) -> HandEdit:
    """What is made, or deleted but for a placeholder, is a new record: also the fields that nobody can edit."""
    if moment.step.merge:
        return edit
    events = moment.step.by_record.get((edit.kind, edit.id or ""), ())
    if (
        any(e.verb == truth.UNDO for e in events)
        and edit.old is not None
        and edit.new is not None
        and not edit.new.salt
    ):
        return edit._replace(old=edit.old.with_salt(""))  # it came with the change that was taken back
    return edit._replace(old=None) if any(truth.is_whole(e) for e in events) else edit


def whole(moment: Moment) -> Iterator[AuditFinding]:
    """The rules that concern several records at once, after the commit (rules 2, 4 and 5)."""
    for breach in together.breaches(together.sides_of(moment.edits), moment.world):
        record = breach.record
        yield moment.finding("rules", FAULT, _describe(breach), f"{record.kind}/{record.id}" if record else None)


def _describe_desk(breach: Breach) -> str:
    """What became of the desk as a whole."""
    if breach.rule == "level":
        return _("nobody of level 3 was left on the staff")
    if not breach.names:
        return _("no departments were the default one: none")
    return _("{n} departments were the default one: {names}", n=len(breach.names), names=breach.names)


def _describe_shared(breach: Breach, record: Record) -> str:
    """What is one's alone became that of two."""
    first, *others = breach.names
    owners = listed(sorted({record.id, *others}), _(" and of "))
    if breach.rule == "key":
        return _("one key became the key of {owners}", owners=owners)
    return _("{address} became the address of {owners}", address=first, owners=owners)


def _describe(breach: Breach) -> str:
    """What a commit of the past did to the desk."""
    record, count = breach.record, breach.number
    if record is None:
        return _describe_desk(breach)
    if breach.rule in ("address", "registered", "key"):
        return _describe_shared(breach, record)
    if breach.rule == "private":
        held = ngettext("a user's ticket", "{n} tickets of users", count)
        return _("{id} became private while it held {held}", id=record.id, held=held)
    if breach.rule == "public":
        department = record.values["department"]
        return _(
            "{id} is a user's ticket and can't be in {department}: only staff's own go there",
            id=record.id,
            department=department,
        )
    if breach.rule == "reserved":
        return _("the tag {id} was deleted, which decides the kind of tickets", id=record.id)
    still = ngettext("a record", "{n} records", count)
    return _("{kind} {id} was deleted while {still} referred to it", kind=word(record.kind), id=record.id, still=still)
