"""Measures what taking mails in costs: processor time a mail, of this process and of all that it starts.

    python -m bench.intake [MAILS]

The mails are as people write them, in Greek and English, by three hundred writers; each becomes a ticket by a commit of its
own. They are read, decided, committed, written and told of as `desk mail import` and `desk mail fetch` do it; what a server
takes is not in it. F is the processor time of `python -c "import click"`, measured before and after.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.run import DESK, ENVIRONMENT, FLOOR
from desk.actions.mail import fetching
from desk.actions.mail.taking import Arriving
from desk.session.session import Session

WRITERS = 300
SETTINGS = (("mail.machines", "bench@ncpeh.example"), ("mail.address", "desk@ncpeh.example"))


def mail(number: int) -> bytes:
    """A mail of half a page."""
    writer = number % WRITERS
    head = (
        f"From: Anna {writer} <a{writer}@clinic{writer}.example>",
        "To: desk@ncpeh.example",
        f"Subject: Question {number} about a prescription",
        f"Message-ID: <m{number}@clinic{writer}.example>",
        "Date: Thu, 23 Jul 2026 09:00:00 +0300",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Καλημέρα σας, δεν μπορώ να δω τη συνταγή {number}.",
    )
    return "\r\n".join((*head, *["It says that the service is not available at the moment."] * 20, "")).encode()


def used() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def floor() -> float:
    """Seconds of processor time of F."""
    before = used()
    for _ in range(10):
        subprocess.run(FLOOR, check=True, env=ENVIRONMENT)
    return (used() - before) / 10


def main(number: int) -> None:
    """Measure, and print it."""
    top = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    try:
        folder = top / "desk"
        subprocess.run([*DESK, "init", str(folder)], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        for name, value in SETTINGS:
            command = [*DESK, "config", "set", name, value]
            subprocess.run(command, cwd=folder, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        session = Session(str(folder), ENVIRONMENT, datetime.now(UTC).replace(microsecond=0))
        waiting = (Arriving(raw, len(raw)) for raw in map(mail, range(number)))
        before, began, yardstick = floor(), time.monotonic(), used()
        taken = sum(one.state == "taken" for one in fetching.take_in_saved(session, waiting))
        cost, seconds = (used() - yardstick) / number, time.monotonic() - began
        one = (before + floor()) / 2
        print(
            f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n\n"
            f"{taken:,} mails taken in: {1000 * cost:.1f} ms of CPU each, {1 / cost:.0f} a second of CPU, {cost / one:.2f} F of CPU;"
            f" {seconds:.0f} s in all"
        )
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
