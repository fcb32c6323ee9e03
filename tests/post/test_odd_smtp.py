"""Servers that take mail in ways of their own: what each answer is taken for, and that no secret is blamed in vain."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator

import pytest

from desk.errors import MailError
from desk.post import imap, smtp
from desk.post.secrets import Secret
from desk.post.servers import Server, SignInRefused
from tests.post.conftest import SECRET
from tests.post.odd import OddServer

MESSAGE = b"From: desk@ncpeh.example\r\n\r\nwords\r\n"
USUAL = {
    "CONNECT": b"220 ready",
    "EHLO": b"250-here\r\n250 AUTH PLAIN",
    "AUTH": b"235 welcome",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "QUIT": b"221 bye",
}


class Odd(socketserver.ThreadingTCPServer):
    """Answers as it is told to, by the first word of a command; nothing at all hangs up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.said: dict[str, bytes] = {}
        self.heard: list[bytes] = []

    def answer(self, word: str) -> bytes:
        return {**USUAL, **self.said}.get(word, b"250 OK")

    @property
    def server(self) -> Server:
        return Server("smtp", "127.0.0.1", int(self.server_address[1]), "none", "desk@ncpeh.example")


class _Talk(socketserver.StreamRequestHandler):
    server: Odd

    def handle(self) -> None:
        word, data = "CONNECT", False
        while answer := self.server.answer(word):
            self.wfile.write(answer + b"\r\n")
            data = answer.startswith(b"354") or (data and word != ".")
            line = self.rfile.readline()
            while data and line not in (b".\r\n", b""):
                line = self.rfile.readline()
            if not line:
                return
            self.server.heard.append(line.strip())
            data, word = False, line.split()[0].decode().upper()


@pytest.fixture(scope="module")
def odd() -> Iterator[Odd]:
    server = Odd()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("said", "state", "alive", "code"),
    [
        ({}, "sent", True, 250),
        ({".": b"200 fine"}, "sent", True, 200),
        ({".": b"259 it will be"}, "sent", True, 259),
        ({"RCPT": b"252 it may be"}, "sent", True, 250),
        ({"RCPT": b"452 4.5.3 too many"}, "later", True, 452),
        ({"RCPT": b"552 5.2.2 full"}, "refused", True, 552),
        ({"DATA": b"451 not now"}, "later", True, 451),
        ({"DATA": b"503 no"}, "refused", True, 503),
        ({"DATA": b"250 what for?"}, "later", False, 0),
        ({"DATA": b""}, "later", False, 0),
        ({".": b"421 going"}, "later", False, 421),
        ({".": b""}, "later", False, 0),
        ({".": b"550 \xe1\xe2\xff"}, "refused", True, 550),
        ({".": b"550 " + b"x" * 9000}, "later", False, 0),
        ({"MAIL": b"hello there"}, "later", False, 0),
        ({"MAIL": b"100 wait"}, "later", False, 0),
        ({"QUIT": b""}, "sent", True, 250),
    ],
)
def test_what_an_answer_is_taken_for(odd: Odd, said: dict[str, bytes], state: str, alive: bool, code: int) -> None:  # noqa: FBT001
    odd.said = said
    sender = smtp.connect(odd.server, SECRET, "ncpeh.example")
    outcome = sender.send("desk@ncpeh.example", "anna@clinic.example", MESSAGE)
    assert (outcome.state, sender.alive, outcome.code) == (state, alive, code)
    assert outcome.words
    sender.close()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"CONNECT": b"554 no mail here"}, MailError),
        ({"CONNECT": b"421 too many"}, MailError),
        ({"CONNECT": b""}, MailError),
        ({"EHLO": b"250 here"}, MailError),
        ({"AUTH": b"454 4.7.0 the directory is away"}, MailError),
        ({"AUTH": b"421 4.7.0 too many"}, MailError),
        ({"AUTH": b""}, MailError),
        ({"AUTH": b"535 5.7.8 wrong"}, SignInRefused),
        ({"AUTH": b"534 5.7.9 by another way"}, SignInRefused),
    ],
)
def test_whose_fault_it_is_that_nobody_is_logged_in(odd: Odd, said: dict[str, bytes], kind: type[MailError]) -> None:
    """A secret that was not looked at is not refused: git would forget it."""
    odd.said = said
    with pytest.raises(MailError) as refused:
        smtp.connect(odd.server, SECRET, "ncpeh.example")
    assert type(refused.value) is kind
    assert "127.0.0.1" in refused.value.message


def test_secrets_in_letters_of_any_script(odd: Odd) -> None:
    odd.said, odd.heard = {}, []
    smtp.connect(odd.server, Secret("κωδικός", "the tests"), "ncpeh.example").close()
    [line] = [line for line in odd.heard if line.startswith(b"AUTH")]
    assert base64.b64decode(line.split()[2]).decode() == "\0desk@ncpeh.example\0κωδικός"
    odd.said = {"AUTH": b"535 wrong"}
    with pytest.raises(SignInRefused):
        smtp.connect(odd.server, Secret("κωδικός", "the tests"), "ncpeh.example")
    heard: list[bytes] = []

    def go_on(tag: bytes, _line: bytes) -> bytes:
        heard.append(tag)
        return b"+ \r\n" if len(heard) == 1 else heard[0] + b" OK done\r\n"

    with OddServer() as box:
        box.begin({}, **{"authenticate": go_on, "": go_on})
        imap.connect(Server("imap", "127.0.0.1", box.port, "none", "desk"), Secret("κωδικός", "the tests")).close()
    assert base64.b64decode(heard[1]).decode() == "\0desk\0κωδικός"
