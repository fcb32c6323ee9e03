"""Where a desk lies on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping

from desk.config import FILE
from desk.errors import ConfigError, GitError, NotFound
from desk.text import _

OWN = "desk"
"""Folder of desk's derived and local state inside the git directory."""


class Place:
    """`root` is the work tree, `gitdir` its own git directory, `common` the one that linked work trees share.

    `environ` is the environment that git's processes get, as whoever opened the desk has it. A `bare` repository has no
    work tree: `root` is the repository, and files are read from HEAD. `quarantine`: objects that a push has brought and
    that no ref names yet are seen as well, as a pre-receive hook must.
    """

    __slots__ = ("bare", "checked", "common", "environ", "gitdir", "quarantine", "root")

    def __init__(
        self,
        root: str,
        gitdir: str,
        common: str,
        environ: Mapping[str, str],
        *,
        bare: bool = False,
        quarantine: bool = False,
    ) -> None:
        self.root = root
        self.gitdir = gitdir
        self.common = common
        self.environ = environ
        self.bare = bare
        self.quarantine = quarantine
        self.checked: set[str] = set()
        """Folders found to be no links by whoever holds this place: a thousand tickets lie in few of them."""

    def own(self, *names: str) -> str:
        """A path in desk's folder inside the git directory."""
        return os.path.join(self.gitdir, OWN, *names)


def as_committed(place: Place) -> Place:
    """The same desk, shown by git as it was committed: no replaced objects, no grafts, no summary of history."""
    count = int(place.environ.get("GIT_CONFIG_COUNT") or 0)
    environ = {
        **place.environ,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": place.own("no-grafts"),
        "GIT_CONFIG_COUNT": str(count + 1),
        f"GIT_CONFIG_KEY_{count}": "core.commitGraph",
        f"GIT_CONFIG_VALUE_{count}": "false",
    }
    return Place(place.root, place.gitdir, place.common, environ, bare=place.bare, quarantine=place.quarantine)


def find(start: str, environ: Mapping[str, str]) -> Place:
    """The desk that `start` lies in, walking up. Never in quarantine: whoever answers a push knows, and says so to Place."""
    here = os.path.abspath(start)
    require_utf8(here)
    if not os.path.isdir(here):
        raise NotFound(_("there is no folder {start}", start=start), _("name a desk with --desk DIR or DESK_DIR"))
    while True:
        if os.path.isfile(os.path.join(here, FILE)):
            return at(here, environ)
        if is_bare(here):
            return Place(here, here, here, environ, bare=True)
        above = os.path.dirname(here)
        if above == here:
            raise ConfigError(
                _("this folder is not in a desk"), _("make one: desk init my-desk   or look at one first: desk demo")
            )
        here = above


def require_utf8(folder: str) -> None:
    """Refuse a folder whose name can't be written down: it stands in answers, in JSON and in git's configuration."""
    try:
        folder.encode()
    except UnicodeEncodeError:
        raise ConfigError(
            _("the name of the folder {folder} is not UTF-8", folder=folder.encode(errors="replace").decode()),
            _("rename it, or a folder above it"),
        ) from None


def is_bare(folder: str) -> bool:
    """Whether a folder is a git repository without a work tree; `.git` itself is none."""
    return (
        os.path.basename(folder) != ".git"
        and os.path.isfile(os.path.join(folder, "HEAD"))
        and os.path.isdir(os.path.join(folder, "objects"))
        and os.path.isdir(os.path.join(folder, "refs"))
    )


def require_work_tree(place: Place) -> None:
    """Refuse to write, or to look for hand edits, where there are no files to work on."""
    if place.bare:
        raise ConfigError(
            _("{root} is a bare repository: it has no files to work on", root=place.root),
            _("clone it, and work in the clone: git clone {root} my-desk", root=place.root),
        )


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
            _("{root} has a {file} but is not the top of a git repository", root=root, file=FILE),
            _("desk init {root}  makes it one", root=root) if not os.path.exists(dot) else _("see {dot}", dot=dot),
        ) from None
    gitdir = os.path.normpath(os.path.join(root, line.removeprefix("gitdir:").strip()))
    if not line.startswith("gitdir:") or not os.path.isdir(gitdir):
        raise GitError(
            _("{dot} names a git directory that is not there: {gitdir}", dot=dot, gitdir=gitdir), "git worktree repair"
        )
    return Place(root, gitdir, _common(gitdir), environ)


def _common(gitdir: str) -> str:
    try:
        with open(os.path.join(gitdir, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(gitdir, file.read().strip()))
    except FileNotFoundError:
        return gitdir
