"""Branches of clerks, judged and taken into the desk by a machine: for forges that run no hooks of ours."""

from __future__ import annotations

from collections.abc import Iterable

from desk.actions.care import guard, sync
from desk.audit.moment import AuditFinding
from desk.errors import UsageFault
from desk.git import remote as git_remote
from desk.named import NamedTuple
from desk.session.session import Session
from desk.sync import apply, plan
from desk.text import _, arranged

INBOX = "in/"


class Relayed(NamedTuple):
    """A branch, whose it is, what stands against it, and how many commits it brought; none are taken over a finding."""

    branch: str
    pusher: str
    findings: tuple[AuditFinding, ...]
    commits: int


def relay(session: Session, remote: str, branches: Iterable[str], timeout: float) -> list[Relayed]:
    """Judge branches as a guarded server would, each as pushed by whom it is named for; take the sound ones, and publish.

    Without names, all that the remote has. That nobody else can push in/HANDLE is for the forge to hold.
    """
    sync.sync(session, remote, timeout=timeout)
    named = list(branches) or git_remote.branches(session.place, remote, INBOX, timeout)
    done = [_one(session, remote, name, timeout) for name in named]
    if any(one.commits and not one.findings for one in done):
        sync.sync(session, remote, timeout=timeout)
    return done


def _one(session: Session, remote: str, branch: str, timeout: float) -> Relayed:
    if not branch.startswith(INBOX):
        raise UsageFault(
            _("{branch} is no branch of a clerk", branch=branch),
            _("those are called in/HANDLE: git push origin HEAD:in/YOU"),
        )
    who = branch.removeprefix(INBOX)
    theirs = git_remote.fetch(session.place, remote, branch, timeout)
    if theirs is None:
        raise UsageFault(
            _("{remote} has no branch {branch}", remote=remote, branch=branch),
            arranged("git ls-remote {remote}", remote=remote),
        )
    verdict = guard.check(session, "HEAD", theirs, who)
    if not verdict.judged.findings:
        _take(session, branch, theirs)
    return Relayed(branch, who, verdict.judged.findings, verdict.judged.commits)


def _take(session: Session, branch: str, theirs: str) -> None:
    store = session.store
    with store.writing() as hold:
        ref, ours = store.writable_head()
        found = plan.plan(session.place, branch, ours, theirs)
        if found.way in ("same", "ahead"):
            return
        new = apply.merge_commit(session, found, hold) if found.way == "merge" else theirs
        apply.check_out(store, ref, ours, new, hold, told=apply.untold_of(session.place, found, new))
        apply.forget_side(session.place, hold)
