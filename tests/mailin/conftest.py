"""A desk that mail comes to, with people and tickets, for the tests of one module; and mails to it."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from desk.actions import organisation, requesters
from desk.actions.care import settings
from desk.actions.mail import arrivals, taking
from desk.actions.mail.taking import Arriving, TakenMail
from desk.actions.tickets import lifecycle, watching
from desk.actions.tickets.lifecycle import NewEntry, NewTicket
from desk.audit.verify import verify
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket
from desk.git import upkeep
from desk.git.process import packs
from desk.intake.guard import GuardedReader
from desk.local import mailhost
from desk.mail import threading
from desk.session.session import Session
from tests.conftest import copy_of
from tests.post.conftest import Dovecot, certificate, dovecot

__all__ = ["certificate", "dovecot"]


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


NOW = datetime(2026, 7, 23, 6, 12, 44, tzinfo=UTC)
DESK = "servicedesk@ncpeh.example"
MAILBOX = "mailbox@ncpeh.example"
"""Where the tests' mail server keeps what comes to the desk."""
COMMIT = "4f9a1c22"


class Inbox:
    """A desk on disk. Time goes on by a minute with everything that is done."""

    def __init__(self, folder: Path, environ: Mapping[str, str], reader: GuardedReader) -> None:
        self.folder = str(folder)
        self.environ = environ
        self.reader = reader
        self.now = NOW
        self._sessions: dict[tuple[str | None, str | None], Session] = {}
        self.key = mailhost.key(self.session().place)

    def session(self, who: str | None = "maria", requester: str | None = None) -> Session:
        """Somebody's, who goes on while others work as well: until a setting is another one."""
        self.now += timedelta(minutes=1)
        if (who, requester) not in self._sessions:
            self._sessions[who, requester] = Session(self.folder, self.environ, self.now, who=who, requester=requester)
        session = self._sessions[who, requester]
        session.now = self.now
        return session

    def take(self, raw: bytes) -> TakenMail:
        """Take a mail in, as fetch and import do: one session, and one child that reads, for all mails of a run."""
        self.tidy()
        session = self.session(None)
        return taking.take_in(session, Arriving(raw, len(raw)), arrivals.door(session), reader=self.reader)

    def tidy(self) -> None:
        """Bring packs together: where there are more than 32, a commit takes twice as long."""
        session = self.session(None)
        if packs(session.place) > 24:
            with session.store.writing() as hold:
                upkeep.repack(session.place, hold)

    def set(self, name: str, value: str) -> None:
        settings.set_value(self.session(), name, value)
        self._sessions.clear()

    def settle(self, *lines: str) -> None:
        """Settings of mail as desk.toml has them, all in one commit."""
        place_settings(Path(self.folder), *lines)
        self.git("commit", "-qam", "by hand")

    def ticket(self, ticket_id: str) -> Ticket:
        return cast("Ticket", self.session(None).store.read("ticket", ticket_id))

    def user(self, user_id: str | None) -> User:
        return cast("User", self.session(None).store.read("user", str(user_id)))

    def register(self, name: str, email: str, **more: str) -> str:
        values = {"name": name, "email": email, "group": "patient", "fields": {}, **more}
        return requesters.register(self.session(), values).change.edits[0].record.id

    def open(self, title: str, requester: str) -> str:
        new = NewTicket(title, "Since Monday.", requester=requester, department="technical")
        return lifecycle.create(self.session(), new).change.edits[0].record.id

    def close(self, ticket: str) -> None:
        lifecycle.close(self.session(), [ticket])

    def reply(self, ticket: str, text: str) -> None:
        lifecycle.reply(self.session(), [ticket], NewEntry(lambda _: text))

    def watch(self, ticket: str, who: str) -> None:
        watching.watch(self.session(), [ticket], who)

    def employ(self, handle: str, email: str, *departments: str) -> None:
        values = {"id": handle, "name": handle, "email": email, "level": 1, "departments": list(departments)}
        organisation.create(self.session(), Staff, values)

    def code(self, ticket: str, to: str) -> str:
        """The Message-ID of what one address was told of a ticket."""
        return threading.message_id(ticket, COMMIT, to, self.key, "ncpeh.example")

    def plus(self, ticket: str, to: str, *, bounces: bool = False) -> str:
        return threading.plus_address(DESK, ticket, to, self.key, bounces=bounces)

    def tip(self) -> str:
        """The newest commit. After it there is exactly one where `head("%P")` tells it."""
        return (Path(self.folder) / ".git/refs/heads/main").read_text("ascii").strip()

    def head(self, form: str) -> str:
        return self.git("log", "-1", f"--format={form}").strip()

    def faults(self, since: str | None = None) -> list[str]:
        """What the audit finds in all of history, or in what came after a commit."""
        found = verify(self.session().store, since, full=since is None)
        return [f"{f.check}: {f.problem}" for f in found.findings if f.level == "fault"]

    def commit(self, *paths: str) -> None:
        """Commit files by hand."""
        self.git("add", *paths)
        self.git("commit", "-q", "-m", "by hand")

    def undo(self) -> None:
        """Take the last commit away, as if it had never been."""
        self.git("reset", "-q", "--hard", "HEAD~1")

    def git(self, *words: str) -> str:
        self._sessions.clear()
        return subprocess.run(
            ["git", "-C", self.folder, *words], check=True, capture_output=True, text=True, env=dict(self.environ)
        ).stdout


@pytest.fixture(scope="module")
def inbox(_template: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Inbox]:
    with GuardedReader() as reader:
        found = Inbox(copy_of(_template, tmp_path_factory.mktemp("inbox")), environment, reader)
        found.settle('machines = ["maria@ncpeh.example"]')
        yield found


@pytest.fixture(scope="session")
def mail_hosts(
    few_articles: Path, dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Callable[..., Path]:
    """`mail_hosts("max_mb = 1")`: a desk whose mail lies on the server, set up as docs/mail.md tells, with such lines below
    [mail] as well. Each is made once; tests take copies of it.
    """

    @functools.cache
    def made(*lines: str) -> Path:
        top = copy_of(few_articles, tmp_path_factory.mktemp("host"))
        place_settings(
            top,
            'machines = ["maria@ncpeh.example"]',
            'imap.host = "localhost"',
            f"imap.port = {dovecot.ports.imaps}",
            f'imap.user = "{MAILBOX}"',
            *lines,
        )
        subprocess.run(["git", "-C", str(top), "commit", "-qam", "mail"], check=True, env=environment)
        with (top / ".git/config").open("a", encoding="utf-8") as file:
            file.write(f'[desk "mail"]\n\thost = true\n\ttrust = imaps://{MAILBOX}@localhost:{dovecot.ports.imaps}\n')
        Session(str(top), environment, NOW, who="maria").store.ask(lambda _index: None)
        return top

    return made


def place_settings(top: Path, *lines: str) -> None:
    """Write lines below [mail] in desk.toml, as somebody does by hand; nothing is committed."""
    file = top / "desk.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[mail]\n", "".join(("[mail]\n", *(f"{line}\n" for line in lines)))), encoding="utf-8")


_counted = iter(range(1, 1_000_000))


def mail(
    sender: str | None,
    subject: str,
    text: str,
    *more: str,
    to: str = DESK,
    answers: tuple[str, ...] = (),
    own: str | None = None,
) -> bytes:
    """A mail as it comes; `more` are further header lines, `answers` what it is a reply to, `own` its Message-ID."""
    head = [
        *([f"From: {sender}"] if sender else []),
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: {own or f'<{next(_counted)}@test.example>'}",
        "Date: Thu, 23 Jul 2026 09:00:00 +0300",
        *([f"In-Reply-To: {answers[-1]}", f"References: {' '.join(answers)}"] if answers else []),
        *more,
    ]
    if not any(line.lower().startswith("content-type:") for line in more):
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return ("\r\n".join(head) + "\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()
