"""What a check of `desk doctor` looks at, and what it finds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain

from desk.checks.world import World
from desk.codec import locate, places
from desk.config import PARTS, Config
from desk.domain.changes import salt
from desk.domain.model.actor import Actor
from desk.domain.model.record import Record
from desk.errors import Broken, DeskError
from desk.git import cone
from desk.index import keeper
from desk.index.index import Index
from desk.named import NamedTuple
from desk.store import handedits, worktree
from desk.store.handedits import HandEdit
from desk.store.store import Store


class Mend(NamedTuple):
    """A fix of one record: what becomes of it. It is committed with all others as one commit."""

    kind: str
    id: str
    how: Callable[[Record], Record]


class Finding(NamedTuple):
    """Something found: `path` is relative to the desk, `line` counts from 1.

    `fix` is a change of a record, or something to be done in the repository; None if only a person can decide.
    `info` is worth knowing and nothing to worry about.
    """

    check: str
    path: str
    line: int | None
    problem: str
    hint: str
    fix: Mend | Callable[[], None] | None = None
    info: bool = False


class Walk(NamedTuple):
    """One look at all files: symbolic links, the names in each `ID.files` by ticket id, strays."""

    links: list[str]
    attached: dict[str, list[str]]
    strays: list[str]
    others: list[str]
    """Files that are no records and belong: templates, pictures of articles."""
    salted: set[str]
    """Ids of the tickets whose folder of attachments has a salt."""


class Exam:
    """The desk as checks see it: the index for what is committed, the work tree for the rest.

    `config` is None when desk.toml can't be read; `wrong` says why then.
    """

    def __init__(self, store: Store, config: Config | None, wrong: DeskError | None = None) -> None:
        self.store = store
        self.place = store.place
        self.config = config
        self.wrong = wrong
        self.salting: Callable[[], None] | None = None
        """Adds the salts that are missing, as one commit; given by the command, since the doctor writes nothing."""
        self.by: Actor | None = None
        """Who would commit what was edited by hand; None where nobody is known."""
        self.fault: Callable[[str, bytes], Broken | None] | None = None
        """Says why a text of templates can't be filled in; given by the command, since filling in is not the store's."""

    @cached_property
    def index(self) -> Index:
        """The index at HEAD, sound enough to be asked."""
        self.store.ask(keeper.require_sound)
        return self.store.index

    @cached_property
    def world(self) -> World:
        return World(self.index, self.config)

    @cached_property
    def edits(self) -> list[HandEdit]:
        """What was edited by hand and isn't committed."""
        return handedits.scan(self.place).edits

    @cached_property
    def walk(self) -> Walk:
        found = Walk([], {}, [], [], set())
        for folder in PARTS:
            for path, is_link in chain(_files(self.place.root, folder), self._left_out(folder)):
                kind, record_id = handedits.sort_of(path)
                if is_link:
                    found.links.append(path)
                elif kind == handedits.STRAY and not handedits.is_left_over(path):
                    found.strays.append(path)
                elif kind == handedits.ATTACHMENT and record_id and path.endswith(f"/{salt.FILE}"):
                    found.salted.add(record_id)
                elif kind == handedits.ATTACHMENT and record_id:
                    found.attached.setdefault(record_id, []).append(path.rpartition("/")[2])
                elif kind in (handedits.TEMPLATE, handedits.OTHER):
                    found.others.append(path)
        return found

    def _left_out(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Files that this clone keeps out of the work tree, as they are committed."""
        return ((path, False) for path in cone.left_out(self.place, [folder]))

    def content(self, path: str) -> bytes | None:
        """A file of the work tree; None if it is gone or can't be read."""
        try:
            return worktree.read(self.place, path)
        except (Broken, OSError):
            return None

    def line(self, path: str, field: str) -> int:
        """The line in which a record's file sets a field."""
        return locate.line_of(self.content(path), field)

    def record(self, path: str) -> Record | None:
        """A record as its file says now; None if it can't be read."""
        data = self.content(path)
        try:
            return None if data is None else places.decode_at(path, "", data)
        except Broken:
            return None


def _files(root: str, folder: str) -> Iterator[tuple[str, bool]]:
    """Every file below a folder, in order, and whether it is a symbolic link; links are not followed."""
    stack = [folder]
    if os.path.islink(os.path.join(root, folder)):
        yield folder, True
        return
    while stack:
        here = stack.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, here)), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            path = f"{here}/{entry.name}"
            if entry.is_symlink():
                yield path, True
            elif entry.is_dir(follow_symlinks=False):
                stack.append(path)
            else:
                yield path, False
