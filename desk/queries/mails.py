"""Mails that were taken in before: whether this one was, and which ticket those became that it names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from desk.domain.model.fields import utc_text
from desk.index.index import Index


class KnownMail(NamedTuple):
    """A mail that was taken in: the mark of its contents, the ticket that it came to, and the commit."""

    content: str
    ticket: str
    commit: str


def known(index: Index, mark: str) -> list[KnownMail]:
    """The mails of this mark that were ever taken in, also such as came to tickets that are gone."""
    rows = index.db.execute(
        "SELECT m.content, c.oid, (SELECT e.id FROM events e WHERE e.n = m.n AND e.kind = 'ticket' ORDER BY e.place LIMIT 1)"
        " FROM mails m JOIN commits c ON c.n = m.n WHERE m.mark = ? ORDER BY m.n",
        (mark,),
    )
    return [KnownMail(str(content), str(ticket or ""), str(oid)) for content, oid, ticket in rows]


def tickets_of(index: Index, message_ids: Iterable[str]) -> dict[str, str]:
    """Message-ID → ticket, of those that a ticket holds."""
    wanted = list(message_ids)
    rows = index.db.execute(
        "SELECT m.value, t.id FROM members m JOIN tickets t ON t.path = m.path"
        f" WHERE m.kind = 'ticket' AND m.field = 'messages' AND m.value IN ({','.join('?' * len(wanted))}) ORDER BY t.id",
        wanted,
    )
    return {str(message): str(ticket) for message, ticket in rows}


def tickets_numbered(index: Index, user: str, numbers: Iterable[str]) -> list[str]:
    """Tickets of a requester that bear one of these numbers of their own desk, the newest first."""
    wanted = {number.casefold() for number in numbers}
    rows = index.db.execute(
        "SELECT t.id, m.value FROM tickets t JOIN members m ON m.path = t.path AND m.kind = 'ticket' AND m.field = 'numbers'"
        " WHERE t.requester = ? ORDER BY t.created DESC, t.id DESC",
        (user,),
    )
    return list(dict.fromkeys(str(ticket) for ticket, number in rows if str(number).casefold() in wanted))


def count_opened(index: Index, user: str, since: datetime) -> int:
    """How many tickets a requester has opened by mail since a time."""
    row = index.db.execute(
        "SELECT count(*) FROM tickets WHERE requester = ?1 AND author = ?1 AND message_id IS NOT NULL AND created >= ?2",
        (user, utc_text(since)),
    ).fetchone()
    return int(row[0])


def knows_domain(index: Index, domain: str) -> bool:
    """Whether a registered requester has an address of this domain."""
    rows = index.db.execute("SELECT email FROM users WHERE registered = 1 AND email LIKE ?", (f"%@{domain}",))
    return any(str(email).lower().endswith(f"@{domain.lower()}") for (email,) in rows)
