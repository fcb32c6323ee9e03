"""A session: who acts on which desk, when. Every front end has one; it prints nothing and asks no environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from desk import setting
from desk.config import Config
from desk.domain.model.person import Staff, User, requester
from desk.domain.model.query import Scope
from desk.errors import ConfigError, Conflict, Refused
from desk.git import place as git_place
from desk.git import process
from desk.index.index import Progress
from desk.local import identity
from desk.store import settings
from desk.store.snapshot import Snapshot
from desk.store.store import Committed, Store
from desk.text import _

if TYPE_CHECKING:
    from desk.domain.model.actor import Actor, Requester
    from desk.domain.model.change import Change
    from desk.git.identity import Identity
    from desk.git.place import Place
    from desk.session.notify import Notifier

_MANY_LOOSE = 6_700
"""Loose objects at which git itself would tidy up (gc.auto), were it asked to commit."""


class Session:
    """One actor on one desk at one time. Two in a process share nothing.

    `folder` is in the desk. `requester` is the id of a requester who acts in person; otherwise staff does: `who`, or whom
    git's identity names. `environ` is what git's processes get; `now` is aware UTC to the second; `clock` tells when a
    commit is really made; `waiting` is called when another command has been writing for a second.
    """

    def __init__(
        self,
        folder: str,
        environ: Mapping[str, str],
        now: datetime,
        *,
        who: str | None = None,
        requester: str | None = None,
        progress: Progress[str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.environ = environ
        self.now = now
        self.who = who
        self.requester = requester
        self.progress = progress
        self.clock = clock
        self.waiting = waiting
        self.review: Callable[[Sequence[Change]], None] | None = None
        """Shown what a command would change, before it does, and once; what it raises keeps it from being done."""
        self._agreed: frozenset[tuple[str, str]] | None = None
        self.warnings: list[str] = []
        """What went otherwise than expected, though what was asked for is done."""
        self.notes: list[str] = []
        """What may be worth knowing."""

    @cached_property
    def place(self) -> Place:
        """The desk that the folder lies in."""
        return git_place.find(self.folder, self.environ)

    @cached_property
    def config(self) -> Config:
        """The settings in desk.toml; where somebody has just edited it into what can't be meant, those of the newest commit.

        An edit that isn't finished must not stop everybody who works in this folder.
        """
        try:
            return settings.read(self.place)
        except ConfigError as error:
            committed = settings.read_committed(self.place)
            if committed is None:
                raise
            self._warn(_("{problem}; the settings of the newest commit are in force", problem=error.message))
            return committed

    @cached_property
    def store(self) -> Store:
        """The store, with what a crash left finished first."""
        store = Store(
            self.place,
            lock_timeout=self.config["write.lock_timeout"],
            progress=self.progress,
            clock=self.clock,
            teller=self._notifier,
            waiting=self.waiting,
        )
        if done := store.recover():
            self.warnings.append(
                _(
                    "finished a write that was interrupted: {done}{how}",
                    done=", ".join(done[:3]),
                    how=" …" if len(done) > 3 else "",
                )
            )
        return store

    def close(self) -> None:
        """The session is over: nothing of it holds a file open."""
        if "store" in self.__dict__:
            self.store.close()

    def _notifier(self) -> Notifier:
        from desk.session.notify import Notifier  # noqa: PLC0415 - for writes only

        return Notifier(self.place, self.config, self._warn)

    def _warn(self, text: str) -> None:
        """Once: a write tries again what was tried when the desk was opened."""
        if text not in self.warnings:
            self.warnings.append(text)

    @cached_property
    def identity(self) -> Identity:
        return identity.identity(self.place)

    @property
    def known_zone(self) -> str:
        """The desk's time zone where its settings have been read, else UTC: for telling an error, whatever it is."""
        return str(self.config["desk.timezone"]) if "config" in self.__dict__ else "UTC"

    def local(self, when: datetime) -> datetime:
        """A time in the desk's time zone; as it is where no such time would have a year."""
        try:
            return when.astimezone(zone(self.config["desk.timezone"]))
        except OverflowError:
            return when

    @cached_property
    def today(self) -> str:
        """YYMMDD in the desk's time zone, as ticket ids begin."""
        return self.local(self.now).strftime("%y%m%d")

    # -- who acts ----------------------------------------------------------------------------------------------------

    def actor(self, snapshot: Snapshot) -> Actor:
        """Who acts, as the newest state knows them."""
        return snapshot.staff(self.me()) if self.requester is None else requester_in(snapshot, self.requester)

    def handle(self) -> str | None:
        """The handle of the staff member who acts, or None for somebody who isn't registered."""
        return self._handle

    @cached_property
    def _handle(self) -> str | None:
        # A list asks three times: whose tickets, whose marks, who am I.
        given = (self.who or "").lower()
        if given:
            known = self.store.ask(lambda index: index.path_of("staff", given))
            if known is None:
                raise self.store.missing("staff", given)
            return given
        for email in self.identity.emails:
            rows = self.store.ask(lambda index, email=email: index.staff_by_email(email))  # type: ignore[misc]
            if len(rows) == 1:
                return str(rows[0])
        return None

    def me(self) -> str:
        """As `handle`, but somebody must be there."""
        handle = self.handle()
        if handle is None:
            emails = self.identity.emails
            hint = _(
                "say who acts: desk --as WHO …, or git config user.email YOU@…; to register: desk staff create "
                "HANDLE --name NAME --email YOU@… --level 1 --department D"
            )
            if not emails:
                raise ConfigError(_("git's user.email is not set, so it isn't known who you are"), hint)
            raise Refused(_("{who} is not registered as staff of this desk", who=emails[0]), hint)
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

    def apply(self, plan: Callable[[Snapshot, Actor, datetime], Change]) -> Committed:
        """Run the actor's plan under the write lock and commit its change."""
        done = self.attempt(plan)
        assert done is not None  # noqa: S101 - such a plan makes a change, or raises
        return done

    def attempt(self, plan: Callable[[Snapshot, Actor, datetime], Change | None]) -> Committed | None:
        """As `apply`, for a plan that may find nothing to change: None then."""
        if self.requester is None:
            self.me()  # before the lock: nobody waits for a refusal
        return self.commit(lambda snapshot: plan(snapshot, self.actor(snapshot), self.now))

    def perform(self, plan: Callable[[Snapshot], Change]) -> Committed:
        """As `commit`, for a plan that always makes a change."""
        done = self.commit(plan)
        assert done is not None  # noqa: S101 - as for `apply`
        return done

    def commit(self, plan: Callable[[Snapshot], Change | None]) -> Committed | None:
        """Commit the change of a plan that says itself who acts: the only way that anything is written.

        What follows from a change is added to it, and the rules over the desk as a whole are asked of it, but for hand
        edits: they are committed as they stand, and `checks.edits` has asked. None when the plan finds nothing to change.
        """

        def whole(snapshot: Snapshot) -> Change | None:
            from desk.checks import together  # noqa: PLC0415 - for writes only
            from desk.checks.world import World  # noqa: PLC0415 - as above
            from desk.domain.model.actor import REQUESTER, STAFF  # noqa: PLC0415 - as above
            from desk.session import reactions  # noqa: PLC0415 - as above

            self._look_at_settings()
            change = plan(snapshot)
            if change is not None and self.who is not None and change.by.kind == STAFF:
                self._require_own_machine(snapshot, change.by.id)
            if change is not None and change.reason and change.by.kind == REQUESTER:
                raise Refused(
                    _("a requester's words belong into the ticket, not into its history"), _("answer the ticket")
                )
            if change is None or change.as_written is not None:
                return change
            change = reactions.follow(change, snapshot, self.config)
            changed = [(edit.before, edit.after) for edit in change.edits]
            together.require(changed, World(snapshot.index, self.config, changed))
            self._require_agreed(change)
            return change

        if self.review is not None:
            self._show(whole)
        done = self.store.commit(whole, self.identity, titles=self.config["history.titles"])
        if done is None:
            return None
        self.warnings.extend(done.warnings)
        if process.loose_objects(self.place) > _MANY_LOOSE:
            self.notes.append(
                _("git holds many small files by now; this makes it quick again: desk maintain (best from cron)")
            )
        return done

    def _look_at_settings(self) -> None:
        """Somebody may have changed them meanwhile; else they stay the same object, with what was made of it."""
        known: Config | None = self.__dict__.pop("config", None)
        if known is not None and self.config.says_the_same(known):
            self.__dict__["config"] = known

    def _show(self, plan: Callable[[Snapshot], Change | None]) -> None:
        """Have somebody look at what a plan would change, while nobody has to wait for the answer."""
        from desk.store import rehearsal  # noqa: PLC0415 - where somebody is asked, or only wants to know

        change = rehearsal.rehearse(self.store, plan)
        if change is not None:
            self.consult([change])

    def consult(self, changes: Sequence[Change]) -> None:
        """Show changes to whoever wants to see them; from now on no other record may be touched."""
        review, self.review = self.review, None
        if review is not None:
            review(changes)
            self._agreed = frozenset().union(*map(_touched, changes))

    def _require_agreed(self, change: Change) -> None:
        """Whoever agreed to something has not agreed to more of it."""
        if self._agreed is not None and (more := _touched(change) - self._agreed):
            raise Conflict(
                _("the desk changed meanwhile, and {id} would be touched as well", id=min(more)[1]),
                _("nothing was changed; try again"),
            )

    def _require_own_machine(self, snapshot: Snapshot, handle: str) -> None:
        """Where desk --as is not for others' machines, refuse one that isn't known as the person's own (staff.as)."""
        machine = self.identity.committer_email or self.identity.author_email
        if self.config["staff.as"] == "never" and machine.lower() not in snapshot.staff(handle).addresses:
            raise Refused(
                _(
                    "this machine is not known as one of {handle}: it signs as {machine}",
                    handle=handle,
                    machine=machine or "-",
                ),
                _(
                    "git config user.email YOURS@…, or an address more: desk staff edit {handle} --email {addresses}",
                    handle=handle,
                    addresses=" --email ".join((*_addresses(snapshot.staff(handle)), machine or "YOU@…")),
                ),
            )


def _addresses(staff: Staff) -> tuple[str, ...]:
    """As they stand in the record, the one that mail goes to first."""
    return (staff.email, *staff.emails)


def _touched(change: Change) -> frozenset[tuple[str, str]]:
    """Records that are there already, which a change touches."""
    return frozenset((e.before.kind, e.before.id) for e in change.edits if e.before is not None)


def requester_in(snapshot: Snapshot, user_id: str) -> Requester:
    """A requester as one who acts; barred when disabled, or when the address is banned (rule 7)."""
    from desk.queries.people import with_address  # noqa: PLC0415 - for requesters only

    user = cast("User", snapshot.get(User.kind, user_id))
    banned = bool(user.email) and bool(with_address(snapshot.index, str(user.email), ("ban",)))
    return requester(user, barred=user.disabled or banned)


def zone(name: str) -> Any:
    """A time zone; ConfigError for a name that this machine doesn't know."""
    found = setting.zone(name)
    if found is None:
        raise ConfigError(
            _("desk.timezone: there is no time zone {name!r} on this machine", name=name),
            "desk config set desk.timezone Europe/Athens",
        )
    return found
