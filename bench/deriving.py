"""Measures what telling of others' commits costs the mail host: CPU a commit, and a `desk mail run` with nothing to do.

    python -m bench.deriving [COMMITS]

The commits are those of a day's work (registering, answering, noting, closing), each by desk's own verbs; deriving reads all
of them from git alone. CPU is of this process, the best of five. A run is timed against `python -c "import click"` (F), in
pairs, with a server named that sends, and with one that mail is fetched from where DESK_BENCH_IMAP names its port.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.run import DESK, ENVIRONMENT, FLOOR, compare
from desk.actions.tickets import lifecycle
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.local import cursor
from desk.local.cursor import Cursor
from desk.session import deriving
from desk.session.session import Session

START = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
SERVER = 'host = "localhost"\nport = 25\nsecurity = "none"\nuser = "none"\n'


def build(folder: Path, commits: int) -> str:
    """A desk with so many commits; the one before the first of them."""
    subprocess.run([*DESK, "init", str(folder)], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    before = Session(str(folder), ENVIRONMENT, START).store.commit_now()
    made = 0
    while made < commits:
        at = START + timedelta(minutes=made)
        first = Session(str(folder), ENVIRONMENT, at)
        new = NewTicket(
            f"Question {made}", "It doesn't work.", requester=f"a{made}@clinic.example", department="technical"
        )
        ticket = lifecycle.create(first, new).change.edits[0].record.id
        for number, text in enumerate(("We look into it.", "It works again."), 1):
            then = Session(str(folder), ENVIRONMENT, at + timedelta(seconds=number))
            lifecycle.reply(then, [ticket], NewEntry(lambda _, text=text: text))  # type: ignore[misc]
        lifecycle.close(Session(str(folder), ENVIRONMENT, at + timedelta(seconds=3)), [ticket])
        made += 4
    return before


def measure(folder: Path, before: str) -> tuple[float, int, int]:
    """CPU seconds of deriving everything, commits, messages."""
    best, found = 1e9, deriving.Derived()
    for _ in range(5):
        session = Session(str(folder), ENVIRONMENT, START + timedelta(days=30))
        cursor.move(session.place, Cursor(before, "-"))
        session.store.commit_now()
        began = time.process_time()
        found = deriving.derive(session, dry_run=True)
        best = min(best, time.process_time() - began)
    return best, found.commits, len(found.drafts)


def main(commits: int) -> None:
    """Measure, and print it."""
    top = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    try:
        folder = top / "desk"
        before = build(folder, commits)
        seconds, counted, messages = measure(folder, before)
        print(
            f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}\n"
        )
        print(
            f"deriving {messages:,} messages of {counted:,} commits: {1000 * seconds / counted:.2f} ms of CPU a commit"
        )
        git = ["git", "-C", str(folder)]
        toml = folder / "desk.toml"
        lines = f"[mail.smtp]\n{SERVER}"
        if port := os.environ.get("DESK_BENCH_IMAP"):
            lines += f'[mail.imap]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nuser = "bench"\n'
            subprocess.run([*git, "config", "desk.mail.secretCommand", "echo secret"], check=True)
        toml.write_text(
            toml.read_text(encoding="utf-8").replace("[attachment]", f"{lines}\n[attachment]"), encoding="utf-8"
        )
        subprocess.run([*git, "commit", "-q", "-a", "-m", "mail"], check=True, env=ENVIRONMENT)
        subprocess.run([*git, "config", "desk.mail.host", "true"], check=True)
        pins = f"smtp://none@localhost:25 imap://bench@localhost:{port or 143}"
        subprocess.run([*git, "config", "desk.mail.trust", pins], check=True)
        shutil.rmtree(folder / ".git/desk/outbox", ignore_errors=True)
        (folder / ".git/desk/mail/cursor").unlink()
        subprocess.run([*DESK, "mail", "run"], cwd=folder, check=True, env=ENVIRONMENT)
        for words in (("mail", "run"), ("mail", "send")):
            pair = compare(lambda _, words=words: [*DESK, *words], lambda _: FLOOR, folder)  # type: ignore[misc]
            print(f"desk {' '.join(words)}, nothing to do: {pair.ratio:.2f} F, {pair.ours * 1000:.0f} ms")
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
