"""The store: get, find, and commit, which is the only way that anything is written.

lock → finish what a crash left → plan (pure verbs on records as HEAD has them) → refuse over hand edits
     → journal → git fast-import (the durable point) → files → git's index → SQLite → messages staged → journal gone
     → messages in the outbox
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from desk.domain.model.kinds import KINDS
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Ambiguous, Conflict, DeskError, GitError, NotFound, nearest, unwritable
from desk.git import identity as git_identity
from desk.git import process, refs
from desk.git.place import Place, require_work_tree
from desk.git.refs import Head
from desk.index import keeper
from desk.index.index import Index, Progress
from desk.local import untold
from desk.local.untold import Untold
from desk.named import NamedTuple
from desk.store import journal, worktree
from desk.store.snapshot import ALPHABET, Snapshot
from desk.text import _, arranged

if TYPE_CHECKING:
    from desk.domain.model.change import Change, Edit
    from desk.git import write

_MISREAD = str.maketrans("ILO", "110")
MERGE_HEAD = "MERGE_HEAD"
"""What git keeps in its folder as long as a merge isn't finished: the commits that are merged."""
_OPERATIONS = {
    MERGE_HEAD: (_("a merge"), "git merge --abort"),
    "rebase-merge": (_("a rebase"), "git rebase --abort"),
    "rebase-apply": (_("a rebase"), "git rebase --abort"),
    "CHERRY_PICK_HEAD": (_("a cherry-pick"), "git cherry-pick --abort"),
    "REVERT_HEAD": (_("a revert"), "git revert --abort"),
}
_T = TypeVar("_T")


class Committed(NamedTuple):
    """What a write did; `commit` is the object name of the one commit it made.

    `withdrawn` are ids of messages that it took out of the outbox.
    """

    commit: str
    change: Change
    warnings: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


class Teller(Protocol):
    """Tells people of commits; called while the write lock is held."""

    def concerns(self, change: Change) -> bool:
        """Whether anybody may have to hear of a change."""

    def stage(self, store: Store, change: Change, commit: str, told: Untold) -> tuple[str, ...]:
        """Make messages of a commit ready, or keep it among those that wait to be told; ids of messages taken out."""

    def publish(self) -> None:
        """Put what is ready into the outbox: the write that it belongs to is finished."""

    def catch_up(self) -> None:
        """Tell of what was committed here and isn't told yet."""


_WORD = r"[^\W\d_][^\W_]{4,}"
"""What can't be the beginning or the end of a ticket's id."""


class Store:
    """A desk on disk.

    `clock` gives aware UTC; `progress` draws long work; `teller` gives who tells of commits, when there is one to tell of;
    `waiting` is called when another command has been writing for a second.
    """

    def __init__(
        self,
        place: Place,
        *,
        lock_timeout: float = 30,
        progress: Progress[str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        teller: Callable[[], Teller] | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.place = place
        self.clock = clock
        self.teller = teller
        self.lock_timeout = lock_timeout
        self.packed = False
        """Whether each commit becomes a pack of its own (`bulk.in_packs`)."""
        self.waiting = waiting
        self.keeper = keeper.Keeper(place, progress) if progress else keeper.Keeper(place)
        self._index: Index | None = None

    def close(self) -> None:
        """Let go of the index; it is opened again when it is asked."""
        if self._index is not None:
            self._index.close()
            self._index = None

    # -- reading -----------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """The branch and the commit checked out now."""
        return refs.read_head(self.place) or refs.ask_head(self.place)

    def commit_now(self) -> str:
        """The commit checked out now; GitError before the first."""
        oid = self.head().oid
        if oid is None:
            raise GitError(
                _("this branch has no commit yet"), _("git commit what is there, or git switch to the desk's branch")
            )
        return oid

    @property
    def index(self) -> Index:
        """The index at HEAD."""
        return self._index_at(self.commit_now())

    def _index_at(self, oid: str) -> Index:
        if self._index is None or self._index.commit != oid:
            self.close()
            self._index = self.keeper.at(oid)
        return self._index

    def ask(self, question: Callable[[Index], _T]) -> _T:
        """Ask the index; when its file proves damaged on the way, build it anew and ask again."""
        try:
            return question(self.index)
        except sqlite3.DatabaseError:
            if self._index is not None:
                self._index.close()
            self._index = self.keeper.repair(self.commit_now())
            return question(self._index)

    def snapshot(self, index: Index, commit: str) -> Snapshot:
        """The desk as a commit has it; the index must stand for that commit."""
        return Snapshot(self.place, index, commit, self.missing)

    def read(self, kind: str, record_id: str) -> Record:
        """A record as its file says now, hand edits included."""
        path = KINDS[kind].path_of(record_id)
        data = worktree.read(self.place, path)
        if data is None:
            found = self.ask(lambda index: index.path_of(kind, record_id))
            data = worktree.read(self.place, found) if found else None
            path = found or path
        if data is None:
            raise self.missing(kind, record_id)
        from desk.codec import places  # noqa: PLC0415 - a list decodes no record

        return places.decode_at(path, "", data)

    def missing(self, kind: str, record_id: str) -> NotFound:
        """The error for a record that isn't there, with what was probably meant."""
        shown = record_id if len(record_id) <= 60 else record_id[:60] + "…"
        if kind == "ticket":
            if gone := self.ask(lambda index: index.ticket_gone(record_id)):
                way = _("what it was: desk ticket history {id}; to have it back: desk ticket undo {id}", id=gone)
                return NotFound(_("there is no ticket {id}: it was deleted", id=gone), way)
            # No id is a word, and a word is what was to be written.
            hint = (
                _("ids are such as 7K3Q; a text stands behind an option: --body {text}", text=f'"{shown} …"')
                if re.fullmatch(_WORD, record_id)
                else _("desk ticket list --state any; desk search WORDS")
            )
        else:
            known = [str(row["id"]) for row in self.ask(lambda index: index.rows(kind))]
            close = nearest(record_id, known)
            hint = arranged("desk {noun} list", noun=KINDS[kind].noun)
            if close:
                hint = _("did you mean {close}?", close=close)
        if kind == "staff":
            return NotFound(_("there is no staff member {id}", id=shown), hint)
        from desk.domain.rights import words  # noqa: PLC0415 - for a mistake alone

        return NotFound(_("there is no {kind} {id}", kind=words.word(kind), id=shown), hint)

    def resolve(self, text: str) -> str:
        """A ticket id from what a person typed: whole, or a unique beginning or end of one, in either case."""
        wanted = text.strip().upper()
        day, dash, rest = wanted.rpartition("-")
        wanted = f"{day}{dash}{rest.translate(_MISREAD)}"
        if not wanted or not all(c in ALPHABET + "-" for c in wanted):
            raise self.missing("ticket", text)
        if (
            len(wanted) == 11
            and not self.place.bare
            and os.path.isfile(worktree.check_path(self.place, Ticket.path_of(wanted)))
        ):
            return wanted
        found = self.ask(lambda index: index.tickets_like(wanted))
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
            raise Ambiguous(
                _(
                    "{text} fits {n} tickets: {found}",
                    text=text,
                    n=len(found) if len(found) <= 5 else _("many"),
                    found=shown,
                ),
                _("type more of the id"),
            )
        raise self.missing("ticket", text)

    # -- recovery ----------------------------------------------------------------------------------------------------

    def recover(self) -> list[str]:
        """Finish what a crashed command left, unless a command is at work now. The paths it put right."""
        if not journal.pending(self.place) and not untold.waits(self.place):
            return []
        try:
            with journal.write_lock(self.place, 0) as hold:
                return self._finish(hold)
        except (DeskError, OSError):
            return []  # reading goes on; the next write says what stands in the way

    def _finish(self, hold: int) -> list[str]:
        """Complete an interrupted write, then tell of what isn't told yet. The paths put right."""
        done = journal.finish(self.place, hold)
        if self.teller is not None and untold.waits(self.place):
            self.teller().catch_up()
        return done

    # -- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[int]:
        """The write lock, with everything before it finished; disk errors as errors for people."""
        require_work_tree(self.place)
        begun: str | None = None
        try:
            with journal.write_lock(self.place, self.lock_timeout, self.waiting) as hold:
                self._finish(hold)
                begun = self.head().oid
                yield hold
        except OSError as error:
            raise unwritable(error, self._what_stands(begun)) from None

    def _what_stands(self, begun: str | None) -> str:
        """What became of a write that met with an error: said only after a look at the branch."""
        now = self.head().oid
        if begun is None or now == begun:
            return _("nothing was changed; see: df -h, ls -ld .")
        return _("the commit {oid} stands, don't repeat it; the next desk command finishes the rest", oid=str(now)[:10])

    def operation(self) -> tuple[str, str] | None:
        """What git was told to do here and hasn't finished ("a merge"), and the command that gives it up."""
        for name, found in _OPERATIONS.items():
            if os.path.exists(os.path.join(self.place.gitdir, name)):
                return found
        return None

    def is_merging(self) -> bool:
        """Whether git has begun a merge here and not finished it, as after a pull with conflicts."""
        return not self.place.bare and os.path.exists(os.path.join(self.place.gitdir, MERGE_HEAD))

    def writable_head(self) -> tuple[str, str]:
        """Branch and commit to write on top of; refuses states in which a commit would go astray."""
        if found := self.operation():
            hint = _("finish it with git, or give it up: {command}", command=found[1])
            if self.is_merging():
                hint = _("finish it by desk's rules: desk sync --continue   or give it up: git merge --abort")
            raise Conflict(_("{operation} is in progress in this desk", operation=found[0]), hint)
        head = self.head()
        if head.ref is None:
            raise GitError(_("HEAD is detached: a commit would belong to no branch"), refs.way_back(self.place))
        return head.ref, self.commit_now()

    def commit(
        self,
        plan: Callable[[Snapshot], Change | None],
        identity: git_identity.Identity,
        *,
        titles: bool = False,
    ) -> Committed | None:
        """Run a plan on the newest state and make its change one commit; None when the plan finds nothing to change.

        The plan may run again when somebody else commits meanwhile. `titles`: the commit's message may hold titles and
        the beginnings of texts, which can't be taken back.
        """
        from desk.git import write  # noqa: PLC0415 - for writes only, as the next
        from desk.store import writing  # noqa: PLC0415

        with self.writing() as hold:
            process.require(self.place)
            for attempt in range(5):
                ref, base = self.writable_head()
                try:
                    snapshot = self.snapshot(self._index_at(base), base)
                    change = plan(snapshot)
                    if change is None:
                        return None
                    files = self._checked_files(change, snapshot)
                except sqlite3.DatabaseError:
                    if attempt:
                        raise
                    self.close()
                    self.keeper.repair(base)
                    continue
                new = writing.new_commit(change, files, identity, int(self.clock().timestamp()), titles=titles)
                told = writing.untold_of(new, base) if self._concerns(change) else None
                try:
                    with write.holding_index(self.place):
                        oid = writing.make_commit(
                            self.place, new, ref, base, hold, taken=snapshot.taken, told=told, packed=self.packed
                        )
                        placed = self._placed(change, new, hold)
                except write.RefMoved:
                    continue
                return self._settled(Committed(oid, change, placed), new, base, told)
        raise Conflict(_("the branch keeps moving: somebody commits faster than desk can"), _("try again"))

    def _checked_files(self, change: Change, snapshot: Snapshot) -> dict[str, bytes | None]:
        """The files of a change, none of which would overwrite what somebody has edited."""
        from desk.store import writing  # noqa: PLC0415 - for writes only

        if change.as_written is not None:
            files = dict(change.as_written)
            writing.refuse_moving(self.place, files)
            return files
        files = writing.files_of(change)
        writing.refuse_over_edits(self.place, snapshot, change, files)
        return files

    def _concerns(self, change: Change) -> bool:
        """Whether anybody may have to hear of a change; of hand edits nobody knows what was meant to be told to whom."""
        return self.teller is not None and change.as_written is None and self.teller().concerns(change)

    def _placed(self, change: Change, new: write.NewCommit, hold: int) -> tuple[str, ...]:
        """Bring files and git's index up to a commit that stands. Trouble here is a warning."""
        from desk.store import writing  # noqa: PLC0415 - for writes only

        try:
            writing.place_files(self.place, new, hold, placed=change.as_written is not None)
        except (OSError, GitError, Conflict) as error:
            text = _(
                "committed, but the files are not all written yet ({error}); the next desk command finishes it",
                error=error,
            )
            return (text,)
        return ()

    def _settled(self, done: Committed, new: write.NewCommit, base: str, told: Untold | None) -> Committed:
        """Bring SQLite and the outbox up to the commit that now stands. Trouble here is a warning."""
        if done.warnings:
            return done  # the journal stays: what comes after the files is done when they are finished
        change, placed = done.change, done.change.as_written is not None
        self._advance(new, done.commit, base, change.edits, placed=placed)
        if told is None or self.teller is None:
            journal.end(self.place)
            return done
        try:
            withdrawn = self.teller().stage(self, change, done.commit, told)
        except OSError as error:
            text = _("committed, but nobody was told of it yet ({error}); a later desk command does", error=error)
            return done._replace(warnings=(text,))
        journal.end(self.place)  # what is told is decided now
        self.teller().publish()
        return done._replace(withdrawn=withdrawn)

    def _advance(self, new: write.NewCommit, oid: str, base: str, edits: tuple[Edit, ...], *, placed: bool) -> None:
        """Add one commit to the index; left to the next reader when the file is not at `base` or can't be written."""
        from desk.git import write  # noqa: PLC0415 - for writes only, as the next two
        from desk.git.log import CommitRow  # noqa: PLC0415
        from desk.index import build  # noqa: PLC0415

        index = self._index
        if index is None or index.commit != base:
            return
        row = CommitRow(oid, (base,), new.at, new.committed_at, *write.read_back(new.author, new.email), new.message)
        try:
            with self.keeper.lock():
                build.add_write(index, row, new.files, edits, by_hand=placed)
        except (sqlite3.Error, OSError):
            index.close()
            self._index = None
