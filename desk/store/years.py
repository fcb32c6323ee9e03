"""The newest years of a desk as the files that a clone keeps; everything older is read from git."""

from __future__ import annotations

from desk.config import PARTS
from desk.domain.model.kinds import KINDS
from desk.domain.model.ticket import Ticket
from desk.git import cone, objects, refs
from desk.git.place import Place

_FOLDER = "40000"


def keep(place: Place, years: int, this_year: int, hold: int | None = None) -> None:
    """Have the work tree hold the tickets registered in so many years, this one among them, and all that is no ticket; 0: all."""
    if years:
        cone.narrow(place, years, folders(place, this_year - years + 1, this_year), hold)
    elif cone.cone_of(place) is not None:
        cone.widen(place, hold)


def folders(place: Place, first: int, last: int) -> list[str]:
    """The folders of a desk without the tickets of years before `first`; the year after `last` is about to begin."""
    records = PARTS[0]
    every = {*PARTS, *_below(place, "")} - {records}
    every |= {cls.folder for cls in KINDS.values()} | {f"{records}/{name}" for name in _below(place, records)}
    every -= {Ticket.folder}
    every |= {
        f"{Ticket.folder}/{name}"
        for name in (*_below(place, Ticket.folder), str(last), str(last + 1))
        if not name.isdecimal() or int(name) >= first
    }
    return sorted(every)


def _below(place: Place, folder: str) -> list[str]:
    """The names of the folders that HEAD has in a folder."""
    with objects.blobs(place) as blobs:
        raw = blobs.get(f"HEAD:{folder}") or b""
        like = refs.commit_of(place, "HEAD") or ""
    tree = objects.parse_tree(raw, like)
    return [name.decode(errors="surrogateescape") for mode, name, _oid in tree if mode == _FOLDER]
