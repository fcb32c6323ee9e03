"""What the mail host has to tell of: the commits since its cursor, wherever they were made.

A desk that has several clones is told of at one of them, when the others' commits reach it. What this machine committed itself
it told at once, which is only a head start: those commits are known by their marks, and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desk import config
from desk.domain.changes import notices
from desk.errors import ConfigError
from desk.git import log, objects, refs
from desk.local import cursor, outbox, untold
from desk.local.cursor import Cursor
from desk.named import NamedTuple
from desk.session.notify import Notifier, taken_back
from desk.session.past import Past
from desk.text import _

if TYPE_CHECKING:
    from desk.git.objects import Blobs
    from desk.git.place import Place
    from desk.session.session import Session

_SILENT = (b"\nDesk-Verb: commit\n", b"\nDesk-Verb: doctor\n", b"\nDesk-Verb: sync\n", b"\nDesk-Import: ")
"""Hand edits, repairs, merges and imports: nobody knows what was meant to be told to whom, or it is of long ago."""


class Derived(NamedTuple):
    """The messages of commits since the cursor, and how many commits these were. `first`: there was no cursor yet."""

    drafts: tuple[Mapping[str, Any], ...] = ()
    commits: int = 0
    first: bool = False


def derive(session: Session, *, dry_run: bool = False) -> Derived:
    """Put the messages of what was committed since the cursor into the outbox; `dry_run`: only say which they are.

    A machine that has never done so begins where the desk stands now. Raises OSError.
    """
    head = session.store.commit_now()
    at = _load(session, head)
    if at is not None and at.commit == head:
        return Derived()
    if dry_run:
        return Derived(first=True) if at is None else _derive(session, at, head)[0]
    with session.store.writing():  # what a killed command still had to tell is told first
        head = session.store.commit_now()
        at = _load(session, head, at.commit if at is not None else "")
        if at is None:
            cursor.move(session.place, Cursor(head, "-"))
            return Derived(first=True)
        found, withdrawn = _derive(session, at, head)
        folder, write = session.place.own(outbox.FOLDER), cursor.new_write()
        outbox.stage(folder, write, found.drafts, withdrawn)
        cursor.move(session.place, Cursor(head, write))
        outbox.publish(folder, {one.write for one in untold.load(session.place)})
    return found


def _load(session: Session, head: str, known: str = "") -> Cursor | None:
    """The cursor; None, with a warning, where history doesn't have its commit any more: it would be told from its beginning.

    `known` is a commit that was found there.
    """
    at = cursor.load(session.place)
    if at is None or at.commit in (head, known) or refs.commit_of(session.place, at.commit) is not None:
        return at
    said = _("what was committed before now is not told: history no longer has commit {commit}", commit=at.commit[:10])
    if said not in session.warnings:
        session.warnings.append(said)
    return None


def _derive(session: Session, at: Cursor, head: str) -> tuple[Derived, tuple[str, ...]]:
    """What there is to tell, and which messages that wait are taken back by it."""
    place = session.place
    notifier = Notifier(place, session.config, session.warnings.append)
    waiting = outbox.ids(notifier.folder)
    drafts: dict[str, dict[str, Any]] = {}
    withdrawn: list[str] = []
    commits = 0
    with objects.blobs(place) as blobs:
        past, silent = Past(blobs, session.warnings.append), _Silence(place, blobs, at, head)
        for oid, raw in _untold(place, blobs, at.commit, head):
            change = None if silent.at(oid) else past.change(oid, raw)
            if change is None:
                continue
            commits += 1
            back = taken_back(change, (*waiting, *drafts))
            withdrawn += [i for i in back if i not in drafts]
            for draft_id in back:
                drafts.pop(draft_id, None)
            if not back and notices.tickets_of(change):
                made = notifier.drafts(change, oid, lambda oid=oid, change=change: past.audience(oid, change))  # type: ignore[misc]
                drafts.update({draft["id"]: draft for draft in made})
    return Derived(tuple(drafts.values()), commits), tuple(withdrawn)


def _untold(place: Place, blobs: Blobs, since: str, head: str) -> Iterator[tuple[str, bytes]]:
    """The commits since the cursor that desk made and nobody has told of, each after its parents; and as git keeps them."""
    oids = log.commits_since(place, since, head)
    texts = [raw or b"" for raw in blobs.each(oids)]
    known = cursor.told(place) | {one.mark for one in untold.load(place)}
    if oids and not any(_stands_on(text, since) for text in texts) and not refs.is_ancestor(place, since, head):
        # History was written anew (a rebase): what was told of the old commits is told of those that took their place.
        gone = log.commits_since(place, head, since)
        known |= {untold.mark_in(raw or b"") for raw in blobs.each(gone)}
    for oid, text in zip(oids, texts, strict=True):
        if any(word in text for word in _SILENT) or text.partition(b"\n\n")[0].count(b"\nparent ") > 1:
            continue
        mark = untold.mark_in(text)
        if mark and mark not in known:
            yield oid, text


def _stands_on(commit: bytes, parent: str) -> bool:
    return f"parent {parent}".encode() in commit.partition(b"\n\n")[0].splitlines()


class _Silence:
    """Whether a desk told nobody anything when a commit was made (`mail.notify`).

    desk.toml is read of each commit only where it changed among them, and each of its texts is taken apart once; where nobody is
    to be told of any commit, it isn't asked for.
    """

    def __init__(self, place: Place, blobs: Blobs, at: Cursor, head: str) -> None:
        self._blobs = blobs
        self._known: dict[bytes, bool] = {}
        self._span = place, at.commit, head

    @cached_property
    def _always(self) -> bool | None:
        return None if log.touching(*self._span, config.FILE) else self._of(self._span[2])

    def at(self, commit: str) -> bool:
        return self._of(commit) if self._always is None else self._always

    def _of(self, commit: str) -> bool:
        text = self._blobs.get(f"{commit}:{config.FILE}") or b""
        if text not in self._known:
            self._known[text] = not _notifies(text)
        return self._known[text]


def _notifies(text: bytes) -> bool:
    try:
        return bool(dict(config.parse(text.decode(errors="replace"))).get("mail.notify", True))
    except ConfigError:
        return True
