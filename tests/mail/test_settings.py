"""The settings of mail: what each may be, and where they stand in desk.toml."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from desk import config
from desk.codec.toml import with_settings
from desk.errors import ConfigError
from tests.conftest import Runner


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("mail.address", "help@clinic.example", "help@clinic.example"),
        ("mail.address", "", ""),
        ("mail.name", "{staff}, {desk}", "{staff}, {desk}"),
        ("mail.imap.host", "imap.clinic.example", "imap.clinic.example"),
        ("mail.imap.host", "-", ""),
        ("mail.imap.port", "143", 143),
        ("mail.imap.folder", "INBOX, Κλινική", ("INBOX", "Κλινική")),
        ("mail.imap.processed", "", ""),
        ("mail.imap.security", "starttls", "starttls"),
        ("mail.smtp.host", "sendmail", "sendmail"),
        ("mail.departments", {"Legal@Clinic.example": "legal"}, {"legal@clinic.example": "legal"}),
        ("mail.staff", False, "off"),
        ("mail.commands", "true", True),
        ("mail.authserv", "mx.clinic.example", ("mx.clinic.example",)),
        ("mail.header_image", "header.png", "header.png"),
        ("mail.digest", "daily", "daily"),
    ],
)
def test_what_a_setting_may_be(name: str, given: Any, value: Any) -> None:
    assert config.check(name, given) == value


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("mail.address", "help at clinic", "an e-mail address"),
        ("mail.name", "{ticket.title}", "{staff} and {desk}"),
        ("mail.imap.host", "imap://x", "name of a server"),
        ("mail.imap.host", "-oProxyCommand=x", "name of a server"),
        ("mail.imap.port", 70000, "from 1 to 65535"),
        ("mail.imap.security", "ssl", "one of tls, starttls, none"),
        ("mail.imap.folder", ["a", 'b"'], "folder"),
        ("mail.imap.held", "a\nb", "one line"),
        ("mail.departments", {"legal": "legal"}, "a table of addresses"),
        ("mail.departments", "legal", "a table of addresses"),
        ("mail.accept", "nobody", "one of all, registered, known-domains"),
        ("mail.header_image", "../x.png", "templates/mail"),
        ("mail.sercet", "x", "there is no setting"),
        ("mail.secret", "x", "no place for a secret"),
        ("mail.imap.password", "x", "no place for a secret"),
        ("mail.smtp.access_token", "x", "no place for a secret"),
    ],
)
def test_what_it_may_not_be(name: str, given: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.check(name, given)
    assert said in str(caught.value)


def test_a_secret_in_desk_toml_is_a_fault_and_never_shown(desk: Runner, home: Path) -> None:
    with (home / "desk.toml").open("a", encoding="utf-8") as file:
        file.write('\n[mail.imap]\npassword = "hunter2"\n')
    for command, code in (("status", 0), ("doctor", 7), ("config", 2)):
        words = (command, "set", "mail.imap.password", "hunter2") if command == "config" else (command,)
        found = desk(*words, code=code)
        assert "no place for a secret" in found.out + found.err, command
        assert "hunter2" not in found.out + found.err, command
    subprocess.run(["git", "-C", str(home), "commit", "-qam", "by hand"], check=True)
    assert "change it where it is committed" in desk("doctor", code=7).out
    said = desk("ticket", "list", code=8)
    assert "hunter2" not in said.out + said.err


def test_they_stand_in_tables_inside_the_table_of_mail() -> None:
    text = "[mail]\nnotify = true   # as ever\n"
    text = with_settings(text, {"mail.imap.host": "imap.example", "mail.imap.port": 143, "mail.address": "a@b.example"})
    assert tomllib.loads(text)["mail"]["imap"] == {"host": "imap.example", "port": 143}
    assert "# as ever" in text
    settings = config.load(text)
    assert (settings["mail.imap.port"], settings["mail.address"], settings["mail.smtp.port"]) == (
        143,
        "a@b.example",
        587,
    )
    gone = with_settings(text, {"mail.imap.host": None, "mail.smtp.host": None, "mail.address": None})
    assert tomllib.loads(gone)["mail"] == {"notify": True, "imap": {"port": 143}}


def test_a_table_of_departments() -> None:
    settings = config.load('[mail.departments]\n"legal@clinic.example" = "legal"\n')
    assert dict(settings["mail.departments"]) == {"legal@clinic.example": "legal"}
