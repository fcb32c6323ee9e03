"""When this clone last met which other one, and where the branch of that one is known here."""

from __future__ import annotations

from desk.git.place import Place
from desk.local import kept
from desk.named import NamedTuple

FILE = "met"
"""Its name in desk's folder."""


class LastMet(NamedTuple):
    """The remote's name, the ref under which its branch is known here, and when (epoch seconds)."""

    remote: str
    ref: str
    at: int


def remember(place: Place, meeting: LastMet) -> None:
    """Keep the last meeting. Raises OSError."""
    kept.keep(place.own(FILE), f"{meeting.remote} {meeting.ref} {meeting.at}\n".encode())


def last(place: Place) -> LastMet | None:
    """The last meeting; None for a desk that never met another one."""
    try:
        with open(place.own(FILE), encoding="utf-8", errors="replace") as file:
            remote, ref, at = file.read().split()
            return LastMet(remote, ref, int(at))
    except (OSError, ValueError):
        return None
