"""Texts that somebody began and nobody sent yet: files of one person on this machine, which no commit ever has.

A file is named after what the text is for, whoever writes it, and the process that writes in it, so that two at work on
the same thing don't meet in one file, and nobody is offered another's words:

    reply-260723-7K3Q.maria.4711.md           being written, or left by a process that was killed
    reply-260723-7K3Q.maria.left.md           put aside for a new one
    note-stdin.maria.left.md                  what came through a pipe, kept when its command failed
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from desk.codec.locate import BOM
from desk.git.place import Place
from desk.local.kept import runs
from desk.named import NamedTuple

FOLDER = "drafts"
NOBODY = "nobody"
"""Stands for whoever isn't registered as staff."""
ERROR = "# ERROR: "
"""Begins the line above a text that was not accepted."""
PIPED = "stdin"
_SUFFIX = ".md"
_TICKET = r"\d{6}-[0-9A-Z]{4}"
_NAME = re.compile(r"(?P<task>.+)\.(?P<owner>[^.]+)\.(?:(?P<pid>\d+)|left(?:-\d+)?)")
_LEADS = {"reply": "ticket reply", "note": "ticket note", "edit": "ticket edit", "review": "ticket review",
          "cause": "problem cause", "workaround": "problem workaround"}  # fmt: skip
"""Tasks on tickets, and the commands that they are of."""
_KB = re.compile(r"kb-(?P<slug>.+?)-[0-9a-f]{8}")


class Unfinished(NamedTuple):
    """One of them. `task` is what it is for; `ticket` is empty where that is no ticket; `at` is its last change."""

    name: str
    path: str
    task: str
    ticket: str
    owner: str
    at: datetime
    busy: bool
    """Whether somebody is at work on it now."""

    @property
    def command(self) -> list[str]:
        """The words of the command that goes on with it; none for what came through a pipe."""
        what, _dash, rest = self.task.partition("-")
        if self.task == "create":
            return ["ticket", "create"]
        if what == "entry" and self.ticket:
            return ["ticket", "edit", self.ticket, "--entry", rest.rpartition("-")[2]]
        if what in _LEADS and self.ticket:
            return [*_LEADS[what].split(), self.ticket]
        if found := _KB.fullmatch(self.task):
            return ["kb", "edit", found["slug"]]
        return ["response", "edit", rest] if what == "response" and rest and rest != PIPED else []


def owner_named(handle: str | None) -> str:
    """How names of files call somebody: a dot stands between their parts."""
    return (handle or NOBODY).replace(".", "+")


def folder(place: Place) -> str:
    """Where they lie; made where it isn't there yet."""
    path = place.own(FOLDER)
    os.makedirs(path, exist_ok=True)
    return path


def of(place: Place, owner: str) -> list[Unfinished]:
    """Somebody's own, the newest first."""
    return sorted((one for one in _all(place) if one.owner == owner), key=lambda one: one.at, reverse=True)


def _all(place: Place) -> Iterator[Unfinished]:
    try:
        entries = sorted(os.scandir(place.own(FOLDER)), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        stem = entry.name.removesuffix(_SUFFIX)
        found = _NAME.fullmatch(stem)
        if found is None or stem == entry.name or not entry.is_file(follow_symlinks=False):
            continue
        ticket = re.search(_TICKET, found["task"])
        at = datetime.fromtimestamp(int(entry.stat().st_mtime), UTC)
        busy = found["pid"] is not None and int(found["pid"]) != os.getpid() and runs(int(found["pid"]))
        yield Unfinished(stem, entry.path, found["task"], ticket[0] if ticket else "", found["owner"], at, busy)


def left(place: Place, task: str, owner: str) -> list[Unfinished]:
    """Those for one task that a process left which runs no longer."""
    ends = re.compile(rf"{re.escape(f'{task}.{owner}')}\.\d+")
    return [one for one in _all(place) if ends.fullmatch(one.name) and not one.busy]


def path_for(place: Place, task: str, owner: str) -> str:
    """The file of this process."""
    return os.path.join(folder(place), f"{task}.{owner}.{os.getpid()}{_SUFFIX}")


def aside(place: Place, task: str, owner: str) -> str:
    """A file that isn't there yet, for a text that nobody is writing in."""
    name = f"{task}.{owner}.left"
    path, number = os.path.join(folder(place), f"{name}{_SUFFIX}"), 1
    while os.path.exists(path):
        number += 1
        path = os.path.join(folder(place), f"{name}-{number}{_SUFFIX}")
    return path


def write(path: str, text: str) -> None:
    """Put a text in a file that nobody else can read, and on the disk: it may be all there is of somebody's work."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(path: str) -> str:
    """What an editor left in a file, whatever it ends lines with; without errors above. "" where it isn't there."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode(errors="replace").removeprefix(BOM)
    except FileNotFoundError:
        return ""
    if text.count("\r\n") == text.count("\n"):
        text = text.replace("\r\n", "\n")  # an editor that ends all lines as on Windows
    while text.startswith(ERROR):
        text = text.partition("\n")[2]
    return text


def drop(path: str) -> None:
    """Take a file away; one that is gone is no error."""
    with suppress(FileNotFoundError):
        os.unlink(path)
