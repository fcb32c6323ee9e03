"""Mails that mean harm, and what becomes of the good ones between them: what a process of its own can do without pytest."""

from __future__ import annotations

import json
import resource
import time
from typing import NamedTuple

from desk.intake import guard
from desk.intake.attachments import Limits
from desk.intake.mails import Mail


def mail(*lines: str, body: str | bytes = "Hello") -> bytes:
    """A mail with these header lines above the usual ones."""
    head = "\n".join((*lines, "From: Anna <anna@clinic.example>", "To: desk@ncpeh.example", "Subject: Error 4703"))
    data = body.encode() if isinstance(body, str) else body
    return (head + "\nMessage-ID: <1@clinic.example>\n\n").encode().replace(b"\n", b"\r\n") + data.replace(
        b"\n", b"\r\n"
    )


MULTI = "Content-Type: multipart/mixed; boundary=b"


def _nested(depth: int) -> bytes:
    inner = "".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(depth))
    return mail("Content-Type: multipart/mixed; boundary=0", body=inner + "x")


HOSTILE = {
    "parts": mail(MULTI, body="--b\n\nx\n" * 8_000 + "--b--\n"),
    "many parts": mail(MULTI, body="--b\n\nx\n" * 200_000 + "--b--\n"),
    "nested": _nested(3_000),
    "recipients": mail("Cc: " + "a@b.example, " * 20_000),
    "references": mail("References: " + "<a@b.example> " * 50_000),
    "empty words": mail("X-Note: x", "Subject: " + "=?utf-8?q??= " * 100_000),
    "brackets": mail("Cc: " + "(" * 20_000, "To: " + "<" * 20_000),
    "deep html": mail("Content-Type: text/html", body="<div>" * 20_000 + "words"),
    "links": mail("Content-Type: text/html", body='<a href="http://x.example/">y</a>' * 20_000),
    "semicolons": mail("Content-Type: text/plain" + ";a=b" * 50_000 + ';c="' + "\\" * 50_000),
    "nul": mail("Subject: a\0b", body=bytes(range(256)) * 1000),
    "quotes": mail(body="On " + "On x, " * 40_000 + "\n" + "> a\nb\n" * 20_000),
}


class Told(NamedTuple):
    """Of the hostile mails."""

    good: int
    """Good mails that came in between them."""
    unread: dict[str, list[str]]
    """Those that can't be read: why, and their subject."""
    largest: int
    """The memory of the largest child, in KiB."""
    seconds: float


def read_all() -> Told:
    began = time.monotonic()
    good, unread = 0, dict[str, list[str]]()
    with guard.GuardedReader(guard.Bounds(cpu=2)) as reader, guard.GuardedReader(guard.Bounds(cpu=1)) as short:
        for name, raw in HOSTILE.items():
            found = (short if name == "many parts" else reader).read(raw, ("en", "el"), Limits())
            if isinstance(found, guard.Unreadable):
                unread[name] = [str(found.reason), found.headers.text("subject")]
            good += isinstance(reader.read(mail(), ("en", "el"), Limits()), Mail)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Told(good, unread, largest, time.monotonic() - began)


if __name__ == "__main__":
    print(json.dumps(read_all()))  # noqa: T201
