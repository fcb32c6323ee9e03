"""Hostile names: refused with exit code 2, or stored so that they come back as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner

Git = Callable[..., str]

REFUSED = {
    "path": "../x",
    "absolute": "/etc/passwd",
    "parent": "..",
    "hidden": ".git",
    "slash": "a/b",
    "backslash": "a\\b",
    "device": "con",
    "device in capitals": "CON",
    "device with suffix": "nul.txt",
    "long": "x" * 300,
    "spaces": "   ",
    "inner space": "a b",
    "empty": "",
    "newline": "a\nb",
    "escape": "a\x1b[31mb",
    "other case": "Technical",
    "bidi": "a\u202eb",
    "line separator": "a\u2028b",
    "colon": "a:b",
    "star": "*",
}
STORED = {
    "null": "null",
    "no": "no",
    "true": "true",
    "number": "0123",
    "greek": "τμήμα",
    "chinese": "部门",
    "tilde": "1e5",
    "date": "2026-07-23",
}
MAKE = {
    "department": ("--name", "N"),
    "group": ("--name", "N"),
    "tag": (),
    "field": ("--type", "text"),
    "staff": ("--name", "N", "--email", "n@x.example", "--level", "1", "--department", "legal"),
}


@pytest.mark.parametrize("noun", MAKE)
def test_names_that_are_no_file_names_are_refused(desk: Runner, git: Git, home: Path, noun: str) -> None:
    head = git("rev-parse", "HEAD")
    for name in REFUSED.values():
        result = desk(noun, "create", *MAKE[noun], "--", name, code=2)
        assert "\x1b" not in result.err
        desk(noun, "show", "--", name, code=None if not name.strip() or name == "Technical" else 3)
    assert git("rev-parse", "HEAD") == head
    assert git("status", "--porcelain") == ""
    assert not list(home.parent.glob("*.yaml"))


@pytest.mark.parametrize("noun", ["department", "tag"])
def test_names_that_yaml_would_misread_come_back(desk: Runner, git: Git, home: Path, noun: str) -> None:
    names = list(STORED.values())
    for name in names:
        desk(noun, "create", *MAKE[noun], name)
    assert [row["id"] for row in desk(noun, "show", *names, "-f", "json").data] == names
    desk(noun, "edit", *names, "--description", "d")
    for name in names:
        assert "already" in desk(noun, "create", *MAKE[noun], name, code=5).err
    assert set(names) <= set(desk(noun, "list", "-f", "ids").out.split())
    (home / ".git/desk/index.sqlite").unlink()
    rows = {row["id"]: row for row in desk(noun, "list", "-f", "json").data}
    assert {rows[name]["description"] for name in names} == {"d"}
    more = ("--transfer-to", "legal") if noun == "department" else ()
    desk(noun, "delete", *names, *more)
    assert git("status", "--porcelain") == ""


def test_the_same_letters_composed_or_not_are_one_name(desk: Runner) -> None:
    desk("tag", "create", "cafe\u0301")
    assert desk("tag", "show", "caf\u00e9", "-f", "json").data["id"] == "caf\u00e9"
    desk("tag", "create", "caf\u00e9", code=5)
    desk("tag", "delete", "CAFE\u0301")


def test_handles_with_a_meaning_are_reserved(desk: Runner) -> None:
    for handle in ("me", "none", "desk", "u-4f9x2"):
        assert "meaning of its own" in desk("staff", "create", *MAKE["staff"], handle, code=2).err


def test_names_of_people_are_one_line(desk: Runner) -> None:
    new = ("staff", "create", "zoe", "--email", "z@x.example", "--level", "1", "--department", "legal")
    for name in ("   ", "", "a\nb", "a\x07b", "x" * 300):
        desk(*new, "--name", name, code=2)
        desk("user", "create", "--name", name, "--email", "z@x.example", "--group", "patient", code=2)
        desk("department", "edit", "legal", "--name", name, code=2)
        desk("staff", "edit", "petros", "--name", name, code=2)


def test_any_name_of_a_person_comes_back(desk: Runner, git: Git) -> None:
    names = ["null", "no", "# comment", "{a: b}", "'", "- x", "*x", "Null: !!python/object", "李雷", "Ο'Νιλ"]
    made = {}
    for number, name in enumerate(names):
        person = ("--name", name, "--email", f"z{number}@x.example", "--group", "patient")
        made[desk("user", "create", *person, "-f", "ids").out.strip()] = name
    assert {row["id"]: row["name"] for row in desk("user", "show", *made, "-f", "json").data} == made
    assert {row["id"]: row["name"] for row in desk("user", "list", "-f", "json").data} == made
    assert git("status", "--porcelain") == ""


def test_what_is_no_address_is_refused(desk: Runner) -> None:
    for email in (
        "x",
        "a b@c.example",
        "a@b@c",
        "@c.example",
        "a@",
        "a@x\n",
        "<a@b.example>",
        "x" * 300 + "@c.example",
    ):
        desk("user", "create", "--name", "N", "--group", "patient", "--email", email, code=2)
        desk("user", "ban", "--", email, code=2)
