"""desk.toml read once, and again when it has changed: its parser costs each command more than a list's own work.

What it said is kept in the git directory, in the interpreter's own format, under the state of the file it came from.
"""

from __future__ import annotations

import marshal
import os
import stat
from contextlib import suppress

from desk import __version__
from desk.config import FILE, Config, Pairs, build, parse
from desk.errors import ConfigError
from desk.git import objects, refs
from desk.git.place import Place
from desk.local.kept import keep
from desk.setting import zone
from desk.store import worktree
from desk.text import _


def read(place: Place) -> Config:
    """The settings in force; ConfigError for a file that can't be read or says something unknown."""
    mark = _mark(place)
    kept = _kept(place, mark)
    if kept is not None:
        return build(kept)
    data = worktree.read(place, FILE)
    if data is None and place.bare:
        raise ConfigError(
            _("{root} holds no desk: there is no {file} in its HEAD", root=place.root, file=FILE),
            _("git push a desk to it first"),
        )
    pairs = _pairs(data or b"")
    config = _checked(build(pairs))
    if mark is not None and mark == _mark(place):
        _keep(place, mark, pairs)
    return config


def _pairs(data: bytes) -> Pairs:
    try:
        return parse(data.decode())
    except UnicodeDecodeError:
        raise ConfigError(_("{file} is not UTF-8 text", file=FILE), _("save it as UTF-8 in your editor")) from None


def read_committed(place: Place) -> Config | None:
    """The settings as the newest commit has them, for when the file was edited into something that can't be meant.

    None where there are none either, or none that can be meant.
    """
    with objects.blobs(place) as blobs, suppress(ConfigError):
        data = blobs.get(f"HEAD:{FILE}")
        return None if data is None else _checked(build(_pairs(data)))
    return None


def recorded(place: Place, commit: str, config: Config, name: str | None = None) -> Config:
    """The settings by which a change on top of a commit is recorded: an edit of desk.toml counts once it is committed.

    `config` is what desk.toml says now, `name` the object name that it has in the commit: where that is known, git needn't be
    asked. Whoever checks history later knows no other settings than the committed ones.
    """
    if name and (written := worktree.read(place, FILE)) is not None and objects.blob_id(written, commit) == name:
        return config
    with objects.blobs(place) as blobs, suppress(ConfigError):
        data = blobs.get(f"{commit}:{FILE}")
        if data is not None and data != worktree.read(place, FILE):
            return _checked(build(_pairs(data)))
    return config


def _checked(config: Config) -> Config:
    """The settings, if this machine knows the time zone: it is looked up when the file has changed, not for each command."""
    if zone(config["desk.timezone"]) is None:
        error = ConfigError(
            _("desk.toml: there is no time zone {name!r} on this machine", name=config["desk.timezone"]),
            "desk config set desk.timezone Europe/Athens",
        )
        error.setting = "desk.timezone"
        raise error
    return config


def _mark(place: Place) -> tuple[object, ...] | None:
    """The state of the file: another one, another content. Where there are no files, the commit that settings are read from."""
    if place.bare:
        head = refs.read_head(place)
        return (__version__, head.oid) if head is not None and head.oid is not None else None
    try:
        found = os.lstat(os.path.join(place.root, FILE))
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return (__version__, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def _kept(place: Place, mark: tuple[object, ...] | None) -> Pairs | None:
    with suppress(OSError, ValueError, EOFError, TypeError), open(place.own("settings"), "rb") as file:
        known, pairs = marshal.loads(file.read())  # noqa: S302 - written by desk, in the git directory
        if known == mark:
            return list(pairs)
    return None


def _keep(place: Place, mark: tuple[object, ...], pairs: Pairs) -> None:
    """ValueError: a value that marshal doesn't know, which no setting has."""
    with suppress(OSError, ValueError):
        keep(place.own("settings"), marshal.dumps((mark, pairs)))  # type: ignore[arg-type]
