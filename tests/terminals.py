"""desk as a process of its own, on a terminal or off: a copy of this one, which has loaded the whole program already.

A new interpreter takes ten times as long before it says a word. Tests of how one starts, or is killed, take one all the
same.
"""

from __future__ import annotations

import functools
import gc
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pexpect

import desk
from desk.cli import main


def spawn(*args: str, cwd: Path, env: Mapping[str, str], **more: Any) -> Any:
    """As `pexpect.spawn` of `python -m desk` with these words; `more` is what that takes, such as `dimensions`."""
    given = {"encoding": "utf-8", "timeout": 20, **more}
    child: Any = pexpect.spawn(sys.executable, cwd=str(cwd), preexec_fn=_copy(args, env), **given)
    child.delaybeforesend = None  # what is awaited is a question, after which nothing is thrown away
    child.ptyproc.delayafterclose = 0  # see `said_last`
    return child


def run(*args: str, cwd: Path | str | None, env: Mapping[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` of `python -m desk` with these words; `more` is what that takes, such as `stdin`."""
    given = {"capture_output": True, "text": True, **more}
    return subprocess.run(sys.executable, check=False, cwd=cwd, preexec_fn=_copy(args, env), **given)


def start(*args: str, cwd: Path, env: Mapping[str, str], **more: Any) -> subprocess.Popen[str]:
    """As `subprocess.Popen` of them."""
    return subprocess.Popen(sys.executable, cwd=cwd, preexec_fn=_copy(args, env), text=True, **more)  # noqa: PLW1509 - a copy


def said_last(child: Any) -> str:
    """What it says until it ends; its exit status is known then."""
    child.expect(pexpect.EOF)
    child.wait()
    child.close()
    return str(child.before)


def interrupt(child: Any) -> None:
    """Ctrl-C, once it waits for what is typed: between printing a question and that, C code may miss it."""
    stat = Path(f"/proc/{child.pid}/stat")
    while stat.exists() and stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "R":
        time.sleep(0.01)
    child.sendintr()


def _copy(args: tuple[str, ...], env: Mapping[str, str]) -> Callable[[], NoReturn]:
    _load()
    return functools.partial(_play, args, env)


@functools.cache
def _load() -> None:
    """Every module, once: what only a copy needed would be loaded by each of them."""
    for module in pkgutil.walk_packages(desk.__path__, "desk."):
        if module.name != "desk.__main__":
            importlib.import_module(module.name)


def _play(args: tuple[str, ...], env: Mapping[str, str]) -> NoReturn:
    """What the copy does instead of starting another program: it never returns to the test in which it was made."""
    code = 1
    try:
        gc.freeze()  # what the tests hold is not taken apart here, least of all their files
        os.closerange(3, 256)  # one of them tells whoever waits, by being closed, that the program runs
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have the tests ignore it
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by an interpreter, not by who was about to start one
            signal.signal(ignored, signal.SIG_IGN)
        os.environ.clear()
        os.environ.update(env)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, 1, "utf-8", "surrogateescape", closefd=False)  # noqa: SIM115 - open to the end
            for number, mode in enumerate("rww")
        )
        main.main(list(args))
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 1
    except BaseException:  # noqa: BLE001 - as an interpreter does
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
        finally:
            os._exit(code)
