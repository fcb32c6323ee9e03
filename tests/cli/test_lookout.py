"""A list that stays up to date, events as they come, and who is told: on a real terminal, and through a pipe."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

from desk.cli.app import App
from desk.cli.clerk import lookout
from desk.cli.env import of_process
from tests.cli.conftest import Refuses, tip
from tests.conftest import Make, Runner
from tests.terminals import said_last, spawn, start


def test_a_list_stays_up_to_date(environment: dict[str, str], home: Path, desk: Runner, make: Make) -> None:
    make("There before")
    words = ("ticket", "list", "--watch", "--every", "1", "--bell")
    child = spawn(*words, cwd=home, env=environment, dimensions=(30, 100))
    child.expect_exact("\x1b[?1049h")
    child.expect_exact("There before")
    desk("--as", "petros", "ticket", "create", "--title", "Came", "--department", "technical",
         "--impact", "high", "--urgency", "high")  # fmt: skip
    child.expect_exact("\a")  # of the highest priority, and somebody else's
    child.expect_exact("Came")
    child.sendintr()
    child.expect_exact("\x1b[?1049l")
    assert "Came" in said_last(child)  # the list as it was last stays on the screen
    assert child.exitstatus == 0


def test_a_window_of_another_size_is_drawn_for_at_once(environment: dict[str, str], home: Path, make: Make) -> None:
    """Long before the list is looked at again; and each row keeps its number in a narrow one."""
    make("A title of many words that a narrow window has no room for")
    words = ("ticket", "list", "--watch", "--every", "60")
    env = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
    child = spawn(*words, cwd=home, env=env, dimensions=(30, 160))
    child.expect_exact("no room for")
    child.setwinsize(30, 70)
    child.expect(r"(?s)\x1b\[H.*\r\n(\S*1 .*…)")
    child.sendintr()
    said_last(child)


def test_events_as_they_come(environment: dict[str, str], home: Path, desk: Runner, make: Make, tmp_path: Path) -> None:
    ticket = make("T")
    told = tmp_path / "told"
    notify = tmp_path / "notify"
    notify.write_text(f'#!/bin/sh\nprintf "%s\\n" "$3" >> {told}\n', encoding="utf-8")
    notify.chmod(0o755)
    words = ("activity", "--follow", "--every", "1", "--notice", "-f", "jsonl")
    env = {**environment, "DESK_NOTIFY": str(notify)}
    with start(*words, cwd=home, env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        rows: list[str] = []
        while not rows:  # until it looks, nothing it could have missed is asked for
            desk("--as", "petros", "ticket", "note", ticket, "--body", "x")
            rows += _ready(child)
        assert json.loads(rows[0])["verb"] == "note"
        desk("--as", "petros", "ticket", "assign", ticket, "--to", "maria")
        rows = []
        while not any('"assign"' in row for row in rows):
            rows += _ready(child)
        child.send_signal(signal.SIGINT)
        child.stdout.read()
    assert child.returncode == 0
    assert told.read_text(encoding="utf-8") == f"petros gave you {ticket}: T\n"


def _ready(child: subprocess.Popen[str]) -> list[str]:
    """The line that comes within two seconds, if one does."""
    import select  # noqa: PLC0415 - here alone

    assert child.stdout is not None
    return [child.stdout.readline()] if select.select([child.stdout], [], [], 2)[0] else []


def test_who_is_told(desk: Runner, make: Make, home: Path) -> None:
    """Of what others do, and of nothing else: own tickets, and new ones that are urgent, of one's departments."""
    ticket = make()

    def arrived(*words: str) -> list[str]:
        before = tip(home)
        desk(*words)
        app = App(of_process([]), str(home))
        assert before != tip(home)
        return [str(text) for text in lookout.arrivals(app, (tip(home),))]

    assert arrived("ticket", "assign", ticket, "--to", "maria") == []
    desk("ticket", "unassign", ticket)
    assert arrived("--as", "petros", "ticket", "assign", ticket, "--to", "petros") == []
    urgent = ("--impact", "high", "--urgency", "high", "--department", "technical")
    assert arrived("--as", "petros", "ticket", "create", "--title", "Low", "--department", "technical") == []
    assert arrived("ticket", "create", "--title", "Own", *urgent) == []
    [told] = arrived("--as", "petros", "ticket", "create", "--title", "Fire", *urgent)
    assert told.startswith("new and urgent, ")
    assert told.endswith(": Fire")


def test_what_makes_no_sense(refuses: Refuses) -> None:
    refuses(2, "ticket", "list", "--watch")  # a pipe
    refuses(2, "ticket", "list", "--bell")
    refuses(2, "activity", "--follow", "--since", "7d")
    refuses(2, "activity", "--notice")
