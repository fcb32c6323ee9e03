"""What git runs for those who ask it over ssh: which of its services, on one repository alone."""

from __future__ import annotations

import shlex

from desk.named import NamedTuple

_SERVICES = ("receive-pack", "upload-pack", "upload-archive")


class ServiceAsked(NamedTuple):
    """A service of git, and what its caller calls the repository, without its folder and ending."""

    service: str
    repository: str


def parse(words: str) -> ServiceAsked | None:
    """What ssh was asked for, as git asks it: `git-receive-pack 'desk.git'`; None for anything else."""
    try:
        found = shlex.split(words)
    except ValueError:
        return None
    if found[:1] == ["git"]:
        found = [f"git-{found[1]}", *found[2:]] if len(found) > 1 else []
    service = found[0].removeprefix("git-") if found and found[0].startswith("git-") else ""
    if len(found) != 2 or service not in _SERVICES:
        return None
    return ServiceAsked(service, name_of(found[1]))


def name_of(path: str) -> str:
    """What a repository is called: `desk` of `/srv/git/desk.git`."""
    return path.rstrip("/").removesuffix(".git").rpartition("/")[2]


def command(service: str, repository: str) -> list[str]:
    """What serves it."""
    return ["git", service, repository]
