"""A bare repository that judges each push: its hooks, its configuration, and what it keeps of pushes that stand."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from desk.errors import Conflict
from desk.git import process
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _

FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "git": "hooks/{hook}",
        "http": "hooks/{hook}",
        "gitolite": "hooks/{hook}",
        "gitlab": "custom_hooks/{hook}.d/desk",
        "gitea": "hooks/{hook}.d/desk",
    }
)
"""Where each kind of server looks for a hook of one repository."""
PRE, POST = "pre-receive", "post-receive"
SERVER = "desk.guard"
"""The setting of git that says which kind of server this is."""
SIGNERS = "allowed_signers"
_MARK = "# Written by desk guard install"
_MAX_INPUT = "512m"
_HIDDEN = ("refs/desk/sync",)


class Installed(NamedTuple):
    """What was written, by path inside the repository."""

    hooks: tuple[str, ...]
    settings: tuple[str, ...]


def install(place: Place, server: str, command: tuple[str, ...], seed: str) -> Installed:
    """Write hooks and configuration; `command` runs desk, `seed` is a secret for signed pushes.

    Conflict where another hook is in the place of one.
    """
    paths = {hook: os.path.join(place.root, FOLDERS[server].format(hook=hook)) for hook in (PRE, POST)}
    for path in paths.values():
        if os.path.lexists(path) and not _is_ours(path):
            raise Conflict(
                _("there is another hook already: {path}", path=path),
                _("rename it, and have it run after desk's: a hook that ends with 1 refuses"),
            )
    for hook, path in paths.items():
        _write(path, _script(hook, command))
    settings = dict(_settings(place, server, seed))
    for name, value in settings.items():
        process.set_setting(place, name, value)
    for hidden in _HIDDEN:
        process.set_setting(place, "transfer.hideRefs", hidden, beside=True)
    return Installed(tuple(os.path.relpath(path, place.root) for path in paths.values()), tuple(settings))


def _settings(place: Place, server: str, seed: str) -> Iterator[tuple[str, str]]:
    yield SERVER, server
    yield "receive.fsckObjects", "true"
    yield "receive.denyNonFastForwards", "false"  # in/HANDLE may move; of the desk's branch the hook says why not
    yield "receive.maxInputSize", _MAX_INPUT
    yield "gpg.format", "ssh"
    yield "gpg.ssh.allowedSignersFile", place.own(SIGNERS)
    if not process.setting(place, "receive.certNonceSeed"):
        yield "receive.certNonceSeed", seed
    if server == "http":
        # A push over HTTP is several requests: the nonce of the first is still good for a minute.
        yield "receive.certNonceSlop", "60"


def _script(hook: str, command: tuple[str, ...]) -> str:
    words = " ".join("'" + word.replace("'", "'\\''") + "'" for word in command)
    return f"#!/bin/sh\n{_MARK}. Every push is judged by docs/guard.md.\nexec {words} guard hook {hook}\n"


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.desk"
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(beside, 0o755)  # noqa: S103 - git runs it as whoever pushes
    os.replace(beside, path)


def _is_ours(path: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return _MARK in file.read(2000)
    except OSError:
        return False


def problems(place: Place, server: str) -> Iterator[str]:
    """What keeps a repository that was set up from being guarded."""
    for hook in (PRE, POST):
        path = os.path.join(place.root, FOLDERS[server].format(hook=hook))
        if not _is_ours(path):
            yield _("the hook {hook} is missing, or another one", hook=os.path.relpath(path, place.root))
        elif not os.stat(path).st_mode & stat.S_IXUSR:
            yield _("the hook {hook} can't be run: chmod +x", hook=os.path.relpath(path, place.root))
    if process.setting(place, "receive.fsckObjects") != "true":
        yield _("receive.fsckObjects is off: damaged objects would be taken")


def write_signers(place: Place, lines: tuple[str, ...]) -> None:
    """Keep whose keys are whose, for the pushes that come after this one."""
    os.makedirs(place.own(), exist_ok=True)
    path = place.own(SIGNERS)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    os.replace(f"{path}.new", path)
