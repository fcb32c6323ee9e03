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
    for name in STORED.values():
        desk(noun, "create", *MAKE[noun], name)
        assert desk(noun, "show", name, "-f", "json").data["id"] == name
        desk(noun, "edit", name, "--description", "d")
        assert "already" in desk(noun, "create", *MAKE[noun], name, code=5).err
    assert set(STORED.values()) <= set(desk(noun, "list", "-f", "ids").out.split())
    (home / ".git/desk/index.sqlite").unlink()
    assert set(STORED.values()) <= set(desk(noun, "list", "-f", "ids").out.split())
    more = ("--transfer-to", "legal") if noun == "department" else ()
    desk(noun, "delete", *STORED.values(), *more)
    assert git("status", "--porcelain") == ""


def test_the_same_letters_composed_or_not_are_one_name(desk: Runner) -> None:
    desk("tag", "create", "cafe\u0301")
    assert desk("tag", "show", "caf\u00e9", "-f", "json").data["id"] == "caf\u00e9"
    desk("tag", "create", "caf\u00e9", code=5)
    desk("tag", "delete", "CAFE\u0301")


def test_handles_with_a_meaning_are_reserved(desk: Runner) -> None:
    for handle in ("me", "none", "desk", "u-4f9x2"):
        assert "meaning of its own" in desk("staff", "create", *MAKE["staff"], handle, code=2).err


@pytest.mark.parametrize("name", ["   ", "", "a\nb", "a\x07b", "x" * 300])
def test_names_of_people_are_one_line(desk: Runner, name: str) -> None:
    desk(
        "staff",
        "create",
        "zoe",
        "--name",
        name,
        "--email",
        "z@x.example",
        "--level",
        "1",
        "--department",
        "legal",
        code=2,
    )
    desk("user", "create", "--name", name, "--email", "z@x.example", "--group", "patient", code=2)
    desk("department", "edit", "legal", "--name", name, code=2)
    desk("staff", "edit", "petros", "--name", name, code=2)


@pytest.mark.parametrize(
    "name", ["null", "no", "# comment", "{a: b}", "'", "- x", "*x", "Null: !!python/object", "李雷", "Ο'Νιλ"]
)
def test_any_name_of_a_person_comes_back(desk: Runner, git: Git, name: str) -> None:
    user_id = desk(
        "user", "create", "--name", name, "--email", "z@x.example", "--group", "patient", "-f", "ids"
    ).out.strip()
    assert desk("user", "show", user_id, "-f", "json").data["name"] == name
    assert desk("user", "list", "-f", "json").data[0]["name"] == name
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "email", ["x", "a b@c.example", "a@b@c", "@c.example", "a@", "a@x\n", "<a@b.example>", "x" * 300 + "@c.example"]
)
def test_what_is_no_address_is_refused(desk: Runner, email: str) -> None:
    desk("user", "create", "--name", "N", "--group", "patient", "--email", email, code=2)
    desk("user", "ban", "--", email, code=2)
