"""What lies at hand in each terminal: the ticket touched or shown last, and the rows of the last list.

    260723-7K3Q                   the first line: the ticket
    260723-9ABC                   then the rows as they stood, `-` for one that is no ticket

One small file a terminal, on this machine alone. Of terminals whose shell is gone the files go as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress

from desk.domain.model.fields import TICKET_ID
from desk.git.place import Place
from desk.local.kept import keep, runs
from desk.named import NamedTuple

FOLDER = "hand"
MOST = 50
"""Rows of a list that are remembered."""
NOTHING = "-"


class Hand(NamedTuple):
    """A ticket's id, None before the first; and rows of a list, None for one that is no ticket."""

    ticket: str | None = None
    rows: tuple[str | None, ...] = ()


def load(place: Place, terminal: str) -> Hand:
    """What a terminal holds; nothing where the file isn't there, or isn't what `hold` wrote."""
    try:
        with open(place.own(FOLDER, terminal), encoding="ascii") as file:
            lines = file.read().split("\n")
    except (OSError, UnicodeDecodeError):
        return Hand()
    found = [line if re.fullmatch(TICKET_ID, line) else None for line in lines]
    return Hand(found[0], tuple(found[1 : MOST + 1]))


def hold(place: Place, terminal: str, hand: Hand) -> None:
    """Remember it. A disk that can't be written to is no error: the person types an id."""
    path = place.own(FOLDER, terminal)
    with suppress(OSError):
        if not os.path.exists(path):
            _sweep(place)
        lines = [line or NOTHING for line in (hand.ticket, *hand.rows[:MOST])]
        keep(path, "\n".join(lines).encode())


def _sweep(place: Place) -> None:
    """Take away what terminals left whose shell runs no longer: the name begins with its number."""
    for name in _names(place):
        found = re.match(r"(\d+)-", name)
        if found and not runs(int(found[1])):
            with suppress(OSError):
                os.unlink(place.own(FOLDER, name))


def _names(place: Place) -> Iterable[str]:
    try:
        return os.listdir(place.own(FOLDER))
    except OSError:
        return ()
