"""postfix end to end: it hands each mail to `desk mail import`, and takes what the desk sends into mailboxes."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import terminals
from tests.conftest import MAIL_REQUIRED, POSTFIX, Runner
from tests.mailin.conftest import mail, place_settings
from tests.mailin.post import Git
from tests.post.conftest import Dovecot, free_port

DESK = "servicedesk@ncpeh.example"
MAIN = """
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
maillog_file = {top}/log
maillog_file_prefixes = {top}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.ncpeh.example
mydestination =
alias_maps =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
relay_domains = ncpeh.example
transport_maps = inline:{{ {{ {desk} = desk: }} }}
desk_destination_recipient_limit = 1
virtual_mailbox_domains = clinic.example
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n - 0 flush
showq unix n - n - - showq
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
desk unix - n n - 1 pipe flags=Rq user=nobody argv=/usr/bin/perl {top}/relay.pl {top}/pipe
"""
RELAY = """use IO::Socket::UNIX;
my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 75;
local $/; print $s <STDIN>; $s->shutdown(1); exit <$s>;
"""
"""postfix never runs a program as root, and nobody else may read these tests' desk: so they run it, and it hears how that ended."""


QUEUE = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid", "private", "public",
    "saved", "trace",
)  # fmt: skip


def said_by(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


class Postfix:
    """A server of its own, with what `desk mail import --pipe -` ended with, mail by mail."""

    def __init__(self, top: Path, lmtp: int, run: Callable[[bytes], int]) -> None:
        self.top, self.port, self.run = top, free_port(), run
        self.codes: list[int] = []
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER), ("relay.pl", RELAY)):
            filled = text if name == "relay.pl" else text.format(top=top, port=self.port, lmtp=lmtp, desk=DESK)
            (top / name).write_text(filled, encoding="utf-8")
        for folder in ("data", *(f"queue/{name}" for name in QUEUE)):
            (top / folder).mkdir(parents=True)
            shutil.chown(top / folder, "postfix")
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(top / "pipe"))
        (top / "pipe").chmod(0o777)
        self.listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()
        # As `postfix start` does, after it has looked at each of its files for a second.
        self.call(f"{said_by('postconf', '-h', 'daemon_directory')}/master", "-w")

    def call(self, program: str, *words: str) -> None:
        done = subprocess.run([program, "-c", str(self.top), *words], capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self.listening.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                self.codes.append(self.run(stream.read()))
                client.sendall(str(self.codes[-1]).encode())

    def send(self, number: int, *head: str) -> None:
        """A mail of Anna's to the desk."""
        lines = (
            "From: Anna <anna@clinic.example>", f"To: {DESK}", f"Message-ID: <{number}@clinic.example>", *head, "", "Words.", "",
        )  # fmt: skip
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            client.sendmail("anna@clinic.example", [DESK], "\r\n".join(lines).encode())

    def until(self, found: Callable[[], bool]) -> None:
        """Wait for it, half a minute at most."""
        for _turn in range(600):
            if found():
                return
            time.sleep(0.05)
        raise AssertionError(f"{self.codes}\n{self.said()}")

    def said(self) -> str:
        return (self.top / "log").read_text(encoding="utf-8")

    def stop(self) -> None:
        self.call("postfix", "stop")
        self.listening.close()


@pytest.fixture
def postfix(home: Path, dovecot: Dovecot, environment: dict[str, str]) -> Iterator[Postfix]:
    if not POSTFIX or os.geteuid():
        assert not MAIL_REQUIRED, "postfix is not installed, or can't be started"
        pytest.skip("postfix is not installed, or can't be started")

    def run(raw: bytes) -> int:
        words = ("--desk", str(home), "mail", "import", "--pipe", "-")
        return terminals.run(*words, cwd=None, env=environment, input=raw, text=False).returncode

    with tempfile.TemporaryDirectory(prefix="desk-postfix-") as name:
        Path(name).chmod(0o755)  # its parts run as users of their own
        found = Postfix(Path(name), dovecot.ports.lmtp, run)
        yield found
        found.stop()


def test_a_mail_in_and_its_acknowledgement_out(
    postfix: Postfix, desk: Runner, home: Path, git: Git, dovecot: Dovecot
) -> None:
    """What can't be taken yet stays in postfix's queue; each mail comes in once, and what is sent arrives."""
    postfix.send(1, "Subject: No prescription")
    postfix.until(lambda: "status=deferred" in postfix.said())  # no machine may take mail in yet
    assert postfix.codes == [75]
    place_settings(
        home,
        f'address = "{DESK}"',
        'machines = ["maria@ncpeh.example"]',
        'smtp.host = "127.0.0.1"',
        f"smtp.port = {postfix.port}",
        'smtp.security = "none"',
        'smtp.user = "none"',
    )
    git("commit", "-qam", "mail")
    git("config", "desk.mail.host", "true")
    postfix.call("postqueue", "-f")
    postfix.until(lambda: postfix.codes == [75, 0])
    [ticket] = desk("ticket", "list", "-f", "ids").out.split()
    postfix.send(2, "Subject: Re: No prescription", "In-Reply-To: <1@clinic.example>")
    postfix.send(1, "Subject: No prescription")
    postfix.until(lambda: postfix.codes == [75, 0, 0, 0])
    shown = desk("ticket", "show", ticket, "-f", "json").data
    assert (shown["title"], [entry["text"] for entry in shown["thread"]]) == ("No prescription", ["Words."])
    desk("mail", "trust")
    desk("mail", "send")
    inbox = dovecot.top / "mail/anna@clinic.example/new"
    postfix.until(lambda: inbox.is_dir() and bool(list(inbox.iterdir())))
    arrived = [path.read_text(encoding="utf-8") for path in inbox.iterdir()]
    assert all(f"[{ticket}]" in mail and "mx.ncpeh.example" in mail for mail in arrived)


def test_a_bug_sends_nobody_s_mail_back(desk: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """An MTA that is told of anything but 75 returns the mail to whoever wrote it."""

    def boom(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    desk("config", "set", "mail.machines", "maria@ncpeh.example")
    raw = mail("anna@clinic.example", "One", "First.")
    with monkeypatch.context() as patch:
        patch.setattr("desk.actions.mail.entering.change_of", boom)
        assert "division by zero" in desk("mail", "import", "--pipe", "-", stdin=raw, code=75).err
        assert "this is a bug" in desk("mail", "import", "-", stdin=raw, code=1).err
    assert [row["state"] for row in desk("mail", "import", "--pipe", "-", "-f", "json", stdin=raw).data] == ["taken"]
