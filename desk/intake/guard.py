"""Reads a mail in a child process with limits: whatever a mail does to its reader, the run goes on with the next one.

A mail of 200,000 parts takes minutes and gigabytes to split; here it takes five seconds of a child, which then is gone.
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from desk.mail import charsets, headers
from desk.mail.headers import Headers
from desk.text import _

Parse = Callable[[bytes, Sequence[str], Limits], Mail]


class Bounds(NamedTuple):
    """What reading one mail may take: seconds of processor, seconds in all, bytes beside eight times its size."""

    cpu: int = 5
    wall: float = 30.0
    memory: int = 128 << 20


BOUNDS = Bounds()


class Unreadable(NamedTuple):
    """A mail that could not be read: why, and its head, which always can."""

    reason: str
    headers: Headers


def prepare() -> None:
    """Load now what each child would load for itself when a mail doesn't say its charset: 0.1 s, before a dozen mails."""
    charsets.guess("Καλημέρα".encode("cp1253"))


def read(
    raw: bytes,
    languages: Sequence[str],
    limits: Limits,
    bounds: Bounds = BOUNDS,
    parse: Parse = parsing.parse,
) -> Mail | Unreadable:
    """The mail as a value; no exception comes of what it holds."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(writer, lambda: _attempt(raw, languages, limits, bounds, parse))
    os.close(writer)
    try:
        answer = _answer(reader, bounds.wall)
    finally:
        os.close(reader)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _rest, status = os.waitpid(child, 0)
    found = _result(answer) if answer is not None else _("it took more than {wall:g} s to read", wall=bounds.wall)
    if isinstance(found, Mail):
        return found
    return Unreadable(found or _ended(status, bounds), headers.split(raw[: headers.LONGEST])[0])


def _work(writer: int, attempt: Callable[[], bytes]) -> NoReturn:
    """The child: never returns, and leaves nothing behind but what it writes."""
    try:
        view = memoryview(attempt())
        while view:
            view = view[os.write(writer, view) :]
    finally:
        os._exit(0)


def _attempt(raw: bytes, languages: Sequence[str], limits: Limits, bounds: Bounds, parse: Parse) -> bytes:
    try:
        _confine(len(raw), bounds)
        return pickle.dumps(parse(raw, languages, limits), protocol=5)
    except RecursionError:
        reason = "its parts are nested too deeply"
    except MemoryError:
        reason = "reading it takes too much memory"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the parent that tells
        reason = _("reading it failed: {name}", name=type(error).__name__)
    return pickle.dumps(reason)


def _confine(size: int, bounds: Bounds) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu, bounds.cpu))
    with suppress(OSError, ValueError):  # Linux tells what is taken already; elsewhere the processor's limit must do
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        most = taken + bounds.memory + 8 * size
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(reader: int, wall: float) -> bytes | None:
    """All that the child writes; None when its time is over."""
    until, pieces = time.monotonic() + wall, list[bytes]()
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        piece = os.read(reader, 1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _result(answer: bytes) -> Mail | str:
    """What the child found out, or why it didn't; nothing when it was ended."""
    try:
        found: Mail | str = pickle.loads(answer)  # noqa: S301 - written by our own child
    except (pickle.UnpicklingError, EOFError, ValueError):
        return ""
    return found


def _ended(status: int, bounds: Bounds) -> str:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return _("reading it takes more than {cpu} s of processor time", cpu=bounds.cpu)
    return (
        _("its reader was ended by signal {number}", number=number) if number else "its reader ended without an answer"
    )
