"""A mail as a change: the ticket that it opens, or what it adds to one. One mail, one change, by whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from desk.actions import requesters
from desk.actions.draft import Draft
from desk.actions.mail import arrivals, deciding, joining
from desk.actions.mail.arrivals import Door, others
from desk.actions.mail.deciding import Ruling
from desk.actions.tickets import followup
from desk.actions.tickets import lifecycle as tickets
from desk.actions.tickets.classification import matrix_of
from desk.actions.tickets.followup import FollowUp
from desk.actions.tickets.lifecycle import NewTicket
from desk.domain.model.actor import REQUESTER, Actor, Desk
from desk.domain.model.change import Change, Edit, Event, Received, join
from desk.domain.model.fields import TITLE_MAX, utc_text
from desk.domain.model.filenames import attachment_name
from desk.domain.model.organisation import Department
from desk.domain.model.person import USER_PREFIX, Staff, User, requester
from desk.domain.model.states import CLOSED, PENDING, SOLVED
from desk.domain.model.states import REQUESTER as WAITS_FOR_REQUESTER
from desk.domain.model.ticket import NOTE, REPLY, Ticket
from desk.domain.rights import rights
from desk.domain.tickets import lifecycle, relations, thread
from desk.errors import NotFound, Refused, Unchanged, UsageFault
from desk.intake import forwards, orders
from desk.intake.mails import Forwarded, Mail
from desk.mail import threading
from desk.mail.composing import MARKER
from desk.mail.headers import clean
from desk.named import NamedTuple
from desk.queries import people
from desk.session.session import Session
from desk.store.snapshot import Snapshot
from desk.text import _

_EMAIL = "email"
"""The channel of what comes by mail, and how it came."""
_FEW = 3
"""Lines of a quote that aren't worth a file."""


class Arrived(NamedTuple):
    """A mail with its bytes as they came."""

    mail: Mail
    raw: bytes


def change_of(session: Session, snapshot: Snapshot, arrived: Arrived, decision: Ruling, door: Door) -> Change:
    """The change that a decision asks for; Refused, UsageFault, ValueError where the desk's rules have no place for it."""
    desk_itself = Desk(session.config["desk.name"], session.identity.committer_email or door.address)
    entering = _Entering(session, snapshot, arrived, decision, door, desk_itself)
    make = {
        "new": entering.open,
        "behalf": entering.open_on_behalf,
        "answer": entering.answer,
        "note": entering.write_for_staff,
        "reply": entering.write_for_staff,
        "remark": entering.remark,
        "bounce": entering.note_bounce,
    }[decision.doing]
    change: Change = make()
    mail, nature = arrived.mail, decision.sort.nature
    received = Received(
        threading.mark_of(mail.id), mail.content[:16], decision.joined.rule, "" if nature == "person" else nature
    )
    return change._replace(mail=received)


class _Entering(NamedTuple):
    session: Session
    snapshot: Snapshot
    arrived: Arrived
    decision: Ruling
    door: Door
    desk: Desk

    @property
    def mail(self) -> Mail:
        return self.arrived.mail

    # -- a ticket of its own -------------------------------------------------------------------------------------------

    def open(self) -> Change:
        """A new ticket by whoever wrote, who is made known where nobody has the address."""
        by, known = self._author()
        mail = self.mail
        new = NewTicket(
            arrivals.title_of(mail.subject, mail.kept),
            self._body(mail.kept),
            self._department(by),
            channel=self._channel(),
            language=self._language(known),
            files=self._files(None),
        )
        return self._registered(by, new, [Edit(None, known, (Event("create"),))] if known else [])

    def open_on_behalf(self) -> Change:
        """A ticket of somebody whose mail staff pass on; what staff wrote above it is a note."""
        staff, mail = self.decision.writer.staff, self.mail
        assert staff is not None  # noqa: S101 - the decision is made of staff alone
        found, why = self._passed_on()
        above = forwards.split(mail.text).above if found in forwards.split(mail.text).found else mail.kept
        title = arrivals.title_of(found.subject if found else mail.subject, found.text if found else mail.kept)
        # Without somebody whose words they are, all of it stands.
        body = self._body(found.text) if found and not why else self._body(mail.text)
        email = found.sender.email if found and not why else None
        new = NewTicket(
            title,
            body,
            self._department(staff),
            email,
            self._channel(),
            mail.language or None,
            files=self._files(None),
        )
        own = above if found and not why else ""
        note = "\n\n".join(part for part in (own.strip(), why) if part)
        change = self._registered(staff, new, [])
        return self._named(self._noted(change, note), found) if email else self._noted(change, note)

    def _passed_on(self) -> tuple[Forwarded | None, str]:
        """The mail that is passed on, and why it tells of no requester."""
        ours = self.door.ours.addresses
        found = [f for f in self.mail.forwarded if f.sender.key not in ours and not self._is_staff(f.sender.email)]
        if not found:
            return None, _("It was passed on without a line that says who wrote it: nobody is named as the requester.")
        if len({f.sender.key for f in found}) > 1:
            return None, _("Mails by several people were passed on: nobody is named as the requester.")
        writer = found[0].sender.key
        with suppress(Refused):
            requesters.find_or_make(self.session, self.snapshot, writer)
            return found[0], ""
        return found[0], _("Whoever wrote it is banned or disabled: nobody is named as the requester.")

    def _is_staff(self, email: str) -> bool:
        return bool(people.with_address(self.snapshot.index, email, ("staff",)))

    def _named(self, change: Change, found: Forwarded | None) -> Change:
        """The requester whom the change makes known, by the name that the mail gave them."""
        name = _name_of(found.sender.name) if found and not arrivals.posed_as(found.sender, self.snapshot) else None
        edits = tuple(
            e._replace(after=e.after.evolve(name=name))
            if isinstance(e.after, User) and e.before is None and name
            else e
            for e in change.edits
        )
        return change._replace(edits=edits)

    def _noted(self, change: Change, text: str) -> Change:
        """The change with a note in the ticket that it opens."""
        ticket = change.edits[0].after
        if not text or not isinstance(ticket, Ticket):
            return change
        more = thread.add_entry(ticket, NOTE, text, by=change.by, at=change.at, meta={"via": _EMAIL})
        return join([change, more])

    def _registered(self, by: Actor, new: NewTicket, known: list[Edit]) -> Change:
        session, mail = self.session, self.mail
        ticket, user = tickets.build_ticket(session, self.snapshot, by, new)
        ticket = ticket.evolve(
            author=None if by == self.desk else by.id,
            message_id=_line(mail.id),
            cc=others(mail, self.door) or None,
            numbers=joining.numbers_in(mail, self.decision.writer) or None,
        )
        change = lifecycle.create(ticket, by=by, at=session.now, files=new.files, matrix=matrix_of(session.config))
        related = self.decision.joined.related
        if related is not None:
            link = relations.link(ticket, related, "relates", by=by, at=session.now)
            change = join([change, link])
        return change._replace(edits=(*change.edits, *known, *([user] if user else [])))

    def _author(self) -> tuple[Actor, User | None]:
        """Who acts; and the record of somebody who is new."""
        writer = self.decision.writer
        if writer.staff is not None:
            return writer.staff, None
        if writer.user is not None:
            return requester(writer.user), None
        if writer.address is None:
            return self.desk, None
        known = User.new(
            id=self.snapshot.new_id("user", USER_PREFIX),
            email=writer.email,
            name=None if writer.poses else _name_of(writer.address.name),
            language=self.mail.language or None,
            registered=False,
            created=utc_text(self.session.now),
        )
        return requester(known), known

    def _channel(self) -> str | None:
        return _EMAIL if _EMAIL in self.session.config["ticket.channels"] else None

    def _language(self, known: User | None) -> str | None:
        return self.mail.language or (known.language if known else None)

    def _department(self, by: Actor) -> str | None:
        """The department whose address was written to; None for the default one. Never a private one (rule 4)."""
        for name in arrivals.departments_of(self.mail, self.door).values():
            found = self.snapshot.find(Department.kind, name)
            if isinstance(found, Department) and not (found.private and by.kind == REQUESTER):
                return None if found.private else found.id
        return None

    # -- what a ticket gets --------------------------------------------------------------------------------------------

    def answer(self) -> Change:
        """A requester's answer, which opens a ticket again that was closed, or waited for them."""
        ticket = self._ticket()
        by, known = self._author()
        draft = Draft(self.snapshot)
        waited = ticket.state == PENDING and ticket.pending_for == WAITS_FOR_REQUESTER
        if (ticket.state == CLOSED or waited) and not self.decision.sort.automatic:
            draft.take(lifecycle.reopen(ticket, draft.owner(ticket), by=by, at=self.session.now))
        now = draft.ticket(ticket.id)
        draft.take(self._entry(now, REPLY, by, self._body(self.mail.kept)))
        change = self._brought(join(draft.changes)._replace(verb=REPLY), by)
        return change._replace(edits=(*change.edits, Edit(None, known, (Event("create"),)))) if known else change

    def write_for_staff(self) -> Change:
        """What staff answer by mail: a note, or, where the desk allows it, a reply. Their rights are those they have."""
        ticket, staff = self._ticket(), self.decision.writer.staff
        assert staff is not None  # noqa: S101 - the decision is made of staff alone
        if self.decision.orders and not self.decision.declined:
            try:
                return self._obey(ticket, staff)
            except NotFound as error:
                raise Refused(error.message, error.hint) from None
        text, why = self._body(self.mail.kept), self.decision.declined
        return self._written(ticket, staff, f"{text}\n\n{_('[not done: {why}]', why=why)}" if why else text)

    def _written(self, ticket: Ticket, staff: Staff, text: str) -> Change:
        kind = REPLY if self.decision.doing == "reply" else NOTE
        rights.require_act(staff, ticket, kind)
        return self._brought(self._entry(ticket, kind, staff, text), staff)

    def _obey(self, ticket: Ticket, staff: Staff) -> Change:
        """What the lines at the top ask for, behind the text below them, if there is any: as one change, or none of it."""
        asked, rest = orders.read(self.decision.orders), orders.split(self.mail.kept).rest
        then = FollowUp(
            owner=(staff.id if asked.owner == "me" else asked.owner) or None,
            resolution=SOLVED if asked.closes else None,
            tags=asked.tags,
        )
        draft, at = Draft(self.snapshot), self.session.now
        if rest or self.mail.left or self._sent():
            whole = followup.carry_on(draft, self._written(ticket, staff, self._body(rest)), then, staff, at)
        elif asked.kind:
            raise UsageFault(_("the {kind} is empty", kind=asked.kind), _("the text stands below the commands"))
        elif changes := followup.follow(draft, ticket, then, staff, at):
            whole = join(changes)
        else:
            raise Unchanged(
                _("{ticket} is so already", ticket=ticket.id), _("see: desk ticket show {ticket}", ticket=ticket.id)
            )
        return whole._replace(summary=whole.edits[0].events[-1].after or "")

    def remark(self) -> Change:
        """What is no answer, as a note of the desk's own: it opens nothing, and stops no clock."""
        who = self.decision.writer.email
        if self.decision.sort.automatic:
            said = _("Automatic answer by mail from {who}:", who=who)
        else:
            said = _("Thanks by mail from {who}:", who=who)
        text = f"{said}\n\n{self._body(self.mail.kept)}"
        return self._entry(self._ticket(), NOTE, self.desk, text, auto=self.decision.sort.nature)

    def note_bounce(self) -> Change:
        """That a message came back, for whoever looks at the ticket; and that mail doesn't reach its recipient."""
        failed = deciding.proved_failure(self.mail, self.snapshot, self.door)
        assert failed is not None  # noqa: S101 - the decision asked the same
        ticket, failure, own = failed
        how = " ".join(part for part in (failure.status, failure.words) if part)
        text = thread.CAME_BACK.format(email=failure.email, how=how or _("no word of why"))
        found = people.with_address(self.snapshot.index, failure.email, (User.kind,))
        user = self.snapshot.get(User.kind, found[0][1]) if found else None
        if not isinstance(user, User):
            return self._entry(ticket, NOTE, self.desk, text, auto="bounce", bare=True)
        change = thread.add_undelivered(ticket, user.id, text, by=self.desk, at=self.session.now)
        if user.undeliverable or not own:
            return change
        when = f"{self.session.now:%Y-%m-%d} {failure.status}".strip()
        gone = Edit(user, user.evolve(undeliverable=when), (Event("edit", None, "undeliverable"),))
        return change._replace(edits=(*change.edits, gone))

    def _ticket(self) -> Ticket:
        ticket = self.decision.ticket
        if ticket is None:
            raise Refused(_("it belongs to no ticket"), "desk mail held")
        return ticket

    def _entry(self, ticket: Ticket, kind: str, by: Actor, text: str, *, auto: str = "", bare: bool = False) -> Change:
        joined, verdict = self.decision.joined, self.decision.writer.verdict
        told: dict[str, str | None] = {
            "via": _EMAIL,
            "message-id": _line(self.mail.id),
            "auto": auto,
            "auth": "" if verdict.state == "none" else verdict.state,
            "copy-of": joined.copy_of,
        }
        if self.mail.protection:
            told[self.mail.protection] = "unverified"
        files = {} if bare else self._files(ticket)
        names = list(files) if bare else list(self._names(ticket))
        meta: dict[str, Any] = {key: value for key, value in told.items() if value}
        change = thread.add_entry(ticket, kind, text, by=by, at=self.session.now, attachments=files, meta=meta)
        if names == list(files):
            return change
        after = change.edits[0].after
        assert isinstance(after, Ticket)  # noqa: S101 - an entry is added to a ticket
        last = after.thread[-1]
        last = last._replace(meta={**last.meta, "attachments": names})
        return change._replace(edits=(change.edits[0]._replace(after=after.evolve(thread=(*after.thread[:-1], last))),))

    def _brought(self, change: Change, by: Actor) -> Change:
        """With the numbers of the writer's own desk, and whom else they wrote to."""
        first = change.edits[0]
        ticket = first.after
        assert isinstance(ticket, Ticket)  # noqa: S101 - as above
        there = {number.casefold() for number in ticket.numbers}
        numbers = [n for n in joining.numbers_in(self.mail, self.decision.writer) if n.casefold() not in there]
        copied = others(self.mail, self.door) if by.kind != REQUESTER or rights.is_own(by, ticket) else ()
        after = ticket.evolve(
            numbers=(*ticket.numbers, *numbers) or None,
            cc=tuple(dict.fromkeys((*ticket.cc, *copied))) or None,
        )
        return change._replace(edits=(first._replace(after=after), *change.edits[1:]))

    # -- text and files ------------------------------------------------------------------------------------------------

    def _body(self, text: str) -> str:
        """What was written, what was left out, and what its reader should know."""
        left: list[str] = [_("[left out: {what}]", what=what) for what in self.mail.left]
        if not self.decision.sort.automatic:
            left += arrivals.remarks(self.mail, self.decision.writer, self.door, self.decision.ticket)
        return "\n\n".join(part for part in (text.strip("\n"), *left) if part) or _("[no text]")

    def _names(self, ticket: Ticket | None) -> Mapping[str, bytes | None]:
        """The files of the mail by the names that they get in a ticket, None for one that the ticket has already."""
        used = set(ticket.all_attachments) if ticket else set()
        found: dict[str, bytes | None] = {}
        for name, data in self._contents(ticket):
            safe = attachment_name(name, set(found))
            if ticket is not None and safe in used and self.snapshot.attachment(ticket.id, safe) == data:
                found[safe] = None
                continue
            found[attachment_name(name, used | set(found))] = data
        return found

    def _files(self, ticket: Ticket | None) -> dict[str, bytes | None]:
        return {name: data for name, data in self._names(ticket).items() if data is not None}

    def _contents(self, ticket: Ticket | None) -> list[tuple[str, bytes]]:
        mail, found = self.mail, self._sent()
        if len(mail.cut.splitlines()) > _FEW and MARKER not in mail.cut and not deciding.is_passed_on(mail):
            number = sum(1 for name in (ticket.all_attachments if ticket else ()) if name.startswith("quoted-")) + 1
            found.insert(len(mail.attachments), (f"quoted-{number}.txt", mail.cut.encode()))
        return found

    def _sent(self) -> list[tuple[str, bytes]]:
        """The files that somebody sent, and the mail itself where it is kept as it came."""
        mail, keep = self.mail, self.session.config["mail.keep_raw"]
        found = [(a.name, a.data) for a in mail.attachments]
        if keep == "always" or (keep == "signed" and mail.protection):
            found.append(("mail.eml", self.arrived.raw))
        return found


def tell_elsewhere(session: Session, mail: Mail, ticket: Ticket, door: Door) -> Change | None:
    """A note that a mail, which is known, came to another department's address as well; None where that is told already."""
    texts = (ticket.body, *(entry.text for entry in ticket.thread))
    named = arrivals.departments_of(mail, door)
    fresh = [a for a, department in named.items() if department != ticket.department and not any(a in t for t in texts)]
    if not fresh:
        return None
    by = Desk(session.config["desk.name"], session.identity.committer_email or door.address)
    text = _("The same mail was also sent to: {addresses}", addresses=", ".join(fresh))
    change = thread.add_entry(ticket, NOTE, text, by=by, at=session.now, meta={"via": _EMAIL})
    return change._replace(mail=Received(threading.mark_of(mail.id), mail.content[:16]))


def _name_of(given: str) -> str | None:
    """A display name as a record keeps it; None for what can't be one."""
    try:
        return User.FIELDS["name"].type.parse(clean(given)[:TITLE_MAX]) if clean(given) else None
    except ValueError:
        return None


def _line(message_id: str) -> str | None:
    """A Message-ID as a record keeps it; None for one that it can't, whose mark the commit has."""
    return message_id if message_id.isascii() and message_id.isprintable() and len(message_id) <= TITLE_MAX else None
