"""Mails for the tests, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail

Parse = Callable[..., Mail]


def mail(*lines: str, body: str | bytes = "Hello") -> bytes:
    """A mail with these header lines above the usual ones."""
    head = "\n".join((*lines, "From: Anna <anna@clinic.example>", "To: desk@ncpeh.example", "Subject: Error 4703"))
    data = body.encode() if isinstance(body, str) else body
    return (head + "\nMessage-ID: <1@clinic.example>\n\n").encode().replace(b"\n", b"\r\n") + data.replace(
        b"\n", b"\r\n"
    )


@pytest.fixture
def parse() -> Parse:
    """`parse("Header: value", body=…)`: that mail as a value, read in this process."""
    return lambda *lines, body="Hello": parsing.parse(mail(*lines, body=body), ("en", "el"), Limits())
