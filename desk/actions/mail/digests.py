"""Several messages to one person as one: notices to staff who want them so, what is old news, what would be too many.

A digest is a message of the outbox like any other, which names those in it. They leave the outbox when it is on the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from desk.actions.mail import letters
from desk.actions.mail.letters import DIGEST, REFUSED, SHORTENED, Draft
from desk.domain.changes.notices import URGENT
from desk.domain.model.fields import utc_text
from desk.errors import DeskError
from desk.local import outbox
from desk.mail.drafts import SCHEMA, VARIABLES
from desk.session.session import Session
from desk.text import arranged

MEMBER = ("id", "ticket", "commit", "event")
"""What a digest keeps of each message in it, for the log."""
_MORNING = 7
"""The hour of the desk's day at which a daily digest goes."""
_RULE = "\n\n" + "-" * 40 + "\n\n"


def due_at(session: Session, draft: Draft) -> datetime | None:
    """When a notice goes to a staff member who wants theirs collected; None where it goes by itself, at once."""
    if draft["to"]["kind"] != "staff" or draft["event"] in URGENT or draft["event"] in (DIGEST, REFUSED, SHORTENED):
        return None
    rows = session.store.ask(lambda index: index.rows("staff", "id = ?", (draft["to"]["id"],)))
    wanted = (rows[0].get("digest") if rows else None) or session.config["mail.digest"]
    if wanted == "hourly":
        return session.now.replace(minute=0, second=0) + timedelta(hours=1)
    if wanted == "daily":
        local = session.local(session.now)
        morning = local.replace(hour=_MORNING, minute=0, second=0)
        return (morning if morning > local else morning + timedelta(days=1)).astimezone(session.now.tzinfo)
    return None


def collect(session: Session, drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    """Make one message of those to each person that are to go in one, where they are several; the new ones. Raises OSError."""
    by_person: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_person.setdefault(str(draft["to"]["id"]), []).append(draft)
    return [_collected(session, several) for several in by_person.values() if len(several) > 1]


def settle(session: Session, draft: Draft) -> None:
    """Take out what a digest says: it was left when a command was killed."""
    for one in draft.get("of") or ():
        outbox.drop(session.place.own(outbox.FOLDER), one)


def _collected(session: Session, several: list[Draft]) -> dict[str, Any]:
    made = _draft(session, several)
    outbox.put(session.place.own(outbox.FOLDER), made)
    settle(session, made)
    return made


def _draft(session: Session, several: list[Draft]) -> dict[str, Any]:
    ids = [str(draft["id"]) for draft in several]
    name = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:8]
    last = several[-1]
    config = session.config
    return {
        "schema": SCHEMA,
        "id": f"{session.now:%Y%m%dT%H%M%S}-{name}-1",
        "at": utc_text(session.now),
        "commit": name,
        "event": DIGEST,
        "ticket": "",
        "to": last["to"],
        "language": last["language"],
        "template": DIGEST,
        "attachments": [],
        "of": ids,
        "members": [{name: str(draft[name] or "") for name in MEMBER} for draft in several],
        "variables": {
            **{group: dict.fromkeys(names, "") for group, names in VARIABLES.items()},
            "recipient": {"name": last["to"]["name"], "role": last["variables"]["recipient"].get("role", "")},
            "desk": {n: str(config["desk.name" if n == "name" else f"contact.{n}"]) for n in VARIABLES["desk"]},
            "digest": {"number": str(len(several)), "text": _text(session, several)},
        },
    }


def _text(session: Session, several: list[Draft]) -> str:
    """What the messages say: to staff their subjects, to requesters all of it, since they can look up nothing."""
    if several[0]["to"]["kind"] == "staff":
        return "\n".join(f"- {_subject(session, draft)}" for draft in several)
    return _RULE.join(_whole(session, draft) for draft in several)


def _subject(session: Session, draft: Draft) -> str:
    try:
        return letters.letter(session, draft, whole=False).subject
    except DeskError as error:
        return _unread(session, draft, error)


def _whole(session: Session, draft: Draft) -> str:
    try:
        text = letters.letter(session, draft)
    except DeskError as error:
        return _unread(session, draft, error)
    return f"{text.subject}\n\n{text.body.strip()}"


def _unread(session: Session, draft: Draft, error: DeskError) -> str:
    """A text that is at fault keeps nobody from hearing of the ticket."""
    session.warnings.append(arranged("{id}: {problem}", id=draft["id"], problem=error.message))
    return f"[{draft['ticket']}]"
