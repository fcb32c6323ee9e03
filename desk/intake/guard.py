"""Reads mails in a child process with limits: whatever a mail does to its reader, the run goes on with the next one.

A mail of 200,000 parts takes minutes and gigabytes to split; here it takes five seconds of a child, which then is gone. One
child reads many mails, each within limits of its own: making a process costs more than reading what people write.
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
from typing import NoReturn, Self

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from desk.mail import headers
from desk.mail.headers import Headers
from desk.named import NamedTuple
from desk.text import _

Parse = Callable[[bytes, Sequence[str], Limits], Mail]
_LENGTH = 8
"""Bytes before each question and answer that say how long it is."""
_MOST = 200
"""Mails that one child reads: what its libraries keep of them is gone with it."""


class Bounds(NamedTuple):
    """What reading one mail may take: seconds of processor (half a second more or less), seconds in all, bytes beside eight
    times its size.
    """

    cpu: int = 5
    wall: float = 30.0
    memory: int = 128 << 20


BOUNDS = Bounds()


class Unreadable(NamedTuple):
    """A mail that could not be read: why, and its head, which always can."""

    reason: str
    headers: Headers


class _Child(NamedTuple):
    """`questions` are written by us, `answers` by the child."""

    process: int
    questions: int
    answers: int


class GuardedReader:
    """A child that reads one mail after the other. It is made for the first one, and anew for the one after that ended it."""

    def __init__(self, bounds: Bounds = BOUNDS, parse: Parse = parsing.parse) -> None:
        self._bounds = bounds
        self._parse = parse
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, raw: bytes, languages: Sequence[str], limits: Limits) -> Mail | Unreadable:
        """The mail as a value; no exception comes of what it holds."""
        child = self._child = self._child or _born(self._bounds, self._parse)
        try:
            _send(child.questions, pickle.dumps((raw, tuple(languages), limits), protocol=5))
            answer = _answer(child.answers, self._bounds.wall)
            found, goes_on = _result(answer)
            if not goes_on:
                status = self._end()
                found = found or _ended(status, self._bounds)
        except TimeoutError:
            self._end()
            found = _("it took more than {wall:g} s to read", wall=self._bounds.wall)
        except BaseException:
            self._end()  # Ctrl-C: what was asked would be answered to the next question
            raise
        return found if isinstance(found, Mail) else Unreadable(found, headers.split(raw[: headers.LONGEST])[0])

    def close(self) -> None:
        """The child is gone."""
        if self._child is not None:
            self._end()

    def _end(self) -> int:
        """End the child; how it ended, as the system tells it."""
        child, self._child = self._child, None
        assert child is not None  # noqa: S101 - there is one while a mail is read, and `close` asks
        os.close(child.questions)
        os.close(child.answers)
        with suppress(ProcessLookupError):
            os.kill(child.process, signal.SIGKILL)
        return os.waitpid(child.process, 0)[1]


def read(
    raw: bytes,
    languages: Sequence[str],
    limits: Limits,
    bounds: Bounds = BOUNDS,
    parse: Parse = parsing.parse,
) -> Mail | Unreadable:
    """One mail as a value, by a child of its own."""
    with GuardedReader(bounds, parse) as reader:
        return reader.read(raw, languages, limits)


# -- the child ---------------------------------------------------------------------------------------------------------


def _born(bounds: Bounds, parse: Parse) -> _Child:
    asked, questions = os.pipe()
    answers, told = os.pipe()
    process = os.fork()
    if process == 0:
        _work(asked, told, bounds, parse)
    os.close(asked)
    os.close(told)
    return _Child(process, questions, answers)


def _work(asked: int, told: int, bounds: Bounds, parse: Parse) -> NoReturn:
    """The child: never returns, and leaves nothing behind but what it writes."""
    try:
        _let_go({asked, told})
        for left in range(_MOST - 1, -1, -1):
            question = _received(asked)
            if question is None:
                break
            _send(told, _attempt(question, bounds, parse, goes_on=left > 0))
    finally:
        os._exit(0)


def _let_go(kept: set[int]) -> None:
    """Close what the run has open: its locks must not outlive it, and its servers are no business of a mail."""
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _attempt(question: bytes, bounds: Bounds, parse: Parse, *, goes_on: bool) -> bytes:
    """The mail, or why it can't be read; and whether this process is fit for another one."""
    try:
        _confine(len(question), bounds)
        return pickle.dumps((parse(*pickle.loads(question)), goes_on), protocol=5)  # noqa: S301 - our own parent's
    except RecursionError:
        reason = _("its parts are nested too deeply")
    except MemoryError:
        reason = _("reading it takes too much memory")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the parent that tells
        reason = _("reading it failed: {name}", name=type(error).__name__)
    return pickle.dumps((reason, False))


def _confine(size: int, bounds: Bounds) -> None:
    """Limits for the next mail, beside what was taken up for those before it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + 0.5) + bounds.cpu
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    with suppress(OSError, ValueError):  # Linux tells what is taken already; elsewhere the processor's limit must do
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        most = taken + bounds.memory + 8 * size
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


# -- between the two ---------------------------------------------------------------------------------------------------


def _send(pipe: int, data: bytes) -> None:
    """Write all of it; one that reads no more will be found to have ended."""
    view = memoryview(len(data).to_bytes(_LENGTH, "big") + data)
    with suppress(BrokenPipeError):
        while view:
            view = view[os.write(pipe, view) :]


def _received(pipe: int, wait: Callable[[], None] = lambda: None) -> bytes | None:
    """What was sent; None where nothing more comes. `wait` returns when there is something to be read, or raises."""
    length = _exactly(pipe, _LENGTH, wait)
    return _exactly(pipe, int.from_bytes(length, "big"), wait) if length is not None else None


def _exactly(pipe: int, size: int, wait: Callable[[], None]) -> bytes | None:
    pieces = list[bytes]()
    while size:
        wait()
        piece = os.read(pipe, min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _answer(pipe: int, wall: float) -> bytes | None:
    """All that the child answers; None when it ended before. TimeoutError when its time is over."""
    until = time.monotonic() + wall

    def wait() -> None:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            raise TimeoutError

    return _received(pipe, wait)


def _result(answer: bytes | None) -> tuple[Mail | str, bool]:
    """What the child found out, or why it didn't, and whether it goes on; nothing when it was ended."""
    with suppress(pickle.UnpicklingError, EOFError, ValueError):
        found: tuple[Mail | str, bool] = pickle.loads(answer or b"")  # noqa: S301 - written by our own child
        return found
    return "", False


def _ended(status: int, bounds: Bounds) -> str:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return _("reading it takes more than {cpu} s of processor time", cpu=bounds.cpu)
    return (
        _("its reader was ended by signal {number}", number=number) if number else "its reader ended without an answer"
    )
