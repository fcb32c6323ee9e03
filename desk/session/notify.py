"""Messages derived from commits: what a write has committed is told once, by whoever comes to it first.

The write lock is held from before a commit until its messages are in the outbox, and the journal of the write stands as
long. So a command that is killed in between leaves a journal, and the next one tells of the commit, from the commit
alone. A message is named after its commit: writing it again changes nothing. Where the outbox can't be written, the
commit is kept in `local.untold` and told by a later command.

Only what this desk's own verbs commit here is told. A commit that came by a pull was told where it was made; imports and
hand edits (`desk commit`, plain git) tell nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desk.codec import places
from desk.domain.changes import message as messages
from desk.domain.changes import notices
from desk.domain.model.actor import DESK, Actor, Desk, Importer
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import USER_PREFIX, Staff, User, requester
from desk.domain.model.record import Record
from desk.errors import DeskError, GitError
from desk.git import diff, objects
from desk.git.place import Place
from desk.index import derive
from desk.local import outbox, untold
from desk.queries.audience import audience

if TYPE_CHECKING:
    from desk.config import Config
    from desk.store.store import Store


class Notifier:
    """Tells of commits. `warn` takes what went wrong: the commit stands whatever happens here."""

    def __init__(self, place: Place, config: Config, warn: Callable[[str], None]) -> None:
        self.place = place
        self.config = config
        self.warn = warn
        self.failed: set[str] = set()
        """Commits that nobody could be told of in this run."""

    def tell(self, store: Store, change: Change, commit: str) -> None:
        """Put a message into the outbox for everybody who hears of a change."""
        if not self.config["mail.notify"]:
            return
        try:
            self._put(store, change, commit)
        except (OSError, GitError, sqlite3.OperationalError) as error:
            # It stays, or comes, among those that wait: a full disk and a locked database pass.
            untold.keep(self.place, list(dict.fromkeys((*untold.load(self.place), commit))))
            self.failed.add(commit)
            self.warn(f"done, but no message was written to the outbox yet: {error}; a later command tries again")
        except Exception as error:  # noqa: BLE001 - a second try would end the same way, and must not stop every command
            self.warn(f"done, but no message was written to the outbox: {error}")

    def tell_commit(self, store: Store, commit: str) -> None:
        """As `tell`, from the commit alone: for one whose command was killed."""
        try:
            change = change_of(store, commit)
        except DeskError as error:
            self.warn(f"nobody is told of commit {commit[:10]}: {error.message}")
            return
        if change is not None:
            self.tell(store, change, commit)

    def tell_waiting(self, store: Store) -> None:
        """Try once more what could not be written."""
        for commit in untold.load(self.place):
            self.failed.discard(commit)
            self.tell_commit(store, commit)
            if commit not in self.failed:
                # Only now: whoever is killed before has told nobody of it, or tells the same once more.
                untold.keep(self.place, [one for one in untold.load(self.place) if one != commit])

    def _put(self, store: Store, change: Change, commit: str) -> None:
        from desk.mail import drafts  # noqa: PLC0415 - where somebody hears of it

        if notices.tickets_of(change):
            people = store.ask(lambda index: audience(index, change))
            outbox.put(
                self.place.own(outbox.FOLDER), drafts.drafts(drafts.Occasion(change, commit, people, self.config))
            )


def change_of(store: Store, commit: str) -> Change | None:
    """The change that a commit of desk's own made, read back; None for one that desk didn't make, or imported."""
    with objects.blobs(store.place) as blobs:
        raw = blobs.get(commit) or b""
        header, text = objects.parse_commit(raw)
        told = messages.parse(text)
        if told.verb is None or told.actor is None or messages.importer(text) is not None:
            return None
        happened: dict[tuple[str, str], tuple[Event, ...]] = {}
        for event in told.events:
            key = (event.kind, event.id)
            happened[key] = (*happened.get(key, ()), Event(event.verb, event.before, event.after))
        edits = {}
        for one in diff.touched(store.place, [commit]):
            old, new = derive.both(blobs, one)
            record = new or old
            if record is not None:
                key = (record.kind, record.id)
                edits[key] = Edit(old, new, happened.get(key, ()))
        for key in happened.keys() - edits.keys():
            # Something happened that changed no file: somebody was told who knew of the ticket already.
            if (record := _record_at(blobs, commit, *key)) is not None:
                edits[key] = Edit(record, record, happened[key])
    ordered = [edits[key] for key in happened if key in edits]
    at = datetime.fromtimestamp(header.at, UTC)
    by = _actor(store, told.actor, header.author, header.email)
    return Change(told.verb, by, at, tuple(ordered), told.reason)


def _record_at(blobs: objects.Blobs, commit: str, kind: str, record_id: str) -> Record | None:
    """A record as a commit has it; None for a setting, an article (its id doesn't say where it lies), or no record."""
    if kind not in KINDS:
        return None
    path = KINDS[kind].path_of(record_id)
    data = blobs.get(f"{commit}:{path}")
    return None if data is None else places.decode_at(path, "", data)


def _actor(store: Store, actor: str, name: str, email: str) -> Actor:
    """Who acted, as the newest state knows them; by the commit's own words, where they are gone since."""
    if actor == DESK:
        return Desk(name, email)
    kind = User.kind if actor.startswith(USER_PREFIX) else Staff.kind
    try:
        record = store.read(kind, actor) if kind in KINDS else None
    except DeskError:
        record = None
    if isinstance(record, User):
        return requester(record)
    return record if isinstance(record, Staff) else Importer(actor, name, email)
