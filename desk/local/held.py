"""Mails that were put aside, each as it came with the reason, until somebody decides. Local, and never committed.

`ID.eml` is written first and `ID.json` last, so one that a crash cut off is put aside again when it is fetched again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TypedDict

from desk.errors import Ambiguous, NotFound
from desk.git.place import Place
from desk.local.kept import keep
from desk.local.mailhost import FOLDER
from desk.text import _

_ID = 10


class HeldRow(TypedDict):
    """One mail. `at` is RFC 3339 UTC; `folder` is where it lies on the server, empty for a saved one."""

    id: str
    at: str
    why: str
    sender: str
    subject: str
    size: int
    folder: str


def id_of(raw: bytes) -> str:
    """The name under which a mail is put aside: the same one each time."""
    import hashlib  # noqa: PLC0415 - loads OpenSSL, and a screen that only counts needs none

    return hashlib.sha256(raw).hexdigest()[:_ID]


def put(place: Place, row: HeldRow, raw: bytes) -> None:
    """Put a mail aside; it is on the disk on return. Raises OSError."""
    path = place.own(FOLDER, "held", row["id"])
    keep(f"{path}.eml", raw, durable=True)
    keep(f"{path}.json", json.dumps(row, ensure_ascii=False).encode(), durable=True)


def count(place: Place) -> int:
    """How many mails are put aside."""
    try:
        return sum(name.endswith(".json") for name in os.listdir(place.own(FOLDER, "held")))
    except (FileNotFoundError, NotADirectoryError):
        return 0


def rows(place: Place) -> list[HeldRow]:
    """What is put aside, the oldest first."""
    folder = place.own(FOLDER, "held")
    try:
        names = [n for n in os.listdir(folder) if n.endswith(".json")]
    except FileNotFoundError:
        return []
    found = [_read(os.path.join(folder, name)) for name in names]
    return sorted((row for row in found if row), key=lambda row: (row["at"], row["id"]))


def _read(path: str) -> HeldRow | None:
    with suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
        row = json.load(file)
        if isinstance(row, dict) and HeldRow.__required_keys__ <= row.keys():
            return row  # type: ignore[return-value]
    return None


def find(place: Place, typed: str) -> HeldRow:
    """A mail by the beginning of its id; NotFound, Ambiguous."""
    found = [row for row in rows(place) if row["id"].startswith(typed.strip().lower())] if typed.strip() else []
    if not found:
        raise NotFound(_("no mail {typed} is put aside", typed=typed[:40]), "desk mail held")
    if len(found) > 1:
        ids = ", ".join(row["id"] for row in found[:5])
        raise Ambiguous(_("{n} mails begin with {typed}", n=len(found), typed=typed), _("one of: {ids}", ids=ids))
    return found[0]


def raw_of(place: Place, held_id: str) -> bytes:
    """A mail as it came. Raises OSError."""
    with open(place.own(FOLDER, "held", f"{held_id}.eml"), "rb") as file:
        return file.read()


def drop(place: Place, held_id: str) -> None:
    """Nothing is to be decided of it any more."""
    for ending in ("json", "eml"):
        with suppress(FileNotFoundError):
            os.unlink(place.own(FOLDER, "held", f"{held_id}.{ending}"))
