"""An IMAP server that keeps one folder of mails in mind, and answers as no good one does."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Mapping
from typing import Self

Answer = Callable[[bytes, bytes], bytes | None]
"""From the tag and the command's line to all that is answered; None hangs up without a word.

What goes on with a command has no name, and stands where the tag of one would.
"""


class OddServer(socketserver.ThreadingTCPServer):
    """`odd` answers commands in the server's place, by the first word that they are about; `mails` are in the folder, by uid."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.can = b"IMAP4rev1 MOVE UIDPLUS IDLE"
        self.begin({})
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def begin(self, mails: Mapping[int, bytes], **odd: Answer) -> None:
        """Forget what was, and have these mails."""
        self.mails, self.odd = dict(mails), odd
        self.moved: list[int] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def answer(self, tag: bytes, line: bytes) -> bytes | None:
        """What is said to a command."""
        name = _named(line)
        made = self.odd[name](tag, line) if name in self.odd else b""
        return self._usual(tag, name, line) if made == b"" else made

    def _usual(self, tag: bytes, name: str, line: bytes) -> bytes:
        done = tag + b" OK done\r\n"
        uid = int(found[1]) if (found := re.search(rb"UID \w+ (\d+)", line)) else 0
        if name == "capability":
            return b"* CAPABILITY " + self.can + b"\r\n" + done
        if name == "select":
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 99] x\r\n" % len(self.mails) + done
        if name == "search":
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in sorted(self.mails)) + b"\r\n" + done
        if name == "sizes":
            return (
                b"".join(sizes(n, uid, len(raw)) for n, (uid, raw) in enumerate(sorted(self.mails.items()), 1)) + done
            )
        if name == "body":
            return (body(uid, self.mails[uid]) if uid in self.mails else b"") + done
        if name == "move":
            self.mails.pop(uid, None)
            self.moved.append(uid)
        return done


def sizes(number: int, uid: int, size: int) -> bytes:
    """How large a mail is, as it is told."""
    return b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "23-Jul-2026 09:00:00 +0300")\r\n' % (number, uid, size)


def body(uid: int, raw: bytes, size: int | None = None) -> bytes:
    """A whole mail, as it is told; `size` is what is said of it."""
    return b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(raw) if size is None else size) + raw + b")\r\n"


def _named(line: bytes) -> str:
    words = line.upper().removeprefix(b"UID ")
    if words.startswith(b"FETCH"):
        return "sizes" if b"RFC822.SIZE" in words else "body"
    return words.split()[0].decode().lower() if words else ""


class _Talk(socketserver.StreamRequestHandler):
    server: OddServer

    def handle(self) -> None:
        self.server.connections += 1
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _, command = line.strip().partition(b" ")
            answer = self.server.answer(tag, command)
            if answer is None:
                return
            self.wfile.write(answer)
            if command.upper().startswith(b"LOGOUT"):
                return
