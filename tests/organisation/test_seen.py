"""Unread markers: what happened to a ticket since somebody last saw it; local, a file a person."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Runner

Make = Callable[..., str]
LATER = {"DESK_NOW": "2026-07-23T08:00:00Z"}
LAST = {"DESK_NOW": "2026-07-23T09:00:00Z"}


def unread(desk: Runner, who: str = "maria", *args: str) -> dict[str, bool | None]:
    rows = desk("--as", who, "ticket", "list", "--state", "any", *args, "-f", "json").data
    return {row["id"]: row["unread"] for row in rows}


def test_what_others_did_is_unread_until_it_is_shown(desk: Runner, make: Make) -> None:
    first = make("First")
    assert unread(desk, "petros") == {first: False}  # the first look is a start without noise
    second = desk(
        "ticket", "create", "--title", "Second", "--department", "technical", "-f", "ids", env=LATER
    ).out.strip()
    assert unread(desk, "petros") == {first: False, second: True}
    assert unread(desk) == {first: False, second: False}  # maria did it herself
    table = desk("--as", "petros", "ticket", "list").out.splitlines()
    assert [line.split()[4] for line in table[1:]] == ["*", "First"]
    assert desk("--as", "petros", "ticket", "list", "--unread", "-f", "ids").out == f"{second}\n"
    desk("--as", "petros", "ticket", "show", second)
    assert unread(desk, "petros") == {first: False, second: False}
    desk("ticket", "note", second, "--body", "x", env=LAST)
    assert unread(desk, "petros", "--unread") == {second: True}
    desk("--as", "petros", "ticket", "reply", second, "--body", "y", env=LAST)
    assert unread(desk, "petros", "--unread") == {second: True}  # answering without looking is not having seen
    desk("--as", "petros", "ticket", "show", second)
    assert desk("--as", "petros", "ticket", "list", "--unread").err == "no tickets found\n"


def test_nobody_known_has_no_markers(desk: Runner, make: Make, home: Path, git: Callable[..., str]) -> None:
    ticket = make("T")
    desk("ticket", "list")
    git("config", "user.email", "cron@ncpeh.example")
    assert {r["unread"] for r in desk("ticket", "list", "-f", "json").data} == {None}
    desk("ticket", "show", ticket)
    assert [p.name for p in (home / ".git/desk").glob("seen-*")] == ["seen-maria"]
    assert "not registered" in desk("ticket", "list", "--unread", code=5).err


def test_it_outlives_the_index(desk: Runner, home: Path) -> None:
    unread(desk, "petros")
    ticket = desk("ticket", "create", "--title", "T", "--department", "technical", "-f", "ids", env=LATER).out.strip()
    desk("--as", "petros", "ticket", "show", ticket)
    for path in (home / ".git/desk").glob("index*"):
        path.unlink()
    assert unread(desk, "petros") == {ticket: False}


def test_a_ticket_merged_away_leads_to_what_was_seen(desk: Runner) -> None:
    unread(desk, "petros")
    ids = [
        desk("ticket", "create", "--title", "T", "--department", "technical", "-f", "ids", env=LATER).out.strip()
        for _ in range(2)
    ]
    desk("ticket", "merge", ids[0], "--into", ids[1], env=LATER)
    desk("--as", "petros", "ticket", "show", ids[0])
    assert unread(desk, "petros")[ids[1]] is False


def test_a_damaged_file_is_no_obstacle(desk: Runner, make: Make, home: Path) -> None:
    ticket = make("T")
    for content in ("", "since x\n", "\0\xff\n", "since 1\n260723-"):
        (home / ".git/desk/seen-petros").write_text(content, encoding="latin-1")
        unread(desk, "petros")
        desk("--as", "petros", "ticket", "show", ticket)
        assert unread(desk, "petros") == {ticket: False}, content


def test_it_is_never_committed(desk: Runner, make: Make, home: Path) -> None:
    make("T")
    desk("ticket", "list")
    status = subprocess.run(
        ["git", "-C", str(home), "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    assert status.stdout == ""


def test_the_file_is_tidied(desk: Runner, home: Path) -> None:
    unread(desk, "petros")
    ticket = desk("ticket", "create", "--title", "T", "--department", "technical", "-f", "ids", env=LATER).out.strip()
    path = home / ".git/desk/seen-petros"
    path.write_text("since 1784787164\n" + f"{ticket} 0\n" * 1100, encoding="utf-8")
    desk("--as", "petros", "ticket", "show", ticket)
    assert path.read_text(encoding="utf-8") == f"since 1784787164\n{ticket} 1"
