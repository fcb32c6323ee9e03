"""Measures what taking mails in costs: processor time a mail, of this process and of all that it starts.

    python -m bench.intake [MAILS]

The mails are as people write them, in Greek and English, by three hundred writers; each becomes a ticket by a commit of its
own. They are read, decided, committed, written and told of as `desk mail import` does it; or, where DESK_BENCH_IMAP names the port
of a server on this machine, at which `bench` logs in with `secret`, as `desk mail fetch` does, out of its INBOX into another
folder. What the server takes is not in it. F is the processor time of `python -c "import click"`, measured before and after.
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
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from imapclient import IMAPClient

from bench.run import DESK, ENVIRONMENT, FLOOR
from desk.actions.mail import fetching
from desk.actions.mail.taking import Arriving
from desk.local import mailhost
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


def from_disk(session: Session, mails: list[bytes]) -> int:
    """Take them in as saved ones; how many were."""
    waiting = (Arriving(raw, len(raw)) for raw in mails)
    return sum(one.state == "taken" for one in fetching.take_in_saved(session, waiting))


def from_server(session: Session, settings: dict[str, str], mails: list[bytes]) -> Callable[[], int]:
    """Put them into the mailbox; gives what takes them in."""
    with IMAPClient("127.0.0.1", int(os.environ["DESK_BENCH_IMAP"]), ssl=False) as client:
        client.login("bench", "secret")
        for raw in mails:
            client.append("INBOX", raw)

    def take() -> int:
        with mailhost.alone(session.place):
            return fetching.fetch(session, settings).count("taken")

    return take


def named(port: str, folder: Path) -> None:
    """Name the server that mail is fetched from, and agree to it."""
    toml = folder / "desk.toml"
    lines = f'[mail.imap]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nuser = "bench"\n'
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("[attachment]", f"{lines}\n[attachment]"), encoding="utf-8"
    )
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "commit", "-q", "-a", "-m", "mail"], check=True, env=ENVIRONMENT)
    subprocess.run([*git, "config", "desk.mail.host", "true"], check=True)
    subprocess.run([*git, "config", "desk.mail.trust", f"imap://bench@localhost:{port}"], check=True)


def main(number: int) -> None:
    """Measure, and print it."""
    top = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    try:
        folder = top / "desk"
        subprocess.run([*DESK, "init", str(folder)], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        for name, value in SETTINGS:
            command = [*DESK, "config", "set", name, value]
            subprocess.run(command, cwd=folder, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        port, mails = os.environ.get("DESK_BENCH_IMAP"), [mail(one) for one in range(number)]
        if port:
            named(port, folder)
        environ = {**ENVIRONMENT, "DESK_IMAP_SECRET": "secret"}
        session = Session(str(folder), environ, datetime.now(UTC).replace(microsecond=0))
        take = (
            from_server(session, mailhost.settings(session.place), mails)
            if port
            else partial(from_disk, session, mails)
        )
        before, began, yardstick = floor(), time.monotonic(), used()
        taken = take()
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
