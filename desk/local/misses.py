"""Searches that found nothing: which articles are missing. One small text file in the git directory, local, never in git.

    2026-07-23T06:12:44Z	kb	pacemaker card

Nothing but the time, where was searched and the words is kept, and only the latest thousand.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime

from desk.domain.model.fields import parse_time, utc_text
from desk.git.place import Place
from desk.local.kept import keep
from desk.named import NamedTuple

FILE = "searches"
_KEPT = 1_000
_SIZE = 200_000
"""Bytes at which the file is cut back to the latest."""
_LONGEST = 100


class Miss(NamedTuple):
    """A search without a hit; `where` is kb or desk."""

    at: datetime
    where: str
    words: str


def remember(place: Place, at: datetime, where: str, words: str) -> None:
    """Add a search. A disk that can't be written to is no error."""
    line = f"{utc_text(at)}\t{where}\t{' '.join(words.split())[:_LONGEST]}\n"
    path = place.own(FILE)
    with suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a", encoding="utf-8", errors="replace") as file:
            file.write(line)
            size = file.tell()
        if size > _SIZE:
            _cut(path)


def _cut(path: str) -> None:
    with open(path, "rb") as file:
        lines = file.readlines()[-_KEPT:]
    keep(path, b"".join(lines))


def load(place: Place) -> list[Miss]:
    """What is remembered, the oldest first; lines that a full disk cut off are passed over."""
    found = []
    with suppress(OSError), open(place.own(FILE), encoding="utf-8", errors="replace") as file:
        for line in file:
            at, _, rest = line.rstrip("\n").partition("\t")
            where, _, words = rest.partition("\t")
            with suppress(ValueError):
                found.append(Miss(parse_time(at), where, words))
    return found[-_KEPT:]
