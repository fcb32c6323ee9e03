"""Where a desk lies on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping

from desk.config import FILE
from desk.errors import ConfigError, GitError, NotFound

OWN = "desk"
"""Folder of desk's derived and local state inside the git directory."""


class Place:
    """`root` is the work tree, `gitdir` its own git directory, `common` the one that linked work trees share.

    `environ` is the environment that git's processes get, as whoever opened the desk has it.
    """

    __slots__ = ("checked", "common", "environ", "gitdir", "root")

    def __init__(self, root: str, gitdir: str, common: str, environ: Mapping[str, str]) -> None:
        self.root = root
        self.gitdir = gitdir
        self.common = common
        self.environ = environ
        self.checked: set[str] = set()
        """Folders found to be no links by whoever holds this place: a thousand tickets lie in few of them."""

    def own(self, *names: str) -> str:
        """A path in desk's folder inside the git directory."""
        return os.path.join(self.gitdir, OWN, *names)


def find(start: str, environ: Mapping[str, str]) -> Place:
    """The desk that `start` lies in, walking up."""
    here = os.path.abspath(start)
    if not os.path.isdir(here):
        raise NotFound(f"there is no folder {start}", "name a desk with --desk DIR or DESK_DIR")
    while True:
        if os.path.isfile(os.path.join(here, FILE)):
            return at(here, environ)
        above = os.path.dirname(here)
        if above == here:
            raise _no_desk(start)
        here = above


def _no_desk(start: str) -> ConfigError:
    if os.path.isfile(os.path.join(start, "HEAD")) and os.path.isdir(os.path.join(start, "objects")):
        return ConfigError(
            f"{start} is a bare repository: it has no files to work on",
            f"clone it, and work in the clone: git clone {start} my-desk",
        )
    return ConfigError("this folder is not in a desk", "make one: desk init my-desk   or look at one first: desk demo")


def at(root: str, environ: Mapping[str, str]) -> Place:
    """The desk whose desk.toml lies in `root`."""
    dot = os.path.join(root, ".git")
    if os.path.isdir(dot):
        return Place(root, dot, _common(dot), environ)
    try:
        with open(dot, encoding="utf-8") as file:
            line = file.read().strip()
    except OSError:
        raise ConfigError(
            f"{root} has a {FILE} but is not the top of a git repository",
            f"desk init {root}  makes it one" if not os.path.exists(dot) else f"see {dot}",
        ) from None
    gitdir = os.path.normpath(os.path.join(root, line.removeprefix("gitdir:").strip()))
    if not line.startswith("gitdir:") or not os.path.isdir(gitdir):
        raise GitError(f"{dot} names a git directory that is not there: {gitdir}", "git worktree repair")
    return Place(root, gitdir, _common(gitdir), environ)


def _common(gitdir: str) -> str:
    try:
        with open(os.path.join(gitdir, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(gitdir, file.read().strip()))
    except FileNotFoundError:
        return gitdir
