"""What a check of `desk audit verify` looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from desk.audit.walk import Step
from desk.audit.world import PastWorld
from desk.checks.act import NOTHING_TOLD, Act
from desk.domain.changes import message, salt
from desk.domain.model.actor import Actor, Desk
from desk.domain.model.fields import utc_text
from desk.domain.model.kinds import KINDS
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.domain.model.ticket import Ticket
from desk.errors import Broken
from desk.git.diff import Delta
from desk.git.objects import clamped
from desk.git.place import Place
from desk.named import NamedTuple
from desk.store import handedits
from desk.store.handedits import HandEdit
from desk.text import _, arranged

PLAIN, _EXECUTABLE = "100644", "100755"
"""Modes of files as git has them."""
DESK = "desk"
"""The actor of what desk does by itself, such as noting a breach of a service level."""
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
    is_imported: Callable[[str], bool] = lambda _: False
    author_of: Callable[[str], str | None] = lambda _: None

    @property
    def by_hand(self) -> bool:
        return self.step.by_hand

    @property
    def place(self) -> Place:
        return self.world.place

    @property
    def at(self) -> datetime:
        """When its author says that it was made."""
        return datetime.fromtimestamp(clamped(self.step.at), UTC)

    @property
    def act(self) -> Act:
        """As it is judged; worked out once for each commit and what of it is looked at."""
        kept: list[tuple[tuple[HandEdit, ...], Act]] = self.world.judged.setdefault(self.step.oid, [])
        if not kept or kept[-1][0] is not self.edits:
            kept.append((self.edits, self._act()))
        return kept[-1][1]

    def _act(self) -> Act:
        hand = self.by_hand
        by: Actor = self.staff if self.staff is not None else Desk("desk", self.step.email)
        return Act(
            by,
            self.at,
            self.edits,
            NOTHING_TOLD if hand else self.step.by_record,
            None if hand else self.step.told.verb,
            _why(self.step.message) if self.step.told.verb is None else self.step.told.reason,
            self.world.policies,
            self.author_of,
            frozenset(e.path for e in self.edits if e.kind in KINDS and self._is_back(e)),
            self.world.versions,
            by_mail=not hand and message.received(self.step.message) is not None,
        )

    def _is_back(self, edit: HandEdit) -> bool:
        """Whether a record that was gone is there again as it was."""
        if edit.change != handedits.NEW:
            return False
        gone = self.world.gone_as(edit.kind, edit.id or "")
        return gone is not None and gone == edit.new_oid

    def finding(
        self, check: str, level: str, problem: str, record: str | None = None, hint: str | None = None
    ) -> AuditFinding:
        short = self.step.oid[:10]
        look = hint or arranged("git show {short}", short=short)
        return AuditFinding(check, level, problem, look, self.step.oid, utc_text(self.at), self.actor, record)


def _why(text: str) -> str | None:
    """What a message without trailers says beside its subject."""
    return "\n\n".join(message.paragraphs_of(text)[1:]).strip() or None


def edits(step: Step, world: PastWorld, only: set[str] | None = None) -> Iterator[HandEdit]:
    """The files of the desk that a commit changed, with the records before and after; `world` is at its first parent."""
    for delta in step.deltas:
        if delta.path.partition("/")[0] in handedits.WATCHED and (only is None or delta.path in only):
            yield edit_of(delta, world)


def edit_of(delta: Delta, world: PastWorld, content: bytes | None = None) -> HandEdit:
    """What one file became; `content` is what was there, where git may not have it."""
    kind, record_id = handedits.sort_of(delta.path)
    change = handedits.NEW if not delta.oid else handedits.MODIFIED if delta.new_oid else handedits.DELETED
    before, after = _bytes(delta, kind, world)
    before = content if content is not None else before
    old: Record | Broken | None = None
    new: Record | Broken | None = None
    if delta.new_oid and delta.new_mode != PLAIN:
        new = _unplain(delta)
    elif kind in KINDS:
        old = world.read(delta.path, delta.mode, delta.oid, content) if delta.oid else None
        new = world.read(delta.path, delta.new_mode, delta.new_oid) if delta.new_oid else None
    return HandEdit(
        delta.path,
        change,
        kind,
        record_id,
        before,
        after,
        old=old if isinstance(old, Record) else None,
        new=new if isinstance(new, Record) else None,
        fault=new if isinstance(new, Broken) else None,
        mended=isinstance(old, Broken),
        oid=delta.oid,
        new_oid=delta.new_oid,
    )


def _unplain(delta: Delta) -> Broken:
    """What is wrong with a file that is no plain one."""
    if delta.new_mode == _EXECUTABLE:
        return Broken(_("an executable file is no record of a desk"), delta.path)
    return Broken(_("not a plain file"), delta.path)


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
