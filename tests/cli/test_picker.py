"""What was left out is chosen from a list, at a terminal that can show one; a pipe is never asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import prompt_toolkit.application
import prompt_toolkit.key_binding
import prompt_toolkit.layout.processors
import prompt_toolkit.shortcuts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cli.clerk.picker import Choice, narrow
from tests.cli.conftest import MALTA, Refuses
from tests.conftest import Make, Runner
from tests.terminals import said_last, spawn

Person = Callable[..., str]
assert prompt_toolkit.shortcuts
"""Loaded here, once: else each process at a terminal would load it."""


@pytest.fixture
def person(environment: dict[str, str], home: Path, tmp_path: Path) -> Person:
    """Somebody at a terminal who types keys once a list is there; what the terminal said."""

    def run(*args: str, keys: str, code: int = 0, path: str | None = None) -> str:
        env = {**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "PATH": path or str(tmp_path)}
        env["PATH"] += ":/usr/bin:/bin"
        child = spawn(*args, cwd=home, env=env)
        if keys:
            child.expect_exact("Ποιο " if "el" in args else "Which ")
            child.expect_exact(" από " if "el" in args else " of ")
            child.send(keys)
        said = said_last(child)
        assert child.exitstatus == code, said
        return said

    return run


ROWS = [Choice("a", "Άννα Γεωργίου"), Choice("b", "Printer on fire"), Choice("c", "fire alarm")]


def test_what_is_typed_narrows() -> None:
    assert [row.key for row in narrow(ROWS, "")] == ["a", "b", "c"]
    assert [row.key for row in narrow(ROWS, "ANNA")] == []
    assert [row.key for row in narrow(ROWS, "αννα")] == ["a"]
    assert [row.key for row in narrow(ROWS, "fire pri")] == ["b"]


@given(st.text())
def test_any_text_narrows(typed: str) -> None:
    assert set(narrow(ROWS, typed)) <= set(ROWS)


def test_a_ticket_is_chosen(person: Person, desk: Runner, make: Make, tmp_path: Path) -> None:
    """By typing and Enter, by arrows; Esc gives up; what steers a terminal is shown and not obeyed."""
    first, second = make("Fire alarm"), make("Printer")
    assert f"{first}  Fire alarm" in person("ticket", "show", keys="alarm\r")
    desk("ticket", "edit", first, "--title", "Other")
    assert "closed" in person("ticket", "close", keys="print\r")
    assert desk("ticket", "show", second, "-f", "json").data["state"] == "closed"
    assert "nothing was chosen" in person("ticket", "show", keys="\x1b", code=1)
    assert f"{first}  Other" in person("--lang", "el", "ticket", "show", keys="χαμηλη\r")
    fzf = tmp_path / "own" / "fzf"
    fzf.parent.mkdir()
    fzf.write_text("#!/bin/sh\ngrep Other\n", encoding="utf-8")
    fzf.chmod(0o755)
    assert f"{first}  Other" in person("ticket", "show", keys="", path=str(fzf.parent))


def test_a_requester_is_chosen(person: Person, desk: Runner) -> None:
    desk("user", "create", "--name", "Anna Andreou", "--email", "anna@x.example", "--group", "patient")
    desk("user", "create", "--name", "Zoe", "--email", MALTA, "--group", "patient")
    person("ticket", "create", "--title", "T", "--requester", keys="andre\r")
    [ticket] = desk("ticket", "list", "-f", "json").data
    assert desk("user", "show", ticket["requester"], "-f", "json").data["name"] == "Anna Andreou"
    assert "Zoe" in person("caller", keys="zoe\r")


def test_a_pipe_is_never_asked(refuses: Refuses, person: Person) -> None:
    assert "missing argument" in refuses(2, "ticket", "show")["message"]
    assert "needs a value" in refuses(2, "ticket", "create", "--title", "T", "--requester")["message"]
    assert "missing argument" in refuses(2, "kb", "show")["message"]
    assert "missing argument" in person("ticket", "show", "-f", "json", keys="", code=2)
