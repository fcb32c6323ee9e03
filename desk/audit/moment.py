"""What a check of `desk audit verify` looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from desk.audit.walk import Step
from desk.audit.world import PastWorld
from desk.domain.changes import salt
from desk.domain.model.fields import utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from desk.git.diff import Delta
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import arranged

FAULT, REMARK = "fault", "remark"
"""A fault is against the rules or false; a remark is worth an auditor's look."""


class AuditFinding(NamedTuple):
    """`commit`, `at` (RFC 3339 UTC) and `by` are None for what concerns the whole; `record` is kind/id, or a file."""

    check: str
    level: str
    problem: str
    hint: str
    commit: str | None = None
    at: str | None = None
    by: str | None = None
    record: str | None = None


class Moment(NamedTuple):
    """One commit as checks see it.

    `world` is the desk at its first parent for checks before the change, at the commit itself for those after. `edits`
    are the files of the desk it changed; of a merge, those that neither parent has so. `staff` is whose rights count:
    the actor, the importer, or the author of a commit made by hand; None for somebody who wasn't staff at the parent.
    """

    step: Step
    world: PastWorld
    edits: tuple[HandEdit, ...]
    actor: str
    importer: str | None
    staff: Staff | None

    @property
    def by_hand(self) -> bool:
        return self.step.told.verb is None

    def finding(
        self, check: str, level: str, problem: str, record: str | None = None, hint: str | None = None
    ) -> AuditFinding:
        short = self.step.oid[:10]
        look = hint or arranged("git show {short}", short=short)
        return AuditFinding(check, level, problem, look, self.step.oid, _time(self.step.at), self.actor, record)


def _time(seconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - beside its one use

    try:
        return utc_text(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return "1970-01-01T00:00:00Z"


def edits(step: Step, world: PastWorld, only: set[str] | None = None) -> Iterator[HandEdit]:
    """The files of the desk that a commit changed, with the records before and after; `world` is at its first parent."""
    for delta in step.deltas:
        if delta.path.partition("/")[0] in handedits.WATCHED and (only is None or delta.path in only):
            yield _edit(delta, world)


def _edit(delta: Delta, world: PastWorld) -> HandEdit:
    kind, record_id = handedits.sort_of(delta.path)
    change = handedits.NEW if not delta.oid else handedits.MODIFIED if delta.new_oid else handedits.DELETED
    before, after = _bytes(delta, kind, world)
    edit = HandEdit(delta.path, change, kind, record_id, before, after)
    if kind not in KINDS:
        return edit
    old = world.read(delta.path, delta.mode, delta.oid) if delta.oid else None
    new = world.read(delta.path, delta.new_mode, delta.new_oid) if delta.new_oid else None
    return edit._replace(
        old=old if isinstance(old, Record) else None,
        new=new if isinstance(new, Record) else None,
        fault=new if isinstance(new, Broken) else None,
        mended=isinstance(old, Broken),
    )


def _bytes(delta: Delta, kind: str, world: PastWorld) -> tuple[bytes | None, bytes | None]:
    """Contents before and after, read only where a check looks at them: attachments may be large."""
    folder_salt = delta.path.endswith(f"/{salt.FILE}")
    if kind == handedits.ATTACHMENT and not folder_salt:
        return (b"" if delta.oid else None), (b"" if delta.new_oid else None)
    after = world.content(delta.new_oid) if delta.new_oid else None
    looked_at = kind == handedits.SETTINGS or folder_salt or (after is not None and b"<<<<<<< " in after)
    before = (world.content(delta.oid) if looked_at else b"") if delta.oid else None
    return before, after


def name(edit: HandEdit) -> str:
    """How a finding names a file."""
    return f"{edit.kind}/{edit.id}" if edit.kind in KINDS else edit.path


def tickets(moment: Moment) -> dict[str, Ticket]:
    """The commit's tickets after the change, by id."""
    return {e.new.id: e.new for e in moment.edits if isinstance(e.new, Ticket)}


__all__ = ["FAULT", "REMARK", "AuditFinding", "Moment", "edits", "name", "tickets"]
