"""What became of each mail, out and in: a line of JSON each, in a file a month. Local, and never committed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, TypedDict

from desk.git.place import Place
from desk.local.mailhost import FOLDER
from desk.text import Text, _, recalled

Way = Literal["out", "in"]


class MailRow(TypedDict, total=False):
    """One mail. `at` is RFC 3339 UTC, `state` what became of it, `reason` why, in words, `code` what the server answered.

    `id` names a message of the outbox; `to` and `sender` are addresses; `recipient` a handle or the id of a requester. `text` is a
    hash of what it said, by which two of the same are told.
    """

    at: str
    way: Way
    state: str
    id: str
    ticket: str
    commit: str
    event: str
    kind: str
    to: str
    sender: str
    recipient: str
    subject: str
    message_id: str
    text: str
    code: int
    reason: str


def add(place: Place, row: MailRow) -> None:
    """Write a line; it is on the disk on return. Raises OSError."""
    path = place.own(FOLDER, f"log-{row['at'][:7]}.jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        # Each begins with the line break, so that one that was cut off doesn't spoil the next.
        file.write("\n" + json.dumps(row, ensure_ascii=False))
        file.flush()
        os.fsync(file.fileno())


def since(place: Place, at: datetime) -> list[MailRow]:
    """The lines from a time on, the oldest first."""
    first = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return [row for row in _rows(place, first, b"") if row["at"] >= first]


def about(place: Place, ticket: str, created: datetime) -> list[MailRow]:
    """The lines about a ticket, the oldest first; other lines are not taken apart."""
    return [row for row in _rows(place, f"{created:%Y-%m}", f'"{ticket}"'.encode()) if row.get("ticket") == ticket]


def _rows(place: Place, first: str, saying: bytes) -> Iterator[MailRow]:
    """The lines of the months from one on that have this in them. A line that a full disk cut off is passed over."""
    folder = place.own(FOLDER)
    try:
        names = sorted(n for n in os.listdir(folder) if n.startswith("log-") and n.endswith(".jsonl"))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if name[4:11] < first[:7]:
            continue
        with open(os.path.join(folder, name), "rb") as file:
            for line in file:
                if saying in line and (row := _read(line)):
                    yield row


def _read(line: bytes) -> MailRow | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("at"), str) else None  # type: ignore[return-value]


def recall(reason: str) -> Text:
    """Why something became of a mail, which a log has in English, as people read it."""
    return recalled(reason, *_REASONS)


_REASONS = (
    _("looks forged: {why}"),
    _("flood: more than {most} tickets in an hour"),
    _("{ticket} was closed more than {days} days ago"),
    _("{ticket} is opened again"),
    _("it says thank you, and {ticket} stays closed"),
    _("it gives back a message of {ticket}"),
    _("{name} is set"),
    _("{automatic}, and the subject says so"),
)
"""Templates of reasons that hold values."""
