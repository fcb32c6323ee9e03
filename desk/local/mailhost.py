"""The machine that fetches and sends: whether this is it, its key, and the lock that one run at a time holds.

It is one by `git config desk.mail.host true` and by nothing in the tree: a copy of a desk neither fetches nor sends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from desk.errors import ConfigError, Conflict, UsageFault, unwritable
from desk.git import configuration, refs
from desk.git.place import Place
from desk.local.kept import keep
from desk.text import _

FOLDER = "mail"
"""Its name in desk's folder of the git directory."""
SETTINGS = "desk.mail."
_TRUE = ("true", "yes", "on", "1")
_KEY = 32


def settings(place: Place) -> dict[str, str]:
    """What this machine's git configuration says below `desk.mail.`, by name in lower case."""
    return configuration.below(place, SETTINGS)


def is_host(settings: Mapping[str, str]) -> bool:
    """Whether these settings make a clone the mail host."""
    return settings.get("host", "").lower() in _TRUE


def require(settings: Mapping[str, str]) -> None:
    """ConfigError where this clone isn't the mail host."""
    if not is_host(settings):
        raise ConfigError(
            _("this machine is not the desk's mail host: it neither fetches nor sends"),
            _("one machine alone should be: git config desk.mail.host true"),
        )


def key(place: Place) -> bytes:
    """The key of the codes in our addresses and Message-IDs, made when it is first asked for. Raises OSError."""
    path = place.own(FOLDER, "key")
    try:
        with open(path, "rb") as file:
            found = file.read()
    except FileNotFoundError:
        found = b""
    if len(found) != _KEY:
        found = os.urandom(_KEY)
        keep(path, found, durable=True)
        os.chmod(path, 0o600)
    return found


def take_key(place: Place, path: str) -> None:
    """Use the key of another machine, so that answers to what it sent are recognised here. UsageFault for no key."""
    with open(path, "rb") as file:
        found = file.read(_KEY + 1)
    if len(found) != _KEY:
        raise UsageFault(
            _("{path} is no key of a mail host", path=path), _("it lies there in .git/desk/mail/key, {n} bytes", n=_KEY)
        )
    own = place.own(FOLDER, "key")
    keep(own, found, durable=True)
    os.chmod(own, 0o600)


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Hold the lock of fetching and sending; Conflict when another run has it, ConfigError without all of history.

    What came in once is known from the commits that brought it.
    """
    if refs.cut(place):
        raise ConfigError(
            _("the history of this clone was cut off: a mail host must know what came in before"),
            _("bring all of it: git fetch --unshallow"),
        )
    with in_words():
        os.makedirs(place.own(FOLDER), exist_ok=True)
        descriptor = os.open(place.own(FOLDER, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    _("another desk mail command is at work here"), _("let it finish; nothing was done")
                ) from None
            yield
        finally:
            os.close(descriptor)


@contextmanager
def in_words() -> Iterator[None]:
    """What keeps this machine from writing down what mail needs, a full disk for one, as an error for people."""
    try:
        yield
    except OSError as error:
        hint = _("mails and messages wait where they are, and the next run goes on; see: df -h, ls -ld .")
        raise unwritable(error, hint) from None
