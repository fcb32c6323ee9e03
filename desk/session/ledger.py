"""What a mail host leaves for the one that takes over from it: how far it has told, and which messages wait there still.

A commit a run on refs/desk/mail/HOST, which `desk sync` publishes. It has names of commits and of messages alone: whoever
takes over makes the messages that wait anew, from the commits that they tell of.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desk.domain.changes import notices
from desk.errors import Conflict, DeskError, NotFound, Refused
from desk.git import objects, refs, remote, write
from desk.git.write import NewCommit
from desk.local import cursor, mailhost, meetings, outbox, untold
from desk.local.cursor import Cursor
from desk.named import NamedTuple
from desk.session.past import Past
from desk.session.session import Session
from desk.text import _

OWN, THEIRS = "refs/desk/mail/", "refs/desk/mailhosts/"
"""Where a mail host keeps its ledger, and as what those of others are known here."""
_CURSOR, _WAITING = "cursor", "waiting"


class Ledger(NamedTuple):
    """The commit up to which all is told, and the ids of messages that wait."""

    cursor: str
    waiting: tuple[str, ...]


def name_of(session: Session, settings: Mapping[str, str]) -> str:
    """What this mail host is called: `desk.mail.name`, else as its address in git begins."""
    named = settings.get("name") or session.identity.committer_email.partition("@")[0]
    return re.sub(r"[^A-Za-z0-9._-]+|^[^A-Za-z0-9]+|\.\.+|\.lock$|\.$", "-", named).strip("-.") or "mailhost"


def keep(session: Session, settings: Mapping[str, str]) -> None:
    """Write down where this mail host stands, if the desk has other clones and it isn't written yet."""
    place, at = session.place, cursor.load(session.place)
    if at is None or meetings.last(place) is None:
        return
    found = Ledger(at.commit, tuple(_waiting(place.own(outbox.FOLDER))))
    ref = f"{OWN}{name_of(session, settings)}"
    tip = refs.commit_of(place, ref)
    if tip is not None and _read(session, tip) == found:
        return
    files: dict[str, bytes | None] = {
        _CURSOR: f"{found.cursor}\n".encode(),
        _WAITING: "".join(f"{one}\n" for one in found.waiting).encode(),
    }
    who, address = session.identity.committer or "desk", session.identity.committer_email or "desk@localhost"
    now = int(session.clock().timestamp())
    new = NewCommit(who, address, now, who, address, now, "mail: how far this mail host has come\n", files)
    with session.store.writing() as hold:
        write.fast_import(place, [new], ref, tip, hold)


def _waiting(folder: str) -> Iterator[str]:
    """The messages of the outbox, and for a digest those that it says."""
    for draft_id in outbox.ids(folder):
        try:
            yield from outbox.read(folder, draft_id).get("of") or (draft_id,)
        except (OSError, ValueError):
            yield draft_id


def publish(session: Session, to: str, timeout: float) -> None:
    """Bring this mail host's ledger to another repository that hasn't it yet. That it can't be is a warning."""
    place = session.place
    if not os.path.isdir(place.own(mailhost.FOLDER)):
        return
    for ref in refs.below(place, OWN):
        tip, known = refs.commit_of(place, ref), f"{THEIRS}{ref.removeprefix(OWN)}"
        if tip is None or tip == refs.commit_of(place, known):
            continue
        try:
            remote.push_ref(place, to, ref, timeout)
        except DeskError as error:
            session.warnings.append(
                _("how far this mail host has come is not published: {problem}", problem=error.message)
            )
        else:
            refs.set_ref(place, known, tip)


# -- taking over -------------------------------------------------------------------------------------------------------


def adopt(session: Session, name: str) -> int:
    """Go on from where another mail host stopped; how many messages waited there. Hold `mailhost.alone` around it.

    NotFound for one that left no ledger, Conflict where its commits aren't here yet, Refused on a machine that tells itself.
    """
    place = session.place
    if (own := cursor.load(place)) is not None:
        raise Refused(
            _("this machine has told of commits itself, up to {commit}", commit=own.commit[:10]),
            _("only one that never sent takes over from another; what was told twice can't be taken back"),
        )
    found = _of(session, name)
    if refs.commit_of(place, found.cursor) is None:
        raise Conflict(
            _("{name} has told up to commit {commit}, which isn't here", name=name, commit=found.cursor[:10]),
            "desk sync",
        )
    with session.store.writing():
        drafts = list(_again(session, found.waiting))
        folder, decided = place.own(outbox.FOLDER), cursor.new_write()
        outbox.stage(folder, decided, drafts)
        cursor.move(place, Cursor(found.cursor, decided))
        outbox.publish(folder, {one.write for one in untold.load(place)})
    return len(drafts)


def _of(session: Session, name: str) -> Ledger:
    for where in (THEIRS, OWN):
        tip = refs.commit_of(session.place, f"{where}{name}") if re.fullmatch(r"[A-Za-z0-9._-]+", name) else None
        if tip is not None:
            return _read(session, tip)
    known = [ref.removeprefix(where) for where in (THEIRS, OWN) for ref in refs.below(session.place, where)]
    raise NotFound(
        _("no mail host {name} is known here", name=name),
        _("known: {names}; what others publish comes by desk sync", names=", ".join(dict.fromkeys(known)) or _("none")),
    )


def _read(session: Session, tip: str) -> Ledger:
    with objects.blobs(session.place) as blobs:
        at, waiting = (blobs.get(f"{tip}:{name}") or b"" for name in (_CURSOR, _WAITING))
    return Ledger(at.decode(errors="replace").strip(), tuple(waiting.decode(errors="replace").split()))


def _again(session: Session, waiting: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The messages of these ids, made anew from the commits that they are of."""
    from desk.mail import drafts  # noqa: PLC0415 - where somebody hears of it

    wanted, place = set(waiting), session.place
    with objects.blobs(place) as blobs:
        past = Past(blobs, session.warnings.append)
        for short in dict.fromkeys(one.split("-")[1] for one in sorted(wanted) if one.count("-") == 2):
            oid = refs.commit_of(place, short)
            change = past.change(oid) if oid else None
            if oid is None or change is None or not notices.tickets_of(change):
                continue
            occasion = drafts.Occasion(change, oid, past.audience(oid, change), session.config)
            yield from (draft for draft in drafts.drafts(occasion) if draft["id"] in wanted)
