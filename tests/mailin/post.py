"""A desk whose mail lies on a real server, as its administrator has set it up."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient

from tests.conftest import Result, Runner
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
        """How many mails lie in each folder."""
        with IMAPClient("127.0.0.1", self.dovecot.ports.imap, ssl=False) as client:
            client.login(self.user, "secret")
            names = [name for _flags, _mark, name in client.list_folders()]
            return {name: int(client.folder_status(name, ["MESSAGES"])[b"MESSAGES"]) for name in names}


def set_up(desk: Runner, home: Path, git: Git, dovecot: Dovecot, user: str) -> Post:
    """The desk's settings and this machine's, as docs/mail.md tells to make them."""
    text = (home / "desk.toml").read_text(encoding="utf-8")
    lines = (
        f'machines = ["maria@ncpeh.example"]\nimap.host = "localhost"\nimap.port = {dovecot.ports.imaps}\n'
        f'imap.user = "{user}"\n'
    )
    (home / "desk.toml").write_text(text.replace("[mail]\n", f"[mail]\n{lines}"), encoding="utf-8")
    git("commit", "-qam", "mail")
    git("config", "desk.mail.host", "true")
    git("config", "desk.mail.trust", f"imaps://{user}@localhost:{dovecot.ports.imaps}")
    return Post(desk, dovecot, user, {"DESK_IMAP_SECRET": "secret", "SSL_CERT_FILE": str(dovecot.top / "cert.pem")})


class Carrier:
    """An SMTP server that brings everything into one mailbox."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.dovecot, self.user = dovecot, user
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        with smtplib.LMTP("127.0.0.1", self.dovecot.ports.lmtp) as client:
            client.sendmail("", [self.user], envelope.content or b"")
        return "250 carried"
