"""`desk` alone, `desk next`, `desk whoami`: the morning, before anybody has phoned."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.cli.conftest import Acts, Git, More, Refuses
from tests.conftest import Make, Runner
from tests.terminals import said_last, spawn

SECTIONS = ["majors", "mine", "new", "due", "unread"]
EVENING = {"DESK_NOW": "2026-07-23T20:00:00Z"}


def test_what_waits(desk: Runner, make: Make, home: Path) -> None:
    assert "Nothing waits." in desk().out
    mine = make("Mine", "--assign", "me")
    urgent = make("Urgent", "--impact", "high", "--urgency", "high", "--tag", "incident")
    legal = make("Somebody's", "--department", "legal", "--assign", "eleni")
    desk("ticket", "major", urgent, "--coordinator", "me")
    data = desk("today", "-f", "json", env=EVENING).data
    assert list(data) == ["me", "mail", *SECTIONS]
    assert [r["id"] for r in data["mine"]] == [mine]
    assert [r["id"] for r in data["new"]] == [urgent]
    assert [r["id"] for r in data["majors"]] == [urgent]
    assert urgent in [r["id"] for r in data["due"]]
    assert data["due"][0]["overdue"] is True
    assert data["unread"] == []
    desk("--as", "eleni", "ticket", "note", legal, "--body", "A word.", env={"DESK_NOW": "2026-07-23T21:00:00Z"})
    assert [r["id"] for r in desk("today", "-f", "json").data["unread"]] == [legal]
    desk("ticket", "show", legal)
    assert desk("today", "-f", "json").data["unread"] == []
    said = desk().out
    assert said == desk("today").out
    assert "Major incidents (1)" in said
    assert "Mine (1)" in said
    assert "desk next" in said
    (home / "below").mkdir()
    os.chdir(home / "below")
    assert desk().out == said
    assert [r["id"] for r in desk("--as", "eleni", "today", "-f", "json").data["mine"]] == [legal]
    assert "Somebody's" in desk("--as", "eleni").out  # options alone name no command either
    stranger = desk(
        env={"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "x@y.example"}
    )
    assert "desk whoami" in stranger.out


def test_five_lines_each_and_how_many_there_are(desk: Runner, make: Make, more: More) -> None:
    more(make("T0"), *(f"T{number}" for number in range(1, 7)))
    said = desk().out
    assert "New, and nobody's (7)" in said
    assert len(re.findall(r"\bT\d\b", said)) == 5
    assert len(desk("today", "-f", "json").data["new"]) == 7
    assert len(desk("today", "-f", "ids").out.split()) == 7


def test_rows_are_at_hand(desk: Runner, make: Make) -> None:
    mine, new = make("Mine", "--assign", "me"), make()
    here = {"DESK_TERMINAL": "here"}
    desk(env=here)
    assert desk("ticket", "show", "@1,@2", "-f", "ids", env=here).out.split() == [mine, new]


def test_outside_a_desk_it_is_a_question(program: Runner, tmp_path: Path, home: Path) -> None:
    os.chdir(tmp_path)
    assert "Start here" in program().out
    assert "missing command" in program("--no-color", code=2).err
    assert "Nothing waits." in program("--desk", str(home)).out
    assert "Nothing waits." in program(env={"DESK_DIR": str(home)}).out
    os.chdir(home)
    assert "Start here" in program("--help").out
    assert program("--version").out.startswith("desk")
    assert program("--nonsense", code=2).err


def test_the_next_one(acts: Acts, make: Make, desk: Runner, refuses: Refuses) -> None:
    low, high = make("Low"), make("High", "--impact", "high", "--urgency", "high")
    legal = make("Legal", "--department", "legal", "--impact", "high", "--urgency", "high")
    make("Taken", "--impact", "high", "--urgency", "high", "--assign", "me")
    waits = make("Waits", "--impact", "high", "--urgency", "high", "--until", "3d")
    assert acts("next", "--department", "legal").data["id"] == legal
    done = acts("next")
    assert (done.data["id"], done.data["owner"]) == (high, "maria")
    assert done.commit.subject == f"{high} assign: maria"
    said = desk("next")
    assert said.out.splitlines()[0].startswith(f"{low}  assigned to maria")
    assert said.out.splitlines()[1] == "Low"
    assert "nothing waits" in refuses(3, "next")["message"]
    assert waits
    assert refuses(3, "--as", "nikos", "next")  # serves no department
    assert refuses(3, "next", "--department", "nowhere")


def test_two_who_want_the_next_one_get_two(home: Path, make: Make, environment: dict[str, str], git: Git) -> None:
    """Chosen under the lock: never the same one twice, and nobody is refused one that is left."""
    wanted = {make(f"Call {n}", "--department", "technical") for n in range(4)}
    who = ("maria", "petros", "maria", "petros")
    running = [spawn("next", "-f", "ids", cwd=home, env={**environment, "DESK_AS": w}) for w in who]
    got = [said_last(process).split()[-1] for process in running]
    assert set(got) == wanted
    assert git("status", "--porcelain") == ""


def test_who_am_i(desk: Runner, refuses: Refuses) -> None:
    data = desk("--as", "eleni", "whoami", "-f", "json").data
    assert (data["id"], data["level"], data["departments"]) == ("eleni", 2, ["legal"])
    assert "Maria Georgiou" in desk("whoami").out
    assert refuses(3, "--as", "nobody", "whoami")
