"""LastMet the clones of others: fetch, merge, publish, and only then check out."""

from __future__ import annotations

import os
from contextlib import suppress

from desk.errors import Conflict, UsageFault
from desk.git import process
from desk.git import remote as git_remote
from desk.local import meetings
from desk.local.meetings import LastMet
from desk.named import NamedTuple
from desk.session import ledger
from desk.session.session import Session
from desk.sync import apply, halted, plan
from desk.sync.halted import Continued
from desk.sync.plan import Plan
from desk.text import _

TRIES = 12
"""Lost races before a sync gives up."""


class Synced(NamedTuple):
    """What was to be done and whether it was: `commit` is where the desk stands now, `published` whether it is there as well."""

    plan: Plan
    commit: str
    published: bool


def chosen_remote(session: Session, typed: str | None) -> str:
    """The repository to meet: the one that was typed, `sync.remote`, `origin`, or the only one."""
    known = git_remote.remotes(session.place)
    for name in (typed, session.config["sync.remote"]):
        if name and name not in known:
            raise UsageFault(
                _("there is no remote {name}", name=name),
                _("known: {known}; git remote add NAME URL", known=", ".join(known) or _("none")),
            )
        if name:
            return str(name)
    if "origin" in known or len(known) == 1:
        return "origin" if "origin" in known else known[0]
    if not known:
        raise UsageFault(_("this desk has no other one to meet"), _("name it: git remote add origin URL"))
    raise UsageFault(
        _("which one? {known}", known=", ".join(known)), _("desk sync NAME, or: desk config set sync.remote NAME")
    )


def sync(session: Session, remote: str, *, dry: bool = False, publish: bool = True, timeout: float = 120) -> Synced:
    """Bring this desk and another one together; nothing is shown here before it is published there.

    `dry` only says what there is to do. Conflict when hand edits stand in the way, or after too many lost races.
    """
    synced = _met(session, remote, dry=dry, publish=publish, timeout=timeout)
    if publish and not dry:
        ledger.publish(session, remote, timeout)
    return synced


def _met(session: Session, remote: str, *, dry: bool, publish: bool, timeout: float) -> Synced:
    store = session.store
    process.require(session.place)
    for attempt in range(1, TRIES + 1):
        branch = session.config["sync.branch"] or _branch(session)
        theirs = git_remote.fetch(session.place, remote, branch, timeout)
        with store.writing() as hold:
            ref, ours = store.writable_head()
            found = plan.plan(session.place, remote, ours, theirs)
            if not dry and found.way == "same":
                _remember(session, remote, branch)
            if dry or found.way == "same" or (found.way == "ahead" and not publish):
                return Synced(found, ours, published=found.way == "same")
            new = _meeting(session, found, hold)
            if found.way == "behind" or not publish:
                apply.check_out(store, ref, ours, new, hold, told=apply.untold_of(session.place, found, new))
                if found.way == "behind":
                    _remember(session, remote, branch)
                return _done(session, Synced(found, new, published=found.way == "behind"), hold)
            if found.way == "merge":
                apply.refuse_over_edits(session.place, ours, new)
        pushed = git_remote.push(session.place, remote, new, branch, timeout)
        if not pushed.taken:
            git_remote.wait(attempt, os.urandom(1)[0] / 255)
            continue
        _remember(session, remote, branch)
        with store.writing() as hold:
            told = apply.untold_of(session.place, found, new)
            if new == ours or apply.check_out(store, ref, ours, new, hold, told=told):
                return _done(session, Synced(found, new, published=True), hold)
    raise Conflict(
        _("{remote} has moved on {tries} times while this desk was met with it", remote=remote, tries=TRIES),
        _("nothing is lost; try again: desk sync"),
    )


def _remember(session: Session, remote: str, branch: str) -> None:
    """Both clones have what the other has; that it can't be noted down here is no trouble."""
    with suppress(OSError):
        ref = f"{git_remote.TRACKED}/{remote}/{branch}"
        meetings.remember(session.place, LastMet(remote, ref, int(session.clock().timestamp())))


def _branch(session: Session) -> str:
    ref = session.store.head().ref
    return ref.removeprefix("refs/heads/") if ref else "main"


def _meeting(session: Session, found: Plan, hold: int) -> str:
    """The commit that both sides are to stand at."""
    if found.way == "merge":
        return apply.merge_commit(session, found, hold)
    return str(found.theirs) if found.way == "behind" else found.ours


def _done(session: Session, synced: Synced, hold: int) -> Synced:
    if synced.plan.way == "merge":
        apply.forget_side(session.place, hold)
    session.store.ask(lambda index: index.commit)
    return synced


def continue_merge(session: Session) -> Continued:
    """Finish a merge that git began, as after `git pull`; nothing is fetched or published. NotFound where there is none."""
    process.require(session.place)
    return halted.finish(session)
