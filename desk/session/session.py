"""The composition root: from the global options to a configuration, a store, an actor and a clock, each made when asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desk.domain.model.change import Change
from desk.domain.model.fields import parse_time
from desk.domain.model.query import Scope
from desk.errors import ConfigError, Refused
from desk.git import place as git_place
from desk.local import identity as local_identity
from desk.session import reactions
from desk.store import settings
from desk.store.snapshot import Snapshot
from desk.store.store import Committed, Store

if TYPE_CHECKING:
    from desk.config import Config
    from desk.domain.model.person import Staff
    from desk.git.identity import Identity
    from desk.git.place import Place

Plan = Callable[[Snapshot, "Staff", datetime], Change]
"""From the newest state, who acts and when, to a change."""


_MANY_LOOSE = 6_700
"""Loose objects at which git itself would tidy up (gc.auto), were it asked to commit."""


class App:
    """One run of the program."""

    def __init__(
        self, desk: str | None = None, who: str | None = None, *, color: bool = True, debug: bool = False
    ) -> None:
        self.desk = desk
        self.who = who
        self.color = color
        self.debug = debug
        self.format = "table"
        self.warnings: list[str] = []
        self.notes: list[str] = []
        """Talk for people, printed after the answer."""
        self.typed: str | None = None
        """Text read from stdin, to be kept in a draft if the command fails."""
        self.draft: str | None = None
        """The file of a text being written in the editor."""
        self.exit_code = 0
        """What the program leaves with when nothing was raised; checks that found something set it."""

    @cached_property
    def place(self) -> Place:
        """The desk in use: --desk, DESK_DIR, or the one around the working folder."""
        given = self.desk or os.environ.get("DESK_DIR")
        return git_place.find(given or os.getcwd())

    @cached_property
    def config(self) -> Config:
        """The settings in desk.toml."""
        return settings.read(self.place)

    @cached_property
    def store(self) -> Store:
        """The store, with what a crash left finished first."""
        from desk.view.drawing.progress import progress  # noqa: PLC0415 - drawn only when something takes long

        store = Store(
            self.place,
            lock_timeout=self.config["write.lock_timeout"],
            progress=lambda items, total, label: progress(items, total, label, sys.stderr),
        )
        if done := store.recover():
            self.warnings.append(
                f"finished a write that was interrupted: {', '.join(done[:3])}{' …' if len(done) > 3 else ''}"
            )
        return store

    @cached_property
    def identity(self) -> Identity:
        return local_identity.identity(self.place)

    @cached_property
    def now(self) -> datetime:
        """The time of this run, UTC, to the second. DESK_NOW (RFC 3339) sets it, for replays and tests.

        It is the author's date of a commit; the committer's date is always the real one, so a replay shows.
        """
        given = os.environ.get("DESK_NOW")
        if not given:
            return datetime.now(UTC).replace(microsecond=0)
        try:
            return parse_time(given)
        except ValueError as error:
            raise ConfigError(f"DESK_NOW: {error}", "unset DESK_NOW, or give it as 2026-07-23T06:12:44Z") from None

    def local(self, when: datetime) -> datetime:
        """A time in the desk's time zone."""
        return when.astimezone(zone(self.config["desk.timezone"]))

    @cached_property
    def today(self) -> str:
        """YYMMDD in the desk's time zone, as ticket ids begin."""
        return self.local(self.now).strftime("%y%m%d")

    # -- who acts ----------------------------------------------------------------------------------------------------

    def handle(self) -> str | None:
        """The handle of the staff member at the keyboard, or None for somebody who isn't registered."""
        return self._handle

    @cached_property
    def _handle(self) -> str | None:
        # A list asks three times: whose tickets, whose marks, who am I.
        given = (self.who or os.environ.get("DESK_AS") or "").lower()
        if given:
            known = self.store.ask(lambda index: index.path_of("staff", given))
            if known is None:
                raise self.store.missing("staff", given)
            return given
        emails = self.identity.emails
        for email in emails:
            found = self.store.ask(lambda index, email=email: index.staff_by_email(email))  # type: ignore[misc]
            if len(found) == 1:
                return str(found[0])
        return None

    def me(self) -> str:
        """As `handle`, but somebody must be there."""
        handle = self.handle()
        if handle is None:
            emails = self.identity.emails
            who = emails[0] if emails else "git's user.email is not set, so nobody"
            raise Refused(
                f"{who} is not registered as staff of this desk",
                "say who acts: desk --as WHO …, or git config user.email YOU@…; "
                "to register: desk staff create HANDLE --name NAME --email YOU@… --level 1 --department D",
            )
        return handle

    def scope(self) -> Scope | None:
        """What a list shows this person: own departments and own tickets. Somebody unregistered (cron, an auditor) sees all."""
        handle = self.handle()
        if handle is None:
            return None
        [row] = self.store.ask(lambda index: index.rows("staff", "id = ?", (handle,)))
        return Scope(handle, tuple(row["departments"]))

    def person(self, who: str) -> str | None:
        """A handle from what stands in --to or --owner: a handle, `me`, or `none`."""
        if who == "none":
            return None
        return self.me() if who == "me" else who.lower()

    # -- writing -----------------------------------------------------------------------------------------------------

    def apply(self, plan: Plan, raw: dict[str, bytes | None] | None = None) -> Committed:
        """Run a staff member's plan under the write lock and commit its change.

        `raw` is filled by the plan with hand edits that are committed as they stand; see Store.commit.
        """
        handle = self.me()
        return self.commit(lambda snapshot: plan(snapshot, snapshot.staff(handle), self.now), raw)

    def commit(self, plan: Callable[[Snapshot], Change], raw: dict[str, bytes | None] | None = None) -> Committed:
        """Commit the change of a plan that says itself who acts: the only way a command writes."""

        def whole(snapshot: Snapshot) -> Change:
            change = plan(snapshot)
            return change if raw is not None else reactions.follow(change, snapshot, self.config)

        done = self.store.commit(whole, self.identity, raw)
        self.warnings.extend(done.warnings)
        if raw is None and self.config["mail.notify"]:
            self._draft_messages(done)
        if self.store.loose_objects() > _MANY_LOOSE:
            self.notes.append(
                "git holds many small files by now; this makes it quick again: desk maintain (best from cron)"
            )
        return done

    def _draft_messages(self, done: Committed) -> None:
        """Put a message into the outbox for everybody who hears of a change. The commit stands whatever happens."""
        try:
            from desk.domain.changes import notices  # noqa: PLC0415 - for writes only, as the next two
            from desk.local import outbox  # noqa: PLC0415
            from desk.mail import drafts  # noqa: PLC0415
            from desk.queries.audience import audience  # noqa: PLC0415

            if notices.tickets_of(done.change):
                people = self.store.ask(lambda index: audience(index, done.change))
                made = drafts.drafts(drafts.Moment(done.change, done.commit, people, self.config))
                outbox.put(self.place.own(outbox.FOLDER), made)
        except Exception as error:  # noqa: BLE001 - never an error: what was asked for is done
            self.warnings.append(f"done, but no message was written to the outbox: {error}")


def zone(name: str) -> Any:
    """A time zone; ConfigError for a name that this machine doesn't know."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - 3 ms, only where local time is asked for

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(
            f"desk.timezone: there is no time zone {name!r} on this machine",
            "desk config set desk.timezone Europe/Athens",
        ) from None
