"""A desk begins to send: what has waited so far, and the ways to a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.mail.conftest import Sending, make_host
from tests.post.conftest import Mailserver

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data.*:DeprecationWarning", "ignore:Requiring AUTH while not requiring TLS.*"
)
Make = Callable[..., str]


def test_old_drafts_are_no_flood_of_old_news(
    desk: Runner, make: Make, home: Path, smtp: Callable[..., object], monkeypatch: pytest.MonkeyPatch, anna: str
) -> None:
    """A desk that has written messages for months begins to send."""
    old = make("Old", "--requester", anna)
    desk("ticket", "reply", old, "--body", "long ago")
    found = smtp("none")
    make_host(home, found.server)  # type: ignore[attr-defined]
    monkeypatch.setenv("DESK_SMTP_SECRET", "secret")
    monkeypatch.setenv("DESK_NOW", "2026-09-01T08:00:00Z")
    make("New", "--requester", anna, "--department", "organizational")
    done = desk("mail", "send")
    assert "3 messages are older than a day and are held" in done.err
    sending = Sending(desk, found)  # type: ignore[arg-type]
    assert [m.subject.partition("] ")[2] for m in sending.taken] == ["Καταχωρίσαμε το αίτημά σας"]
    held = desk("mail", "outbox", "--held", "-f", "json").data
    assert [r["state"] for r in held] == ["held"] * 3
    assert desk("mail", "send").err == ""
    desk("mail", "retry", held[-1]["id"])
    [row] = sending.send()
    assert (row["state"], row["event"]) == ("sent", "reply")


def test_a_sendmail_of_this_machine(
    desk: Runner, home: Path, smtp: Callable[..., Mailserver], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\ncat >> {tmp_path}/mails\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    make_host(home, smtp("none").server._replace(host="sendmail"))
    desk("ticket", "create", "--title", "T", "--requester", "new@clinic.example", "--department", "organizational")
    assert "sent to new@clinic.example" in desk("mail", "send").out
    assert b"To: new@clinic.example" in (tmp_path / "mails").read_bytes()
