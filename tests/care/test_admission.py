"""What is let in no more: the same at every door (a command, an editor, an import), and nothing that was there stops a desk."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.codec.toml import with_settings
from desk.setting import as_phone
from tests.conftest import Runner

Git = Callable[..., str]

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("desk.name", "a\x1b[31m", "without control characters"),
    ("contact.hours", "9\u2028to 5", "without control characters"),
    ("contact.phone", "ask the clerk", "a telephone number"),
    ("contact.email", "Desk <desk@x.example>", "an e-mail address"),
    ("kb.url", "https://x.example/{slug}/{page}", "{slug} and {language} alone"),
    ("kb.review_days", "1000000000", "a hundred years"),
    ("mail.reopen_days", "1000000000", "a hundred years"),
    ("mail.authserv", "mx.example; spf=pass", "names of servers"),
    ("mail.blocked", "*@x.example", "not '*@x.example'"),
    ("mail.max_mb", "0", "1 or more"),
    ("mail.max_parts", "0", "1 or more"),
    ("mail.imap.held", "INBOX", "another folder"),
    ("sync.branch", "a..b", "the name of a branch"),
)
"""A setting, what it isn't to be, and what was expected of it."""
TABLES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("mail.departments", {"legal@x.example": "nosuch"}, "there is no department nosuch"),
    ("mail.departments", {"legal@x.example": "secret"}, "secret is for staff only"),
    ("command.aliases", {"Big Word": "ticket list"}, "small letters"),
    ("command.aliases", {"ans": "ticket 'reply"}, "quotes in pairs"),
    ("list.filters", {"late": ""}, "late has none"),
)
READS = ("ticket list", "ticket create --title x", "status", "kb publish mine", "stats", "mail outbox")

PHONES = (
    "+30 210 1234567 ext. 12",
    "210-123.4567",
    "112",
    "+44 (0)20 7946 0958",
    "22 123456 / 99 123456",
    "22–123456 εσωτ. 7",
)
NO_PHONES = (
    "nobody",
    "-",
    "+",
    "12",
    "=1+1234567",
    "1234567890123456",
    "call 123456",
    "١٢٣٤٥٦",
    "123\n456",
    "1 " * 20_000,
)

C = {"name": "C", "group": "patient", "phone": "112"}
RECORDS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("user", "users/u-ccccc.yaml", {**C, "phone": "=cmd()"}, "phone: must be a telephone number"),
    ("user", "users/u-ccccc.yaml", {**C, "numbers": "foo"}, "numbers: must be a number"),
    ("user", "users/u-ccccc.yaml", {"name": "C", "phone": "112"}, "belongs to a group"),
    ("user", "users/u-ccccc.yaml", {"name": "C", "group": "patient"}, "an e-mail address or a telephone number"),
    ("user", "users/u-ccccc.yaml", {"group": "patient", "phone": "112"}, "needs a name"),
    ("field", "fields/c.yaml", {"type": "select", "on": "ticket"}, "offers nothing"),
    ("field", "fields/c.yaml", {"type": "text", "on": "ticket", "options": ["A"]}, "only a select has options"),
    ("field", "fields/c.yaml", {"type": "text", "on": "user", "departments": ["legal"]}, "for fields on tickets"),
    ("machine", "machines/c.yaml", {"may": ["everything"]}, "can't be allowed 'everything'"),
    ("topic", "../kb/c/topic.yaml", {"title": "C", "titles": {"xx": "C"}}, "no language of this desk"),
    ("group", "groups/c.yaml", {"name": "C", "channel": "pigeon"}, "channel: 'pigeon'"),
)
"""A record's kind, its file, what it says, and what stands against it."""


def test_a_setting_is_the_same_at_every_door_and_what_is_there_stops_nothing(
    desk: Runner, git: Git, home: Path
) -> None:
    desk("department", "create", "secret", "--name", "Secret", "--private")
    desk("kb", "create", "--topic", "faq", "--title", "Mine", "--type", "faq", "--body", "a text of some words")
    file, before = home / "desk.toml", git("rev-parse", "HEAD")
    sound = file.read_text(encoding="utf-8")
    for name, value, expected in (*SETTINGS, *TABLES):
        if isinstance(value, str):
            assert expected in desk("config", "set", name, value, code=8).err, name
        file.write_text(with_settings(sound, {name: _in_file(value)}), encoding="utf-8")
        assert expected in desk("commit", code=8).err, name
        assert expected in desk("status", "-f", "json").data["hand_edits"][0]["problem"], name
    assert git("rev-parse", "HEAD") == before

    # As a desk has it that was made before there were such questions.
    old = {name: _in_file(value) for name, value, _expected in (*TABLES[3:], *SETTINGS)}
    file.write_text(with_settings(sound, old), encoding="utf-8")
    git("commit", "-qam", "by hand")
    for words in READS:
        done = desk(*words.split())
        assert "in force" not in done.err, words
    found = desk("doctor", "-f", "json").data
    assert {f["problem"].partition(":")[0] for f in found} == set(old)
    assert all(f["info"] for f in found)
    assert [f for f in desk("audit", "verify", "-f", "json").data["findings"] if f["level"] == "fault"] == []
    desk("config", "set", "list.limit", "9")
    file.write_text(with_settings(file.read_text(encoding="utf-8"), {"list.limit": 8}), encoding="utf-8")
    desk("commit")
    for name, value in (
        ("contact.phone", "-"),
        ("contact.phone", "112"),
        ("contact.email", "-"),
        ("mail.blocked", "@x.y"),
    ):
        desk("config", "set", name, value)


def _in_file(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def test_a_picture_of_mails_is_there_before_it_is_named(desk: Runner, home: Path) -> None:
    assert "there is no templates/mail/top.png" in desk("config", "set", "mail.header_image", "top.png", code=5).err
    (home / "templates/mail/top.png").write_bytes(b"\x89PNG")
    desk("commit")
    desk("config", "set", "mail.header_image", "top.png")
    (home / "templates/mail/top.png").unlink()
    [found] = desk("doctor", "-f", "json", code=7).data
    assert (found["check"], found["info"]) == ("settings", False)
    assert "there is no templates/mail/top.png" in found["problem"]


def test_telephone_numbers_as_people_write_them() -> None:
    for number in PHONES:
        assert as_phone(number) == number
    began = time.thread_time()
    for number in NO_PHONES:
        with pytest.raises(ValueError, match="telephone number"):
            as_phone(number)
    assert time.thread_time() - began < 1


def test_a_record_is_the_same_at_every_door_and_what_is_there_stops_nothing(desk: Runner, git: Git, home: Path) -> None:
    before = git("rev-parse", "HEAD")
    new = ("user", "create", "--name", "X", "--group", "patient", "--phone")
    for number in NO_PHONES[:-1]:
        assert desk(*new, number, code=2).err, number
    for kind, path, said, expected in RECORDS:
        file = home / "records" / path
        values = {"id": "u-ccccc" if kind == "user" else "c", **said}
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{n}: {json.dumps(v)}\n" for n, v in values.items()), encoding="utf-8")
        assert expected in desk("commit", code=None).err, values
        file.unlink()
        assert expected in desk("import", "-", code=7, stdin=json.dumps({"record": kind, **values})).err, values
    for name in ("anna", "maria", "u-anna.k", "u-άννα"):  # in messages and names of files for good, and no handle
        file = home / f"records/users/{name}.yaml"
        file.write_text(f"id: {name}\nname: X\ngroup: patient\nphone: '112'\n", encoding="utf-8")
        assert "can't be the id of a requester" in desk("commit", code=None).err, name
        file.unlink()
        line = {"record": "user", "id": name, "name": "X", "group": "patient", "phone": "112"}
        assert "can't be the id of a requester" in desk("import", "-", code=7, stdin=json.dumps(line)).err, name
    assert git("rev-parse", "HEAD") == before

    (home / "records/users/u-ccccc.yaml").write_text("id: u-ccccc\nname: C\ngroup: patient\nphone: nobody\n")
    git("add", "-A")
    git("commit", "-qm", "by hand")
    desk("doctor", "--fix")
    [found] = desk("doctor", "-f", "json").data
    assert (found["info"], found["line"]) == (True, 4)
    desk("ticket", "create", "--title", "x", "--requester", "u-ccccc")
    desk("user", "edit", "u-ccccc", "--organisation", "Clinic")
    assert "telephone number" in desk("user", "edit", "u-ccccc", "--phone", "call me", code=2).err
    desk("user", "edit", "u-ccccc", "--phone", PHONES[0])
    assert desk("user", "show", "u-ccccc", "-f", "json").data["phone"] == PHONES[0]
    assert desk("user", "list", "--search", "302101234567", "-f", "ids").out.split() == ["u-ccccc"]
    assert desk("audit", "verify", "-f", "json").data["faults"] == 0
    assert desk("doctor", "-f", "json").data == []
