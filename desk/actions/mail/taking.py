"""Taking one mail in: read in the guarded child, decided by the newest state, committed, and noted in the log.

What is the mail's own fault puts it aside; what isn't (the lock, the disk, git, somebody's hand edits) is raised, and the
mail waits where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from desk.actions.mail import deciding, entering, joining
from desk.actions.mail.arrivals import Door
from desk.actions.mail.deciding import Declined, Doing, Ruling
from desk.actions.mail.entering import Arrived
from desk.domain.model.change import Change
from desk.domain.model.fields import utc_text
from desk.domain.model.ticket import Ticket
from desk.errors import Broken, Refused, UsageFault
from desk.intake import guard
from desk.intake.attachments import Limits
from desk.intake.guard import GuardedReader, Unreadable
from desk.intake.mails import Failure, Mail
from desk.local import held, mailhost, maillog
from desk.local.held import HeldRow
from desk.mail import headers, threading
from desk.named import NamedTuple
from desk.queries import people, tickets
from desk.session.session import Session
from desk.store import bulk
from desk.store.snapshot import Snapshot
from desk.text import _, listed

State = Literal["taken", "known", "dropped", "rejected", "held"]
_ENDS: dict[Doing, State] = {"drop": "dropped", "reject": "rejected", "refuse": "rejected", "hold": "held"}


class Arriving(NamedTuple):
    """A mail that is to be taken in. `whole`: its size in bytes, of which `raw` may be the beginning; `folder` on the server."""

    raw: bytes
    whole: int
    folder: str = ""


class TakenMail(NamedTuple):
    """What became of a mail. `ticket` is empty where it came to none, `commit` where there was nothing to write.

    `declined`: the commands in it that were refused; `unreachable`: one of the staff from whom it comes back.
    """

    state: State
    doing: Doing
    ticket: str
    commit: str
    reasons: tuple[str, ...]
    sender: str
    subject: str
    message_id: str
    mail: Mail | None = None
    held: str = ""
    declined: Declined | None = None
    unreachable: Failure | None = None


def limits_of(session: Session) -> Limits:
    """What one mail may bring, by the desk's settings."""
    return Limits(session.config["mail.max_parts"], session.config["attachment.max_mb"] << 20)


def most_bytes(session: Session) -> int:
    """Bytes of a mail that is taken in whole."""
    return int(session.config["mail.max_mb"]) << 20


@contextmanager
def several(session: Session, door: Door, *, dry_run: bool = False) -> Iterator[Callable[[Arriving], TakenMail]]:
    """Gives what takes in one mail after the other: read by one child, and their commits packed where there are many."""
    with GuardedReader() as reader, bulk.in_packs(session.store) as count:

        def take(waiting: Arriving) -> TakenMail:
            taken = take_in(session, waiting, door, reader=reader, dry_run=dry_run)
            if taken.commit:
                count()
            return taken

        yield take


def take_in(
    session: Session,
    waiting: Arriving,
    door: Door,
    *,
    reader: GuardedReader | None = None,
    dry_run: bool = False,
    forced: Ruling | None = None,
) -> TakenMail:
    """Take a mail in; or, `dry_run`, say what would become of it. `forced`: what somebody has decided instead of the rules.

    `reader` is of a run that takes in several.
    """
    found = read(session, waiting, reader)
    if isinstance(found, Unreadable):
        taken = _unreadable(found)
    else:
        taken = _decided(session, Arrived(found, waiting.raw), door, dry_run=dry_run, forced=forced)
    if not dry_run:
        taken = _noted(session, waiting, taken)
    if not dry_run:
        _tell(session, taken, door)
    return taken


def _tell(session: Session, taken: TakenMail, door: Door) -> None:
    """Let whoever wrote know what was refused or left out, and level 3 of staff whom no mail reaches, where the desk sends.

    From the mail host alone: what another clone put into its outbox would lie there for ever.
    """
    mail = taken.mail
    said = taken.doing == "refuse" or taken.declined or (taken.unreachable and taken.state == "taken")
    short = mail is not None and bool(mail.lost) and taken.state in ("taken", "known")
    if mail is None or not (said or short) or not session.config["mail.smtp.host"]:
        return
    if not mailhost.is_host(mailhost.settings(session.place)):
        untold = _(
            "nobody was told what was refused, left out or came back: only the mail host sends, about what it takes in itself"
        )
        if untold not in session.warnings:
            session.warnings.append(untold)
        return
    from desk.actions.mail import queue  # noqa: PLC0415 - all of sending, where somebody is refused

    if short and taken.ticket:
        queue.shorten(session, mail, taken.ticket, door)
    if taken.declined is not None:
        queue.decline(session, mail, taken.declined)
    elif taken.unreachable is not None and taken.state == "taken":
        queue.report(session, mail, taken.unreachable)
    elif taken.doing == "refuse":
        queue.refuse(session, mail)


def put_aside(session: Session, waiting: Arriving, reason: str) -> TakenMail:
    """A mail put aside unread."""
    head = headers.split(waiting.raw[: headers.LONGEST])[0]
    return _noted(session, waiting, _unreadable(Unreadable(reason, head)))


def read(session: Session, waiting: Arriving, reader: GuardedReader | None = None) -> Mail | Unreadable:
    """The mail as a value; of one that is too large what there is of it, which says so."""
    read_one = reader.read if reader is not None else guard.read
    found = read_one(waiting.raw, session.config["desk.languages"], limits_of(session))
    if isinstance(found, Mail) and waiting.whole > len(waiting.raw):
        left = _("all but the beginning: the mail has {mb:.1f} MiB", mb=waiting.whole / (1 << 20))
        return found._replace(left=(*found.left, left))
    return found


def _unreadable(found: Unreadable) -> TakenMail:
    head = found.headers
    sender, subject = head.text("from")[:200], head.text("subject")[:200]
    return TakenMail("held", "hold", "", "", (found.reason,), sender, subject, "")


def _decided(session: Session, arrived: Arrived, door: Door, *, dry_run: bool, forced: Ruling | None) -> TakenMail:
    """The decision carried out; where commands of staff are refused, without them, which loses nothing of the mail."""
    taken = _carried_out(session, arrived, door, dry_run=dry_run, forced=forced)
    if taken.declined is None:
        return taken
    instead = _carried_out(session, arrived, door, dry_run=dry_run, forced=forced, declined=taken.declined)
    return instead._replace(declined=None if instead.state == "known" else taken.declined)


def _carried_out(
    session: Session,
    arrived: Arrived,
    door: Door,
    *,
    dry_run: bool,
    forced: Ruling | None,
    declined: Declined | None = None,
) -> TakenMail:
    """The decision is made again whenever somebody else has committed meanwhile."""
    taken, decision = _of(arrived.mail, "held", "hold", ()), forced

    def plan(snapshot: Snapshot) -> Change | None:
        nonlocal taken, decision
        mail = arrived.mail
        before = tickets.known_mails(snapshot.index, threading.mark_of(mail.id))
        if same := next((one for one in before if one.content == mail.content[:16]), None):
            taken = _of(mail, "known", "drop", (_("it was taken in before"),), same.ticket)
            known = joining.ticket_of(snapshot, same.ticket) if same.ticket else None
            return entering.tell_elsewhere(session, mail, known, door) if known and not dry_run else None
        decision = forced or deciding.decide(mail, snapshot, door)
        decision = deciding.decline(decision, declined) if declined else decision
        if before:
            again = _("another mail of the same id was taken in before")
            decision = decision._replace(reasons=(*decision.reasons, again))
        taken = _of(mail, _ENDS.get(decision.doing, "taken"), decision.doing, decision.reasons)
        if decision.doing in _ENDS:
            return None
        change = entering.change_of(session, snapshot, arrived, decision, door)
        ticket = next((e.record.id for e in change.edits if isinstance(e.record, Ticket)), "")
        taken = taken._replace(ticket=ticket, unreachable=_unreachable_staff(mail, decision, snapshot, door))
        return None if dry_run else change

    try:
        done = session.commit(plan) if not dry_run else _rehearse(session, plan)
    except (Refused, UsageFault, ValueError, Broken) as error:
        problem = error.message if isinstance(error, Refused | UsageFault | Broken) else str(error)
        refused = deciding.declined(decision, problem, getattr(error, "hint", None) or "")
        return taken._replace(
            state="held", doing="hold", ticket="", reasons=(*taken.reasons, problem), declined=refused
        )
    return taken._replace(commit=done) if isinstance(done, str) else taken._replace(commit=done.commit if done else "")


def _unreachable_staff(mail: Mail, decision: Ruling, snapshot: Snapshot, door: Door) -> Failure | None:
    """One of the staff from whom a message of ours came back, as is proved."""
    failed = deciding.proved_failure(mail, snapshot, door) if decision.doing == "bounce" else None
    found = failed and people.with_address(snapshot.index, failed.failure.email, ("staff",))
    return failed.failure if failed and found else None


def _rehearse(session: Session, plan: Callable[[Snapshot], Change | None]) -> str:
    """Run the plan on the newest state; nothing is written, and no lock is taken."""
    store = session.store
    store.ask(lambda index: plan(store.snapshot(index, store.commit_now())))
    return ""


def _of(mail: Mail, state: State, doing: Doing, reasons: tuple[str, ...], ticket: str = "") -> TakenMail:
    sender = mail.sender.email if mail.sender else ""
    return TakenMail(state, doing, ticket, "", reasons, sender, mail.subject, mail.id, mail)


def _noted(session: Session, waiting: Arriving, taken: TakenMail) -> TakenMail:
    """Put aside what is held, and a line in the log, of every mail but those that are known."""
    at = utc_text(session.now)
    why = str(listed(taken.reasons, "; "))
    if taken.state == "held":
        taken = taken._replace(held=held.id_of(waiting.raw))
        last = taken.reasons[-1] if taken.reasons else ""
        row: HeldRow = {
            "id": taken.held,
            "at": at,
            "why": str(last),
            "sender": taken.sender,
            "subject": taken.subject,
            "size": waiting.whole,
            "folder": waiting.folder,
        }
        held.put(session.place, row, waiting.raw)
    if taken.state != "known":
        maillog.add(
            session.place,
            {
                "at": at,
                "way": "in",
                "state": taken.state,
                "event": taken.doing,
                "ticket": taken.ticket,
                "commit": taken.commit,
                "sender": taken.sender,
                "subject": taken.subject,
                "message_id": taken.message_id,
                "reason": why,
            },
        )
    return taken
