"""Text through the real command line and back, byte for byte."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.conftest import Runner
from tests.store.indexes import assert_files_are_canonical, assert_sound, git, head
from tests.store.texts import EXAMPLES, MODERATE, NASTY, texts

Make = Callable[..., str]
Body = Callable[[str], str]
FEW = type(MODERATE)(MODERATE, max_examples=EXAMPLES or 10)


def shown(desk: Runner, ticket: str) -> Any:
    return desk("ticket", "show", ticket, "-f", "json").data


@pytest.fixture
def round_trip(desk: Runner, home: Path) -> Body:
    """The body of a ticket made from this text, as the program gives it back."""
    del home

    def run(text: str) -> str:
        made = desk(
            "ticket",
            "create",
            "--title",
            "t",
            "--department",
            "technical",
            "--file",
            "-",
            "-f",
            "ids",
            stdin=text.encode(),
        )
        return str(shown(desk, made.out.strip())["body"])

    return run


TEXTS = (
    "Ελληνικά, πολυτονικό: ᾧ ἄνθρωπε\n",
    "one\r\ntwo\rthree\n\r\n",
    "".join(NASTY),
    "\n".join(NASTY),
    "\n\n\n",
    " leading and trailing \n ",
    "\ufeffwith a mark",
    unicodedata.normalize("NFD", "ά ü é"),
    '{"looks": "like json"}',
    "---\nid: 260723-AAAA\n---\n",
)


def without_mark(text: str) -> str:
    """A file's text: a byte order mark in front is an editor's, and no part of it."""
    return text.removeprefix("\ufeff")


def test_a_text_comes_back(round_trip: Body, home: Path) -> None:
    for text in TEXTS:
        assert round_trip(text) == without_mark(text)
    assert_files_are_canonical(home)
    assert git(home, "status", "--porcelain") == ""


def test_a_million_characters(desk: Runner, round_trip: Body, home: Path, tmp_path: Path, ticket: str) -> None:
    again = "".join(chr(0x20 + n % 0x60) if n % 80 else "\r\n" for n in range(480))
    text = again * 1042 + "αβγδ\n" * 1_000 + f"{'αβγδεζηθικλμνξοπρστυφχψω' * 4}\n" * 5_100
    assert round_trip(text) == text
    (tmp_path / "big.txt").write_bytes(text.encode())
    desk("ticket", "reply", ticket, "--file", str(tmp_path / "big.txt"))
    desk("ticket", "note", ticket, "--file", str(tmp_path / "big.txt"))
    assert [e["text"] for e in shown(desk, ticket)["thread"]] == [text, text]
    assert_sound(home)
    assert_files_are_canonical(home)


def test_any_text_through_the_program(desk: Runner, round_trip: Body, home: Path, ticket: str) -> None:
    said: list[str] = []

    @FEW
    @given(texts)
    def check(text: str) -> None:
        assert round_trip(text) == without_mark(text)
        if without_mark(text).strip():
            desk("ticket", "note", ticket, "--file", "-", stdin=text.encode())
            said.append(without_mark(text))
            assert shown(desk, ticket)["thread"][-1]["text"] == said[-1]

    check()
    assert [e["text"] for e in shown(desk, ticket)["thread"]] == said
    assert_sound(home)
    assert_files_are_canonical(home)


def test_what_is_no_text_is_refused_clearly(desk: Runner, home: Path, tmp_path: Path, ticket: str) -> None:
    before = head(home)
    for data in (b"a\0b", b"\xff\xfe", "x".encode("utf-16"), b"\xed\xa0\x80"):
        (tmp_path / "x").write_bytes(data)
        for command in (
            ("ticket", "create", "--title", "t", "--department", "technical", "--file", str(tmp_path / "x")),
            ("ticket", "reply", ticket, "--file", "-"),
        ):
            found = desk(*command, stdin=data, code=2)
            assert "NUL" in found.err or "UTF-8" in found.err
    assert head(home) == before


TITLES = (
    "no",
    "0123",
    "2026-07-23",
    "2026-07-23T06:12:44Z",
    "null",
    "[a]",
    "a: b # c",
    "- x",
    "'",
    "Ελλάδα 🙂",
    "---",
    "=",
    "<<",
)


def test_titles_that_look_like_something_else(desk: Runner, make: Make, home: Path) -> None:
    made = {make(title): title for title in TITLES}
    lines = [json.loads(line) for line in desk("export", "--record", "ticket").out.splitlines()]
    assert {line["id"]: line["title"] for line in lines} == made
    assert {row["id"]: row["title"] for row in desk("ticket", "list", "-f", "json").data} == made
    assert_sound(home)
    assert_files_are_canonical(home)


def test_titles_that_are_refused(desk: Runner, home: Path) -> None:
    for title in ("", "  ", "a\nb", "a\x1bb", "\u2028", "\udcff", "x" * 251):
        found = desk("ticket", "create", "--title", title, "--department", "technical", code=2)
        assert "title" in found.err
    assert git(home, "status", "--porcelain") == ""


def test_attachments_come_back(make: Make, home: Path, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096 + b"\r\n"
    (tmp_path / "δείγμα.bin").write_bytes(data)
    make("t", "--attach", str(tmp_path / "δείγμα.bin"))
    [found] = home.glob("records/tickets/*/*/*/*.files/[!.]*")
    assert (found.name, found.read_bytes()) == ("δείγμα.bin", data)
    assert git(home, "cat-file", "-s", f"HEAD:{found.relative_to(home)}").strip() == str(len(data))
    assert_sound(home)
