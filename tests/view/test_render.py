"""Data goes to stdout, talk to stderr."""

from __future__ import annotations

import io
import json
import os
import sys

import click
import pytest

from desk.cli.env import of_process
from desk.cli.pager import page
from desk.errors import NotFound
from desk.view.drawing.progress import progress
from desk.view.look import Look
from desk.view.model import Column, Done, Listing, View
from desk.view.render import render, render_error
from tests.view.samples import ESCAPE, listing, looking


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(view: View, fmt: str, look: Look | None = None) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    render(view, fmt, look or looking(tty=False), lambda chunks, _: out.writelines(chunks), err)
    return out.getvalue(), err.getvalue()


def test_warnings_are_talk_in_every_format_and_notes_only_for_people() -> None:
    assert printed(listing(), "table")[1] == "warning: index is old\n2 more: desk ticket list --page 2\n"
    for fmt in ("json", "jsonl", "csv", "yaml", "md", "ids"):
        assert printed(listing(), fmt)[1] == "warning: index is old\n"


def test_an_empty_list_says_so_on_stderr() -> None:
    nothing = Listing("tickets", [], (Column("id", "id"),), "no tickets wait for you")
    assert printed(nothing, "table") == ("", "no tickets wait for you\n")
    assert printed(nothing, "ids") == ("", "")
    assert json.loads(printed(nothing, "json")[0])["data"] == []


def test_what_a_command_did_is_told_in_its_words() -> None:
    done = Done("close", {"id": "a"}, ("closed a", f"odd {ESCAPE}"))
    assert printed(done, "table")[0] == "closed a\nodd ^[]0;owned^G^[[31mred<U+202E>gnp.exe<U+200B>\n"
    assert printed(done, "ids")[0] == "a\n"


@pytest.mark.parametrize("fmt", ["table", "json", "jsonl", "csv", "yaml", "md", "ids"])
def test_no_format_steers_a_terminal(fmt: str) -> None:
    hostile = Done("x", [{"id": ESCAPE, "body": ESCAPE, ESCAPE: [ESCAPE]}], (ESCAPE,), (ESCAPE,), (ESCAPE,))
    text = "".join(printed(hostile, fmt, looking()))
    assert not set(text) & set("\x1b\x07\u202e\u200b")


def test_csv_through_a_pipe_is_exact() -> None:
    assert "\u202e" in printed(Listing("x", [{"id": "\u202e"}], (), ""), "csv")[0]


def test_an_error_is_told_to_people_and_to_scripts() -> None:
    error = NotFound(f"no ticket {ESCAPE}", "see: desk ticket list")
    out, err = io.StringIO(), io.StringIO()
    render_error(error, "json", looking(), out, err)
    envelope = {
        "schema": 1,
        "kind": "error",
        "error": {"code": "not-found", "message": error.message, "hint": error.hint},
    }
    assert json.loads(out.getvalue()) == envelope
    assert err.getvalue() == ""
    out = io.StringIO()
    render_error(error, None, looking(color=True), out, err)
    shown = "^[]0;owned^G^[[31mred<U+202E>gnp.exe<U+200B>"
    assert (out.getvalue(), err.getvalue()) == ("", f"error: no ticket {shown}\nhint: see: desk ticket list\n")


def test_stderr_is_coloured_only_where_it_is_a_terminal() -> None:
    terminal = Terminal()
    render_error(NotFound("gone"), None, looking(color=True), io.StringIO(), terminal)
    assert terminal.getvalue() == "\x1b[1;31merror:\x1b[0m gone\n"


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", lambda text, color: seen.append(f"{text}|{color}"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "5")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LESS", "")
    monkeypatch.delenv("LESS")
    monkeypatch.delenv("PAGER", raising=False)
    return seen


def test_what_is_taller_than_the_terminal_is_paged(paged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    page(of_process([]), ["x\n"] * 4, looking())
    assert (paged, out.getvalue()) == ([], "x\n" * 4)
    page(of_process([]), ["x\n"] * 5, looking(color=True))
    assert paged == ["x\nx\nx\nx\nx|None"]
    assert os.environ["LESS"] == "-FRX"


@pytest.mark.parametrize(("name", "value"), [("PAGER", "cat"), ("PAGER", ""), ("TERM", "dumb")])
def test_who_wants_no_pager_gets_none(paged: list[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    page(of_process([]), ["x\n"] * 50, looking())
    assert paged == []
    assert out.getvalue() == "x\n" * 50


def test_progress_is_drawn_after_a_second_and_wiped() -> None:
    terminal = Terminal()
    times = iter(range(100))
    assert list(progress("abcd", 4, "reading", terminal, lambda: next(times) * 0.4)) == list("abcd")
    drawn = terminal.getvalue().split("\r")
    assert drawn[1] == "reading  " + "━" * 12 + "─" * 12 + "  2 of 4"
    assert set(drawn[-2]) == {" "}
    assert drawn[-1] == ""


def test_progress_is_silent_in_a_pipe_and_when_quick() -> None:
    for err in (io.StringIO(), Terminal()):
        assert list(progress(range(3), 3, "reading", err)) == [0, 1, 2]
        assert err.getvalue() == ""


def test_talk_is_broken_between_words_and_hints_are_indented() -> None:
    terminal = Terminal()
    said = "nobody who serves any of the 6 departments has been here since the beginning of the month of July"
    render_error(NotFound(said, f"see: {said}"), None, looking(width=40), io.StringIO(), terminal)
    view = Listing("x", [], (), said, (said,), (said,))
    render(view, "table", looking(width=40), lambda chunks, _: terminal.writelines(chunks), terminal)
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()) == f"error: {said} hint: see: {said} {said} warning: {said} {said}"
    assert [line[:7] for line in lines if line.startswith("      ")]
    piped = io.StringIO()
    render_error(NotFound(said), None, looking(width=40), io.StringIO(), piped)
    assert piped.getvalue() == f"error: {said}\n"


@pytest.mark.parametrize(("kind", "hang"), [("tickets", 2), ("rendered", 0)])
def test_what_was_done_is_broken_between_words(kind: str, hang: int) -> None:
    line = (
        "260723-7K3Q  registered in operation-services, with https://help.example/kb/a-very-long-address-that-is-copied"
    )
    shown = printed(Done(kind, [], (line,)), "table", looking(width=40))[0].splitlines()
    assert shown[0] == "260723-7K3Q  registered in"
    assert shown[1].startswith(" " * hang + "operation")
    assert shown[-1].strip() == "https://help.example/kb/a-very-long-address-that-is-copied"
    assert printed(Done("completion", [], (line,)), "table", looking(width=40))[0] == f"{line}\n"
