"""The ticket at hand: `@`, `@3`, and ids as they are pasted. It belongs to one terminal, and is in no commit."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.cli.env import of_process
from desk.git.place import at
from desk.local import hand
from desk.local.hand import Hand
from tests.cli.conftest import Git
from tests.conftest import Make, Result, Runner
from tests.terminals import start

HERE, THERE = {"DESK_TERMINAL": "here"}, {"DESK_TERMINAL": "there/../x"}
Typed = Callable[..., Result]


@pytest.fixture
def typed(desk: Runner) -> Typed:
    """A command typed in a terminal, the first one unless told otherwise."""
    return lambda *args, code=0, env=HERE: desk(*args, code=code, env=env)


def test_the_ticket_touched_or_shown_last(typed: Typed, make: Make, git: Git, home: Path) -> None:
    one, other = make(), make()
    assert "no ticket is at hand" in typed("ticket", "show", "@", code=3).err
    typed("ticket", "show", one)
    assert typed("ticket", "assign", "@", "--to", "me").out.startswith(one)
    assert typed("ticket", "tag", "@", "incident").out.startswith(one)
    assert typed("ticket", "link", other, "@").out.startswith(other)
    assert typed("ticket", "note", "@", "--body", "x").out.startswith(other)
    new = typed("ticket", "create", "--title", "New").out.split()[0]
    assert typed("ticket", "history", "@", "-f", "json").data[0]["verb"] == "create"
    assert typed("ticket", "show", one, "-f", "json").data["id"] == one  # a script's question isn't the person's
    assert typed("ticket", "close", "@").out.startswith(new)
    typed("ticket", "delete", "@")
    assert typed("ticket", "show", "@", code=3).err  # what is gone is forgotten only by what comes next: it says so
    assert "no ticket is at hand" in typed("ticket", "show", "@", code=3, env=THERE).err
    assert git("status", "--porcelain", "--ignored") == ""
    assert sorted(os.listdir(home / ".git/desk/hand")) == ["own-here"]


def test_rows_of_the_last_list(typed: Typed, make: Make) -> None:
    ids = [make(f"Number {n}") for n in range(3)]
    assert "no list was shown" in typed("ticket", "close", "@1", code=3).err
    shown = [line.split()[0] for line in typed("ticket", "list", "--sort", "created").out.splitlines()[1:]]
    assert shown == ids
    assert [line.split()[0] for line in typed("ticket", "assign", "@1,@3", "--to", "me").out.splitlines()] == [
        ids[0],
        ids[2],
    ]
    assert typed("ticket", "close", "@2", "@").out.splitlines()[1].startswith(ids[2])
    typed("ticket", "list", "-f", "json")  # a program's list moves nothing
    assert typed("ticket", "reopen", "@2").out.startswith(ids[1])
    assert "has no row 4" in typed("ticket", "close", "@4", code=3).err
    assert "has no row 0" in typed("ticket", "close", "@0", code=3).err
    typed("search", "number")
    assert typed("ticket", "show", "@3", "-f", "json").data["id"] in ids
    assert "no list was shown" in typed("ticket", "close", "@1", code=3, env={}).err  # no terminal, no list


def test_a_row_that_is_no_ticket(typed: Typed, make: Make, desk: Runner) -> None:
    ticket = make("Countries without summaries")
    rows = desk("search", "countries", "-f", "json").data
    typed("search", "countries")
    for number, row in enumerate(rows, 1):
        if row["id"] == ticket:
            assert typed("ticket", "show", f"@{number}", "-f", "ids").out.strip() == ticket
        else:
            assert "is no ticket" in typed("ticket", "show", f"@{number}", code=3).err
    assert {row["kind"] for row in rows} == {"ticket", "article"}


def test_ids_as_they_are_pasted(desk: Runner, make: Make) -> None:
    ticket = make()
    day, _, end = ticket.partition("-")
    for pasted in (
        "#{end}", "#{id}", "[{id}]", "({id}).", "{id}:", "«{id}»", "{end}…", " {id} ", "\u2018{end}\u2019",
        "{day}\u2013{end}", "records/tickets/2026/07/23/{id}.md", "{lower}",
    ):  # fmt: skip
        text = pasted.format(id=ticket, end=end, day=day, lower=ticket.lower())
        assert desk("ticket", "show", text, "-f", "json").data["id"] == ticket, pasted


def test_what_is_none(desk: Runner, make: Make) -> None:
    make()
    for word in ("@x", "@@", "@1000", "#", "…", "@-1"):
        assert desk("ticket", "show", word, code=3, env=HERE).err.startswith("error:"), word


def test_what_isnt_its_own_is_not_believed(home: Path, make: Make) -> None:
    place = at(str(home), dict(os.environ))
    ticket = make()
    hand.hold(place, "9-x", Hand(ticket, (ticket, None)))
    assert hand.load(place, "9-x") == Hand(ticket, (ticket, None))
    path = home / ".git/desk/hand/9-x"
    for text in (b"", b"\xff\xfe", b"../../etc/passwd\n--all\n", b"\n" * 500, b"260723-7K3"):
        path.write_bytes(text)
        held = hand.load(place, "9-x")
        assert held.ticket is None
        assert not any(held.rows)
        assert len(held.rows) <= hand.MOST


def test_what_a_closed_terminal_left_goes(home: Path) -> None:
    place = at(str(home), dict(os.environ))
    gone = subprocess.Popen(["true"])
    gone.wait()
    for name in (f"{gone.pid}-pts-1", f"{os.getpid()}-pts-2", "own-editor"):
        hand.hold(place, name, Hand("260723-7K3Q"))
    hand.hold(place, "own-new", Hand("260723-7K3Q"))
    assert sorted(os.listdir(home / ".git/desk/hand")) == sorted([f"{os.getpid()}-pts-2", "own-editor", "own-new"])


def test_a_disk_that_cant_be_written_to_is_no_error(typed: Typed, make: Make, home: Path) -> None:
    (home / ".git/desk/hand").write_text("a file in the way")
    assert make("T", "--department", "legal")
    assert typed("ticket", "list").out


def test_a_terminal_has_numbers_before_its_rows(environment: dict[str, str], home: Path, make: Make) -> None:
    """Of a real terminal, by the name of its device and the number of its session; both shown, and the row closed by it."""
    ticket = make()

    def typed(*args: str) -> str:
        main, end = pty.openpty()
        env = {**environment, "COLUMNS": "120"}
        with start(*args, cwd=home, env=env, stdin=end, stdout=end, stderr=end):
            os.close(end)
            out = b""
            try:
                while found := os.read(main, 4096):
                    out += found
            except OSError:
                pass
        os.close(main)
        return out.decode()

    shown = typed("ticket", "list").splitlines()
    assert shown[0].split()[:2] == ["@", "ID"]
    assert shown[1].split()[:2] == ["1", ticket]
    [name] = os.listdir(home / ".git/desk/hand")
    assert name.startswith(f"{os.getsid(0)}-pts-")


def test_no_terminal_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TERMINAL", "../../x y")
    assert of_process([]).terminal == "own-------x-y"


def test_completion(process: Callable[..., Any], make: Make, home: Path, desk: Runner) -> None:
    ticket = make("Number one")
    desk("ticket", "list", env=HERE)
    desk("ticket", "show", ticket, env=HERE)
    words = {"_DESK_COMPLETE": "zsh_complete", "COMP_WORDS": "desk ticket close @", "COMP_CWORD": "3", **HERE}
    said = process(cwd=home, env=words).stdout.splitlines()
    assert said[1:3] == ["@", f"{ticket}  Number one"]
    assert said[4:6] == ["@1", f"{ticket}  Number one"]
