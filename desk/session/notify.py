"""Messages derived from commits: what this desk has committed is told once, by whoever comes to it first.

    drafts are staged beside the outbox → the write leaves the journal, or `local.untold` → they move into the outbox

All of it under the write lock. A kill before the second step has told nobody: the next command, of any kind, makes the
drafts again, from the commit alone. After it they are only moved, and each moves once: one that was sent or dropped
meanwhile never comes back.

Only what desk's own verbs commit is told; imports and hand edits (`desk commit`, plain git) tell nobody. A commit that came
by a pull was told where it was made; but where a server is named that sends (`mail.smtp.host`), the mail host alone tells,
of all commits that reach it (`deriving`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desk.domain.changes import notices, undo
from desk.domain.changes.notices import Audience
from desk.domain.model.change import Change
from desk.errors import GitError
from desk.git import objects
from desk.git.place import Place
from desk.local import cursor, mailhost, outbox, untold
from desk.local.untold import Untold
from desk.queries.audience import audience
from desk.text import _

if TYPE_CHECKING:
    from desk.config import Config
    from desk.session.past import Past
    from desk.store.store import Store

_PASSING = (OSError, GitError, sqlite3.OperationalError)
"""What may be over by the next time: a full disk, a folder in the way, a locked database. Anything else lies in the commit
or in the program: a second try would end the same way, and must not keep the others waiting."""


class Notifier:
    """Tells of commits. `warn` takes what went wrong: the commit stands whatever happens here."""

    def __init__(self, place: Place, config: Config, warn: Callable[[str], None]) -> None:
        self.place = place
        self.config = config
        self.warn = warn
        self.folder = place.own(outbox.FOLDER)

    # -- a commit that was made just now -----------------------------------------------------------------------------

    def concerns(self, change: Change) -> bool:
        """Whether anybody may have to hear of a change from here, or a message of an earlier one be taken out."""
        return bool((self._tells and self.config["mail.notify"] and notices.tickets_of(change)) or _undone(change))

    @cached_property
    def _tells(self) -> bool:
        """Whether it is this machine that tells: any, as long as none sends; then the mail host."""
        if not self.config["mail.smtp.host"] or cursor.begun(self.place):
            return True
        return mailhost.is_host(mailhost.settings(self.place))

    def stage(self, store: Store, change: Change, commit: str, told: Untold) -> tuple[str, ...]:
        """Make messages ready for everybody who hears of a change, and take out those of what it undoes: the ids of these.

        Raises OSError when they can be neither made ready nor kept for later.
        """
        if waiting := untold.load(self.place):
            # Older ones were tried just before, and it was said what is in their way.
            untold.keep(self.place, [*waiting, told])
            return ()
        try:
            return self._stage(told, change, commit, lambda: store.ask(lambda index: audience(index, change)))
        except _PASSING as error:
            untold.add(self.place, told)
            self.warn(
                _(
                    "done, but no message was written to the outbox yet: {error}; a later command tries again",
                    error=error,
                )
            )
        except Exception as error:  # noqa: BLE001 - see _PASSING
            self.warn(_("done, but no message was written to the outbox: {error}", error=error))
        return ()

    def publish(self) -> None:
        """Put what is ready into the outbox."""
        try:
            self._publish(untold.load(self.place))
        except OSError as error:
            self.warn(
                _(
                    "done, but no message was written to the outbox yet: {error}; a later command tries again",
                    error=error,
                )
            )

    # -- what an earlier command left --------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Tell of what was committed here and isn't told yet."""
        try:
            waiting = untold.load(self.place)
            self._publish(waiting)
            if waiting:
                self._tell(waiting)
            untold.keep(self.place, [])
        except _PASSING as error:
            self.warn(
                _(
                    "messages about earlier changes are not written to the outbox yet: {error}; a later command tries again",
                    error=error,
                )
            )

    def _tell(self, waiting: list[Untold]) -> None:
        from desk.session.past import Past  # noqa: PLC0415 - only after something went wrong

        with objects.blobs(self.place) as blobs:
            past = Past(blobs, self.warn)
            for told, commit in untold.made(self.place, blobs, waiting):
                self.tell_late(past, told, commit)
                waiting = [one for one in waiting if one != told]
                untold.keep(self.place, waiting)
                self._publish(waiting)

    def tell_late(self, past: Past, told: Untold, commit: str) -> None:
        """Make messages of a commit ready, from the commit alone."""
        try:
            change = past.change(commit)
            if change is not None:
                self._stage(told, change, commit, lambda: past.audience(commit, change))
        except _PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - see _PASSING
            self.warn(_("nobody is told of commit {commit}: {error}", commit=commit[:10], error=error))

    # -- both --------------------------------------------------------------------------------------------------------

    def _stage(self, told: Untold, change: Change, commit: str, ask: Callable[[], Audience]) -> tuple[str, ...]:
        withdrawn = taken_back(change, outbox.ids(self.folder)) if _undone(change) else ()
        if cursor.begun(self.place):
            cursor.remember(self.place, told.mark)
        # Whoever never heard of a change need not hear that it was taken back.
        made = [] if withdrawn else self.drafts(change, commit, ask)
        outbox.stage(self.folder, told.write, made, withdrawn)
        return withdrawn

    def drafts(self, change: Change, commit: str, ask: Callable[[], Audience]) -> list[dict[str, Any]]:
        """The messages of a commit."""
        from desk.mail import drafts  # noqa: PLC0415 - where somebody hears of it

        if not self._tells or not self.config["mail.notify"] or not notices.tickets_of(change):
            return []
        return drafts.drafts(drafts.Occasion(change, commit, ask(), self.config))

    def _publish(self, waiting: list[Untold]) -> None:
        outbox.publish(self.folder, {one.write for one in waiting} | self._undecided())

    def _undecided(self) -> set[str]:
        """Writes that were to tell of commits since the cursor, and were killed before it moved."""
        found = {write for write in outbox.staged(self.folder) if write.startswith(cursor.DERIVED)}
        at = cursor.load(self.place) if found else None
        return found - {at.write} if at else found


def taken_back(change: Change, waiting: Iterable[str]) -> tuple[str, ...]:
    """Of the ids of messages that wait, those of what a change takes back."""
    undone = _undone(change)
    return tuple(i for i in waiting if any(f"-{oid}-" in i for oid in undone)) if undone else ()


def _undone(change: Change) -> set[str]:
    """Beginnings of the names of the commits that a change takes back, as ids of messages have them."""
    events = (event for edit in change.edits for event in edit.events if event.verb == undo.VERB)
    return {(event.after or "").rpartition(" ")[2][:8] for event in events}
