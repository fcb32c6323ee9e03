"""The outbox: one JSON file a message, in desk's folder of the git directory. It is local and never committed.

What a write does to it is staged beside it first: messages that come in, and messages that are taken out. Then it is
decided, by the write's leaving the journal or `local.untold`; and then published, each step of it once. So a kill before the
decision has told nobody, and after it nothing is left but to move files: what was sent or dropped meanwhile never comes back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from typing import Any

from desk.errors import Ambiguous, NotFound
from desk.local import delivery
from desk.local.kept import keep
from desk.local.untold import STAGED
from desk.text import _

FOLDER, _STAGED = STAGED
"""Their names in desk's folder, and in the outbox."""
_OUT = ".out"
"""How the name of a staged file ends that takes a message out."""
_MANY = 16
"""More files than this are brought to the disk together."""


def stage(folder: str, write: str, drafts: Iterable[Mapping[str, Any]], withdrawn: Iterable[str] = ()) -> None:
    """Bring to the disk what a write does to the outbox: drafts that come in, and ids that are taken out. Raises OSError."""
    written: list[str] = []
    beside = os.path.join(folder, _STAGED)
    try:
        for draft in drafts:
            written.append(_new(beside, f"{write}.{draft['id']}.json"))
            with open(written[-1], "w", encoding="utf-8") as file:
                file.write(json.dumps(draft, ensure_ascii=False))  # several times as fast as json.dump
        for draft_id in withdrawn:
            written.append(_new(beside, f"{write}.{draft_id}{_OUT}"))
            with open(written[-1], "wb"):
                pass
        _to_disk(written)
    except BaseException:
        # Nothing half written may be there when the write is decided all the same; and a full disk needs the room.
        for path in written:
            with suppress(OSError):
                os.unlink(path)
        _clear(beside)
        raise


def put(folder: str, draft: Mapping[str, Any]) -> None:
    """Put a message into the outbox that is of no write. Raises OSError."""
    path = os.path.join(folder, f"{draft['id']}.json")
    keep(path, json.dumps(draft, ensure_ascii=False).encode(), durable=True)


def _new(folder: str, name: str) -> str:
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def publish(folder: str, undecided: Container[str] = ()) -> None:
    """Do what is staged, each step once; of writes that are not decided, forget it. Raises OSError."""
    beside = os.path.join(folder, _STAGED)
    try:
        names = sorted(os.listdir(beside))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        write, _, rest = name.partition(".")
        path = os.path.join(beside, name)
        if write in undecided:
            os.unlink(path)
        elif rest.endswith(_OUT):
            drop(folder, rest.removesuffix(_OUT))
            os.unlink(path)
        else:
            os.replace(path, os.path.join(folder, rest))
    _clear(beside)


def staged(folder: str) -> set[str]:
    """The writes of which something is staged."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return {name.partition(".")[0] for name in os.listdir(os.path.join(folder, _STAGED))}
    return set()


def _clear(beside: str) -> None:
    """Take the folder away, so that nobody looks into it; others' files may be in it yet."""
    with suppress(OSError):
        os.rmdir(beside)


def _to_disk(paths: list[str]) -> None:
    if len(paths) > _MANY:
        os.sync()
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def ids(folder: str) -> list[str]:
    """Ids of all drafts, the oldest first."""
    try:
        with os.scandir(folder) as entries:
            found = [(_order(e), e.name.removesuffix(".json")) for e in entries if e.name.endswith(".json")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [draft_id for _, draft_id in sorted(found)]


def _order(entry: os.DirEntry[str]) -> tuple[str, int, int]:
    """By the time in the name; within a second as they were written: a ticket is confirmed before it is answered."""
    time = entry.name.partition("-")[0]
    number = entry.name.removesuffix(".json").rpartition("-")[2]
    written = 0
    with suppress(FileNotFoundError):  # somebody took it out meanwhile
        written = entry.stat().st_mtime_ns
    return time, written, int(number) if number.isdecimal() else 0


def is_there(folder: str, draft_id: str) -> bool:
    """Whether there is a draft of this id."""
    return os.path.exists(os.path.join(folder, f"{draft_id}.json"))


def read(folder: str, draft_id: str) -> dict[str, Any]:
    """A draft; ValueError when its file is none, OSError when it can't be read."""
    with open(os.path.join(folder, f"{draft_id}.json"), encoding="utf-8") as file:
        found = json.load(file)
    if not isinstance(found, dict) or not {"to", "template", "variables", "ticket", "language"} <= found.keys():
        raise ValueError(_("not a message of desk's"))
    return {**found, "id": draft_id}


def find(folder: str, typed: str) -> str:
    """The id of a draft from a part of it that only one has."""
    known = ids(folder)
    fitting = [typed] if typed in known else [i for i in known if typed and typed in i]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Ambiguous(
            _("{text} fits {n} messages: {found}", text=typed, n=len(fitting), found=", ".join(fitting[:3])),
            _("type more of the id"),
        )
    raise NotFound(_("there is no message {typed} in the outbox", typed=typed[:60]), "desk mail outbox")


def drop(folder: str, draft_id: str) -> None:
    """Take a draft out, with what is known of its way; it is gone, whoever took it."""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, f"{draft_id}.json"))
    delivery.forget(folder, draft_id)


def sweep(folder: str) -> None:
    """Take away what is known of the way of messages that are gone: whoever took them out was killed. Raises OSError."""
    known = set(ids(folder))
    with suppress(FileNotFoundError, NotADirectoryError):
        for name in os.listdir(folder):
            stem, dot, kind = name.rpartition(".")
            if dot and kind in delivery.KINDS and stem not in known:
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, name))
