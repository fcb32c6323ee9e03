"""History sealed up to now: an annotated tag with its counts and digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from desk.audit import seals, verify, witness
from desk.audit.moment import AuditFinding
from desk.audit.seals import Seal
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import Conflict, NotFound, Refused
from desk.git import refs
from desk.git import remote as git_remote
from desk.named import NamedTuple
from desk.session.session import Session
from desk.store import handedits
from desk.text import _, ngettext


class Sealed(NamedTuple):
    """A seal that was made. `verified` says since when history was checked first, or `no`."""

    name: str
    tag: str
    commit: str
    measured: seals.Measure
    previous: str | None
    signed: bool
    verified: str


def seal(
    session: Session,
    name: str | None = None,
    message: str | None = None,
    *,
    verified: bool = True,
    sign: bool | None = None,
) -> Sealed:
    """Seal history. Refused below level 3, over faults, and over hand edits that are not committed.

    `sign` None: where git has a key.
    """
    place, by = session.place, _sealer(session)
    commit = session.store.commit_now()
    _refuse_dirty(session)
    checked = _verify(session) if verified else "no"
    day = session.local(session.now).date().isoformat()
    chosen = seals.free_name(place, name, day)
    every = seals.seals(place)
    previous = next((s for s in reversed(every) if seals.is_in_history(place, s.commit, commit)), None)
    measured = seals.measure(place, commit)
    title = _("Seal of {name}, {day}", name=session.config["desk.name"], day=day)
    text = seals.text(title, message, commit, measured, previous=previous, verified=checked)
    signed = seals.can_sign(place) if sign is None else sign
    tag = seals.make(place, chosen, commit, text, (by.name, by.email), sign=signed)
    return Sealed(chosen, tag, commit, measured, previous.name if previous else None, signed, checked)


def _verify(session: Session) -> str:
    found = verify.verify(session.store, anew=True)
    if faults := found.count(verify.FAULT):
        many = ngettext("{n:,} fault", "{n:,} faults", faults)
        raise Refused(_("history has {many}, so it isn't sealed", many=many), _("see: desk audit verify"))
    return _("since {seal}", seal=found.seal or _("the beginning"))


def _sealer(session: Session) -> Staff:
    """Who seals: level 3."""
    by = cast("Staff", session.store.read("staff", session.me()))
    if by.level < rights.LEVELS["history"]:
        raise Refused(
            _(
                "{by} may not seal history: that takes level {history}, {by} has level {own}",
                by=by.id,
                history=rights.LEVELS["history"],
                own=by.level,
            ),
            _("desk staff list shows who has which level"),
        )
    return by


def _refuse_dirty(session: Session) -> None:
    edits = handedits.scan(session.place).edits
    if edits:
        raise Conflict(
            ngettext(
                "{n:,} file differs from the last commit, first {path}",
                "{n:,} files differ from the last commit, first {path}",
                len(edits),
                path=edits[0].path,
            ),
            _("keep them: desk commit   or drop them: git checkout HEAD -- PATH"),
        )


# -- what others hold --------------------------------------------------------------------------------------------------


def publish(session: Session, name: str, remotes: Iterable[str], timeout: float = 120) -> list[str]:
    """Push a seal, or a signature under one, to other repositories, where nobody who can write here can change it."""
    known = git_remote.remotes(session.place)
    for remote in (done := list(remotes)):
        if remote not in known:
            raise NotFound(
                _("there is no remote {remote}", remote=remote),
                _("known: {known}; git remote add NAME URL", known=", ".join(known) or _("none")),
            )
    for remote in done:
        git_remote.push_tag(session.place, remote, name, timeout)
    return done


def find(session: Session, name: str | None) -> Seal:
    """A seal by its name, which may leave out `seal/`; the newest one without."""
    every = {seal.name: seal for seal in seals.seals(session.place)}
    wanted = seals.PREFIX + name.removeprefix(seals.PREFIX) if name else next(reversed(every), None)
    if wanted is None or wanted not in every:
        raise NotFound(
            _("there is no seal {name}", name=name) if name else _("there are no seals yet"),
            _("desk audit seals; desk audit seal"),
        )
    return every[wanted]


def witnessed(session: Session, whence: str, text: str | None, timeout: float = 120) -> list[AuditFinding]:
    """Hold the seals here against those of another repository, or against printed lines (`text`)."""
    told = text if text is not None else git_remote.tags(session.place, whence, (seals.PREFIX, witness.COSIGN), timeout)
    return list(witness.compare(session.place, witness.read(told), whence))


class Cosigned(NamedTuple):
    """A signature that was put under a seal: its tag, and the seal signed before, which this one continues."""

    name: str
    tag: str
    seal: Seal
    previous: str | None


def cosign(session: Session, name: str | None) -> Cosigned:
    """Sign under a seal as an auditor, after checking all of history, and that it continues what was signed last.

    Refused over faults, and where history doesn't continue: both are kept then, as evidence.
    """
    place, who, seal = session.place, cast("Staff", session.store.read(Staff.kind, session.me())), find(session, name)
    if not seals.can_sign(place):
        raise Refused(
            _("git has no key to sign with here"),
            _("git config gpg.format ssh; git config user.signingKey ~/.ssh/id_ed25519.pub"),
        )
    tag = f"{witness.COSIGN}{seal.name.removeprefix(seals.PREFIX)}/{who.id}"
    if refs.commit_of(place, f"refs/tags/{tag}") is not None:
        raise Refused(_("{who} has signed {seal} already", who=who.id, seal=seal.name), _("sign a newer one"))
    previous = next((one for one in reversed(witness.cosigned(place)) if one.who == who.id), None)
    if previous is not None and not seals.is_in_history(place, previous.commit, seal.commit):
        _keep_evidence(session, seal, previous)
    found = verify.verify(session.store, full=True)
    if faults := found.count(verify.FAULT):
        many = ngettext("{n:,} fault", "{n:,} faults", faults)
        raise Refused(_("history has {many}: nothing is signed", many=many), _("see: desk audit verify --full"))
    said = "\n".join((_("{who} has verified {seal}", who=who.id, seal=seal.name), "", *witness.printed(seal))) + "\n"
    oid = seals.make(place, tag, seal.commit, said, (who.name, who.email), sign=True)
    return Cosigned(tag, oid, seal, previous.seal if previous else None)


def _keep_evidence(session: Session, seal: Seal, previous: witness.Signature) -> None:
    place = session.place
    for name, oid in ((seal.name, seal.tag), (previous.name, previous.commit)):
        refs.set_ref(place, f"{witness.EVIDENCE}/{name}", oid)
    raise Refused(
        _(
            "{seal} doesn't continue {previous}, which you signed: history was rewritten in between",
            seal=seal.name,
            previous=previous.seal,
        ),
        _("both are kept below {evidence}; show them to whoever you audit for", evidence=witness.EVIDENCE),
    )
