"""Founding a desk: the starter desk, and the first commit of a repository."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING

from desk.codec import records
from desk.config import FILE, PARTS
from desk.domain.changes import message
from desk.domain.model.change import Change, Edit, Event
from desk.domain.model.person import Staff
from desk.errors import ConfigError
from desk.git import identity, refs, repo, write
from desk.store import journal, writing
from desk.text import _

if TYPE_CHECKING:
    from desk.git.place import Place

_PARTS = (FILE, *PARTS)


def starter() -> dict[str, bytes]:
    """The starter desk by path: packed into the wheel, or at the top of a checkout."""
    packed = Path(str(package_files("desk"))) / "starter"
    top = packed if packed.is_dir() else packed.parent.parent
    if not (top / "desk.toml").is_file():
        raise ConfigError(_("the starter desk is missing from this installation"), _("install desk again"))
    found: dict[str, bytes] = {}
    for part in _PARTS:
        base = top / part
        for file in sorted(base.rglob("*")) if base.is_dir() else [base]:
            if file.is_file() and not file.name.startswith("."):
                found[file.relative_to(top).as_posix()] = file.read_bytes()
    return found


def commit_first(
    place: Place, files: dict[str, bytes], staff: Staff, at: datetime, name: str, *, committed: datetime
) -> str:
    """Make `files` and the founder's record the first commit of an empty repository; its object name."""
    change = Change("init", staff, at, (Edit(None, staff, (Event("create"),)),), None, name)
    everything: dict[str, bytes | None] = {**files, staff.path: records.encode(staff)}
    who = identity.identity(place)
    new = write.NewCommit(
        staff.name,
        staff.email,
        int(at.timestamp()),
        who.committer or staff.name,
        who.committer_email or staff.email,
        int(committed.timestamp()),
        message.message(change).replace(f"staff/{staff.id} init", "init", 1),
        everything,
    )
    head = refs.read_head(place) or refs.ask_head(place)
    with journal.write_lock(place, 30) as hold:
        if head.oid and journal.pending(place):
            journal.finish(place, hold)  # an earlier attempt was killed on the way
            return head.oid
        with write.holding_index(place):
            oid = writing.make_commit(place, new, head.ref or f"refs/heads/{repo.BRANCH}", None, hold)
            writing.place_files(place, new, hold)
        journal.end(place)
    return oid
