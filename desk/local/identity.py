"""Who is at the keyboard, by git's configuration: asked of git once, and again only when that may have changed.

Every list needs it (whose tickets are mine), and a git process costs as much as the list itself.
"""

from __future__ import annotations

import os
from contextlib import suppress

from desk.git import identity as git_identity
from desk.git.identity import Identity
from desk.git.place import Place
from desk.git.process import QUARANTINE
from desk.local.kept import keep

_BETWEEN = "\x1f"


def identity(place: Place) -> Identity:
    """Names and addresses as git has them."""
    mark = mark_of(place)
    path = place.own("identity")
    with suppress(OSError, UnicodeDecodeError), open(path, encoding="utf-8") as file:
        kept, *values = file.read().split("\x1e")
        if kept == mark and len(values) == len(Identity._fields):
            author, email, emails, *others = values
            return Identity(author, email, tuple(e for e in emails.split(_BETWEEN) if e), *others)
    found = git_identity.identity(place)
    if not _includes(place):
        fields = (value if isinstance(value, str) else _BETWEEN.join(value) for value in found)
        with suppress(OSError):
            keep(path, "\x1e".join((mark, *fields)).encode())
    return found


def _files(place: Place) -> list[str]:
    """The files that git reads its configuration from."""
    home = place.environ.get("HOME") or os.path.expanduser("~")
    xdg = place.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    own = [os.path.join(place.common, "config"), os.path.join(place.gitdir, "config.worktree")]
    chosen = place.environ.get("GIT_CONFIG_GLOBAL")
    everywhere = [chosen] if chosen else [os.path.join(home, ".gitconfig"), os.path.join(xdg, "git", "config")]
    return [*own, *everywhere, place.environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig"]


def mark_of(place: Place) -> str:
    """Another mark, perhaps another identity: the files' state and what the environment says."""
    parts = []
    for path in _files(place):
        try:
            found = os.stat(path)
            parts.append(f"{path}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_size}:{found.st_ino}")
        except OSError:
            parts.append(path)
    told = (n for n in place.environ if n.startswith("GIT_") or n in ("EMAIL", "HOME", "XDG_CONFIG_HOME"))
    names = sorted(n for n in told if n not in QUARANTINE)  # another folder with each push, and nothing about anybody
    return _BETWEEN.join([*parts, *(f"{n}={place.environ[n]}" for n in names)])


def _includes(place: Place) -> bool:
    """Whether a file includes others, whose changes the mark wouldn't show."""
    for path in _files(place):
        with suppress(OSError), open(path, "rb") as file:
            if b"[include" in file.read().lower():
                return True
    return False
