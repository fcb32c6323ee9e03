"""What ties mails to tickets: names of our own that only we can make, ids of other mails, the ticket in a subject.

Our Message-IDs are `<TICKET.COMMIT8.MAC16@domain>`; where mail can have `+` addresses, answers and bounces come back to
`desk+TICKET.MAC8@domain` and `desk+b.TICKET.MAC8@domain`. The code (MAC) is bound to the ticket and to whom the copy went:
it tells whose copy was answered, so a notice to staff that leaked opens nothing to whoever answers it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

from desk.domain.model.fields import TICKET_ID
from desk.mail import headers
from desk.named import NamedTuple

BOUNCED = "+b."
"""What stands in the address to which bounces come."""
_SUBJECT = re.compile(rf"\[({TICKET_ID})\]", re.IGNORECASE)
_OWN = re.compile(rf"<({TICKET_ID})\.([0-9a-f]{{8}})\.([a-z2-7]{{16}})@([^<>\s@]+)>", re.IGNORECASE)
_PLUS = re.compile(rf"([^\s<>@+]+)\+(b\.)?({TICKET_ID})\.([a-z2-7]{{8}})@([^\s<>@]+)", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s]{1,900}>")
_ANSWER = re.compile(r"\s*(?:RE|AW|SV|Antw|R|ΑΠ|ΑΠΑΝΤ|ΣΧΕΤ)(?:\[\d{1,3}\])?\s?:\s*", re.IGNORECASE)
_IDS = 100
"""References that are read and kept; the newest say what a mail answers."""
_SHOWN = 10


class Token(NamedTuple):
    """A name of ours that came back. `commit` is empty in an address; nothing is proved before `fits` says so."""

    ticket: str
    commit: str
    code: str
    bounced: bool


def message_id(ticket: str, commit: str, to: str, key: bytes, domain: str) -> str:
    """The Message-ID of what a commit tells one address: the same whenever it is made, so a copy sent twice is one."""
    return f"<{ticket}.{commit[:8]}.{_code(key, ticket, commit[:8], to, 16)}@{domain}>"


def plus_address(desk: str, ticket: str, to: str, key: bytes, *, bounces: bool = False) -> str:
    """The desk's address as one recipient's answers, or the bounces of what they were sent, come back to it."""
    local, _, domain = desk.partition("@")
    return f"{local}{BOUNCED if bounces else '+'}{ticket}.{_code(key, ticket, '', to, 8)}@{domain}"


def fits(token: Token, to: str, key: bytes) -> bool:
    """Whether the name is of the copy that went to this address."""
    code = _code(key, token.ticket, token.commit, to, len(token.code))
    return len(token.code) in (8, 16) and hmac.compare_digest(code, token.code)


def tokens(references: Iterable[str], delivered: Iterable[str], desk: str) -> tuple[Token, ...]:
    """Names of ours in a mail, strongest first: the address that it came to, then what it answers, newest first."""
    local, _, domain = desk.lower().partition("@")
    found: list[Token] = []
    for address in delivered:
        plus = _PLUS.fullmatch(address)
        if plus and (plus[1].lower(), plus[5].lower()) == (local, domain):
            found.append(Token(plus[3].upper(), "", plus[4].lower(), plus[2] is not None))
    for reference in references:
        own = _OWN.fullmatch(reference)
        if own and own[4].lower() == domain:
            found.append(Token(own[1].upper(), own[2].lower(), own[3].lower(), bounced=False))
    return tuple(dict.fromkeys(found))


def mark_of(reference: str) -> str:
    """A Message-ID as a commit tells it, which can't be taken back: it names nobody, and is found again."""
    return hashlib.sha256(reference.encode("utf-8", "replace")).hexdigest()[:32]


def is_own_id(reference: str, domain: str) -> bool:
    """Whether a Message-ID is in our form; not whether we made it."""
    own = _OWN.fullmatch(reference)
    return own is not None and own[4].lower() == domain.lower()


def message_ids(value: str) -> list[str]:
    """The Message-IDs in a field, in order; the last hundred."""
    return [headers.in_letters(found) for found in _ID.findall(value[-100_000:])[-_IDS:]]


def subject_tickets(subject: str) -> tuple[str, ...]:
    """Tickets that a subject names, `[260723-7K3Q]`: a hint, which anybody can write."""
    return tuple(dict.fromkeys(found.upper() for found in _SUBJECT.findall(subject)))


def bare_subject(subject: str) -> str:
    """The subject without `Re:` and the like, nor tickets in brackets; what a new ticket is called."""
    text = _SUBJECT.sub(" ", subject)
    while found := _ANSWER.match(text):
        text = text[found.end() :]
    return " ".join(text.split())


def with_ticket(subject: str, ticket: str) -> str:
    """The subject with the ticket in it, once; of a message that is about none, as it is."""
    if not ticket or ticket.upper() in subject_tickets(subject):
        return subject
    return f"[{ticket}] {subject}"


def shortened(references: list[str]) -> list[str]:
    """The first reference and the last ten, oldest first: long threads make headers that servers refuse."""
    known = list(dict.fromkeys(references))
    return known if len(known) <= _SHOWN + 1 else [known[0], *known[-_SHOWN:]]


def _code(key: bytes, ticket: str, commit: str, to: str, length: int) -> str:
    words = f"{ticket.upper()}\0{commit.lower()}\0{to.lower()}".encode()
    return base64.b32encode(hmac.new(key, words, hashlib.sha256).digest()).decode().lower()[:length]
