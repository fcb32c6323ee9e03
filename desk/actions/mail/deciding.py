"""What becomes of a mail: small steps, refusals first, each with its reason. Nothing is written here."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from desk.actions.mail import joining
from desk.actions.mail.arrivals import Door, Writer, writer_of
from desk.actions.mail.joining import Joined
from desk.domain.model import states
from desk.domain.model.person import Staff
from desk.domain.model.ticket import Ticket
from desk.intake import automatic, forwards, orders
from desk.intake.automatic import Classified
from desk.intake.mails import Failure, Mail
from desk.intake.thanks import is_thanks
from desk.mail import threading
from desk.named import NamedTuple
from desk.queries import people, tickets
from desk.setting import MOST_DAYS, canonical_address
from desk.store.snapshot import Snapshot
from desk.text import _, arranged, listed

Doing = Literal["new", "answer", "note", "reply", "behalf", "remark", "bounce", "drop", "reject", "refuse", "hold"]
"""`new` opens a ticket, `behalf` one for whoever wrote what staff forward. `answer` is a requester's, `note` and `reply`
are staff's, `remark` is the desk's own note of what is no answer. `drop`: there is nothing to be done. `refuse`: as `reject`, and
the writer is told.
"""


class Declined(NamedTuple):
    """Commands of a mail that are not carried out: whose, on which ticket, and why, with what can be done."""

    ticket: Ticket
    staff: Staff
    problem: str
    hint: str


class Ruling(NamedTuple):
    """What is to be done with a mail, and every reason for it, in the order in which they were found.

    `orders`: the commands of staff that count, as typed; `declined` says why they aren't carried out after all.
    """

    doing: Doing
    writer: Writer
    sort: Classified
    joined: Joined
    reasons: tuple[str, ...]
    orders: tuple[str, ...] = ()
    declined: str = ""

    @property
    def ticket(self) -> Ticket | None:
        return self.joined.ticket


def decide(mail: Mail, snapshot: Snapshot, door: Door) -> Ruling:
    """What is to be done with a mail, by the rules of the desk and its newest state."""
    writer = writer_of(mail, snapshot, door)
    sort = automatic.classify(mail, door.ours)
    so_far = Ruling(
        "drop", writer, sort, joining.NEW, (arranged("{nature}: {why}", nature=sort.nature, why=sort.reason),)
    )
    if sort.nature == "own":
        return so_far
    if sort.nature == "bounce":
        return _bounced(mail, snapshot, door, so_far)
    return _refuse(writer, so_far) or _joining(mail, snapshot, door, so_far)


def _refuse(writer: Writer, so_far: Ruling) -> Ruling | None:
    """Who may not write at all, and who probably isn't who they say."""
    if writer.barred:
        return _end(so_far, "reject", writer.barred)
    if writer.verdict.state == "fail" and (writer.staff or (writer.user and writer.user.numbers)):
        return _end(so_far, "hold", _("looks forged: {why}", why=writer.verdict.reason))
    return None


def _joining(mail: Mail, snapshot: Snapshot, door: Door, so_far: Ruling) -> Ruling:
    joined = joining.join(mail, so_far.writer, snapshot, door)
    so_far = so_far._replace(joined=joined, reasons=(*so_far.reasons, joined.reason))
    if joined.held:
        return _end(so_far, "hold", joined.held)
    if so_far.writer.staff is not None:
        return _of_staff(mail, door, so_far)
    if so_far.sort.automatic:
        return _automatic(snapshot, door, so_far)
    return _of_requester(mail, snapshot, door, so_far)


def _end(so_far: Ruling, doing: Doing, reason: str = "") -> Ruling:
    return so_far._replace(doing=doing, reasons=(*so_far.reasons, reason) if reason else so_far.reasons)


# -- what programs write -----------------------------------------------------------------------------------------------


def _bounced(mail: Mail, snapshot: Snapshot, door: Door, so_far: Ruling) -> Ruling:
    """Noted at the ticket whose message came back, once it is proved which that was; nobody writes to a mail server."""
    failed = proved_failure(mail, snapshot, door)
    if failed is None:
        return _end(so_far, "drop", _("it names no message of this desk"))
    ticket = failed.ticket
    if not failed.failure.permanent:
        return _end(so_far, "drop", _("the server goes on trying"))
    return _end(
        so_far._replace(joined=Joined(ticket, "token", _("it gives back a message of {ticket}", ticket=ticket.id))),
        "bounce",
    )


class Returned(NamedTuple):
    """A message of ours that came back. `own`: it is the address that we wrote to which can't be reached."""

    ticket: Ticket
    failure: Failure
    own: bool = True


def proved_failure(mail: Mail, snapshot: Snapshot, door: Door) -> Returned | None:
    """Which message came back, and from whom. Anybody can write a bounce: our code must be in it, and fit."""
    for token in threading.tokens(mail.returned, mail.delivered, door.address):
        ticket = joining.ticket_of(snapshot, token.ticket)
        if ticket is None:
            continue
        for failure in mail.failures:
            if threading.fits(token, canonical_address(failure.email), door.key):
                return Returned(ticket, failure)
        # Whoever has their mail passed on can't be reached there; and not all servers say who couldn't be.
        copy = joining.whose_copy(token, ticket, snapshot, door) if token.bounced else None
        if copy is not None:
            return Returned(ticket, _elsewhere(mail, copy.email), own=False)
    return None


def _elsewhere(mail: Mail, email: str) -> Failure:
    """What a report says of an address that our message never named, as of the one that it went to."""
    if mail.failures:
        first = mail.failures[0]
        return first._replace(email=email, words=f"{first.email}: {first.words}".rstrip(": "))
    said = next((line.strip() for line in mail.text.splitlines() if line.strip()), "")
    return Failure(email, permanent=True, status="", words=said[:200])


def _automatic(snapshot: Snapshot, door: Door, so_far: Ruling) -> Ruling:
    """What answers by itself is noted where it belongs; printers and monitoring open tickets, too."""
    if so_far.ticket is not None:
        return _end(so_far, "remark")
    if so_far.sort.nature != "machine":
        return _end(so_far, "hold", _("an automatic answer that belongs to no ticket"))
    return _new(snapshot, door, so_far)


# -- what staff write --------------------------------------------------------------------------------------------------


def _of_staff(mail: Mail, door: Door, so_far: Ruling) -> Ruling:
    ticket, writer = so_far.ticket, so_far.writer
    if so_far.sort.automatic:
        return _end(so_far, "drop", _("staff's own programs answered"))
    if door.config["mail.staff"] == "off":
        return _end(so_far, "reject", _("staff don't write by mail here (mail.staff)"))
    if ticket is not None:
        proved = so_far.joined.own and writer.verdict.state == "pass"
        doing: Doing = "reply" if door.config["mail.staff"] == "reply" and proved else "note"
        return _commanded(mail, door, _end(so_far, doing), proved=proved)
    if is_passed_on(mail):
        return _end(so_far, "behalf", _("staff pass on what somebody wrote"))
    return _end(so_far, "new")


def _commanded(mail: Mail, door: Door, so_far: Ruling, *, proved: bool) -> Ruling:
    """With the commands above the text, where the desk takes any and it is proved who gives them.

    What is quoted, or passed on, is somebody else's.
    """
    own = mail.text.lstrip("\n").startswith(mail.kept) and not is_passed_on(mail)
    lines = orders.split(mail.kept).lines if door.config["mail.commands"] and own else ()
    if not lines:
        return so_far
    if not proved:
        why = _(
            "its commands stay text: they take the code of one's own copy, and a server that vouches for the sender"
        )
        return so_far._replace(reasons=(*so_far.reasons, why))
    told = _("commands: {lines}", lines=listed(lines[: orders.MOST]))
    doing: Doing = orders.kind_of(lines) or so_far.doing
    return _end(so_far, doing, told)._replace(orders=lines)


def declined(decision: Ruling | None, problem: str, hint: str) -> Declined | None:
    """What is refused of a decision that couldn't be carried out; None where it had no commands, or had lost them."""
    if decision is None or not decision.orders or decision.declined or decision.ticket is None:
        return None
    staff = decision.writer.staff
    return Declined(decision.ticket, staff, problem, hint) if staff is not None else None


def decline(decision: Ruling, declined: Declined) -> Ruling:
    """The decision for a mail whose commands are refused: nothing of them is done, and all of it is a private note."""
    if decision.doing not in ("note", "reply"):
        return decision
    why = _("its commands are refused: {problem}", problem=declined.problem)
    return _end(decision, "note", why)._replace(declined=declined.problem)


def is_passed_on(mail: Mail) -> bool:
    """Whether a mail hands on another one: by its subject, or because it has one inside."""
    return forwards.is_forwarded(mail.subject) or any(a.type == "message/rfc822" for a in mail.attachments)


# -- what requesters write ---------------------------------------------------------------------------------------------


def _of_requester(mail: Mail, snapshot: Snapshot, door: Door, so_far: Ruling) -> Ruling:
    ticket = so_far.ticket
    if ticket is None:
        return _new(snapshot, door, so_far)
    if ticket.state != states.CLOSED:
        return _end(so_far, "answer")
    if is_thanks(mail.kept):
        return _end(so_far, "remark", _("it says thank you, and {ticket} stays closed", ticket=ticket.id))
    days = min(door.config["mail.reopen_days"], MOST_DAYS)
    if ticket.closed is not None and door.now - ticket.closed > timedelta(days=days):
        late = Joined(
            None, "", _("{ticket} was closed more than {days} days ago", ticket=ticket.id, days=days), related=ticket
        )
        return _new(snapshot, door, so_far._replace(joined=late, reasons=(*so_far.reasons, late.reason)))
    return _end(so_far, "answer", _("{ticket} is opened again", ticket=ticket.id))


def _new(snapshot: Snapshot, door: Door, so_far: Ruling) -> Ruling:
    writer, accept = so_far.writer, door.config["mail.accept"]
    user = writer.user
    if accept != "all" and not (user is not None and user.registered):
        domain = writer.email.rpartition("@")[2]
        if accept == "registered" or not people.knows_domain(snapshot.index, domain):
            told: Doing = "reject" if so_far.sort.automatic or writer.address is None else "refuse"
            return _end(so_far, told, _("only those who are known here may write (mail.accept)"))
    most = door.config["mail.max_new_per_hour"]
    if (
        user is not None
        and most
        and tickets.count_opened_by_mail(snapshot.index, user.id, door.now - timedelta(hours=1)) >= most
    ):
        return _end(so_far, "hold", _("flood: more than {most} tickets in an hour", most=most))
    return _end(so_far, "new", "" if writer.address else _("it names nobody who could be answered"))
