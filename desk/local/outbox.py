"""The outbox: one JSON file a message, in desk's folder of the git directory. It is local and never committed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from desk.errors import Ambiguous, NotFound
from desk.local.kept import beside

FOLDER = "outbox"
"""Its name in desk's folder."""
_MANY = 16
"""More files than this are brought to the disk together."""


def put(folder: str, drafts: Iterable[Mapping[str, Any]]) -> None:
    """Write drafts so that each is there whole or not at all. Raises OSError."""
    written: list[str] = []
    try:
        for draft in drafts:
            os.makedirs(folder, exist_ok=True)
            written.append(os.path.join(folder, f"{draft['id']}.json"))
            with open(beside(written[-1]), "w", encoding="utf-8") as file:
                json.dump(draft, file, ensure_ascii=False)
        _to_disk([beside(path) for path in written])
        for path in written:
            os.replace(beside(path), path)
    except OSError:
        for path in written:
            with suppress(OSError):
                os.unlink(beside(path))
        raise


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


def read(folder: str, draft_id: str) -> dict[str, Any]:
    """A draft; ValueError when its file is none, OSError when it can't be read."""
    with open(os.path.join(folder, f"{draft_id}.json"), encoding="utf-8") as file:
        found = json.load(file)
    if not isinstance(found, dict) or not {"to", "template", "variables", "ticket", "language"} <= found.keys():
        raise ValueError("not a message of desk's")
    return {**found, "id": draft_id}


def find(folder: str, typed: str) -> str:
    """The id of a draft from a part of it that only one has."""
    known = ids(folder)
    fitting = [typed] if typed in known else [i for i in known if typed and typed in i]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Ambiguous(f"{typed} fits {len(fitting)} messages: {', '.join(fitting[:3])}", "type more of the id")
    raise NotFound(f"there is no message {typed[:60]} in the outbox", "desk mail outbox")


def drop(folder: str, draft_id: str) -> None:
    """Take a draft out; it is gone, whoever took it."""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, f"{draft_id}.json"))
