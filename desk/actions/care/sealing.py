"""History sealed up to now: an annotated tag with its counts and digest."""

from __future__ import annotations

from typing import NamedTuple, cast

from desk.audit import seals, verify
from desk.domain.model.person import Staff
from desk.domain.rights import rights
from desk.errors import Conflict, Refused
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
    earlier = [s for s in seals.seals(place) if seals.is_in_history(place, s.commit, commit)]
    previous = earlier[-1] if earlier else None
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
            _("keep them: desk commit   or drop them: git checkout -- PATH"),
        )
