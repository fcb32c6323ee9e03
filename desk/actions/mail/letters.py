"""A message of the outbox as it will be sent: filled in with its times on the desk's clock, and as bytes."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from desk.domain.model.fields import parse_time
from desk.domain.model.person import USER_PREFIX
from desk.domain.model.ticket import REPLY, Ticket
from desk.errors import ConfigError, NotFound
from desk.git import objects
from desk.local import mailhost
from desk.local.maillog import MailRow
from desk.mail import composing, letters, threading
from desk.mail.addresses import Address
from desk.mail.composing import Enclosure, Kind, Outgoing
from desk.mail.letters import FOLDER, Letter
from desk.named import NamedTuple
from desk.session.session import Session
from desk.setting import canonical_address
from desk.store import worktree
from desk.text import _

DIGEST = "digest"
"""The text of several messages in one, and the event of such a message."""
REFUSED = "refused"
"""The event of a message to somebody who may not write here."""
REFUSAL = "mail-refused"
"""Its text."""
COMMANDS = "commands-refused"
"""The text to staff whose commands by mail are refused."""
UNREACHABLE = "staff-unreachable"
"""The text to those of level 3 when mail to one of the staff comes back."""
SHORTENED = "shortened"
"""The event of a message to whoever wrote a mail that was not taken in whole."""
SHORTFALL = "mail-shortened"
"""Its text."""
_TIMES = ("created", "respond_by", "update_by", "due")
_TO_REQUESTERS = "reply-sent"
"""The text that a requester gets of what staff wrote: the one that no program wrote."""

Draft = Mapping[str, Any]


class Addressed(NamedTuple):
    """A message, to whom it goes, its ticket, and what was logged of that."""

    draft: Draft
    to: Address
    ticket: Ticket | None
    log: Sequence[MailRow]


class House(NamedTuple):
    """What all messages of a desk have in common; `image` is empty where there is none."""

    address: str
    name: str
    key: bytes
    image: bytes

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def letter(session: Session, draft: Draft, *, whole: bool = True) -> Letter:
    """A message filled in, or, not `whole`, its subject alone; Broken, NotFound where its text is at fault."""
    from desk.templates.sandbox import fill  # noqa: PLC0415 - 40 ms of Jinja, for messages only

    variables = draft["variables"]
    # Messages of an older version don't have all of them.
    given = {n: text for n in _TIMES if (text := variables["ticket"].get(n))}
    times = {n: session.local(parse_time(text)).strftime("%Y-%m-%d %H:%M") for n, text in given.items()}
    told = {**draft, "variables": {**variables, "ticket": {**variables["ticket"], **times}}}
    known = session.config["desk.languages"]

    def filled(text: str, path: str, values: Mapping[str, Mapping[str, str]]) -> str:
        return fill(text, path, values, language=path.removesuffix(".txt").rpartition(".")[2])

    def read(path: str) -> bytes | None:
        return worktree.read(session.place, path)

    try:
        return letters.letter(told, known, read, filled, whole=whole)
    except NotFound:
        if draft["template"] not in (DIGEST, REFUSAL, COMMANDS, UNREACHABLE, SHORTFALL):
            raise
        from desk.store import founding  # noqa: PLC0415 - knows how repositories are made

        # Desks that were made before there were such messages have no text for them.
        return letters.letter(told, known, founding.starter().get, filled, whole=whole)


def house(session: Session) -> House:
    """What all messages have in common; ConfigError where the desk has no address or its picture can't be read."""
    config = session.config
    address = canonical_address(str(config["mail.address"] or config["contact.email"]))
    if "@" not in address:
        raise ConfigError(
            _("the desk has no address that its mail could come from"), "desk config set mail.address servicedesk@…"
        )
    name = config["mail.header_image"]
    image = worktree.read(session.place, f"{FOLDER}/{name}") if name and config["mail.html"] else b""
    if image is None:
        raise ConfigError(
            _("mail.header_image: there is no {folder}/{name}", folder=FOLDER, name=name),
            _("put the picture there, or: desk config set mail.header_image -"),
        )
    return House(address, str(config["mail.name"] or "{desk}"), mailhost.key(session.place), image)


def kind_of(draft: Draft, ticket: Ticket | None) -> Kind:
    """What a message is to a program that gets it: an answer is what staff wrote, for the requester."""
    if draft["template"] == _TO_REQUESTERS:
        return "answer"
    if draft["event"] == REFUSED:
        # Staff hear of each refusal, within what they may get of a ticket; whoever isn't known once in a while.
        return "notice" if draft["ticket"] else "acknowledgement"
    if draft["event"] == SHORTENED:
        return "shortfall"
    asked = ticket is not None and ticket.channel == "email" and ticket.author == draft["to"]["id"]
    return "acknowledgement" if draft["event"] == "create" and asked else "notice"


def message_id(draft: Draft, to: str, house: House) -> str:
    """The same whenever the message is made."""
    return threading.message_id(str(draft["ticket"] or draft["event"]), draft["commit"], to, house.key, house.domain)


def outgoing(session: Session, house: House, case: Addressed) -> Outgoing:
    """A message, all decided. What was sent before about its ticket says what it goes on from."""
    draft, to = case.draft, case.to
    text = letter(session, draft)
    config = session.config
    staff = draft["variables"]["staff"].get("name") or config["desk.name"]
    name = house.name.replace("{staff}", str(staff)).replace("{desk}", str(config["desk.name"]))
    own = message_id(draft, to.email, house)
    plus = config["mail.plus"] and draft["ticket"]
    told_staff = draft["to"]["kind"] == "staff"
    return Outgoing(
        message_id=own,
        kind=kind_of(draft, case.ticket),
        sender=Address(name, house.address),
        to=to,
        subject=text.subject,
        text=text.body,
        language=text.language,
        at=session.local(parse_time(draft["at"])),
        ticket=str(draft["ticket"] or ""),
        loop=house.address.lower(),
        reply_to=threading.plus_address(house.address, draft["ticket"], to.email, house.key) if plus else "",
        references=tuple(r for r in _references(case) if r != own),
        list_id=f"{config['desk.name']} <desk.{house.domain}>" if told_staff else "",
        enclosures=tuple(_enclosures(session, draft)),
        image=house.image,
        html=config["mail.html"],
    )


def envelope(outgoing: Outgoing, house: House, *, plus: bool) -> str:
    """Where a bounce comes back to, with the ticket; nowhere for an automatic answer, of which nobody needs to hear."""
    if outgoing.kind in ("acknowledgement", "shortfall"):
        return ""
    if not plus or not outgoing.ticket:
        return house.address
    return threading.plus_address(house.address, outgoing.ticket, outgoing.to.email, house.key, bounces=True)


def text_hash(outgoing: Outgoing) -> str:
    """By which two messages that say the same are told."""
    return hashlib.sha256(f"{outgoing.subject}\0{outgoing.text}".encode()).hexdigest()[:16]


def compose(outgoing: Outgoing, redirect: str) -> bytes:
    """The bytes to be sent; ValueError for an address that isn't one. `redirect`: in a rehearsal, where all of it goes."""
    return composing.compose(composing.redirected(outgoing, redirect) if redirect else outgoing)


def _references(case: Addressed) -> list[str]:
    """The mails that a message goes on from, oldest first; the last is what it answers: the newest that its reader wrote.

    Each reader's own thread: what others wrote to the desk, or got from it, their mail program has never seen.
    """
    ticket, reader = case.ticket, case.draft["to"]["id"]
    theirs = list(_mails_of(ticket, reader)) if ticket is not None else []
    own = [
        (row["at"], row["message_id"])
        for row in case.log
        if row.get("state") == "sent" and row.get("recipient") == reader and row.get("message_id")
    ]
    last = theirs[-1:]
    ordered = sorted([*theirs[:-1], *own])
    answered = case.draft.get("answers") or ()
    return list(dict.fromkeys((*(reference for _at, reference in (*ordered, *last)), *answered)))


def _mails_of(ticket: Ticket, person: str) -> Iterator[tuple[str, str]]:
    """When somebody wrote a mail about a ticket, and its Message-ID."""
    first = ticket.values.get("message_id")
    if first and person in (ticket.requester, ticket.author):
        yield f"{ticket.created:%Y-%m-%dT%H:%M:%SZ}", str(first)
    for entry in ticket.thread:
        mail = entry.meta.get("message-id")
        if mail and entry.by == person and (entry.kind == REPLY or not person.startswith(USER_PREFIX)):
            yield f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", str(mail)


def _enclosures(session: Session, draft: Draft) -> Iterator[Enclosure]:
    """The files of what was written, as they were then."""
    paths = list(draft.get("attachments") or ())
    if not paths:
        return
    with objects.blobs(session.place) as blobs:
        for path, data in zip(paths, blobs.each([f"{draft['commit']}:{path}" for path in paths]), strict=True):
            if data is not None:
                name = path.rpartition("/")[2]
                yield Enclosure(name, mimetypes.guess_type(name)[0] or "application/octet-stream", data)
