"""What people type that can't be meant as it stands, and what they are told: dates, filters, names, help."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.cli.clerk import manual
from desk.cli.table import COMMANDS
from desk.domain.model.fields import TITLE_MAX
from tests.conftest import Make, Runner


def error(desk: Runner, *words: str, code: int = 2) -> tuple[str, str]:
    told = json.loads(desk(*words, "-f", "json", code=code).out)["error"]
    return str(told["message"]), str(told["hint"])


def test_days_as_people_write_them(desk: Runner, make: Make) -> None:
    ticket = make()
    days = {
        "25/12/2026": "2026-12-25",
        "25.12.2026": "2026-12-25",
        "5.1.2027": "2027-01-05",
        "friday": "2026-07-24",
        "3mo": "2026-10-21",
        "3m": "2026-10-21",
        "30mo": "2029-01-08",
        "2w": "2026-08-06",
        "1y": "2027-07-23",
    }
    for typed, day in days.items():
        done = desk("ticket", "pending", ticket, "--until", typed, "-f", "json")
        assert done.data["pending_until"] == day, typed
    for typed in ("2h", "30m", "17:00", "25.12/2026", "31.2.2026"):
        assert "3mo (months)" in error(desk, "ticket", "pending", ticket, "--until", typed)[1]
    assert "due to come back at once" in desk("ticket", "pending", ticket, "--until", "yesterday").err
    assert "the ticket" not in desk("kb", "publish", "which-countries", "--review", "yesterday").err
    assert error(desk, "ticket", "list", "--since", "30m")[0] == "'30m' is not a date"
    assert desk("ticket", "list", "--since", "1.7.2026", "-f", "ids").out.split() == [ticket]


def test_filters_that_nothing_can_pass_are_refused(desk: Runner, make: Make) -> None:
    make("T", "--tag", "incident")
    for words in (
        *(("--new", "--mine"), ("--mine", "--all"), ("--new", "--all"), ("--new", "--owner", "petros")),
        ("--since", "2026-07-20", "--until", "2026-07-10"),
        ("--tag", "incident", "--not-tag", "incident,problem"),
        ("--overdue", "--state", "closed"),
    ):
        assert all(error(desk, "ticket", "list", *words)), words
    for command in ("log", "stats", "report daily"):
        assert all(error(desk, *command.split(), "--since", "2026-07-20", "--until", "2026-07-10")), command
    assert "still to come" in error(desk, "handover", "--since", "2027-01-01")[0]
    # One day, given twice, is a range; and the line goes before what was saved.
    assert desk("ticket", "list", "--since", "2026-07-23", "--until", "2026-07-23", "-f", "ids").out
    desk("filter", "save", "own", "--mine")
    assert desk("ticket", "list", "--filter", "own", "--new", "-f", "ids").out
    assert not desk("ticket", "list", "--filter", "own", "-f", "ids").out


def test_names_and_colours_are_told_how_to_be(desk: Runner) -> None:
    assert "such as big-tag" in error(desk, "tag", "create", "Big Tag")[0]
    assert "such as ελληνικη-ετικετα" in error(desk, "tag", "create", "Ελληνικη ετικετα!")[0]
    assert "such as big-tag" in error(desk, "tag", "create", "///")[0]
    assert "quote it" in desk("tag", "create", "x", "--color", code=2).err
    assert "1f77b4" in error(desk, "tag", "create", "x", "--color", "red")[0]
    desk("tag", "create", "x", "--color", "FF0000")
    assert desk("tag", "show", "x", "-f", "json").data["color"] == "#ff0000"
    long = error(desk, "ticket", "create", "--title", "x" * (TITLE_MAX + 1))[0]
    assert long.endswith("shorten it, the rest belongs into the text")


def test_what_isn_t_possible_names_all_that_is(desk: Runner, make: Make) -> None:
    ticket = make()
    desk("ticket", "close", ticket)
    hint = error(desk, "ticket", "pending", ticket, code=5)[1]
    named = hint.partition("leaves its state alone: ")[2].partition(" (")[0].split(", ")
    assert {"note", "tag", "move", "edit", "link", "assign", "classify", "merge"} <= set(named)
    desk("ticket", "note", ticket, "--body", "x")
    assert "reply" not in named


@pytest.mark.parametrize("name", sorted(manual.topics()))
def test_help_has_each_page_of_the_documentation(
    program: Runner, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = program("help", f"docs/{name}.md").out
    assert text.startswith("# ")
    assert "\n<!--" not in text
    if name not in COMMANDS:
        assert program("help", name).out == text


def test_help_on_nothing_names_what_there_is(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = program("help", "../../etc/passwd", code=3).err
    assert "service-levels, settings, states" in told
    assert program("help", "ticket", "note").out.startswith("Usage: desk ticket note")


def test_no_message_leads_to_a_file_that_an_installed_desk_has_not() -> None:
    top = Path(__file__).parents[2]
    led = [
        f"{path}:{number}"
        for path in (top / "desk").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "docs/" in line and ("_(" in line or 'help="' in line)
    ]
    assert led == []
    assert "docs/" not in (top / "desk.toml").read_text(encoding="utf-8")


def test_a_ban_is_named_once_and_an_address_never(desk: Runner) -> None:
    desk("user", "ban", "spam@somewhere.example")
    desk("user", "unban", "spam@somewhere.example")
    told = [row["sentence"] for row in desk("log", "--kind", "ban", "-f", "json").data]
    assert all(text.count("ban ") <= 1 and "somewhere" not in text for text in told), told
    assert told[0].startswith("Maria Georgiou lifted the ban b-")


def test_a_day_that_has_come_is_told_once(desk: Runner, make: Make) -> None:
    ticket = make()
    desk("ticket", "pending", ticket, "--until", "tomorrow")
    desk("sla", "check", env={"DESK_NOW": "2026-07-25T06:00:00Z"})
    [told] = [r["sentence"] for r in desk("log", "--verb", "resume", "-f", "json").data]
    assert told.count("its day has come") == 1


def test_nobody_is_told_that_nobody_is_nobody(process: Callable[..., Any], home: Path) -> None:
    done = process("ticket", "create", "--title", "x", cwd=home, env={"GIT_CONFIG_GLOBAL": "/dev/null"})
    assert "user.email is not set, so it isn't known who you are" in done.stderr


def test_short_options_mean_the_same_everywhere(desk: Runner, make: Make) -> None:
    ticket = make()
    for words in (
        *(("note", ticket, "-b", "x"), ("edit", ticket, "-t", "New", "-m", "why"), ("close", ticket, "-m", "why")),
        *(
            ("reopen", ticket, "-m", "why"),
            ("create", "-t", "T", "-b", "B", "-d", "legal"),
            ("undo", ticket, "-m", "why"),
        ),
    ):
        desk("ticket", *words)
    assert desk("ticket", "list", "-d", "legal", "--state", "any", "-f", "ids").out
