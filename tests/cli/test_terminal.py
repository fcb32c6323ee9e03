"""What a person sees: on a terminal, in colour or not, through a pager; and what their shell completes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from desk.cli.table import COMMANDS
from tests.cli.conftest import Offer
from tests.conftest import Begin, Make, Runner
from tests.terminals import said_last, spawn

LONG = "Περίληψη ασθενούς από τη Μάλτα: σφάλμα 4703, επανειλημμένα, από χθες το βράδυ και σε όλα τα νοσοκομεία της επαρχίας"


class Screen(Protocol):
    def __call__(self, *args: str, columns: int = 80, lines: int = 200, **env: str) -> str: ...


@pytest.fixture
def screen(environment: dict[str, str], home: Path) -> Screen:
    """What desk writes on a terminal."""

    def run(*args: str, columns: int = 80, lines: int = 200, **env: str) -> str:
        full = {k: v for k, v in environment.items() if k not in ("NO_COLOR", "COLUMNS", "LINES", "PAGER", "LESS")}
        full.update({"TERM": "xterm-256color", **env})
        return said_last(spawn(*args, cwd=home, env=full, dimensions=(lines, columns))).replace("\r\n", "\n")

    return run


def test_colour_is_for_terminals(screen: Screen, desk: Runner, make: Make) -> None:
    ticket = make("T", "--priority", "high")
    assert "\x1b[" not in screen("ticket", "list", NO_COLOR="1")
    assert "\x1b[" not in screen("--no-color", "ticket", "list")
    assert "\x1b[" not in screen("ticket", "list", TERM="dumb")
    for words in (("list",), ("show", ticket), ("history", ticket)):
        assert "\x1b[" in screen("ticket", *words)
        assert "\x1b[" not in desk("ticket", *words, env={"NO_COLOR": "", "TERM": "xterm"}).out
    assert "\x1b[" in screen("ticket", "list", NO_COLOR="")  # as no-color.org has it
    assert "\x1b[" in screen("ticket", "show", "ZZZZ")
    for machine in ("json", "ids"):
        assert "\x1b[" not in screen("ticket", "list", "-f", machine)


@pytest.mark.parametrize("columns", [80, 120, 130])
def test_a_list_fits(screen: Screen, begin: Begin, make: Make, columns: int) -> None:
    ticket = make(LONG, "--tag", "incident", "--tag", "patient-summary", "--priority", "high")
    begin("ticket", "assign", ticket, "--to", "petros")
    make("Short", "--department", "information-security")
    lines = screen("--no-color", "ticket", "list", columns=columns).splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= columns
    for word in (ticket, "open", "high", "petros", "Περίληψη", "due in 30 min"):
        assert word in lines[2]
    # The number by which a row is meant, @2, is worth more than the day that its id says already.
    assert lines[2].split()[0] == "2"
    assert ("23 Jul 09:12" in lines[2]) == (columns > 120)
    assert "…" in lines[2]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_ticket_fits(screen: Screen, begin: Begin, make: Make, columns: int) -> None:
    ticket = make(LONG, "--body", LONG * 2)
    begin("ticket", "note", ticket, "--body", LONG)
    lines = screen("--no-color", "ticket", "show", ticket, columns=columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert "".join("".join(lines).split()).count("".join(LONG.split())[:20]) == 4


def test_the_history_fits(screen: Screen, acts: Callable[..., Any], make: Make, desk: Runner) -> None:
    ticket = make(LONG)
    acts("ticket", "edit", ticket, "--title", LONG[::-1].strip())
    acts("ticket", "close", ticket, "--reason", "because it was resolved")
    lines = screen("--no-color", "ticket", "history", ticket).splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    events = [line for line in lines if line.startswith("2026-07-23 09:12")]
    commit = desk("ticket", "history", ticket, "-f", "json").data[-1]["commit"]
    assert (len(events), len(commit)) == (3, 40)
    assert commit[:7] not in events[2]  # what was changed stands whole there instead
    wide = screen("--no-color", "ticket", "history", ticket, columns=120).splitlines()
    [closed] = [line for line in wide if "close " in line]
    assert commit[:7] in closed
    assert commit not in closed


def test_escapes_are_not_obeyed(screen: Screen, acts: Callable[..., Any]) -> None:
    ticket = acts("ticket", "create", "--title", "T", "--file", "-", stdin="\x1b]0;owned\x07\x1b[31mred").data["id"]
    for words in (
        ("show", ticket),
        ("show", ticket, "-f", "md"),
        ("show", ticket, "-f", "yaml"),
        ("show", ticket, "-f", "json"),
    ):
        out = screen("ticket", *words)
        assert "\x1b]" not in out
        assert "\x07" not in out
        assert "\x1b[31m" not in out
        assert "owned" in out


def test_a_pager_for_what_is_taller_than_the_screen(screen: Screen, make: Make, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text(f"#!{sys.executable}\nimport sys\nprint('PAGED', len(sys.stdin.read().splitlines()))\n")
    pager.chmod(0o755)
    short, tall = make("Short"), make("Tall", "--body", "line\n" * 60)
    assert "PAGED" in screen("ticket", "show", tall, PAGER=str(pager), lines=24)
    assert "PAGED" not in screen("ticket", "show", tall, PAGER=str(pager))
    assert "PAGED" not in screen("ticket", "show", short, PAGER=str(pager), lines=24)
    assert "PAGED" not in screen("ticket", "show", tall, PAGER="cat", lines=24)


# -- completion --------------------------------------------------------------------------------------------------------


@pytest.fixture
def completed(offer: Offer) -> Callable[..., list[str]]:
    """What bash is offered for the last word."""

    def run(*words: str) -> list[str]:
        return [value for _, value, _ in offer(*words)]

    return run


@pytest.mark.usefixtures("responses")
def test_words_are_completed(completed: Callable[..., list[str]], make: Make, desk: Runner) -> None:
    one, two = make(), make()
    for on in ("ticket", "user"):
        desk("field", "create", f"serial-{on}", "--type", "text", "--on", on)
    assert completed("ticket", "create", "--field", "ser") == ["serial-ticket="]
    assert completed("user", "list", "--field", "") == ["serial-user="]
    assert completed("ti") == ["ticket"]
    assert set(completed("")) >= {path for path in COMMANDS if " " not in path}
    assert completed("ticket", "re") == ["reply", "reopen", "review"]
    assert set(completed("ticket", "assign", "2607")) == {one, two}
    assert completed("ticket", "show", one[-4:].lower()) == [one]
    assert completed("ticket", "tag", f"{one},{two[:-1]}") == [f"{one},{two}"]
    assert completed("ticket", "assign", one, "--to", "") == ["me", "none", "eleni", "maria", "nikos", "petros"]
    assert completed("ticket", "list", "--owner", "pe") == ["petros"]
    assert completed("ticket", "list", "--department", "te") == ["technical"]
    assert completed("ticket", "move", one, "--to", "se") == ["semantic"]
    assert completed("ticket", "tag", one, "inc") == ["incident"]
    assert completed("ticket", "list", "--state", "") == ["open", "pending", "closed", "any"]
    assert completed("ticket", "create", "--priority", "h") == ["high"]
    assert completed("ticket", "create", "--channel", "") == ["phone", "email", "web", "cli"]
    assert completed("ticket", "reply", one, "--response", "request") == ["request-received"]
    assert completed("ticket", "list", "-f", "js") == ["json", "jsonl"]
    assert completed("ticket", "show", one[-4:-1].lower()) == [one]
    assert completed("--as", "p") == ["petros"]
    assert completed("log", "--by", "") == ["me", "eleni", "maria", "nikos", "petros"]
    assert completed("log", "--verb", "esc") == ["escalate", "escalate-up"]
    assert completed("report", "da") == ["daily"]
    assert completed("--lang", "") == ["el", "en"]
    newest = [row["commit"][:10] for row in desk("log", "-f", "json").data if row["verb"]]
    assert completed("undo", "") == completed("undo", "--commit", "") == list(dict.fromkeys(newest))
    assert completed("undo", newest[0][:6]) == [newest[0]]
    assert completed("ticket", "list", "--sort", "pri") == ["priority"]
    for words in (
        ("ticket", "note", one, "--file"),
        ("report", "daily", "--output"),
        ("export", "--output"),
        ("import",),
        ("init",),
    ):
        assert completed(*words, "/t") == ["/t"], words
    assert completed("--desk", "/t") == ["/t"]
    assert "--requester" in completed("ticket", "create", "--re")


def test_completion_stays_silent_where_it_knows_nothing(
    completed: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed("tikcet", "sh") == []
    monkeypatch.chdir(tmp_path)
    assert completed("ticket", "show", "2") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell(program: Runner, shell: str) -> None:
    script = program("completion", shell).out
    assert f"_DESK_COMPLETE={shell}_complete" in re.sub(r"\s+", " ", script)
