"""desk sla: what is due, and the check that cron runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.beginnings import at_work
from tests.cli.conftest import commit_of, heads
from tests.conftest import NOW, Runner, copy_of
from tests.levels import without_levels
from tests.terminals import start

Git = Callable[..., str]
Make = Callable[..., str]
SOON, LATE, WEEK = "2026-07-23T06:40:00Z", "2026-07-23T10:30:00Z", "2026-07-30T06:12:44Z"
"""A high ticket of 06:12:44 is to be answered by 06:42:44 and resolved by 10:12:44."""


@pytest.fixture(scope="module")
def begun(
    few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> tuple[Path, str]:
    """What each test's desk is a copy of: a ticket of high priority is there, as it was made."""
    top = copy_of(few_articles, tmp_path_factory.mktemp("check"))
    with at_work(top, environment) as desk:
        new = ("--title", "High", "--priority", "high", "--department", "technical")
        return top, desk("ticket", "create", *new, "-f", "ids").out.strip()


@pytest.fixture(scope="module")
def _template(begun: tuple[Path, str]) -> Path:
    return begun[0]


@pytest.fixture
def high(begun: tuple[Path, str]) -> str:
    """The ticket that is there."""
    return begun[1]


@pytest.fixture
def at(desk: Runner) -> Callable[..., Runner]:
    """`at("2026-07-23T06:40:00Z")("sla", "check")`: a command at another time."""

    def clock(now: str) -> Runner:
        def run(*args: str, code: int | None = 0, stdin: str | bytes = "", env: dict[str, str] | None = None) -> object:
            return desk(*args, code=code, stdin=stdin, env={**(env or {}), "DESK_NOW": now})

        return run  # type: ignore[return-value]

    return clock


At = Callable[[str], Runner]


# -- lists -------------------------------------------------------------------------------------------------------------


def test_lists_say_what_is_due(at: At, high: str, make: Make) -> None:
    low = make("Low")
    lines = at(SOON)("ticket", "list", "--sort", "due").out.splitlines()
    assert "DUE" in lines[0]
    assert [line.split()[0] for line in lines[1:]] == [high, low]
    assert "due in 2 min" in lines[1]
    late = at(LATE)("ticket", "list", "--overdue", "-f", "json").data
    assert [(t["id"], t["next_due"], t["overdue"]) for t in late] == [(high, "2026-07-23T06:42:44Z", True)]
    assert "overdue 3 h" in at(LATE)("ticket", "list").out


def test_the_most_urgent_first(at: At, high: str, make: Make, desk: Runner) -> None:
    low, waiting = make("Low"), make("Another", "--priority", "high")
    answered = make("Answered", "--priority", "high", "--department", "legal")
    desk("ticket", "pending", waiting)
    desk("ticket", "reply", answered, "--body", "x")
    rows = at(SOON)("sla", "list", "-f", "json").data
    assert [(r["id"], r["clock"]) for r in rows] == [
        (high, "respond"), (answered, "resolve"), (low, "respond"), (waiting, None),
    ]  # fmt: skip
    assert rows[-1]["next_due"] is None
    assert rows[-1]["overdue"] is False

    def ids(*args: str, now: str = SOON) -> list[str]:
        return at(now)("sla", "list", *args, "-f", "ids").out.split()

    assert ids("--within", "3m") == [high]
    assert ids("--within", "4h") == [high, answered]
    assert ids("--department", "legal") == [answered]
    assert ids("--breached") == []
    assert ids("--breached", now=LATE) == [high, answered]
    assert ids("--limit", "1") == [high]
    desk("ticket", "assign", low, "--to", "me")
    assert ids("--mine") == [low]
    assert "paused" in at(SOON)("sla", "list").out
    for wrong in ("soon", "4 hours", "", "-4h"):
        at(SOON)("sla", "list", "--within", wrong, code=0 if not wrong else 2)


def test_a_pause_keeps_what_was_late(at: At, high: str) -> None:
    at(LATE)("ticket", "pending", high)
    [row] = at(WEEK)("sla", "list", "-f", "json").data
    assert (row["clock"], row["overdue"], row["next_due"]) == ("respond", True, "2026-07-23T06:42:44Z")


def test_show_says_kept_or_missed(at: At, high: str) -> None:
    assert "2026-07-23 09:42, in 2 min" in at(SOON)("ticket", "show", high).out
    at(SOON)("ticket", "reply", high, "--body", "x")
    assert at(LATE)("ticket", "close", high).out == f"{high}  closed, resolution was late\n"
    text = " ".join(at(LATE)("ticket", "show", high).out.split())
    assert "reply due 2026-07-23 09:42, kept" in text
    assert "due 2026-07-23 13:12, missed by 17 min" in text
    assert "missed resolution 2026-07-23 13:12" in text
    shown = at(LATE)("ticket", "show", high, "-f", "json").data
    assert (shown["next_due"], shown["overdue"]) == (None, None)
    assert shown["sla"] == ["breach resolve 2026-07-23T10:12:44Z"]


# -- the check ---------------------------------------------------------------------------------------------------------


def test_a_check_is_idempotent_and_one_commit_a_ticket(at: At, high: str, make: Make, git: Git, home: Path) -> None:
    other = make("Another", "--priority", "high")
    before = heads(git)
    done = at(SOON)("sla", "check", "-f", "json").data
    assert {t["id"] for t in done} == {high, other}
    assert done[0]["events"] == [{"verb": "warning", "from": None, "to": "respond 2026-07-23T06:42:44Z"}]
    assert heads(git) == before + 2
    assert git("status", "--porcelain") == ""
    commit = commit_of(git)
    assert commit.author == "NCPeH Cyprus contact point"
    assert commit.values("Desk-Actor") == ["desk"]
    assert commit.values("Desk-To") == ["respond 2026-07-23T06:42:44Z"]
    again = at(SOON)("sla", "check")
    assert (again.out, again.err) == ("", "")  # a message of cron for each line
    assert heads(git) == before + 2
    assert (home / "desk.toml").is_file()


def test_after_a_week_of_silence(at: At, high: str, make: Make, desk: Runner) -> None:
    at(SOON)("ticket", "close", make("Another", "--priority", "high"))
    said = at(WEEK)("sla", "check").out
    assert "first reply missed, was due at 2026-07-23 09:42" in said
    assert "resolution missed, was due at 2026-07-23 13:12" in said
    assert said.count("\n") == 1
    history = desk("ticket", "history", high, "-f", "json").data
    assert [(e["by"], e["verb"], e["to"]) for e in history[1:]] == [
        ("desk", "breach", "respond 2026-07-23T06:42:44Z"),
        ("desk", "breach", "resolve 2026-07-23T10:12:44Z"),
    ]
    assert at(WEEK)("sla", "check").out == ""
    desk("audit", "verify")


def test_closed_late_by_hand_is_recorded_too(at: At, high: str, git: Git, home: Path) -> None:
    path = next((home / "records/tickets").rglob("*.md"))
    text = path.read_text(encoding="utf-8").replace("state: open", "state: closed\nclosed: 2026-07-23T12:00:00Z")
    path.write_text(text, encoding="utf-8")
    git("commit", "-qam", "closed by hand")
    at(WEEK)("sla", "check")
    shown = at(WEEK)("ticket", "show", high, "-f", "json").data
    assert shown["sla"] == ["breach respond 2026-07-23T06:42:44Z", "breach resolve 2026-07-23T10:12:44Z"]
    assert at(WEEK)("sla", "check").out == ""


def test_a_dry_run_does_nothing(at: At, git: Git) -> None:
    before = heads(git)
    said = at(LATE)("sla", "check", "--dry-run").out
    assert said == at(LATE)("sla", "check", "--dry-run").out
    assert "first reply missed" in said
    assert heads(git) == before
    assert at(LATE)("sla", "check").out == said


def test_two_checks_at_once(home: Path, high: str, make: Make, git: Git, environment: dict[str, str]) -> None:
    tickets = {high, *(make("Another", "--priority", "high") for _ in range(3))}
    before = heads(git)
    env = {**os.environ, **environment, "DESK_NOW": LATE}
    words = ("sla", "check", "-f", "ids")
    crons = [start(*words, cwd=home, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    done = [cron.communicate()[0].split() for cron in crons]
    assert [cron.returncode for cron in crons] == [0, 0]
    assert sorted(done[0] + done[1]) == sorted(tickets)
    assert heads(git) == before + len(tickets)


def test_pending_comes_back_on_its_day(at: At, high: str, desk: Runner) -> None:
    desk("ticket", "reply", high, "--body", "x")
    desk("ticket", "pending", high, "--until", "2026-07-25")
    assert at("2026-07-24T20:59:59Z")("sla", "check").out == ""
    assert at("2026-07-24T21:00:00Z")("sla", "check").out == f"{high}  open again: its day has come\n"
    shown = desk("ticket", "show", high, "-f", "json").data
    assert (shown["state"], shown["pending_until"], shown["paused"]) == ("open", None, None)
    assert shown["due"] == "2026-07-25T01:00:00Z"
    assert shown["pauses"] == [f"{NOW} 2026-07-24T21:00:00Z"]
    last = desk("ticket", "history", high, "-f", "json").data[-1]
    assert (last["verb"], last["from"], last["to"], last["reason"]) == (
        "resume", "pending", "open", "its day has come: 2026-07-25",
    )  # fmt: skip


def test_pending_comes_back_with_an_owner_who_still_serves(at: At, make: Make, desk: Runner) -> None:
    ticket = make()
    desk("ticket", "assign", ticket, "--to", "petros")
    desk("ticket", "pending", ticket, "--until", "tomorrow")
    desk("staff", "edit", "petros", "--department", "semantic")
    assert "open again" in at(WEEK)("sla", "check").out
    assert desk("ticket", "show", ticket, "-f", "json").data["owner"] is None


def test_who_is_named_is_told_once(at: At, high: str, desk: Runner) -> None:
    desk("department", "edit", "technical", "--escalation", "petros")
    assert "petros is told" in at(SOON)("sla", "check").out
    assert "petros" in desk("ticket", "show", high, "-f", "json").data["watchers"]
    assert "is told" not in at("2026-07-23T06:43:00Z")("sla", "check").out  # he knows since the warning
    assert "petros is told" in at("2026-07-23T09:50:00Z")("sla", "check").out  # ahead of the resolution
    verbs = [e["verb"] for e in desk("ticket", "history", high, "-f", "json").data]
    assert verbs.count("escalate-up") == 2
    desk("ticket", "pending", high, "--until", "2026-07-24")
    at(WEEK)("sla", "check")
    desk("audit", "verify")


def test_owner_or_department_hear_of_it(at: At, high: str, desk: Runner) -> None:
    desk("ticket", "assign", high, "--to", "petros")

    def told() -> list[tuple[str, str]]:
        waiting = desk("mail", "outbox", "-f", "json").data
        desk("mail", "drop", *(m["id"] for m in waiting))
        return sorted((m["to"].split()[0], m["event"]) for m in waiting)

    told()
    at(SOON)("sla", "check")
    assert told() == [("Petros", "warning")]
    at(LATE)("sla", "check")
    assert told() == [("Petros", "breach")]


def test_imports_and_hand_edits_catch_up(at: At, desk: Runner, home: Path, git: Git) -> None:
    for name, more in (
        ("A", ""),
        ("B", ""),
        ("C", "state: pending\n"),
        ("D", "state: closed\nclosed: 2026-07-23T08:00:00Z\n"),
    ):
        path = home / f"records/tickets/2026/07/23/260723-AAA{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        state = more or "state: open\n"
        text = f"---\nid: 260723-AAA{name}\ntitle: {name}\n{state}priority: high\ndepartment: technical\ncreated: {NOW}\n---\n"
        path.write_text(text, encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "from elsewhere", "--date", "2026-07-23T06:30:00Z")
    assert "due times brought up to date" in at(SOON)("sla", "check").out
    shown = {i: desk("ticket", "show", f"260723-AAA{i}", "-f", "json").data for i in "ABCD"}
    assert shown["A"]["respond_by"] == "2026-07-23T06:42:44Z"
    assert shown["A"]["due"] == "2026-07-23T10:12:44Z"
    assert shown["C"]["paused"] is not None
    assert shown["D"]["due"] is None  # what was over is left alone
    assert at(SOON)("sla", "check").out == ""


def test_a_hand_edit_that_ends_a_pause(at: At, high: str, desk: Runner, home: Path, git: Git) -> None:
    desk("ticket", "pending", high)
    path = next((home / "records/tickets").rglob("*.md"))
    path.write_text(path.read_text(encoding="utf-8").replace("state: pending", "state: open"), encoding="utf-8")
    git("commit", "-qam", "on with it", "--date", "2026-07-23T07:12:44Z")
    at("2026-07-23T07:20:00Z")("sla", "check")
    shown = desk("ticket", "show", high, "-f", "json").data
    assert (shown["paused"], shown["due"]) == (None, "2026-07-23T11:12:44Z")


def test_one_bad_ticket_doesn_t_stop_the_others(at: At, high: str, make: Make, home: Path) -> None:
    other = make("Another", "--priority", "high")
    path = next((home / "records/tickets").rglob(f"{high}.md"))
    path.write_text(path.read_text(encoding="utf-8") + "\nbeing written\n", encoding="utf-8")
    result = at(LATE)("sla", "check")
    assert result.out.startswith(other)
    assert "hand edits" in result.err


def test_who_may_check(at: At) -> None:
    env = {"DESK_AS": "nikos"}
    assert "missed" in at(LATE)("sla", "check", env=env).out  # level 1, of no department: the desk itself acts
    stranger = {"GIT_AUTHOR_EMAIL": "x@elsewhere.example", "GIT_CONFIG_GLOBAL": "/dev/null"}
    error = at(WEEK)("sla", "check", env=stranger, code=5).err
    assert "not registered as staff" in error


def test_a_broken_policy_is_an_error_with_its_line(desk: Runner, home: Path) -> None:
    path = home / "desk.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('resolve = "30d"', 'resolv = "30d"'), encoding="utf-8")
    line = text[: text.index('resolve = "30d"')].count("\n") + 1
    desk("ticket", "create", "--title", "T")  # by what is committed: nobody waits for an edit that isn't finished
    for args in (("sla", "check"), ("commit", "desk.toml")):
        assert (
            f"desk.toml:{line}: sla.policy 1, target 2: resolv: there is no key 'resolv'; did you mean resolve?"
            in desk(*args, code=8).err
        )
    found = desk("doctor", code=None).out
    assert f"desk.toml:{line}" in found
    desk("ticket", "list")  # reading goes on
    path.write_text(text.replace('kind = "problem"', 'department = "tecnical"'), encoding="utf-8")
    assert "there is no department tecnical" in desk("commit", "desk.toml", code=8).err
    assert "there is no department tecnical" in desk("doctor", code=None).out


def test_a_desk_without_service_levels(at: At, home: Path, high: str, make: Make, desk: Runner) -> None:
    desk("ticket", "delete", high)
    without_levels(home)
    ticket = make("High", "--priority", "high", "--tag", "incident")
    desk("ticket", "pending", ticket, "--until", "2026-07-24")
    text = next((home / "records/tickets").rglob("*.md")).read_text(encoding="utf-8")
    assert "due" not in text
    assert "paused" not in text
    assert "DUE" not in desk("ticket", "list").out
    row = desk("ticket", "list", "-f", "json").data[0]
    assert (row["next_due"], row["overdue"], row["due"]) == (None, None, None)
    assert "no service levels" in desk("sla", "list").err
    assert "open again" in at(WEEK)("sla", "check").out  # a day is a day all the same
    assert at(WEEK)("sla", "check").out == ""


def test_settings_are_shown(desk: Runner) -> None:
    assert "sla.policy" in desk("config", "list").out
    lines = desk("config", "get", "sla.policy").out.splitlines()
    assert lines[0] == "from 2026-01-01, 5 targets: calendar 24x7, reclassify created"
    assert lines[1] == "  1. major, respond 15m, update 1h, resolve 4h"
    assert desk("config", "get", "sla.calendar").out == "office: days Mon-Fri, hours 08:00-18:00, holidays CY\n"
    assert desk("config", "get", "sla.policy", "-f", "json").data["value"][0]["from"] == "2026-01-01"
    error = desk("config", "set", "sla.policy", "x", code=2).err
    assert "edit them in desk.toml" in error
    assert desk("config", "set", "sla.warn", "80").out == "sla.warn is now 80\n"


def test_the_library_of_holidays_is_asked_once(home: Path, environment: dict[str, str]) -> None:
    code = "import sys\nfrom desk.cli import main\nmain.run(['ticket', 'create', '--title', 'T'])\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    assert "holidays" not in done.stderr.splitlines()[-1].split()
