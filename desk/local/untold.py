"""Writes of whose commit nobody has been told yet, the oldest first: the commits since a cursor that bear a mark of theirs.

A write names its mark before the commit is made (in the journal, and from there here), for the commit's own name isn't
known then, and a rebase gives it another. The mark is made of the author's time and the message, which a rebase keeps.
The cursor is the commit that the oldest of these writes began from: what was told lies before it, or bears no mark any
more. A write leaves this file, or the journal, at the moment at which its messages are decided (`local.outbox`).
"""

from __future__ import annotations

import os
from contextlib import suppress

from desk.errors import GitError
from desk.git import objects
from desk.git.place import Place
from desk.local import kept
from desk.named import NamedTuple
from desk.text import ngettext

FILE = "untold"
"""Its name in desk's folder: a write a line."""
STAGED = ("outbox", "new")
"""Where messages are staged; the folder is there only while some are."""


class Untold(NamedTuple):
    """One write: a name that no other has, the mark of its commit, and the commit that it began from."""

    write: str
    mark: str
    since: str


def new(mark: str, since: str) -> Untold:
    """A write that is about to be made."""
    return Untold(os.urandom(8).hex(), mark, since)


def mark_of(at: int, message: str) -> str:
    """What a commit is known by: when somebody acted (epoch seconds), and its words, which say who did what.

    Spaces don't count, for git's own commands tidy them.
    """
    return objects.blob_id(f"{at} {' '.join(message.split())}".encode(), "")


def waits(place: Place) -> bool:
    """Whether there are any, or messages that were decided and not published; two looks at the folder."""
    return os.path.exists(place.own(FILE)) or os.path.exists(place.own(*STAGED))


def load(place: Place) -> list[Untold]:
    """All of them. A line that a full disk cut off can't be one."""
    try:
        with open(place.own(FILE), encoding="ascii", errors="replace") as file:
            return [Untold(*words) for line in file if len(words := line.split()) == 3]
    except FileNotFoundError:
        return []


def keep(place: Place, writes: list[Untold]) -> None:
    """These, and no others, wait to be told. Raises OSError."""
    path = place.own(FILE)
    if not writes:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return
    kept.keep(path, "".join(f"{' '.join(one)}\n" for one in writes).encode(), durable=True)


def counted(number: int) -> str:
    """So many commits, in words."""
    return ngettext("1 commit", "{n} commits", number)


def add(place: Place, one: Untold) -> None:
    """One more waits, if it doesn't yet. Raises OSError."""
    writes = load(place)
    if one not in writes:
        keep(place, [*writes, one])


def made(place: Place, blobs: objects.Blobs, writes: list[Untold]) -> list[tuple[Untold, str]]:
    """The commits that these writes have made, each after its parents.

    A write without one was killed before it, or git was made to forget its commit before anybody was told.
    """
    from desk.git import log  # noqa: PLC0415 - where somebody waits to be told

    bearing: dict[str, list[str]] = {one.mark: [] for one in writes}
    order: dict[str, int] = {}
    oids = log.commits_since(place, writes[0].since)
    for oid, raw in zip(oids, blobs.each(oids), strict=True):
        mark = mark_in(raw or b"")
        if mark in bearing:
            bearing[mark].append(oid)
            order[oid] = len(order)
    found = []
    for mark, commits in bearing.items():
        # Two that one person wrote alike within a second have one mark: the first was told, or it would stand here too.
        bearers = [one for one in writes if one.mark == mark]
        found += list(zip(bearers[-len(commits) :], commits[-len(bearers) :], strict=True)) if commits else []
    return sorted(found, key=lambda pair: order[pair[1]])


def mark_in(raw: bytes) -> str:
    """The mark that a commit bears, from the commit as git keeps it; none for what desk didn't write."""
    if b"\nDesk-Verb: " not in raw:
        return ""
    try:
        header, message = objects.parse_commit(raw)
    except GitError:
        return ""
    return mark_of(header.at, message)
