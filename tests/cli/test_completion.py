"""What a shell is offered: ends of ids, people by their names, verbs, fields and their values, files; each with what it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Offer
from tests.conftest import Make, Runner

Offered = Callable[..., dict[str, str]]


@pytest.fixture
def offered(offer: Offer) -> Offered:
    """`offered("ticket", "show", "7K")`: what bash is given for the last word, value → description."""
    return lambda *words: {value or f"({kind})": text for kind, value, text in offer(*words)}


def test_what_is_offered(offered: Offered, desk: Runner, make: Make) -> None:
    ticket = make("Printer on fire")
    desk("user", "create", "--name", "Άννα Ανδρέου", "--email", "a@x.example", "--group", "patient")
    desk("field", "create", "country", "--type", "select", "--option", "CY", "--option", "MT", "--on", "ticket")
    assert offered("ticket", "show", ticket.partition("-")[2][:2]) == {ticket: "Printer on fire"}
    assert offered("ticket", "show", ticket[:4]) == {ticket: "Printer on fire"}
    assert offered("ticket", "assign", ticket, "--to", "Γεωρ") == {}
    assert offered("ticket", "assign", ticket, "--to", "geor") == {"maria": "Maria Georgiou"}
    assert offered("ticket", "assign", ticket, "--to", "ελεν") == {"eleni": "Ελένη Παύλου"}
    assert offered("--as", "pet") == {"petros": "Petros Ioannou"}
    assert "none" not in offered("log", "--by", "n")
    [(user, text)] = offered("ticket", "create", "--requester", "ανδρ").items()
    assert user.startswith("u-")
    assert "Άννα Ανδρέου" in text
    assert set(offered("user", "edit", "ανδρ")) == set(offered("user", "show", "a@x")) == {user}
    assert offered("staff", "show", "geor") == {"maria": "Maria Georgiou"}
    assert {"close", "classify"} <= set(offered("log", "--verb", "cl"))
    assert set(offered("ticket", "create", "--field", "cou")) == {"country="}
    assert set(offered("ticket", "create", "--field", "country=")) == {"country=CY", "country=MT"}
    assert offered("tick") == {"ticket": "Register, list, answer, assign, close …"}
    assert "states" in offered("help", "st")
    for words in (("ticket", "note", ticket, "--file"), ("report", "--output"), ("init",), ("--desk",)):
        assert set(offered(*words, "/t")) == {"/t"}, words


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash isn't installed")
def test_bash_shows_descriptions_and_fills_in_words_alone(
    environment: dict[str, str], home: Path, program: Runner, make: Make, tmp_path: Path
) -> None:
    first, second = make("Printer; $(touch owned) %s"), make("Fire")
    script = program("completion", "bash").out
    shim = tmp_path / "bin" / "desk"
    shim.parent.mkdir()
    shim.write_text(f"#!{sys.executable}\nfrom desk.cli.main import main\nmain()\n", encoding="utf-8")
    shim.chmod(0o755)

    def replies(*words: str) -> list[str]:
        line = f"COMP_WORDS=(desk {' '.join(words)}); COMP_CWORD={len(words)}; COLUMNS=60\n"
        text = f'{script}\n{line}_desk_completion desk\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
        env = {**environment, "PATH": f"{shim.parent}:{environment['PATH']}"}
        done = subprocess.run(
            ["bash", "--norc", "-c", text], env=env, cwd=home, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    assert sorted(replies("ticket", "show", "26")) == sorted(
        [f"{first}  (Printer; $(touch owned) %s)", f"{second}  (Fire)"]
    )
    assert replies("ticket", "show", first[-4:]) == [first]
    assert not (home / "owned").exists()


def test_a_shell_is_told_of_no_fault(
    process: Callable[..., subprocess.CompletedProcess[str]], home: Path, tmp_path: Path
) -> None:
    """In an empty folder, in a desk that git can't read any more, with settings and words of one's own that are broken."""
    empty, own = tmp_path / "empty", tmp_path / "own"
    for folder in (empty, own / "desk"):
        folder.mkdir(parents=True)
    (own / "desk/config.toml").write_text("[alias\n", encoding="utf-8")

    def answers(folder: Path, *words: str) -> list[str]:
        asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words)), "_DESK_COMPLETE": "bash_complete"}
        done = process(cwd=folder, env={**asked, "XDG_CONFIG_HOME": str(own)})
        assert (done.returncode, done.stderr) == (0, "")
        return [line.split("\t")[1] for line in done.stdout.splitlines() if line]

    assert answers(empty, "desk", "ticket", "show") == []
    assert "today" in answers(home, "desk", "nosuch")
    assert answers(home, "desk", "ticket", "list", "--filter") == []
    (home / "desk.toml").write_text("x = [", encoding="utf-8")
    assert "open" in answers(home, "desk", "ticket", "list", "--state")
    (home / ".git/HEAD").write_text("garbage", encoding="utf-8")
    assert answers(home, "desk", "ticket", "show") == []
