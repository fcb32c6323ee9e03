"""Fetching: the folders of the mailbox are emptied, oldest mail first. A mail is moved only after its commit stands.

    begun, on the disk → fetched, read, decided → committed → moved → done with

A crash before the commit has changed nothing; one after it finds the mail known, and only moves it. A mail that ends the
program is seen twice, and then put aside without being read.
"""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

from desk.actions.mail import arrivals, mailboxes
from desk.actions.mail.arrivals import Door
from desk.errors import Conflict, DeskError, GitError, MailError
from desk.local import mailhost
from desk.local.attempts import MOST, Attempts
from desk.named import NamedTuple
from desk.post.imap import Mailbox, Waiting
from desk.post.servers import CommandRefused
from desk.session.session import Session
from desk.text import _, ngettext

if TYPE_CHECKING:
    from desk.actions.mail.taking import Arriving, TakenMail


_CONNECTIONS = 5
"""Times that a run connects where the server closes in between."""
_LONGEST = 300
"""Seconds after which the mailbox is looked into at the latest, or tried again when it couldn't be."""


class Fetched(NamedTuple):
    """What a run did, a mail each, and what is odd about the server; `stuck` mails stay where they are because of it."""

    mails: tuple[TakenMail, ...]
    warnings: tuple[str, ...]
    stuck: int = 0

    def count(self, state: str) -> int:
        """How many mails ended so."""
        return sum(1 for mail in self.mails if mail.state == state)


def fetch(
    session: Session,
    settings: Mapping[str, str],
    *,
    limit: int | None = None,
    dry_run: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Take in what lies in the mailbox: `limit` mails at most. Hold `mailhost.alone` around it.

    `settings` are those of this machine (`mailhost.settings`). ConfigError where this machine isn't the mail host, or where
    something isn't set; MailError where the server fails; Conflict, GitError where the desk can't be written.
    """
    mailhost.require(settings)
    arrivals.require_machine(session)
    door = arrivals.door(session)
    with ExitStack() as stack:
        run = _Run(session, door, stack, limit=limit, dry_run=dry_run)
        for left in reversed(range(_CONNECTIONS)):
            box = mailboxes.open_mailbox(session, door, settings, tls)
            try:
                run.empty(box)
                break
            except CommandRefused:
                raise
            except MailError:
                if not left or not run.began:
                    raise
                run.began = False  # the server closed in between: once more, from where it was
            finally:
                box.close()
        return run.fetched()


# -- staying -----------------------------------------------------------------------------------------------------------


class StoppedWatching(Exception):
    """Somebody asked a watch to end while it waited."""


class Watch:
    """Goes on taking in what comes: told by the server where it can (IDLE), else by looking every so many seconds.

    `now` gives aware UTC. `stop` ends it, after the mail in hand; the lock is held only while mails are taken in, so that
    others can send meanwhile.
    """

    def __init__(
        self, session: Session, settings: Mapping[str, str], every: int, limit: int | None, now: Callable[[], datetime]
    ) -> None:
        self.session = session
        self.settings = settings
        self.every = every
        self.limit = limit
        self.now = now
        self.stopped = False
        self._waits = False
        self._box: Mailbox | None = None
        self._broke = Counter[str]()

    def stop(self) -> None:
        """End it. May be called at any moment, by a signal; raises StoppedWatching where it only waits."""
        self.stopped = True
        if self._waits:
            raise StoppedWatching

    def rounds(self) -> Iterator[Fetched]:
        """What each look into the mailbox brought. What may be over by the next time is said, and tried again later."""
        pause = self.every
        try:
            while not self.stopped:
                try:
                    yield self._look()
                    pause = self.every
                    self._wait()
                except (Conflict, GitError, MailError) as error:
                    self._leave()
                    yield Fetched((), (error.message,))
                    self._sleep(pause)
                    pause = min(2 * pause, max(_LONGEST, self.every))
        except StoppedWatching:
            pass
        finally:
            self._leave()

    def _look(self) -> Fetched:
        session = self.session
        session.now = self.now()
        door = arrivals.door(session)
        with mailhost.alone(session.place), ExitStack() as stack:
            run = _Run(session, door, stack, limit=self.limit, stopped=lambda: self.stopped, broke=self._broke)
            self._box = self._box or mailboxes.open_mailbox(session, door, self.settings)
            run.empty(self._box)
            return run.fetched()

    def _wait(self) -> None:
        folders = self.session.config["mail.imap.folder"]
        if self._box is None or len(folders) > 1 or "IDLE" not in self._box.capabilities:
            self._sleep(self.every)
            return
        self._box.open(folders[0])
        self._waits = True
        try:
            # One that came in just between the two is announced to nobody: hence a look now and then all the same.
            if not self.stopped and not self._box.waiting():
                self._box.wait(_LONGEST)
        finally:
            self._waits = False

    def _sleep(self, seconds: float) -> None:
        self._waits = True
        try:
            if not self.stopped:
                time.sleep(seconds)
        finally:
            self._waits = False

    def _leave(self) -> None:
        if self._box is not None:
            self._box.close()
            self._box = None


class _Run:
    """One run: what is done already isn't done again after the connection broke.

    `broke`: how often it did at a mail, in this run and those before it. The second time that one is passed over.
    """

    def __init__(
        self,
        session: Session,
        door: Door,
        stack: ExitStack,
        *,
        limit: int | None,
        dry_run: bool = False,
        stopped: Callable[[], bool] = lambda: False,
        broke: Counter[str] | None = None,
    ) -> None:
        self.stopped = stopped
        self.session = session
        self.stack = stack
        self.door = door
        self.limit = limit
        self.dry_run = dry_run
        self.done: list[TakenMail] = []
        self.warnings: list[str] = []
        self.began = False
        self.attempts = Attempts(session.place)
        self._made: set[str] = set()
        self._broke = Counter[str]() if broke is None else broke
        self._over: set[str] = set()
        self._stuck = Counter[tuple[str, str]]()
        self._taker: Callable[[Arriving], TakenMail] | None = None

    def fetched(self) -> Fetched:
        """What it did."""
        stuck = (
            ngettext(
                "{folder}: 1 mail stays there: {problem}",
                "{folder}: {n} mails stay there: {problem}",
                n,
                folder=folder,
                problem=problem,
            )
            for (folder, problem), n in self._stuck.items()
        )
        return Fetched(tuple(self.done), tuple(dict.fromkeys((*self.warnings, *stuck))), self._stuck.total())

    def empty(self, box: Mailbox) -> None:
        """Take in what lies in the folders."""
        for folder in self.session.config["mail.imap.folder"]:
            opened = box.open(folder)
            self.began = True
            missing = list[int]()
            for one in box.waiting():
                if self.stopped() or (self.limit is not None and len(self.done) >= self.limit):
                    return
                name = f"{folder}/{opened.validity}/{one.uid}"
                if name in self._over or self._broke[name] > 1:
                    continue
                if not self._take(box, folder, name, one):
                    missing.append(one.uid)
            if missing:
                self._look_for(box, folder, missing)
        if not self.dry_run:
            self.attempts.close()

    def _look_for(self, box: Mailbox, folder: str, missing: list[int]) -> None:
        """Whether somebody has taken mails that weren't to be had, or the server keeps them from us."""
        there = {one.uid for one in box.waiting()}
        for _uid in there.intersection(missing):
            self._stuck[folder, _("the server lists it, and doesn't give it")] += 1

    def _take(self, box: Mailbox, folder: str, name: str, one: Waiting) -> bool:
        """Whether there was such a mail. One that the server won't let go keeps nobody from those behind it."""
        try:
            times = 1 if self.dry_run else self.attempts.begin(name)
            there = self._settle(box, folder, one, over=times > MOST)
        except (DeskError, OSError) as error:
            # The server, the lock, the disk: it's no fault of the mail's, however often that happens.
            if not self.dry_run:
                self.attempts.forgive(name)
            if isinstance(error, CommandRefused):
                self._pass_over(folder, name, error)
                return True
            if isinstance(error, MailError):
                self._broke[name] += 1
                if self._broke[name] > 1:
                    self._pass_over(folder, name, error)
            raise
        self.attempts.end(name)
        self._over.add(name)
        return there

    def _pass_over(self, folder: str, name: str, error: DeskError) -> None:
        self._over.add(name)
        self._stuck[folder, error.message] += 1

    def _settle(self, box: Mailbox, folder: str, one: Waiting, *, over: bool) -> bool:
        """Take one mail in, or put it aside where its time is `over`, and out of the folder; False where there is none."""
        # How mails are read takes 0.2 s to load, and on most runs there is none.
        from desk.actions.mail import taking  # noqa: PLC0415
        from desk.actions.mail.taking import Arriving  # noqa: PLC0415

        if self._taker is None:
            self._taker = self.stack.enter_context(taking.several(self.session, self.door, dry_run=self.dry_run))
        found = _content(box, one, taking.most_bytes(self.session))
        if found is None:
            return False  # somebody else has taken it
        waiting = Arriving(found, one.size, folder)
        taken = (
            taking.put_aside(self.session, waiting, _("it ended the program twice")) if over else self._taker(waiting)
        )
        if not self.dry_run:
            try:
                self._move(box, one.uid, taken, whole=len(found) >= one.size and not (taken.mail and taken.mail.left))
            except CommandRefused:
                self.done.append(taken)  # it is in the desk, and stays in the folder as well
                raise
        self.done.append(taken)
        return True

    def _move(self, box: Mailbox, uid: int, taken: TakenMail, *, whole: bool) -> None:
        """Out of the folder: what isn't here `whole` is never deleted, since the rest of it is nowhere else."""
        config = self.session.config
        name = {"held": "held", "rejected": "rejected"}.get(taken.state, "processed")
        folder = str(config[f"mail.imap.{name}"]) or ("" if name == "processed" and whole else config["mail.imap.held"])
        if folder and folder not in self._made:
            box.make(folder)
            self._made.add(folder)
        gone = box.move(uid, folder) if folder else box.delete(uid)
        if gone == "marked":
            self.warnings.append(
                _("the server can't remove single mails: they are only marked as deleted (no UIDPLUS)")
            )


def _content(box: Mailbox, one: Waiting, most: int) -> bytes | None:
    return box.fetch(one.uid) if one.size <= most else box.beginning(one.uid)


def take_in_saved(session: Session, sources: Iterable[Arriving], *, dry_run: bool = False) -> Iterator[TakenMail]:
    """Take in mails that lie on disk, or come through a pipe, one after the other. ConfigError, GitError as for `fetch`."""
    from desk.actions.mail import taking  # noqa: PLC0415 - as for `fetch`

    if not dry_run:
        arrivals.require_machine(session)
    door = arrivals.door(session)
    with taking.several(session, door, dry_run=dry_run) as take:
        for one in sources:
            with mailhost.in_words():
                taken = take(one)
            yield taken
