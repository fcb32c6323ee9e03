"""Mails for the tests, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desk.intake import parsing
from desk.intake.attachments import Limits
from desk.intake.mails import Mail
from tests.intake.hostile import mail

Parse = Callable[..., Mail]


@pytest.fixture
def parse() -> Parse:
    """`parse("Header: value", body=…)`: that mail as a value, read in this process."""
    return lambda *lines, body="Hello": parsing.parse(mail(*lines, body=body), ("en", "el"), Limits())
