"""Programs for tests to run and kill: `python -m tests.store.victim kill|within|many|crowd …`, in the desk that is the working folder.

`serve` is what most of them come from: a process that has loaded the program once, and becomes two for each that is asked
for. Each runs, and dies, as a process of its own; what is saved is a third of a second of loading.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from desk.cli import main


def die(scope: str) -> None:
    """As if the power had gone: this process alone, or git's processes with it."""
    if scope == "group":
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> None:
    """`module:attribute:before|after|during:number:self|group`: die at that call."""
    module, attribute, when, number, scope = step.split(":")
    holder: Any = importlib.import_module(module)
    *outer, name = attribute.split(".")
    for part in outer:
        holder = getattr(holder, part)
    original: Callable[..., Any] = getattr(holder, name)
    left = [int(number)]

    def armed(*args: Any, **options: Any) -> Any:
        left[0] -= when != "during" or "fast-import" in args[1]
        if left[0] > 0 or (when == "during" and "fast-import" not in args[1]):
            return original(*args, **options)
        if when == "before":
            die(scope)
        found = original(*args, **options)
        if when == "during":
            # A git process was started; it dies, or goes on, with half of what it should be told.
            found.stdin.write(b"feature done\nblob\nmark :1\ndata 100\nabc")
            found.stdin.flush()
        die(scope)
        return found

    setattr(holder, name, armed)


def doom(seconds: float, scope: str) -> None:
    """Die after so long, whatever is being done then."""
    killer = threading.Timer(seconds, die, (scope,))
    killer.daemon = True
    killer.start()


def many(count: int, label: str) -> int:
    """Create tickets one after the other; the worst exit code."""
    codes = [
        main.run(["ticket", "create", "--title", f"{label} {n}", "--department", "technical", "-f", "ids"])
        for n in range(count)
    ]
    return max(codes)


def crowd(size: int, count: int) -> int:
    """So many processes at once that each do `many`; the worst exit code."""
    load()
    children = []
    for number in range(size):
        child = os.fork()
        if child == 0:
            code = many(count, f"p{number}")
            sys.stdout.flush()
            os._exit(code)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def run(words: list[str]) -> int:
    """What was asked for; its exit code, if it lives."""
    if words[0] == "kill":
        arm(words[1])
        return main.run(words[2:])
    if words[0] == "within":
        doom(float(words[1]), words[2])
        return main.run(words[3:])
    if words[0] == "crowd":
        return crowd(int(words[1]), int(words[2]))
    return many(int(words[1]), words[2]) if words[0] == "many" else main.run(words[1:])


LOADED = (
    "_sha1",
    "_strptime",
    "desk.actions.mail.sending",
    "desk.actions.mail.taking",
    "desk.actions.suggestions",
    "desk.actions.tickets.lifecycle",
    "desk.checks.together",
    "desk.cli.clerk.hand",
    "desk.cli.pager",
    "desk.codec.places",
    "desk.codec.records",
    "desk.codec.yaml",
    "desk.commands.care.sync",
    "desk.commands.mail.fetch",
    "desk.commands.mail.run",
    "desk.commands.mail.send",
    "desk.commands.ticket.answer",
    "desk.commands.ticket.create",
    "desk.commands.ticket.listing",
    "desk.commands.ticket.undo",
    "desk.domain.knowledge.responses",
    "desk.index.build",
    "desk.mail.drafts",
    "desk.post.imap",
    "desk.queries.likeness",
    "desk.session.past",
    "desk.session.reactions",
    "desk.store.broken",
    "desk.store.writing",
    "desk.sync.halted",
    "desk.templates.rules",
    "desk.view.pages.problems",
    "desk.view.pages.terms",
    "desk.view.pages.ticket",
    "desk.view.render",
    "encodings.idna",
    "frontmatter",
    "imapclient",
    "jinja2.sandbox",
    "tomllib",
    "zoneinfo",
)
"""What writes, meetings and reads load, in the modules that tests have killed so far."""


def load() -> None:
    for name in LOADED:
        importlib.import_module(name)


def serve() -> None:
    """Answer each line of stdin, `{"cwd", "env", "args", "out", "err", "seconds"}`, with how it ended (`waitpid`).

    After so many seconds a process is killed, and those that it has started; None for never.
    """
    load()
    gc.freeze()  # none of it is taken apart by those that come from here
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked)
        if asked["seconds"] is not None:
            signal.signal(signal.SIGALRM, lambda *_, child=child: _kill_with_its_own(child))
            signal.setitimer(signal.ITIMER_REAL, asked["seconds"])
        status = os.waitpid(child, 0)[1]
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


def _kill_with_its_own(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
        os.killpg(child, signal.SIGKILL)


def _become(asked: dict[str, Any]) -> None:
    """This process as if it had been started so; it never returns."""
    code = 70
    try:
        os.setsid()
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
            descriptor = os.open(path, os.O_RDWR)
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = (
            io.TextIOWrapper(os.fdopen(number, mode), encoding="utf-8", line_buffering=number == 2)
            for number, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
        )
        code = run(asked["args"])
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        sys.exit(run(sys.argv[1:]))
