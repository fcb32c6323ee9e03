"""The desk as it changes: a list that stays up to date on a terminal, and a word to whom something has come.

The branch is looked at again and again, which is a small file to read; only where it has moved is anything asked anew. A bell
and a notice are for a ticket that was given to whoever watches, and for a new one of the highest priority.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from typing import Any

from desk.cli.app import App
from desk.cli.main import look_of
from desk.errors import ConfigError, UsageFault
from desk.git import log
from desk.named import NamedTuple
from desk.queries import events, tickets
from desk.queries.events import Sought
from desk.text import Text, _
from desk.view.formats import people
from desk.view.look import paint
from desk.view.model import Listing
from desk.view.text.cells import visible

_MINUTE = 60
"""Seconds after which a list is drawn anew though nothing was done: what is due comes nearer."""
_IN, _OUT, _TOP = "\x1b[?1049h", "\x1b[?1049l", "\x1b[H\x1b[2J"
"""The second screen of a terminal, and back; and an empty one."""


class Alarm(NamedTuple):
    """How somebody hears of what has come to them."""

    bell: bool = False
    notice: bool = False


def watch(app: App, view: Callable[[], Listing], every: int, alarm: Alarm, *, files: bool = False) -> Listing:
    """Keep a list on the screen until somebody stops it; what it said last is the answer then.

    `files`: it shows what is kept beside the branch, and is read anew at each look.
    """
    if not app.env.stdout.isatty() or not app.talks:
        raise UsageFault(_("--watch is for a terminal"), _("a program follows: desk activity --follow -f jsonl"))
    shown = _fresh(app, view)
    with _second_screen(app), _resizing() as resized:
        try:
            _draw(app, shown, every)
            for head in _turns(app, every, resized, always=files):
                _raise_alarm(app, head, alarm)
                shown = _fresh(app, view)
                _draw(app, shown, every)
        except KeyboardInterrupt:
            pass
    return shown


def follow(app: App, tell: Callable[[list[Any]], None], sought: Sought, every: int, alarm: Alarm) -> None:
    """Tell of each event as it comes, the oldest first, until somebody stops it."""
    try:
        for head in _turns(app, every):
            wanted = sought._replace(commits=head)
            rows = app.store.ask(lambda index, wanted=wanted: events.events(index, wanted))[::-1]  # type: ignore[misc]
            _raise_alarm(app, head, alarm)
            if rows:
                tell(rows)
    except KeyboardInterrupt:
        return


def _turns(app: App, every: int, *wakes: int, always: bool = False) -> Iterator[tuple[str, ...]]:
    """The commits that have come, each time there are any, and nothing each minute, or each time.

    `wakes`: what ends the wait, and is told as nothing as well, once there is something to read there.
    """
    before, drawn = app.store.commit_now(), time.monotonic()
    while True:
        woken, _writes, _odd = select.select(wakes, (), (), every)
        for end in woken:
            os.read(end, 4096)
        anew = always or woken
        head = app.store.commit_now()
        if not anew and head == before and time.monotonic() - drawn < _MINUTE:
            continue
        new = log.names(app.place, before, head) if head != before else ()
        before, drawn = head, time.monotonic()
        app.now = app.env.now()
        yield new


def _fresh(app: App, view: Callable[[], Listing]) -> Listing:
    app.warnings.clear()
    app.notes.clear()
    return view()


# -- the screen --------------------------------------------------------------------------------------------------------


@contextmanager
def _second_screen(app: App) -> Iterator[None]:
    app.env.stdout.write(_IN)
    try:
        yield
    finally:
        app.env.stdout.write(_OUT)
        app.env.stdout.flush()


@contextmanager
def _resizing() -> Iterator[int]:
    """The end of a pipe that has something to read when the window gets another size: the list is drawn anew for it.

    A handler may interrupt anything, so it takes no lock.
    """
    reads, writes = os.pipe()
    for end in (reads, writes):
        os.set_blocking(end, False)

    def tell(*_: object) -> None:
        with suppress(BlockingIOError):
            os.write(writes, b".")

    before = signal.signal(signal.SIGWINCH, tell)
    try:
        yield reads
    finally:
        signal.signal(signal.SIGWINCH, before)
        os.close(reads)
        os.close(writes)


def _draw(app: App, view: Listing, every: int) -> None:
    """As much as fits the screen, and a line that says when it was, and what else there is to say."""
    from desk.cli.clerk import hand  # noqa: PLC0415 - as for every list on a terminal

    shown = hand.remember(app, view)
    assert isinstance(shown, Listing)  # noqa: S101 - a list stays one
    look = look_of(app.env, app)
    room = max(shutil.get_terminal_size().lines - 3, 3)
    lines = "".join(people(shown, look)).split("\n") if shown.rows else [str(view.empty)]
    head = _("{time}, every {every} s; Ctrl-C leaves", time=app.local(app.now).strftime("%H:%M:%S"), every=every)
    more = _("and more: a taller window shows them") if len(lines) > room + 1 else ""
    said = [*lines[:room], *(visible(str(w)) for w in app.warnings[:1]), paint(more, "dim", look)]
    app.env.stdout.write(_TOP + paint(head, "dim", look) + "\n\n" + "\n".join(said))
    app.env.stdout.flush()


# -- bell and notice ---------------------------------------------------------------------------------------------------


def _raise_alarm(app: App, commits: tuple[str, ...], alarm: Alarm) -> None:
    if not commits or not (alarm.bell or alarm.notice):
        return
    told = list(arrivals(app, commits))
    if told and alarm.bell and app.env.stderr.isatty():
        app.env.stderr.write("\a")
        app.env.stderr.flush()
    if alarm.notice:
        for text in told:
            _notify(app, text)


def arrivals(app: App, commits: tuple[str, ...]) -> Iterator[Text]:
    """What came to whoever watches with these commits, by somebody else: a ticket given to them, a new one that is urgent."""
    me, scope = app.handle(), app.scope()
    rows = app.store.ask(lambda index: events.events(index, Sought(scope=scope, commits=commits)))
    others = [row for row in reversed(rows) if row["kind"] == "ticket" and row["by"] != me]
    urgent = _urgent(app, {row["id"] for row in others if row["verb"] == "create"})
    for row in others:
        if me is not None and row["verb"] == "assign" and row["to"] == me:
            yield _("{by} gave you {id}: {title}", by=row["by"], id=row["id"], title=row["title"] or "")
        elif row["verb"] == "create" and row["id"] in urgent:
            yield _("new and urgent, {id}: {title}", id=row["id"], title=row["title"] or "")


def _urgent(app: App, ids: Iterable[str]) -> set[str]:
    """Those of the highest priority."""
    highest, wanted = app.config["ticket.priorities"][-1], tuple(sorted(ids))
    return app.store.ask(lambda index: tickets.with_priority(index, wanted, highest)) if wanted else set()


def _notify(app: App, text: Text) -> None:
    """By the desktop's own program, or else by the terminal (OSC 9); harmless whatever a title says."""
    shown = " ".join(visible(str(text)).split())
    program = app.env.environ.get("DESK_NOTIFY") or shutil.which("notify-send")
    if not program:
        if app.env.stderr.isatty():
            app.env.stderr.write(f"\x1b]9;{shown}\a")
            app.env.stderr.flush()
        return
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    try:
        child = os.posix_spawnp(
            program, [program, "--", "desk", escape(shown, quote=False)], app.env.environ, file_actions=silent
        )
    except OSError as error:
        raise ConfigError(
            _("can't start {program}: {why}", program=program, why=error.strerror), _("DESK_NOTIFY names another one")
        ) from None
    os.waitpid(child, 0)
