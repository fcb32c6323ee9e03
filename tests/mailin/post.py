"""A desk whose mail lies on a real server, as its administrator has set it up."""

from __future__ import annotations

import shutil
import smtplib
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import imap_utf7

from tests.conftest import Result, Runner
from tests.mailin.conftest import MAILBOX
from tests.post.conftest import Dovecot, free_port

Git = Callable[..., str]


class Post(NamedTuple):
    desk: Runner
    dovecot: Dovecot
    user: str
    env: dict[str, str]

    def fetch(self, *words: str, code: int | None = 0) -> Result:
        return self.desk("mail", "fetch", "-f", "json", *words, code=code, env=self.env)

    def deliver(self, *mails: bytes) -> None:
        self.dovecot.deliver(self.user, *mails)

    def folders(self) -> dict[str, int]:
        """How many mails lie in each folder, as the server keeps them."""
        inbox = self.dovecot.top / "mail" / self.user
        found = {"INBOX": inbox, **{str(imap_utf7.decode(p.name[1:].encode())): p for p in inbox.glob(".*")}}
        return {
            name: sum(len(list((folder / kind).iterdir())) for kind in ("cur", "new")) for name, folder in found.items()
        }


def post_of(desk: Runner, dovecot: Dovecot) -> Post:
    """The post of a desk of `mail_hosts`; its mailbox is empty."""
    shutil.rmtree(dovecot.top / "mail" / MAILBOX, ignore_errors=True)
    return Post(desk, dovecot, MAILBOX, {"DESK_IMAP_SECRET": "secret", "SSL_CERT_FILE": str(dovecot.top / "cert.pem")})


class Carrier:
    """An SMTP server that brings everything into one mailbox."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.dovecot, self.user = dovecot, user
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        with smtplib.LMTP("127.0.0.1", self.dovecot.ports.lmtp) as client:
            client.sendmail("", [self.user], envelope.content or b"")
        return "250 carried"


class Relay:
    """A way to a server that breaks once, after so many bytes of it, and holds when it is tried again."""

    def __init__(self, to: int, breaks_after: int) -> None:
        self._to, self._left = to, breaks_after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.connections = 0
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self.connections += 1
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for pair in ((near, far), (far, near)):
                    counted = pair[0] is far and self.connections == 1
                    self._threads.append(
                        threading.Thread(target=self._pass, args=(*pair,), kwargs={"counted": counted})
                    )
                    self._threads[-1].start()

    def _pass(self, one: socket.socket, other: socket.socket, *, counted: bool) -> None:
        with suppress(OSError):
            while data := one.recv(4096):
                self._left -= len(data) if counted else 0
                if counted and self._left < 0:
                    break
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listening, *self._ends):
            end.close()
