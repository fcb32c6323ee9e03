"""What somebody decides of a mail that was put aside: take it in after all, or throw it away."""

from __future__ import annotations

from desk.actions.mail import arrivals, joining, taking
from desk.actions.mail.arrivals import Door
from desk.actions.mail.deciding import Doing, Ruling
from desk.actions.mail.taking import Arriving, TakenMail
from desk.domain.model.change import Joining
from desk.domain.model.fields import utc_text
from desk.errors import NotFound, Refused
from desk.intake import automatic
from desk.intake.mails import Mail
from desk.local import held, mailhost, maillog
from desk.local.held import HeldRow
from desk.session.session import Session
from desk.text import _, arranged


def release(session: Session, typed: str, doing: Doing | None = None, ticket_id: str | None = None) -> TakenMail:
    """Take a mail in that was put aside: by the rules as they are now, or, `doing`, as somebody says.

    A staff member decides; the change is still by whoever wrote the mail. It stays aside if it can't be taken in.
    """
    arrivals.require_machine(session)
    session.me()
    row = held.find(session.place, typed)
    waiting = Arriving(held.raw_of(session.place, row["id"]), row["size"], row["folder"])
    door = arrivals.door(session)
    forced = None
    if doing is not None:
        found = taking.read(session, waiting)
        if not isinstance(found, Mail):
            raise Refused(
                _("{id} can't be read: {why}", id=row["id"], why=found.reason),
                _("look at it: desk mail preview {id}; if it isn't needed: desk mail discard {id}", id=row["id"]),
            )
        forced = _forced(session, found, door, doing, ticket_id)
    with mailhost.in_words():
        taken = taking.take_in(session, waiting, door, forced=forced)
    if taken.state != "held":
        held.drop(session.place, row["id"])
    return taken


def _forced(session: Session, mail: Mail, door: Door, doing: Doing, ticket_id: str | None) -> Ruling:
    store = session.store
    snapshot = store.snapshot(store.index, store.commit_now())
    writer = arrivals.writer_of(mail, snapshot, door)
    if writer.barred:
        raise Refused(_("{sender} may not write: {why}", sender=writer.email, why=writer.barred), "desk user unban")
    ticket = joining.ticket_of(snapshot, ticket_id) if ticket_id else None
    if ticket_id and ticket is None:
        raise NotFound(_("there is no ticket {id}", id=ticket_id), "desk ticket list --state any")
    rule: Joining = "staff" if ticket else ""
    reason = _("{who} decided so", who=session.me())
    if doing == "note" and writer.staff is None:
        doing = "remark"
    return Ruling(doing, writer, automatic.classify(mail, door.ours), joining.Joined(ticket, rule, reason), (reason,))


def discard(session: Session, typed: str, reason: str) -> HeldRow:
    """Throw a mail away that was put aside; the log keeps who it was from, and why."""
    row = held.find(session.place, typed)
    maillog.add(
        session.place,
        {
            "at": utc_text(session.now),
            "way": "in",
            "state": "discarded",
            "event": "discard",
            "sender": row["sender"],
            "subject": row["subject"],
            "reason": arranged("{who}: {reason}", who=session.me(), reason=reason),
        },
    )
    held.drop(session.place, row["id"])
    return row
