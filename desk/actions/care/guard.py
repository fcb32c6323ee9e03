"""A server that refuses: setting it up, judging a push, and who is known to it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping

from desk.codec import places
from desk.domain.model.organisation import Machine
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.errors import ConfigError, NotFound, Refused, UsageFault
from desk.git import process, refs, serve
from desk.git.place import Place
from desk.guard import certificates, hooks, judge
from desk.guard import keys as guard_keys
from desk.guard.hooks import Installed
from desk.guard.judge import Commits, Court, Judged, Steps, Update
from desk.guard.pusher import CERTIFICATE, Pusher, name_from
from desk.index.index import Index
from desk.named import NamedTuple
from desk.session.session import Session
from desk.store import settings, worktree
from desk.store.store import Store
from desk.text import _

_KNOWN = (Staff.kind, Machine.kind)


class Judgement(NamedTuple):
    """What came of a push: who pushes, and what stands against it; empty findings let it pass."""

    pusher: str
    judged: Judged


class Guarded(NamedTuple):
    """How a repository is guarded: by which kind of server it is asked, what is amiss, and who is known by keys."""

    server: str
    branch: str
    problems: tuple[str, ...]
    holders: tuple[str, ...]
    pushes: int


# -- judging -----------------------------------------------------------------------------------------------------------


def receive(session: Session, lines: Iterable[str]) -> Judgement:
    """Judge what git is about to take; `lines` are as a pre-receive hook gets them: old, new, and the name of the ref."""
    place = _quarantined(session)
    store = Store(place, lock_timeout=session.store.lock_timeout)
    updates = [_update(line) for line in lines if line.strip()]
    name, signed = name_from(session.environ, _server(place))
    pusher = _pusher(store, name, signed=signed)
    return Judgement(pusher.id, judge.judge(_court(session, store), updates, pusher))


def received(session: Session) -> None:
    """After a push that stands: the index, the keys that count from now on, and the certificate it came with."""
    place = session.place
    store = Store(place)
    store.ask(lambda index: index.commit)
    hooks.write_signers(place, guard_keys.allowed_signers(_records(store)))
    if certificate := session.environ.get(CERTIFICATE):
        certificates.keep(place, certificate, int(session.clock().timestamp()))


def check(session: Session, old: str, new: str, who: str | None) -> Judgement:
    """The same judgement of commits anywhere: before a push, in another program's checks, after a doubt."""
    store, place = session.store, session.place
    tips = [refs.commit_of(place, name) for name in (old, new)]
    for name, tip in zip((old, new), tips, strict=True):
        if tip is None:
            raise NotFound(_("{name} is no commit of this desk", name=name), "git log --oneline --all")
    pusher = _pusher(store, who) if who else None
    court = _court(session, store)._replace(tip=str(tips[0]))
    commits = Commits(court, pusher)
    found = judge.judge_commits(court, str(tips[1]), commits, Steps(court, str(tips[1])))
    return Judgement(pusher.id if pusher else "", Judged(tuple(found), commits.seen))


def _court(session: Session, store: Store) -> Court:
    head = store.head()
    if head.ref is None or head.oid is None:
        raise ConfigError(_("this repository holds no desk yet"), _("push a desk to it before it is guarded"))
    now = int(session.clock().timestamp())
    return Court(store, settings.read(store.place), head.ref, head.oid, now)


def _quarantined(session: Session) -> Place:
    """The repository with what the push has brought; git names it as `.` to a hook."""
    root = session.place.root
    return Place(root, root, root, session.environ, bare=True, quarantine=True)


def _update(line: str) -> Update:
    old, new, ref = line.rstrip("\n").split(" ", 2)
    return Update(ref, *(oid if oid.strip("0") else "" for oid in (old, new)))


def _pusher(store: Store, name: str, *, signed: bool = False) -> Pusher:
    """The staff member or the machine of a name, or of an address, as the desk knows them before the push."""
    wanted = name.strip().lower()
    for kind in _KNOWN:
        path = store.ask(lambda index, kind=kind: index.path_of(kind, wanted))  # type: ignore[misc]
        if path is not None:
            return Pusher(store.read(kind, wanted), signed)
    found = store.ask(lambda index: index.staff_by_email(wanted)) if "@" in wanted else []
    if len(found) == 1:
        return Pusher(store.read(Staff.kind, found[0]), signed)
    raise Refused(
        _("{name} pushes, and is neither staff of this desk nor a machine of it", name=name[:60]),
        _("somebody of level 3 registers them: desk staff create, or desk machine create"),
    )


# -- the repository ----------------------------------------------------------------------------------------------------


def install(session: Session, server: str, branch: str | None, command: tuple[str, ...]) -> Installed:
    """Have a bare repository judge each push; it must hold the desk already."""
    place = session.place
    if not place.bare:
        raise UsageFault(
            _("{root} is no bare repository: people work in it", root=place.root),
            _("make one to push to: git clone --bare {root} desk.git", root=place.root),
        )
    if branch is not None:
        if refs.commit_of(place, f"refs/heads/{branch}") is None:
            raise NotFound(_("there is no branch {branch}", branch=branch), _("push the desk to it first"))
        refs.point_head(place, branch)
    session.config  # noqa: B018 - refuses what holds no desk
    done = hooks.install(place, server, command, os.urandom(24).hex())
    received(session)
    return done


def status(session: Session) -> Guarded:
    """How this repository is guarded; UsageFault where it isn't."""
    place = session.place
    server = _server(place)
    head = session.store.head()
    known = tuple(dict.fromkeys(who for who, _times, _key in guard_keys.holders(_records(session.store))))
    branch = (head.ref or "").removeprefix("refs/heads/")
    return Guarded(server, branch, tuple(hooks.problems(place, server)), known, certificates.count(place))


def keys(session: Session, command: tuple[str, ...] | None) -> tuple[str, ...]:
    """The keys of staff and machines: as authorized_keys with a forced command, or without one as allowed_signers."""
    records = _records(session.store)
    if command is None:
        return guard_keys.allowed_signers(records)
    return guard_keys.authorized_keys(records, shlex.join(command))


def _records(store: Store) -> list[Record]:
    """Staff and machines, as their files say now."""
    paths = store.ask(_paths_of_known)
    files = zip(paths, worktree.read_each(store.place, paths), strict=True)
    return [places.decode_at(path, "", data) for path, data in files if data is not None]


def _paths_of_known(index: Index) -> list[str]:
    found = (index.path_of(kind, str(row["id"])) for kind in _KNOWN for row in index.rows(kind))
    return [path for path in found if path is not None]


def _server(place: Place) -> str:
    server = process.setting(place, hooks.SERVER)
    if server not in hooks.FOLDERS:
        raise UsageFault(
            _("{root} isn't guarded", root=place.root), _("desk --desk {root} guard install", root=place.root)
        )
    return server


# -- ssh ---------------------------------------------------------------------------------------------------------------


def shell(session: Session, who: str, words: str) -> tuple[list[str], Mapping[str, str]]:
    """What to run for a holder of a key who asked ssh for `words`, and in which environment; nothing but git, on this desk."""
    mine = serve.name_of(session.place.root)
    asked = serve.parse(words)
    if asked is None:
        raise Refused(
            _("{who}, this key is for the desk's repository alone", who=who),
            _("git clone SERVER:{mine}.git", mine=mine),
        )
    if asked.repository != mine:
        raise NotFound(
            _("there is no {named} here", named=asked.repository[:60]), _("the desk is {mine}.git", mine=mine)
        )
    return serve.command(asked.service, session.place.root), {**session.environ, "DESK_PUSHER": who}
