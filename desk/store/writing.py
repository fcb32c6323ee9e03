"""The steps of a write: what a change writes, what stands in its way, the commit, and the files that follow it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.changes import discretion
from desk.domain.changes import message as changes_message
from desk.domain.model.actor import REQUESTER
from desk.domain.model.change import Change
from desk.domain.model.fields import check_text
from desk.domain.model.ticket import files_folder
from desk.errors import Conflict, GitError, UsageFault
from desk.git import identity as git_identity
from desk.git import objects, refs, write
from desk.git.place import Place
from desk.local import untold
from desk.local.untold import Untold
from desk.store import journal, worktree
from desk.store.snapshot import Snapshot
from desk.text import _

NOTHING = "0" * 40
"""The commit before the first, in the journal."""
_MANY = 200
"""Files from which on one sync of the disk costs less than one of each file: 85 take 40 ms, a whole sync 240 ms."""


def files_of(change: Change) -> dict[str, bytes | None]:
    """The files a change writes (None removes one), encoded."""
    from desk.codec import records as codec_records  # noqa: PLC0415 - 17 ms of YAML, for writes only

    files: dict[str, bytes | None] = {}
    for edit in change.edits:
        if edit.before is not None and (edit.after is None or edit.after.path != edit.before.path):
            files[edit.before.path] = None
        if edit.after is not None:
            files[edit.after.path] = codec_records.encode(edit.after)
        files.update({f"{files_folder(edit.record.id)}/{name}": data for name, data in edit.files.items()})
    files.update(change.files)
    return files


def refuse_over_edits(place: Place, snapshot: Snapshot, change: Change, files: dict[str, bytes | None]) -> None:
    """Never write over what somebody has changed by hand and not committed."""
    known = {e.before.path for e in change.edits if e.before is not None}
    for path, data in files.items():
        if path in snapshot.clean:
            continue
        present = worktree.read(place, path)
        if path in snapshot.taken:
            if present != snapshot.taken[path]:
                raise Conflict(_("{path} is being changed right now", path=path), _("save it, and try again"))
        elif path in known:
            oid = snapshot.index.blob(path) or ""
            if present is None or objects.blob_id(present, oid) != oid:
                raise hand_edited(path)
        elif path in change.files:
            with objects.blobs(place) as blobs:
                if blobs.get(f"{snapshot.commit}:{path}") != present:
                    raise hand_edited(path)
        elif data is not None and (present is not None or worktree.is_obstructed(place, path)):
            raise Conflict(
                _("{path} is there already, and not committed", path=path),
                _("desk commit {path}, or move it away", path=path),
            )


def refuse_moving(place: Place, files: dict[str, bytes | None]) -> None:
    """What is committed as it stands must still stand there: an editor may have saved again."""
    for path, data in files.items():
        if worktree.standing(place, path) != data:
            raise Conflict(_("{path} is being changed right now", path=path), _("save it, then: desk commit"))


def hand_edited(path: str) -> Conflict:
    return Conflict(
        _("{path} has hand edits that are not committed", path=path),
        _("keep them: desk commit {path}   or drop them: git checkout HEAD -- {path}", path=path),
    )


def new_commit(
    change: Change, files: dict[str, bytes | None], identity: git_identity.Identity, committed_at: int, *, titles: bool
) -> write.NewCommit:
    """A change as a commit: the author is who acted, the committer is the machine. `titles` as for `Store.commit`.

    Where a requester signs up, git may know the machine by that very person's name.
    """
    name, email = change.by.name or change.by.id, change.by.email
    own = change.by.kind == REQUESTER and change.verb == "signup"
    message = changes_message.message(change if titles else discretion.discreet(change))
    try:
        check_text(message)
    except ValueError as error:
        raise UsageFault(_("the reason can't be kept: {error}", error=error)) from None
    return write.NewCommit(
        name,
        email,
        int(change.at.timestamp()),
        (not own and identity.committer) or name,
        (not own and identity.committer_email) or email,
        committed_at,
        message,
        files,
    )


def untold_of(new: write.NewCommit, base: str) -> Untold:
    """By what a commit that is about to be made will be known to those who tell of it."""
    return untold.new(untold.mark_of(new.at, new.message), base)


def make_commit(
    place: Place,
    new: write.NewCommit,
    ref: str,
    base: str | None,
    hold: int,
    *,
    taken: Mapping[str, bytes] = MappingProxyType({}),
    told: Untold | None = None,
    packed: bool = False,
) -> str:
    """Journal, then commit, durably; its object name. RefMoved when somebody else has committed meanwhile.

    `packed`: its objects become one pack, which is quicker than a file each, for whoever brings many packs together.
    A commit that fails leaves no journal, so that a full disk doesn't stand in the way of the next command.
    """
    journal.begin(place, base or NOTHING, list(new.files), taken, told)
    try:
        [oid] = write.fast_import(place, [new], ref, base, hold, packed=packed)
    except write.RefMoved:
        journal.end(place)
        raise
    except BaseException as error:
        head = refs.read_head(place) or refs.ask_head(place)
        if head.oid == base:
            journal.end(place)
        elif head.oid is not None and isinstance(error, GitError) and _is(place, new, head.oid, base):
            return head.oid  # git failed after it had made it, such as at its log of the branch
        raise
    return oid


def _is(place: Place, new: write.NewCommit, oid: str, base: str | None) -> bool:
    """Whether a commit is the one that was to be made."""
    with objects.blobs(place) as blobs:
        header, text = objects.parse_commit(blobs.get(oid) or b"")
    parents = () if base is None else (base,)
    return header.parents == parents and text == new.message and header.at == objects.clamped(new.at)


def place_files(place: Place, new: write.NewCommit, hold: int, *, placed: bool = False) -> None:
    """Bring the work tree and git's index, whose lock is held, up to a commit that stands; `placed` files are there already."""
    many = len(new.files) > _MANY
    for path, data in () if placed else new.files.items():
        if data is None:
            worktree.remove(place, path)
        else:
            worktree.write(place, path, data, sync=not many)
    if many:
        os.sync()
    write.update_index(place, list(new.files), hold)
