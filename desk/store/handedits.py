"""Hand edits: what of the work tree differs from the commit, and what it would mean."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable

from desk.codec import places
from desk.config import FILE, PARTS
from desk.domain.changes import compare
from desk.domain.model.change import Event
from desk.domain.model.kinds import KINDS, id_at, kind_at
from desk.domain.model.record import Record
from desk.errors import Broken, UsageFault
from desk.git import diff, objects, process
from desk.git.diff import Edited
from desk.git.place import Place, require_work_tree
from desk.named import NamedTuple
from desk.store import worktree
from desk.text import _, arranged

WATCHED = (*PARTS, FILE, ".gitattributes")
"""What of the work tree belongs to the desk."""
NEW, MODIFIED, DELETED = "new", "modified", "deleted"
SETTINGS, ATTACHMENT, TEMPLATE, OTHER, STRAY = "settings", "attachment", "template", "file", "stray"
"""What a file is that is no record. A stray one stands among the records and is nothing desk knows."""

_ATTACHMENT = r"records/tickets/.+/([^/]+)\.files/[^/]+"
_GIT_FILES = (".gitattributes", ".gitignore", ".gitkeep")
# What editors and file managers leave beside a file while, or after, it is edited: never meant to be kept.
_LEFT_OVER = r"\..*\.sw[a-p]|.*~|\.#.*|#.*#|\.DS_Store|4913|\.desk-\d+\.tmp"
_EXECUTABLE = "100755"


class HandEdit(NamedTuple):
    """A file that differs from the commit.

    `kind` is that of the record, or one of the words above; `before` and `after` are contents, None where there is no
    file; `old` and `new` the records in them. `fault` says why the file can't be what it should.
    """

    path: str
    change: str
    kind: str
    id: str | None
    before: bytes | None
    after: bytes | None
    old: Record | None = None
    new: Record | None = None
    fault: Broken | None = None
    mended: bool = False
    """The record as committed can't be read."""
    oid: str = ""
    """The names of both objects, where git has them."""
    new_oid: str = ""

    @property
    def events(self) -> tuple[Event, ...]:
        """What it would mean in the history."""
        if self.fault is not None or self.kind not in KINDS:
            return ()
        if self.mended:
            return (Event("delete" if self.new is None else "edit", None, None if self.new is None else "mended"),)
        return compare.events(self.old, self.new) or (Event("edit", None, "layout"),)


class Scan(NamedTuple):
    """The hand edits, and the paths of which something is staged in git's index."""

    edits: list[HandEdit]
    staged: list[str]


def sort_of(path: str) -> tuple[str, str | None]:
    """What a file of the desk is, from its path: a kind of record or one of the words above; and the record's id."""
    cls = kind_at(path)
    name = path.rpartition("/")[2]
    if cls is not None and name.lower() not in _GIT_FILES:
        return cls.kind, id_at(path)
    if path == FILE:
        return SETTINGS, None
    attached = re.fullmatch(_ATTACHMENT, path)
    if attached:
        return ATTACHMENT, attached[1]
    if name.lower() in _GIT_FILES or path.startswith("kb/"):
        return OTHER, None
    return (TEMPLATE if path.startswith("templates/") else STRAY), None


def is_left_over(path: str) -> bool:
    """Whether an editor or a file manager put it there for itself."""
    return re.fullmatch(_LEFT_OVER, path.rpartition("/")[2]) is not None


def resolve_paths(place: Place, given: Iterable[str], here: str) -> list[str]:
    """Paths typed in the folder `here` as paths relative to the desk; UsageFault for one that isn't the desk's."""
    root = os.path.realpath(place.root)
    found: list[str] = []
    for word in given:
        whole = os.path.normpath(os.path.join(here, word))
        # The last part stays as it is: a symbolic link is to be seen, not followed.
        parent, name = os.path.split(whole)
        path = os.path.relpath(os.path.join(os.path.realpath(parent), name), root).replace(os.sep, "/")
        if path == ".":
            found += WATCHED
        elif path.split("/")[0] in WATCHED and ".git" not in path.split("/"):
            found.append(path)
        else:
            raise UsageFault(
                _("{word} is not a file of the desk", word=word),
                _("hand edits are committed in {watched}", watched=", ".join(WATCHED)),
            )
    return found


def scan(place: Place, paths: Iterable[str] = ()) -> Scan:
    """Everything under `paths` (all of the desk by default) that differs from HEAD."""
    require_work_tree(place)
    lines = diff.against_head(place, list(paths) or list(WATCHED))
    staged = sorted(path for path, line in lines.items() if line.mark[0] not in ".?")
    edits = []
    with objects.blobs(place) as blobs:
        for path in sorted(lines):
            if is_left_over(path):
                continue
            line = lines[path]
            before = blobs.get(line.oid) if line.oid.strip("0") else None
            edit = _edit(place, path, line, before)
            if edit is not None:
                edits.append(edit)
    return Scan(edits, staged)


def _edit(place: Place, path: str, line: Edited, before: bytes | None) -> HandEdit | None:
    kind, record_id = sort_of(path)
    fault: Broken | None = None
    after: bytes | None = None
    try:
        after = _content(place, path, line)
    except Broken as error:
        fault = error
    if fault is None and after == before and line.mode != _EXECUTABLE:
        return None
    gone = after is None and fault is None
    change = DELETED if gone else NEW if before is None else MODIFIED
    edit = HandEdit(path, change, kind, record_id, before, after, fault=fault)
    if kind == STRAY and not gone and fault is None:
        hint = _("move it out of records/; attachments belong into the folder ID.files beside the ticket")
        return edit._replace(fault=Broken(_("neither a record nor an attachment"), path, hint=hint))
    return _decoded(edit) if kind in KINDS else edit


def _content(place: Place, path: str, line: Edited) -> bytes | None:
    """A file as it stands, None if it is gone; Broken for what can't be committed as a plain file."""
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode(errors="surrogateescape").decode(errors="replace")
        raise Broken(_("the file's name is not UTF-8"), shown, hint=_("rename it")) from None
    whole = worktree.check_path(place, path.rstrip("/"))
    try:
        mode = os.lstat(whole).st_mode
        if stat.S_ISDIR(mode) and path.endswith("/"):
            raise Broken(_("a git repository inside the desk"), path, hint=_("move it elsewhere"))
        if stat.S_ISDIR(mode):
            return None
        if not stat.S_ISREG(mode):
            raise Broken(_("not a plain file"), path, hint=_("replace it by a file"))
        if line.mode == _EXECUTABLE or (not line.mode and mode & 0o111 and process.counts_modes(place)):
            raise Broken(
                _("an executable file is no record of a desk"), path, hint=arranged("chmod -x {path}", path=path)
            )
        with open(whole, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Broken(
            _("can't be read: {why}", why=error.strerror), path, hint=arranged("ls -l {path}", path=path)
        ) from None


def _decoded(edit: HandEdit) -> HandEdit:
    old = new = None
    fault, mended = edit.fault, False
    if edit.before is not None:
        try:
            old = places.decode_at(edit.path, "", edit.before)
        except Broken:
            mended = True
    if edit.after is not None and fault is None:
        try:
            new = places.decode_at(edit.path, "", edit.after)
        except Broken as error:
            fault = error
    return edit._replace(old=old, new=new, fault=fault, mended=mended)
