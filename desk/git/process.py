"""git as desk runs it: one process for each job, bytes in, bytes out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from desk.errors import Conflict, GitError
from desk.git.place import Place
from desk.text import _

if TYPE_CHECKING:
    import subprocess


PIPE, NULL = -1, -3
"""subprocess.PIPE and DEVNULL, by value: a list runs no process, and the module costs it 3 ms."""
OLDEST = (2, 39)
DURABLE = ("-c", "core.fsync=loose-object,pack,pack-metadata,reference", "-c", "core.fsyncMethod=fsync")
"""Objects and the ref have reached the disk when git returns; git's own default leaves loose objects to chance."""

AS_COMMITTED = ("--no-replace-objects", "-c", "core.commitGraph=false")
"""What was committed, whatever this clone shows in its place, or remembers of it."""

_WHERE = ("DIR", "WORK_TREE", "INDEX_FILE", "NAMESPACE", "COMMON_DIR", "PREFIX")
_HOW = ("LITERAL_PATHSPECS", "GLOB_PATHSPECS", "NOGLOB_PATHSPECS", "ICASE_PATHSPECS")
_CLEARED = frozenset(f"GIT_{name}" for name in (*_WHERE, *_HOW))
QUARANTINE = frozenset({"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"})
"""Where the objects of a push lie until it is accepted."""


def environment(place: Place) -> dict[str, str]:
    """The environment without what would point git at another repository (as inside a hook) or have it read paths otherwise,
    speaking English.
    """
    cleared = _CLEARED if place.quarantine else _CLEARED | QUARANTINE
    kept = {name: value for name, value in place.environ.items() if name not in cleared}
    return {**kept, "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def spawn(place: Place, args: Iterable[str], **streams: object) -> subprocess.Popen[bytes]:
    """A git process in the desk; GitError when git isn't there."""
    import subprocess  # noqa: PLC0415 - see PIPE

    command = ["git", "-C", place.root, *args]
    try:
        return subprocess.Popen(command, **{"env": environment(place), **streams})  # type: ignore[call-overload, no-any-return]
    except FileNotFoundError:
        raise GitError(
            _("git is not installed"), _("install it (Debian, Ubuntu: apt install git), version 2.39 or newer")
        ) from None


def run(
    place: Place, *args: str, data: bytes | None = None, hold: int | None = None, index: str | None = None
) -> bytes:
    """What git prints. `hold` is a lock's descriptor, inherited so that the lock outlives a killed desk.

    `index` is the file that git is to take for its index.
    """
    process = spawn(
        place,
        args,
        stdin=PIPE if data is not None else NULL,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=() if hold is None else (hold,),
        **({} if index is None else {"env": {**environment(place), "GIT_INDEX_FILE": index}}),
    )
    out, err = process.communicate(data)
    if process.returncode:
        raise as_error(args, err)
    return out


def as_error(args: Iterable[str], err: bytes) -> GitError | Conflict:
    """git's own words as an error of desk."""
    text = err.decode(errors="replace").strip()
    verb = next((a for a in args if not a.startswith("-") and "=" not in a), "git")
    first = next(
        (ln for ln in text.splitlines() if ln.startswith(("fatal:", "error:"))), text.splitlines()[0] if text else ""
    )
    words = first.removeprefix("fatal: ").removeprefix("error: ") or _("it was stopped")
    if ".lock': File exists" in text:
        return Conflict(
            _("git {verb}: {words}", verb=verb, words=words),
            _("another git command is at work here; if none is, remove that file"),
        )
    if "dubious ownership" in text:
        return GitError(
            _("git {verb}: {words}", verb=verb, words=words),
            next((ln.strip() for ln in text.splitlines() if "safe.directory" in ln), None),
        )
    if "No space left" in text or "Disk quota" in text or "Out of diskspace" in text:
        return GitError(_("git {verb}: the disk is full", verb=verb), _("make room and try again; nothing was changed"))
    return GitError(_("git {verb}: {words}", verb=verb, words=words), _("see: desk doctor; git fsck"))


def setting(place: Place, name: str) -> str:
    """A value of git's configuration; empty if it isn't set."""
    process = spawn(place, ("config", "--get", name), stdin=NULL, stdout=PIPE, stderr=NULL)
    out, _ = process.communicate()
    return str(out.decode(errors="replace").strip())


def settings_below(place: Place, section: str) -> list[str]:
    """The names that a section of git's configuration has, whoever set them."""
    process = spawn(
        place, ("config", "--name-only", "--get-regexp", rf"^{section}\."), stdin=NULL, stdout=PIPE, stderr=NULL
    )
    out, _ = process.communicate()
    return list(dict.fromkeys(out.decode(errors="replace").split("\n")[:-1]))


def is_partial(place: Place) -> bool:
    """Whether this clone leaves objects with its remote until they are asked for."""
    process = spawn(place, ("config", "--get-regexp", r"^remote\..*\.promisor$"), stdin=NULL, stdout=PIPE, stderr=NULL)
    out, _ = process.communicate()
    return b" true" in out


def set_setting(place: Place, name: str, value: str, *, beside: bool = False) -> None:
    """Keep a value in the repository's configuration; `beside`: beside other values of that name."""
    how = ("--replace-all", name, value, f"^{re.escape(value)}$") if beside else (name, value)
    run(place, "config", *how)


def loose_objects(place: Place) -> int:
    """About how many objects lie in files of their own, told from one of their 256 folders, as git itself does."""
    try:
        return len(os.listdir(os.path.join(place.common, "objects", "17"))) * 256
    except OSError:
        return 0


def packs(place: Place) -> int:
    """How many packs there are."""
    try:
        names = os.listdir(os.path.join(place.common, "objects", "pack"))
    except OSError:
        return 0
    return sum(name.endswith(".pack") for name in names)


def check_version(place: Place) -> str:
    """The version of git; GitError if it is older than desk needs."""
    text = run(place, "version").decode().strip()
    found = re.search(r"(\d+)\.(\d+)", text)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < OLDEST:
        raise GitError(
            _("{text} is too old: desk needs {major}.{minor} or newer", text=text, major=OLDEST[0], minor=OLDEST[1]),
            _("update git, then try again"),
        )
    return text.removeprefix("git version ")


def require(place: Place) -> None:
    """As `check_version`, but asks git again only when the program was changed."""
    for folder in os.get_exec_path(place.environ):
        try:
            found = os.stat(os.path.join(folder, "git"))
        except OSError:
            continue
        mark = f"{folder}:{found.st_mtime_ns}:{found.st_size}"
        path = place.own("git-version")
        with suppress(FileNotFoundError, UnicodeDecodeError), open(path, encoding="utf-8") as file:
            if file.read() == mark:
                return
        check_version(place)
        with open(path, "w", encoding="utf-8") as file:
            file.write(mark)
        return


def counts_modes(place: Place) -> bool:
    """Whether this file system knows which files are executable; git has found out when it made the repository."""
    return run(place, "config", "--type=bool", "--default=true", "--get", "core.fileMode").strip() == b"true"
