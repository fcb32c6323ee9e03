"""What isn't hot is asked of git through GitPython: making a repository, its configuration, hand edits, housekeeping.

GitPython takes 90 ms to import and is imported in this module alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import git as gitpython
from git.exc import (
    GitCommandError,
    GitCommandNotFound,
    InvalidGitRepositoryError,
    NoSuchPathError,
    UnsafeOptionError,
    UnsafeProtocolError,
)

from desk.errors import GitError
from desk.git.place import Place, at
from desk.text import _

BRANCH = "main"
SETTINGS: Mapping[str, str] = {
    # Files come back exactly as they were written, on every system.
    "core.autocrlf": "false",
    # Greek file names are shown as they are, not as octal numbers.
    "core.quotepath": "false",
    # What git itself commits here is as durable as what desk commits.
    "core.fsync": "loose-object,pack,pack-metadata,reference",
    # `git status` among 100,000 files.
    "core.untrackedCache": "true",
    "index.version": "4",
}
ATTRIBUTES = "# Records come back byte for byte: no conversion of line ends.\n* -text\n"


def open_repo(place: Place) -> gitpython.Repo:
    """The desk's repository; GitError when git can't read it."""
    try:
        return gitpython.Repo(place.root, expand_vars=False)
    except (InvalidGitRepositoryError, NoSuchPathError, GitCommandError, GitCommandNotFound) as error:
        raise GitError(
            _("{root} can't be read as a git repository: {name}", root=place.root, name=type(error).__name__),
            "git fsck",
        ) from None


def create(folder: str, environ: Mapping[str, str]) -> Place:
    """A new, empty repository with the configuration a desk needs."""
    try:
        os.makedirs(folder, exist_ok=True)
        # Not Repo.init, nor Git(folder): they take a $ in the folder's name for a variable.
        gitpython.Git().init("--quiet", f"--initial-branch={BRANCH}", folder)
        repo = gitpython.Repo(folder, expand_vars=False)
    except (GitCommandError, OSError) as error:
        raise GitError(
            _("can't make a repository in {folder}: {error}", folder=folder, error=error),
            _("is the folder yours to write to?"),
        ) from None
    configure(repo)
    repo.close()
    return at(os.path.abspath(folder), environ)


def clone(url: str, folder: str, environ: Mapping[str, str], since: str | None = None, *, files: bool = True) -> Place:
    """A clone with the configuration a desk needs; GitError, with git's words, when the other side can't be reached.

    `since` is the day from which on there is to be history; not `files`: the work tree stays empty.
    """
    # From a folder git would take all of history, whatever it is told.
    how: dict[str, Any] = {"shallow_since": since, "no_local": True} if since else {}
    try:
        repo = gitpython.Repo.clone_from(
            url, folder, env={**environ, "GIT_TERMINAL_PROMPT": "0"}, no_checkout=not files, **how
        )
    except GitCommandError as error:
        words = [line for line in error.stderr.splitlines() if "fatal: " in line] or error.stderr.strip().splitlines()
        text = words[0].partition("fatal: ")[2].rstrip("'") if words else _("it was stopped")
        raise GitError(
            _("{url} can't be cloned: {text}", url=url, text=text), _("is the address right, and may you read it?")
        ) from None
    except (UnsafeProtocolError, UnsafeOptionError):
        raise GitError(
            _("{url} is no address that a desk is cloned from", url=url), _("https://…, ssh://… or a folder")
        ) from None
    configure(repo)
    repo.close()
    return at(os.path.abspath(folder), environ)


def configure(repo: gitpython.Repo) -> None:
    """Set what SETTINGS names."""
    with repo.config_writer() as writer:
        for name, value in SETTINGS.items():
            section, _, option = name.partition(".")
            writer.set_value(section, option, value)


def misconfigured(place: Place) -> list[str]:
    """Settings of SETTINGS that are not in force in this clone."""
    repo = open_repo(place)
    reader = repo.config_reader()
    found = []
    for name, value in SETTINGS.items():
        section, _, option = name.partition(".")
        if str(reader.get_value(section, option, "")).lower() != value:
            found.append(name)
    repo.close()
    return found


def work_tree_around(folder: str) -> str | None:
    """The top of the git work tree that a folder, which need not exist yet, lies in."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    try:
        with gitpython.Repo(folder, search_parent_directories=True, expand_vars=False) as repo:
            return str(repo.working_tree_dir) if repo.working_tree_dir else None
    except (InvalidGitRepositoryError, NoSuchPathError):
        return None
    except GitCommandNotFound:
        raise GitError(
            _("git is not installed"), _("install it (Debian, Ubuntu: apt install git), version 2.39 or newer")
        ) from None
