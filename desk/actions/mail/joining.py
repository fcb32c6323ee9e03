"""Which ticket a mail goes on with, the strongest evidence first, and what each admits to: nothing admits a stranger but our code.

1. a code of ours, bound to a ticket and to whoever got the copy  2. the mails that it answers, of which a ticket holds one
3. a ticket in its subject  4. the number that the writer's own desk gave a ticket
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from desk.actions.mail.arrivals import Door, Writer
from desk.domain.model.change import Joining
from desk.domain.model.person import USER_PREFIX, User
from desk.domain.model.ticket import Ticket
from desk.errors import NotFound
from desk.intake import forwards, numbers
from desk.intake.mails import Mail
from desk.mail import threading
from desk.mail.threading import Token
from desk.named import NamedTuple
from desk.queries import people, tickets
from desk.setting import canonical_address
from desk.store.snapshot import Snapshot
from desk.text import _


class Joined(NamedTuple):
    """The ticket that a mail goes on with, None for a new one, and why.

    `related`: a ticket that it has to do with, and that it doesn't join. `own`: our code was that of the writer's own copy;
    `copy_of` is whose copy it was otherwise. `held`: why a person has to look at it.
    """

    ticket: Ticket | None
    rule: Joining
    reason: str
    related: Ticket | None = None
    own: bool = False
    copy_of: str = ""
    held: str = ""


class Copy(NamedTuple):
    """Of a message of ours: who got it, and where."""

    kind: str
    id: str
    email: str


NEW = Joined(None, "", _("nothing in it names a ticket"))


def join(mail: Mail, writer: Writer, snapshot: Snapshot, door: Door) -> Joined:
    """The ticket that a mail goes on with, or that it is a new one."""
    forwarded = forwards.is_forwarded(mail.subject)
    related: Joined | None = None
    for step in STEPS:
        for found in step(mail, writer, snapshot, door):
            if found.held or (found.ticket is not None and not (forwarded and found.rule != "token")):
                return found
            if found.ticket is not None:
                words = _("it is forwarded, which opens a ticket of its own; {reason}", reason=found.reason)
                related = related or Joined(None, "", words, related=found.ticket)
            related = related or found
    return related or NEW


Step = Callable[[Mail, Writer, Snapshot, Door], Iterator[Joined]]


def _by_token(mail: Mail, writer: Writer, snapshot: Snapshot, door: Door) -> Iterator[Joined]:
    for token in threading.tokens(mail.references, mail.delivered, door.address):
        ticket = ticket_of(snapshot, token.ticket)
        if ticket is None:
            continue
        if threading.fits(token, canonical_address(writer.email), door.key):
            yield Joined(ticket, "token", _("it answers the copy that went to its writer"), own=True)
            return
        found = _other_copy(token, ticket, writer, snapshot, door)
        if found is not None:
            yield found
            return


def _other_copy(token: Token, ticket: Ticket, writer: Writer, snapshot: Snapshot, door: Door) -> Joined | None:
    """What was somebody else's copy."""
    copy = whose_copy(token, ticket, snapshot, door)
    if copy is None:
        return None
    reason = _("it answers the copy that went to {who}", who=copy.id)
    if copy.kind == "staff" and writer.staff is None:
        return Joined(None, "", reason, held=_("a stranger answers what went to staff alone"))
    return Joined(ticket, "token", reason, copy_of=copy.id)


def whose_copy(token: Token, ticket: Ticket, snapshot: Snapshot, door: Door) -> Copy | None:
    """Whose copy a code is of; None for one that fits nobody: it isn't ours, or the key was lost."""
    users = (Copy("user", user.id, user.email or "") for user in _users(ticket, snapshot))
    staff = (Copy(*row) for row in people.addresses(snapshot.index) if row[0] == "staff")
    return next((one for one in chain(users, staff) if one.email and threading.fits(token, one.email, door.key)), None)


def _users(ticket: Ticket, snapshot: Snapshot) -> Iterator[User]:
    for record_id in dict.fromkeys((ticket.requester, ticket.author, *ticket.watchers)):
        if record_id and record_id.startswith(USER_PREFIX):
            user = snapshot.find(User.kind, record_id)
            if isinstance(user, User):
                yield user


def _by_references(mail: Mail, writer: Writer, snapshot: Snapshot, door: Door) -> Iterator[Joined]:
    held = tickets.of_messages(snapshot.index, mail.references) if mail.references else {}
    for reference in mail.references:
        there = [ticket for one in held.get(reference, ()) if (ticket := ticket_of(snapshot, one)) is not None]
        if there:
            # Whoever takes the id of somebody else's mail, and copies them in, must not get their answers.
            ticket = min(there, key=lambda one: _distance(one, writer, snapshot, door))
            found = Joined(ticket, "references", _("it answers a mail of {ticket}", ticket=ticket.id))
            yield _admitted(found, writer, snapshot, door)
            return


def _by_subject(mail: Mail, writer: Writer, snapshot: Snapshot, door: Door) -> Iterator[Joined]:
    for named in threading.subject_tickets(mail.subject):
        ticket = ticket_of(snapshot, named)
        if ticket is not None:
            found = Joined(ticket, "subject", _("its subject names {ticket}", ticket=ticket.id))
            yield _admitted(found, writer, snapshot, door)
            return


def _by_number(mail: Mail, writer: Writer, snapshot: Snapshot, door: Door) -> Iterator[Joined]:  # noqa: ARG001 - steps are alike
    for number in numbers_in(mail, writer):
        for found in tickets.numbered(snapshot.index, writer.user.id if writer.user else "", (number,)):
            ticket = ticket_of(snapshot, found)
            if ticket is not None:
                yield Joined(
                    ticket, "number", _("it bears {number}, as {ticket} does", number=number, ticket=ticket.id)
                )
                return


STEPS: tuple[Step, ...] = (_by_token, _by_references, _by_subject, _by_number)


def numbers_in(mail: Mail, writer: Writer) -> tuple[str, ...]:
    """The numbers that the writer's own desk gives tickets: of the subject if it has one, else of what was written."""
    pattern = writer.user.numbers if writer.user else None
    if not pattern:
        return ()
    return numbers.find(pattern, mail.subject) or numbers.find(pattern, mail.kept)


def _admitted(found: Joined, writer: Writer, snapshot: Snapshot, door: Door) -> Joined:
    """As a stranger may write a reference or a subject: it joins if the writer has to do with the ticket."""
    ticket = found.ticket
    if ticket is None or writer.staff is not None or is_participant(ticket, writer, snapshot, door):
        return found
    reason = _("{reason}, but its writer has nothing to do with that ticket", reason=found.reason)
    return Joined(None, "", reason, related=ticket)


def _distance(ticket: Ticket, writer: Writer, snapshot: Snapshot, door: Door) -> int:
    """How far a writer is from a ticket: it is theirs, they take part, or they have nothing to do with it."""
    if writer.user is not None and writer.user.id in (ticket.requester, ticket.author):
        return 0
    return 1 if is_participant(ticket, writer, snapshot, door) else 2


def is_participant(ticket: Ticket, writer: Writer, snapshot: Snapshot, door: Door) -> bool:
    """Whether somebody asked, watches, was copied, or is a colleague of the requester where these share tickets."""
    if writer.email in ticket.cc:
        return True
    if writer.user is None:
        return False
    if writer.user.id in (ticket.requester, ticket.author, *ticket.watchers):
        return True
    shared = door.config["users.share_organisation"] and ticket.requester
    return bool(shared) and writer.user.id in people.colleagues(snapshot.index, str(ticket.requester))


def ticket_of(snapshot: Snapshot, ticket_id: str) -> Ticket | None:
    """A ticket, or the one that goes on in its place; None for one that is gone."""
    try:
        return snapshot.ticket(ticket_id)
    except NotFound:
        return None
