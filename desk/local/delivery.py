"""How far a message of the outbox has come: what was tried, when it is tried again, and the bytes that are on their way.

Beside `ID.json`, what is told, lie `ID.state`, once something was tried or decided, and `ID.eml`, the message itself, from
the moment before it is handed to a server until its outcome is known. Found later, such a message goes again, the same
bytes: nobody can say whether the server had it.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from desk.domain.model.fields import parse_time, utc_text
from desk.local.kept import keep
from desk.named import NamedTuple

State = Literal["waiting", "held", "failed"]
"""`held` until somebody says so, `failed` for good unless somebody does."""
KINDS = ("state", "eml")
"""How the names of these files end."""
_MINUTES = (1, 5, 15, 60)
_DAYS = timedelta(days=3)


class Delivery(NamedTuple):
    """`tries` that came to nothing, the first `since` when; `due`: not before; `reason`: what stood in the way.

    `collected`: it goes in one message with others to the same person.
    """

    state: State = "waiting"
    tries: int = 0
    since: datetime | None = None
    due: datetime | None = None
    reason: str = ""
    collected: bool = False


FRESH = Delivery()


def load(folder: str, draft_id: str) -> Delivery:
    """How far a message has come; a file that can't be read says nothing."""
    try:
        with open(os.path.join(folder, f"{draft_id}.state"), encoding="utf-8") as file:
            raw = json.load(file)
        return Delivery(
            raw["state"] if raw["state"] in ("held", "failed") else "waiting",
            int(raw["tries"]),
            parse_time(raw["since"]) if raw["since"] else None,
            parse_time(raw["due"]) if raw["due"] else None,
            str(raw["reason"]),
            bool(raw["collected"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return FRESH


def stopped(folder: str) -> dict[State, int]:
    """How many messages go nowhere until somebody says so, by how far they have come."""
    found: dict[State, int] = {"held": 0, "failed": 0}
    try:
        names = [name for name in os.listdir(folder) if name.endswith(".state")]
    except (FileNotFoundError, NotADirectoryError):
        return found
    for name in names:
        stem = name.removesuffix(".state")
        state = load(folder, stem).state
        if state != "waiting" and os.path.exists(os.path.join(folder, f"{stem}.json")):
            found[state] += 1
    return found


def save(folder: str, draft_id: str, one: Delivery) -> None:
    """Keep how far it has come. Raises OSError."""
    times = {"since": utc_text(one.since) if one.since else None, "due": utc_text(one.due) if one.due else None}
    keep(os.path.join(folder, f"{draft_id}.state"), json.dumps({**one._asdict(), **times}, ensure_ascii=False).encode())


def put_off(one: Delivery, now: datetime, reason: str) -> Delivery:
    """After a try that came to nothing: later, each time longer; failed when it has been tried for three days."""
    since = one.since or now
    if now - since >= _DAYS:
        return one._replace(state="failed", tries=one.tries + 1, since=since, due=None, reason=reason)
    minutes = _MINUTES[min(one.tries, len(_MINUTES) - 1)]
    return one._replace(tries=one.tries + 1, since=since, due=now + timedelta(minutes=minutes), reason=reason)


def begin(folder: str, draft_id: str, message: bytes) -> None:
    """Put the message on the disk, before a server gets it. Raises OSError."""
    keep(os.path.join(folder, f"{draft_id}.eml"), message, durable=True)


def begun(folder: str, draft_id: str) -> bytes | None:
    """A message whose outcome nobody has seen."""
    try:
        with open(os.path.join(folder, f"{draft_id}.eml"), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def end(folder: str, draft_id: str) -> None:
    """The outcome is known."""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, f"{draft_id}.eml"))


def forget(folder: str, draft_id: str) -> None:
    """Nothing is to be known of it any more: it was sent or taken out."""
    end(folder, draft_id)
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, f"{draft_id}.state"))
