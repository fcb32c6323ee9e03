"""What surrounds a run of the program: its words, folder, environment, streams and clock. Nothing below `cli` looks for itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

from desk.errors import ConfigError
from desk.named import NamedTuple
from desk.text import _

_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
"""What git sets for a hook: it would point a library that goes by this process's environment at another repository."""


_MARK = "desk.toml"
"""As `config.FILE` has it, which help doesn't import."""


class Env(NamedTuple):
    """`environ` as the process was started with; `clock` gives aware UTC."""

    argv: tuple[str, ...]
    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    clock: Callable[[], datetime]

    @property
    def cwd(self) -> str:
        """The working folder; FileNotFoundError when somebody has deleted it."""
        return os.getcwd()

    @property
    def interactive(self) -> bool:
        """Whether a person is there, to be asked and to use an editor."""
        return self.stdin.isatty() and self.stdout.isatty()

    @property
    def terminal(self) -> str:
        """A name of the terminal a person sits at, as good as a file's: its shell's number, then its own; "" for none.

        DESK_TERMINAL gives one where there is no terminal, such as in an editor.
        """
        if given := self.environ.get("DESK_TERMINAL"):
            return "own-" + re.sub(r"[^A-Za-z0-9]", "-", given)[:60]
        for stream in (self.stderr, self.stdout, self.stdin):
            with suppress(OSError, ValueError):  # one that is closed, or a test's
                if stream.isatty():
                    name = os.ttyname(stream.fileno()).removeprefix("/dev/")
                    return f"{os.getsid(0)}-{name.replace('/', '-')}"
        return ""

    @property
    def own_file(self) -> str:
        """Where a person's own words and defaults lie: by XDG_CONFIG_HOME, else below the home folder.

        A path that isn't whole counts for none, as XDG has it: it would lead into whatever folder one works in.
        """
        base = self.environ.get("XDG_CONFIG_HOME", "")
        if not os.path.isabs(base):
            base = os.path.join(self._home, ".config")
        return os.path.join(base, "desk", "config.toml")

    @property
    def _home(self) -> str:
        home = self.environ.get("HOME", "")
        if os.path.isabs(home):
            return home
        import pwd  # noqa: PLC0415 - where the environment names no home

        try:
            return pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return os.sep

    @property
    def asked_format(self) -> str | None:
        """The format asked for, also where the command line could not be parsed; the last one counts, as for click."""
        argv, found = self.argv, None
        for number, word in enumerate(argv):
            if word == "--":
                break
            if word in ("-f", "--format"):
                found = argv[number + 1] if number + 1 < len(argv) else None
            elif word == "--json" or word.startswith("--json="):
                found = "json"
            elif word.startswith("--format="):
                found = word.partition("=")[2]
            elif word.startswith("-f"):
                found = word[2:].removeprefix("=")
        return found

    def read_stdin(self) -> bytes:
        return self.stdin.buffer.read()

    def now(self) -> datetime:
        """The time of this run, UTC, to the second. DESK_NOW (RFC 3339) sets it, for replays and tests.

        It is the author's date of a commit; the committer's date is always the real one, so a replay shows.
        """
        from desk.domain.model.fields import parse_time  # noqa: PLC0415 - `desk --help` asks for no time

        given = self.environ.get("DESK_NOW")
        if not given:
            return self.clock().replace(microsecond=0)
        hint = _("unset DESK_NOW, or give it as 2026-07-23T06:12:44Z")
        try:
            found = parse_time(given)
        except ValueError as error:
            raise ConfigError(_("DESK_NOW: {error}", error=error), hint) from None
        if found < _EPOCH:
            raise ConfigError(_("DESK_NOW: git knows no time before 1970"), hint)
        return found


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_in_desk(folder: str) -> bool:
    """Whether a folder probably lies in a desk, found without opening it: by a desk.toml in it or above."""
    here = os.path.abspath(folder)
    while not os.path.isfile(os.path.join(here, _MARK)):
        here, below = os.path.dirname(here), here
        if here == below:
            return False
    return True


def read_clock() -> datetime:
    """The time on this machine, aware UTC."""
    return datetime.now(UTC)


def of_process(argv: list[str] | None = None) -> Env:
    """The surroundings of this process, whose own environment leaves the hook that it may have been started from."""
    environ = dict(os.environ)
    for name in _HOOK:
        if name in environ:
            del os.environ[name]
    words = tuple(sys.argv[1:] if argv is None else argv)
    return Env(words, environ, sys.stdin, sys.stdout, sys.stderr, lambda: read_clock())  # noqa: PLW0108 - looked up when asked
