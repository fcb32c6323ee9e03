"""Tables of other programs as lines that can be imported: tickets and requesters, as people wrote them there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from desk.codec import sheet
from desk.domain.model.fields import TICKET_ID, parse_time, utc_text
from desk.domain.model.person import USER_PREFIX, User
from desk.domain.model.ticket import Ticket
from desk.errors import UsageFault
from desk.mail import addresses
from desk.queries import people
from desk.session.session import Session, zone
from desk.store.snapshot import ALPHABET
from desk.text import _

_NAMES = {
    "subject": "title",
    "description": "body",
    "text": "body",
    "content": "body",
    "status": "state",
    "opened": "created",
    "assignee": "owner",
    "agent": "owner",
    "number": "numbers",
    "customer": "requester",
    "mail": "email",
    "e-mail": "email",
    "tel": "phone",
    "telephone": "phone",
    "company": "organisation",
}
"""What other programs call a column."""
_LISTS = ("tags", "numbers", "cc", "watchers")
_PERSON = ("requester", "requester_name", "requester_email")
_TICKETS = ("id", "title", "body", "state", "priority", "impact", "urgency", "department", "owner", *_PERSON, "tags", "service",
            "language", "channel", "created", "closed", "resolution", "numbers")  # fmt: skip
_USERS = ("id", "name", "email", "group", "phone", "organisation", "language", "created")
KNOWN = {Ticket.kind: _TICKETS, User.kind: _USERS}
"""The columns of a table of each kind; beside them `fields.NAME` is a custom field."""
_TIMES = ("created", "closed")
_DAY = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(.*)", re.DOTALL)
_USUAL = {
    "state": "open",
    "new": "open",
    "resolved": "closed",
    "done": "closed",
    "solved": "closed",
    "waiting": "pending",
}


def lines(session: Session, content: bytes, kind: str, encoding: str) -> Iterator[bytes | ValueError]:
    """A table as JSON lines, numbered as its rows, or what is wrong with one; UsageFault for a table or column that isn't known.

    Ids that it doesn't give are made of what a row says, so that it can be imported again: the same row is the same record.
    """
    try:
        names, rows = sheet.rows(content, encoding)
        _require_known(names, kind)
        reader = _Reader(session, kind)
        done = 0
        for row in rows:
            yield from [b"\n"] * (row.line - done - 1)
            done = row.line
            yield _line(reader, row.values)
    except ValueError as error:
        raise UsageFault(
            _("that is no table that can be read: {error}", error=error),
            _("save it as CSV in UTF-8, or name what it is in: --encoding windows-1253"),
        ) from None


def _line(reader: _Reader, values: Mapping[str, str]) -> bytes | ValueError:
    try:
        return json.dumps(reader.records(values), ensure_ascii=False).encode() + b"\n"
    except ValueError as error:
        return error


def _require_known(names: tuple[str, ...], kind: str) -> None:
    known = KNOWN[kind]
    odd = [n for n in names if n and _NAMES.get(n, n) not in known and not n.startswith("fields.")]
    if odd:
        raise UsageFault(
            _("there is no column {name!r} of a {kind}", name=odd[0][:60], kind=kind),
            _("known: {known}, fields.NAME; leave the others out, or rename them", known=", ".join(known)),
        )


class _Reader:
    """Rows as records, each with the people that it names and nobody knows yet."""

    def __init__(self, session: Session, kind: str) -> None:
        self.session = session
        self.kind = kind
        self.zone = zone(session.config["desk.timezone"])
        index = session.store.index
        self.snapshot = session.store.snapshot(index, session.store.commit_now())
        self.users = {known: str(r["id"]) for r in index.rows(User.kind) if (known := _known_by(r))}
        self.made: set[str] = set()
        """Ids of those whom the table makes known."""
        self.staff = {str(r["email"]).lower(): str(r["id"]) for r in index.rows("staff")}
        rows = index.rows("department", '"default" = 1')
        self.department = str(rows[0]["id"]) if rows else ""

    def records(self, row: Mapping[str, str]) -> list[dict[str, Any]]:
        """The record of a row, after the requester that it makes known; an empty row is none."""
        if not row:
            return []
        values: dict[str, Any] = {}
        for name, text in row.items():
            called = _NAMES.get(name, name)
            if called.startswith("fields."):
                values.setdefault("fields", {})[called.removeprefix("fields.")] = text
            elif called in _LISTS:
                values[called] = [part.strip() for part in re.split("[;,]", text) if part.strip()]
            else:
                values[called] = self._time(text) if called in _TIMES else text
        values.setdefault("created", utc_text(self.session.now))
        return self._user(values) if self.kind == User.kind else self._ticket(values)

    def _user(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        values.setdefault("id", self._user_id(_known_by(values)))
        return [{"record": User.kind, **values}]

    def _user_id(self, known_by: str) -> str:
        """Theirs, or one of chance for somebody new: made of their address, it would tell of them for good."""
        if known_by not in self.users:
            fresh = (self.snapshot.new_id(User.kind, USER_PREFIX) for _turn in count())
            self.users[known_by] = next(one for one in fresh if one not in self.made)
            self.made.add(self.users[known_by])
        return self.users[known_by]

    def _ticket(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        state = str(values.get("state", "open")).lower()
        values["state"] = _USUAL.get(state, state)
        values.setdefault("priority", self.session.config["ticket.priorities"][0])
        values.setdefault("department", self.department)
        if owner := values.get("owner"):
            values["owner"] = self.staff.get(str(owner).lower(), str(owner).lower())
        made = self._requester(values)
        given = str(values.get("id", ""))
        if given and not re.fullmatch(TICKET_ID, given.upper()):
            # What another program calls it: found by search, and no id of this desk.
            values["numbers"] = [*values.get("numbers", ()), values.pop("id")]
        if "id" not in values:
            day = parse_time(values["created"]).astimezone(self.zone).strftime("%y%m%d")
            said = json.dumps(values, sort_keys=True, ensure_ascii=False)
            values["id"] = f"{day}-{_digest(said)}"
        return [*made, {"record": Ticket.kind, **values}]

    def _requester(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        """Whose ticket it is, by id, address, or name and address; a record where nobody is known by the address yet."""
        given, name, email = (str(values.pop(n, "") or "") for n in _PERSON)
        if given.startswith(USER_PREFIX):
            values["requester"] = given
            return []
        written = addresses.read(email or given)
        if not written:
            if given or name:
                index = self.session.store.index
                called = [str(r["id"]) for r in people.called(index, given or name)]
                if len(called) != 1:
                    raise ValueError(_("requester: {name!r} is nobody's name or address", name=(given or name)[:60]))
                values["requester"] = called[0]
            return []
        [found, *_more] = written
        address = found.key
        known = address in self.users
        values["requester"] = self._user_id(address)
        if known:
            return []
        person = {"id": values["requester"], "email": found.email, "name": name or found.name, "registered": False}
        return [{"record": User.kind, "created": values["created"], **{k: v for k, v in person.items() if v != ""}}]

    def _time(self, text: str) -> str:
        """A time as people write it, on the desk's clock unless it says another."""
        if turned := _DAY.fullmatch(text):
            text = f"{turned[4]}-{int(turned[3]):02}-{int(turned[1]):02}{turned[5]}"
        try:
            at = datetime.fromisoformat(text)
            return utc_text((at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC))
        except (ValueError, OverflowError):
            return text  # whoever reads the record says what is wrong with it


def _known_by(person: Mapping[str, Any]) -> str:
    """What tells a requester from others: their address, or else their name and number."""
    if email := person.get("email"):
        return str(email).lower()
    name, phone = (str(person.get(field) or "") for field in ("name", "phone"))
    return f"{name.lower()} {re.sub('[^0-9]', '', phone)}".strip()


def _digest(text: str) -> str:
    """The last characters of a ticket's id, which the same text always has."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(text.encode()).digest()[:4])
