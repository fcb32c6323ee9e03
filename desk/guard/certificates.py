"""Certificates of signed pushes, kept where nobody can push: who brought what, proven by their signature."""

from __future__ import annotations

from desk.git import objects, refs, write
from desk.git.place import Place
from desk.store import journal

REF = "refs/desk/pushes"


def keep(place: Place, oid: str, at: int) -> None:
    """Add the certificate of a push that stands; `oid` is its object name, `at` epoch seconds."""
    with objects.blobs(place) as blobs:
        text = blobs.get(oid)
    if text is None:
        return
    with journal.write_lock(place, 30) as hold:
        base = refs.commit_of(place, REF)
        new = write.NewCommit("desk", "", at, "desk", "", at, "a signed push\n", {f"{oid[:2]}/{oid[2:]}": text})
        write.fast_import(place, [new], REF, base, hold)


def count(place: Place) -> int:
    """How many there are."""
    tip = refs.commit_of(place, REF)
    return len(objects.files(place, tip)) if tip else 0
