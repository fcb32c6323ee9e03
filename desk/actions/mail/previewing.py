"""What would become of a mail, and all that was read of it. Writes nothing."""

from __future__ import annotations

from typing import Any

from desk.actions.mail import arrivals, taking
from desk.actions.mail.taking import Arriving
from desk.domain.model.fields import utc_text
from desk.session.session import Session


def preview(session: Session, waiting: Arriving) -> dict[str, Any]:
    """A mail as data: what would be done and why, its text, what was cut off it, and its files."""
    taken = taking.take_in(session, waiting, arrivals.door(session), dry_run=True)
    mail = taken.mail
    told: dict[str, Any] = {
        "id": taken.message_id or None,
        "state": taken.state,
        "did": taken.doing,
        "ticket": taken.ticket if taken.doing not in ("new", "behalf") and taken.ticket else None,
        "reasons": list(taken.reasons),
        "sender": taken.sender,
        "subject": taken.subject,
    }
    if mail is None:
        return told
    return told | {
        "name": mail.sender.name if mail.sender else None,
        "at": utc_text(mail.date) if mail.date else None,
        "language": mail.language or None,
        "delivered": list(mail.delivered),
        "body": mail.kept,
        "cut": mail.cut,
        "attachments": [f"{a.name} ({len(a.data):,} B)" for a in mail.attachments],
        "left": list(map(str, mail.left)),
        "protection": mail.protection or None,
    }
