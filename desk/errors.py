"""The errors a person can meet, each with its exit code.

    DeskError            1  unexpected: a bug
    ├─ Interrupted       1  the person pressed Ctrl-C, or gave up in the editor
    ├─ Unprinted         1  the answer can't be printed: a full disk behind stdout
    ├─ UsageFault        2  the words of the command are off
    ├─ NotFound          3  no such record, file or command
    ├─ Ambiguous         4  several records fit
    ├─ Refused           5  a rule or a right says no
    ├─ Conflict          6  stale data, an uncommitted hand edit, a lock that is held
    ├─ Broken            7  a record that can't be read; names file and line
    ├─ ConfigError       8  desk.toml, the git identity or the environment
    ├─ GitError          9  git, the disk below it, or a remote
    └─ MailError        10  SMTP or IMAP

A new error answers three questions: what happened (message), what can be done (hint), which exit code do scripts see.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from desk.text import _


class DeskError(Exception):
    """An error meant for the person: `message` says what, `hint` what to do next."""

    code: ClassVar[str] = "unexpected"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Interrupted(DeskError):
    code = "interrupted"


class Unprinted(DeskError):
    """Stdout takes nothing more: told on stderr, in whatever form the answer was asked for."""


class UsageFault(DeskError):
    code = "usage"
    exit_code = 2


class NotFound(DeskError):
    code = "not-found"
    exit_code = 3


class Ambiguous(DeskError):
    code = "ambiguous"
    exit_code = 4


class Refused(DeskError):
    code = "refused"
    exit_code = 5


class Unchanged(Refused):
    """What was asked for is so already: of one record a refusal, of several there is nothing left to do with that one."""


class Conflict(DeskError):
    code = "conflict"
    exit_code = 6


class Broken(DeskError):
    """A record that can't be read. `path` is relative to the desk, `line` counts from 1."""

    code = "broken"
    exit_code = 7

    def __init__(self, problem: str, path: str, line: int = 1, hint: str | None = None) -> None:
        super().__init__(
            f"{path}:{line}: {problem}", hint or _("mend the file, or see: desk doctor; git log -- {path}", path=path)
        )
        self.problem = problem
        self.path = path
        self.line = line


class ConfigError(DeskError):
    code = "config"
    exit_code = 8
    setting: str = ""
    """The setting that is wrong, where it is one alone."""


class GitError(DeskError):
    code = "git"
    exit_code = 9


def unwritable(error: OSError, hint: str) -> GitError:
    """What keeps this machine from writing, a full disk for one, as an error for people."""
    where = f" ({error.filename})" if error.filename else ""
    return GitError(_("can't write to the desk: {why}{where}", why=error.strerror or str(error), where=where), hint)


class MailError(DeskError):
    code = "mail"
    exit_code = 10


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """What was probably meant by a word that is none of the known ones; `alike` from 0, anything, to 1, the same."""
    import difflib  # noqa: PLC0415 - for the error only

    return next(iter(difflib.get_close_matches(word, list(known), 1, alike)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean high?`, or nothing."""
    close = nearest(word, known, 0.5)
    return _("; did you mean {close}?", close=close) if close else ""
