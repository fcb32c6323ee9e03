"""Sending to a real server, which fails in every way that servers do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desk.errors import ConfigError, MailError
from desk.post import servers, smtp
from desk.post.secrets import Secret
from desk.post.servers import SENDMAIL, Auth, Security, Server, SignInRefused
from desk.post.smtp import Connection
from tests.post.conftest import SECRET, Fault, Mailserver

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data.*:DeprecationWarning", "ignore:Requiring AUTH while not requiring TLS.*"
)
Smtp = Callable[..., Mailserver]
MESSAGE = b"Subject: x\r\n\r\n.dot\r\nline\r\n"
TO = "anna@clinic.example"


def connect(found: Mailserver, secret: Secret | None = SECRET) -> smtp.Sender:
    return smtp.connect(found.server, secret, "ncpeh.example", found.tls)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_message_arrives_as_it_is(smtp: Smtp, security: Security) -> None:
    found = smtp(security)
    sender = connect(found)
    assert sender.send("desk+b.x@ncpeh.example", TO, MESSAGE).state == "sent"
    assert sender.send("", TO, MESSAGE).state == "sent"
    assert [(e.mail_from, e.rcpt_tos, e.content) for e in found.recorder.taken] == [
        ("desk+b.x@ncpeh.example", [TO], MESSAGE),
        ("<>", [TO], MESSAGE),
    ]
    assert isinstance(sender, Connection)
    assert "SIZE" in sender.features
    sender.close()


@pytest.mark.parametrize(
    ("fault", "state", "alive", "taken"),
    [
        (Fault("mail", "451 busy"), "later", True, 0),
        (Fault("mail", "421 going down"), "later", False, 0),
        (Fault("rcpt", "550 5.1.1 no such user"), "refused", True, 0),
        (Fault("rcpt", "450 4.2.1 greylisted"), "later", True, 0),
        (Fault("rcpt", ""), "later", False, 0),
        (Fault("dot", "554 looks like spam"), "refused", True, 0),
        (Fault("dot", "452 disk full"), "later", True, 0),
        (Fault("dot", ""), "later", False, 1),  # after the dot: it has it, and we can't know
    ],
)
def test_faults(smtp: Smtp, fault: Fault, state: str, alive: bool, taken: int) -> None:  # noqa: FBT001
    found = smtp("none")
    found.recorder.faults = [fault]
    sender = connect(found)
    outcome = sender.send("desk@ncpeh.example", TO, MESSAGE)
    assert (outcome.state, sender.alive, len(found.recorder.taken)) == (state, alive, taken)
    assert outcome.code == int(fault.answer[:3] or 0)
    assert outcome.words
    found.recorder.faults = []
    if not alive:
        sender.close()
        sender = connect(found)
    assert sender.send("desk@ncpeh.example", TO, MESSAGE).state == "sent"
    sender.close()


@pytest.mark.parametrize("auth", ["password", "xoauth2", "oauthbearer"])
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_signing_in(smtp: Smtp, auth: Auth, security: Security) -> None:
    found = smtp(security, auth)
    connect(found, Secret("secret" if auth == "password" else "good-token", "the tests")).close()
    with pytest.raises(SignInRefused) as refused:
        connect(found, Secret("my-wrong-secret", "the tests"))
    assert "my-wrong-secret" not in str(refused.value)
    assert "(535)" in refused.value.message


def test_nothing_goes_in_the_clear(smtp: Smtp) -> None:
    """A server that offers no TLS where it was asked for hears neither the secret nor the message."""
    found = smtp("none")
    with pytest.raises(MailError, match="STARTTLS"):
        smtp_connect(found.server._replace(security="starttls"), found)
    assert found.recorder.logins == []
    good = smtp("starttls")
    with pytest.raises(MailError, match="certificate"):
        smtp_connect(good.server, good._replace(tls=servers.context()))
    assert good.recorder.logins == []
    with pytest.raises(MailError):
        smtp_connect(good.server._replace(port=1), good)


def smtp_connect(server: Server, found: Mailserver) -> smtp.Sender:
    return connect(found._replace(server=server))


def test_addresses_of_other_letters(smtp: Smtp) -> None:
    found = smtp("none", enable_SMTPUTF8=False)
    sender = connect(found, None)
    assert sender.send("desk@ncpeh.example", "anna@κλινική.example", MESSAGE).state == "sent"
    assert found.recorder.taken[0].rcpt_tos == ["anna@xn--jxavaccdp.example"]
    assert sender.send("desk@ncpeh.example", "άννα@clinic.example", MESSAGE).state == "refused"
    assert sender.send("desk@ncpeh.example", "a@b> SIZE=1", MESSAGE).state == "refused"
    sender.close()
    able = smtp("none", enable_SMTPUTF8=True)
    sender = connect(able, None)
    assert sender.send("desk@ncpeh.example", "άννα@clinic.example", MESSAGE).state == "sent"
    assert able.recorder.taken[0].rcpt_tos == ["άννα@clinic.example"]
    sender.close()


@pytest.mark.parametrize(("ending", "state"), [(0, "sent"), (75, "later"), (67, "refused")])
def test_the_program_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: int, state: str) -> None:
    program = tmp_path / SENDMAIL
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/args\ncat > {tmp_path}/mail\necho why >&2\nexit {ending}\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    sender = smtp.connect(Server("smtp", SENDMAIL, 0, "none", ""), None, "ncpeh.example")
    outcome = sender.send("", TO, MESSAGE)
    assert (outcome.state, outcome.code) == (state, ending)
    assert (tmp_path / "args").read_text(encoding="utf-8") == f"-i -f <> -- {TO}\n"
    assert (tmp_path / "mail").read_bytes() == MESSAGE.replace(b"\r\n", b"\n")
    assert sender.send("", "-oQ/tmp@x", MESSAGE).state == state
    sender.close()


def test_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if not any(Path(folder, SENDMAIL).exists() for folder in ("/usr/sbin", "/usr/lib")):
        with pytest.raises(ConfigError, match="no sendmail"):
            smtp.connect(Server("smtp", SENDMAIL, 0, "none", ""), None, "ncpeh.example")
