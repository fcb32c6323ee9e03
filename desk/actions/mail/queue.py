"""Which messages of the outbox are to be looked at now, in what order, and which of them go as one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from desk.actions.mail import digests, joining
from desk.actions.mail.arrivals import Door, writer_of
from desk.actions.mail.deciding import Declined
from desk.actions.mail.letters import (
    COMMANDS,
    DIGEST,
    REFUSAL,
    REFUSED,
    SHORTENED,
    SHORTFALL,
    UNREACHABLE,
    Draft,
)
from desk.actions.mail.recipients import STRANGER
from desk.domain.model.fields import parse_time, utc_text
from desk.intake import automatic
from desk.intake.mails import Failure, Mail
from desk.local import delivery, maillog, outbox
from desk.local.delivery import FRESH, Delivery
from desk.locale import language
from desk.mail import drafts, threading
from desk.mail.drafts import SCHEMA, VARIABLES
from desk.named import NamedTuple
from desk.queries import tickets
from desk.session.deriving import Derived
from desk.session.session import Session
from desk.text import _, ngettext, said, speaking

OLD = timedelta(days=1)
"""After which nobody is told any more that a mail has arrived, and staff hear of things together."""
Pair = tuple[Draft, Delivery]


class Dispatch(NamedTuple):
    """`ids`: only these, and now. `limit`: at most so many. `dry_run`: say what would be sent, and send nothing."""

    ids: tuple[str, ...] = ()
    limit: int = 0
    dry_run: bool = False
    digests: bool = True


def posted_at(draft: Draft) -> datetime:
    """When that happened of which a message tells."""
    return parse_time(draft["at"])


def due(session: Session, dispatch: Dispatch, derived: Derived) -> list[Pair]:
    """The messages to be looked at now, the oldest first, those that are to go together made one. Raises OSError."""
    folder = session.place.own(outbox.FOLDER)
    if not dispatch.dry_run:
        outbox.sweep(folder)
    found = [(draft, delivery.load(folder, str(draft["id"]))) for draft in _waiting(session, dispatch)]
    if dispatch.dry_run:
        found += [(draft, FRESH) for draft in derived.drafts]
    now, together = list[Pair](), list[Draft]()
    for draft, one in found:
        where = _where(session, dispatch, draft, one)
        if where == "now":
            now.append((draft, one))
        elif where == "together":
            together.append(draft)
    if not dispatch.dry_run:
        made = digests.collect(session, together)
        gone = {i for digest in made for i in digest["of"]}
        together = [*made, *(draft for draft in together if draft["id"] not in gone)]
    return sorted([*now, *((draft, FRESH) for draft in together)], key=lambda pair: str(pair[0]["at"]))


def _waiting(session: Session, dispatch: Dispatch) -> list[Draft]:
    """The messages in the outbox, without what a digest says that was made before somebody was killed."""
    folder = session.place.own(outbox.FOLDER)
    found: list[Draft] = [one for i in dispatch.ids or outbox.ids(folder) if (one := read(session, i))]
    said = {i for draft in found for i in draft.get("of") or ()}
    if said and not dispatch.dry_run:
        for draft in found:
            digests.settle(session, draft)
    return [draft for draft in found if draft["id"] not in said]


def _where(session: Session, dispatch: Dispatch, draft: Draft, one: Delivery) -> Literal["now", "together", "later"]:
    folder, now = session.place.own(outbox.FOLDER), session.now
    if dispatch.ids or (one == FRESH and delivery.begun(folder, str(draft["id"])) is not None):
        return "now"
    if one.state != "waiting":
        # What waits for an address is looked at each time: it may have been put right.
        return "now" if one.state == "held" and one.due else "later"
    if one == FRESH and dispatch.digests and draft["event"] != DIGEST:
        one = _first_seen(session, dispatch, draft)
    if one.collected and not dispatch.digests:
        return "now"
    if one.due is not None and one.due > now:
        return "later"
    return "together" if one.collected else "now"


def _first_seen(session: Session, dispatch: Dispatch, draft: Draft) -> Delivery:
    """How a message goes that nobody has looked at yet: old news to staff together, notices as their reader wants them."""
    if draft["to"]["kind"] == "staff" and session.now - posted_at(draft) > OLD:
        return FRESH._replace(collected=True, due=session.now)
    due_at = digests.due_at(session, draft)
    if due_at is None:
        return FRESH
    one = FRESH._replace(collected=True, due=due_at, reason=_("waits for the digest"))
    if not dispatch.dry_run:
        delivery.save(session.place.own(outbox.FOLDER), str(draft["id"]), one)
    return one


def read(session: Session, draft_id: str) -> dict[str, Any] | None:
    """A message of the outbox; None, with a warning, for a damaged file, which must not keep the others."""
    try:
        return outbox.read(session.place.own(outbox.FOLDER), draft_id)
    except (OSError, ValueError) as error:
        session.warnings.append(_("the message {id} can't be read: {error}", id=draft_id, error=error))
        return None


def put_aside(session: Session) -> None:
    """What was written long before this machine began to send is old news: it stays until somebody says what becomes of it."""
    folder = session.place.own(outbox.FOLDER)
    old = [i for i in outbox.ids(folder) if (draft := read(session, i)) and session.now - posted_at(draft) > OLD]
    for draft_id in old:
        delivery.save(folder, draft_id, Delivery("held", reason=_("written before this machine began to send")))
    if old:
        session.warnings.append(
            ngettext(
                "1 message is older than a day and is held: desk mail outbox --held; to send it: desk mail retry ID",
                "{n} messages are older than a day and are held: desk mail outbox --held; to send them: desk mail retry ID…",
                len(old),
            )
        )


def refuse(session: Session, mail: Mail) -> None:
    """Put a message to whoever wrote a mail into the outbox: only those who are known may write. One a day and address.

    Raises OSError.
    """
    to = mail.sender
    assert to is not None  # noqa: S101 - the decision is made of writers with an address
    whom = {"kind": STRANGER, "id": to.email, "name": to.name, "email": to.email}
    named = {"ticket": "", "template": REFUSAL, "to": whom}
    _put_daily(session, to.key, _answer(session, mail, named, {}))


def report(session: Session, mail: Mail, failure: Failure) -> None:
    """Put messages to those of level 3 into the outbox: mail to one of the staff comes back. One a day, person and address.

    Raises OSError.
    """
    config = session.config
    said = " ".join(part for part in (failure.status, failure.words) if part)
    for row in session.store.ask(lambda index: index.rows("staff", "level = 3")):
        if str(row["email"]).lower() == failure.email.lower():
            continue
        whom = {"kind": "staff", "id": row["id"], "name": row["name"], "email": row["email"]}
        told = {
            "reply": {"text": f"{failure.email}: {said}" if said else failure.email},
            "event": {"verb": REFUSED, "reason": failure.email},
        }
        draft = _answer(session, mail, {"ticket": "", "template": UNREACHABLE, "to": whom}, told)
        language = row.get("language") or config["desk.languages"][0]
        _put_daily(session, f"{failure.email} {row['id']}", {**draft, "language": language, "answers": []})


def _put_daily(session: Session, about: str, draft: Mapping[str, Any]) -> None:
    """Put a message into the outbox, unless one about the same was there, or went, on this day."""
    mark = hashlib.sha256(about.encode()).hexdigest()[:8]
    draft_id = f"{session.now:%Y%m%d}T000000-{mark}-1"
    midnight = session.now.replace(hour=0, minute=0, second=0)
    folder = session.place.own(outbox.FOLDER)
    if draft_id in outbox.ids(folder) or any(
        row.get("id") == draft_id for row in maillog.since(session.place, midnight)
    ):
        return
    outbox.put(folder, {**draft, "id": draft_id, "commit": mark})


def decline(session: Session, mail: Mail, declined: Declined) -> None:
    """Put a message to a staff member into the outbox: the commands of their mail are refused, and why. Raises OSError."""
    ticket, staff = declined.ticket, declined.staff
    mark = hashlib.sha256(mail.id.encode()).hexdigest()[:8]
    whom = {"kind": "staff", "id": staff.id, "name": staff.name, "email": staff.email}
    named = {
        "id": f"{session.now:%Y%m%dT%H%M%S}-{mark}-1",
        "commit": mark,
        "ticket": ticket.id,
        "template": COMMANDS,
        "to": whom,
    }
    said = {
        "ticket": {**dict.fromkeys(VARIABLES["ticket"], ""), "id": ticket.id, "title": ticket.title},
        "reply": {"text": "\n".join(filter(None, (declined.problem, declined.hint)))},
    }
    outbox.put(session.place.own(outbox.FOLDER), _answer(session, mail, named, said))


def shorten(session: Session, mail: Mail, ticket_id: str, door: Door) -> None:
    """Put a message to whoever wrote a mail into the outbox: what was left out of it. Once a mail; programs hear nothing.

    Whoever a server vouches against may have written nothing. Raises OSError.
    """
    store, folder = session.store, session.place.own(outbox.FOLDER)
    snapshot = store.snapshot(store.index, store.commit_now())
    writer, ticket = writer_of(mail, snapshot, door), joining.ticket_of(snapshot, ticket_id)
    person = writer.staff or writer.user
    if person is None or ticket is None or writer.verdict.state == "fail":
        return
    if automatic.classify(mail, door.ours).automatic:
        return
    taken_in = tickets.known_mails(snapshot.index, threading.mark_of(mail.id))
    commit = next(one.commit for one in taken_in if one.content == mail.content[:16])
    number = shortfall_of(f"-{commit[:8]}-")
    past = (str(row.get("id") or "") for row in maillog.about(session.place, ticket_id, ticket.created))
    if any(one.endswith(number) for one in (*outbox.ids(folder), *past)):
        return
    kind = "staff" if writer.staff else "user"
    named = {
        "id": shortfall_of(drafts.draft_id(session.now, commit, 1)),
        "event": SHORTENED,
        # Another one than that of the acknowledgement, which would have the same Message-ID.
        "commit": hashlib.sha256(f"{commit} {SHORTENED}".encode()).hexdigest()[:8],
        "ticket": ticket.id,
        "template": SHORTFALL,
        "to": {"kind": kind, "id": person.id, "name": person.name or "", "email": person.email},
    }
    spoken = person.language or mail.language or session.config["desk.languages"][0]
    told = {
        "ticket": {**dict.fromkeys(VARIABLES["ticket"], ""), "id": ticket.id, "title": ticket.title},
        "reply": {"text": _lost(session, mail, spoken)},
    }
    outbox.put(folder, {**_answer(session, mail, named, told), "language": spoken})


def _lost(session: Session, mail: Mail, spoken: str) -> str:
    """What was left out of a mail, and what one may have, in a language."""
    config, environ = session.config, session.environ
    most = _(
        "A message may have {most} MiB in all, a file {file} MiB.",
        most=config["mail.max_mb"],
        file=config["attachment.max_mb"],
    )
    with speaking(language.catalogue(language.known(spoken, environ) or language.ENGLISH, environ)):
        return "\n".join((*(f"- {said(what)}" for what in mail.lost), "", said(most)))


def shortfall_of(draft_id: str) -> str:
    """The message that says what was left out of a mail, by one that a commit's notices have: it stands before them."""
    return f"{draft_id.rpartition('-')[0]}-0"


def _answer(session: Session, mail: Mail, named: Draft, said: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """An automatic answer to a mail; `said` are the variables that it has of its own."""
    config = session.config
    return {
        "schema": SCHEMA,
        "at": utc_text(session.now),
        "event": REFUSED,
        **named,
        "language": mail.language or config["desk.languages"][0],
        "attachments": [],
        "answers": [mail.id] if not mail.id.endswith("@no-id>") else [],
        "variables": {
            **{group: dict.fromkeys(names, "") for group, names in VARIABLES.items()},
            "recipient": {"name": named["to"]["name"], "role": ""},
            "desk": {n: str(config["desk.name" if n == "name" else f"contact.{n}"]) for n in VARIABLES["desk"]},
            **said,
        },
    }


def retry(session: Session, ids: Iterable[str]) -> list[str]:
    """Let messages go with the next run, whatever stood in their way before, and however old they are. Raises OSError."""
    folder = session.place.own(outbox.FOLDER)
    found = list(ids)
    for draft_id in found:
        delivery.save(folder, draft_id, Delivery(due=session.now))
    return found
