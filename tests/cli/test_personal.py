"""Aliases and saved filters: a person's own, outside of any desk; and those that a desk shares."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desk.cli import env
from desk.cli.main import load
from desk.cli.table import COMMANDS
from tests.cli.conftest import Git
from tests.conftest import Make, Runner


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a person who has none yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    return tmp_path / "xdg/desk/config.toml"


def share(home: Path, git: Git, text: str) -> None:
    with (home / "desk.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    git("commit", "-qam", "by hand: shared words")


def test_a_word_for_a_command(desk: Runner, own: Path, git: Git, make: Make) -> None:
    assert make()
    assert desk("new", "--title", "T", code=2).err.startswith("error: desk has no command 'new'")
    desk("alias", "set", "new", "ticket create --assign me")
    assert desk("new", "--title", "T", "-f", "json").data["owner"] == "maria"
    desk("alias", "set", "done", "ticket", "close", "--resolution", "withdrawn")
    assert desk("done", make(), "-f", "json").data["resolution"] == "withdrawn"
    assert desk("alias", "set", "quoted", 'search "two words"').out == 'quoted  search "two words"\n'
    assert [(r["id"], r["whose"]) for r in desk("alias", "list", "-f", "json").data] == [
        ("done", "own"), ("new", "own"), ("quoted", "own")
    ]  # fmt: skip
    own.write_text("# mine\n" + own.read_text())
    desk("alias", "delete", "done")
    assert own.read_text().startswith("# mine\n")
    assert "did you mean new" in desk("alias", "delete", "nw", code=3).err
    assert desk("done", "x", code=2).err
    assert git("status", "--porcelain", "--ignored") == ""


def test_what_is_no_alias(desk: Runner, own: Path) -> None:
    for name, words in (
        ("ticket", "search x"),
        ("Big", "search x"),
        ("../x", "search x"),
        ("x", "rm -rf"),
        ("x", '"search'),
        ("-x", "search"),
    ):
        assert "hint: " in desk("alias", "set", name, words, code=2).err, words
        assert not own.exists(), words


def test_an_alias_of_an_alias_is_none_and_a_broken_file_is_named(desk: Runner, own: Path) -> None:
    own.parent.mkdir(parents=True)
    own.write_text('[alias]\nloop = "loop"\nticket = "search x"\nnext2 = "next --nonsense"\n')
    assert "no command 'loop'\nhint: loop stands for loop, which is no command" in desk("loop", code=2).err
    assert desk("ticket", "list").code == 0  # a command's name is never anything else
    assert "no option --nonsense" in desk("next2", code=2).err
    for text, line, word in (
        ('[aliases]\nnew = "next"\n', 1, "did you mean alias?"),
        ('[alias]\nnew = "next"\n\nnew2 = 3\n', 4, "new2 is no text in quotes"),
        ('[alias]\nnew = "next"\nnew = "next"\n', 3, "overwrite"),
        ('[alias]\n[filter]\nlate = ["--mine"]\n', 3, "late is no text in quotes"),
        ('alias = "next"\n', 1, "there is no table"),
    ):
        own.write_text(text)
        for command in ("nothing", "alias list", "filter list"):
            err = desk(*command.split(), code=8).err
            assert f"{own}:{line}: " in err
            assert word in err
        assert desk("ticket", "list").code == 0
    own.write_text('[alias]\nq = "search \'two"\n[list]\nsort = "-priority"\ncolumns = ["id", "titel"]\n')
    assert "q: a quote has no end" in desk("q", code=2).err
    assert f"{own}:5: columns: there is no 'titel'; did you mean title?" in desk("ticket", "list").err
    own.write_text('[list]\ncolumns = ["id", "title"]\n[filter]\nlate = "--nonsense"\n')
    assert desk("ticket", "list").err == "no tickets found\n"
    assert "filter late: " in desk("ticket", "list", "--filter", "late", code=2).err
    own.write_bytes(b"\xff\xfe")
    assert "UTF-8" in desk("alias", "list", code=8).err
    own.write_text("[alias\n")
    assert str(own) in desk("nothing", code=8).err
    assert str(own) in desk("alias", "set", "x", "search y", code=8).err
    assert own.read_text() == "[alias\n"
    assert desk("ticket", "list").code == 0


def test_what_a_desk_shares(desk: Runner, own: Path, home: Path, git: Git, make: Make) -> None:
    """It comes with a clone: it never takes anything away, and a person's own goes first."""
    ticket = make()
    share(home, git, '\n[command.aliases]\nmine = "ticket list --mine"\ngone = "ticket delete"\nbad = "nonsense"\n')
    assert desk("mine").code == 0
    assert "takes something away" in desk("gone", ticket, code=2).err
    assert "no command 'bad'" in desk("bad", code=2).err
    desk("alias", "set", "mine", "ticket list --all")
    assert ticket in desk("mine").out
    assert {(r["id"], r["whose"]) for r in desk("alias", "list", "-f", "json").data} == {
        ("mine", "own"), ("gone", "desk"), ("bad", "desk")
    }  # fmt: skip
    assert own.exists()


def test_saved_filters(desk: Runner, own: Path, home: Path, git: Git, make: Make) -> None:
    legal, mine = make("Legal", "--department", "legal"), make("Mine", "--assign", "me")
    desk("filter", "save", "law", "--department", "legal", "--sort", "title")
    desk("filter", "save", "all", "--state any --columns id,title")
    assert desk("ticket", "list", "--filter", "law", "-f", "ids").out.split() == [legal]
    assert desk("ticket", "list", "--filter", "law", "--mine", "-f", "ids").out.split() == []
    assert desk(
        "ticket", "list", "--filter", "law", "--department", "technical", "--mine", "-f", "ids"
    ).out.split() == [mine]
    assert desk("incident", "list", "--filter", "law", "-f", "ids").out == ""
    assert desk("ticket", "list", "--filter", "all").out.splitlines()[0].split() == ["ID", "TITLE"]
    assert "did you mean law" in desk("ticket", "list", "--filter", "lwa", code=3).err
    for words in ("--nonsense", "--limit x", "--filter law", "extra"):
        assert desk("filter", "save", "bad", words, code=2).err
    share(home, git, '\n[list.filters]\nlaw = "--mine"\nshared = "--mine"\n')
    assert desk("ticket", "list", "--filter", "shared", "-f", "ids").out.split() == [mine]
    assert desk("ticket", "list", "--filter", "law", "-f", "ids").out.split() == [legal]
    assert [(r["id"], r["whose"]) for r in desk("filter", "list", "-f", "json").data] == [
        ("all", "own"), ("law", "own"), ("shared", "desk")
    ]  # fmt: skip
    desk("filter", "delete", "law")
    assert desk("ticket", "list", "--filter", "law", "-f", "ids").out.split() == [mine]
    assert own.exists()


def test_defaults_of_ones_own(desk: Runner, own: Path, make: Make, git: Git) -> None:
    """They go before the desk's, an option before both; programs are given the same as ever."""
    make("Low")
    make("High", "--impact", "high", "--urgency", "high")
    usual = desk("ticket", "list", "-f", "json").data
    desk("config", "set", "list.columns", "id,age,title", "--own")
    desk("config", "set", "list.sort", "--own", "--", "-priority")
    assert "[list]" in own.read_text()
    lines = desk("ticket", "list").out.splitlines()
    assert lines[0].split() == ["ID", "AGE", "TITLE"]
    assert [line.split()[-1] for line in lines[1:]] == ["High", "Low"]
    assert desk("ticket", "list", "--columns", "id").out.split()[0] == "ID"
    assert set(desk("ticket", "list", "-f", "json").data[0]) == set(usual[0])
    desk("config", "set", "list.columns", "id,nosuch", "--own", code=2)
    desk("config", "set", "list.sort", "nosuch", "--own", code=2)
    desk("config", "set", "desk.timezone", "UTC", "--own", code=2)
    desk("config", "set", "list.columns", "", "--own")
    assert "PRIO" in desk("ticket", "list").out.splitlines()[0]
    assert git("status", "--porcelain") == ""


def test_short_options_are_the_same_everywhere() -> None:
    meant: dict[str, set[str]] = {}
    for path, row in COMMANDS.items():
        if row.target is None:
            continue
        for param in load(row).params:
            for short in (word for word in param.opts if len(word) == 2 and word[0] == "-"):
                meant.setdefault(short, set()).add(max(param.opts, key=len))
            if "--reason" in param.opts:
                assert "-m" in param.opts, path
    assert meant.pop("-m") == {"--reason", "--message"}
    assert all(len(words) == 1 for words in meant.values()), meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("view", "show"), ("update", "edit"), ("comment", "reply"), ("answer", "reply"), ("respond", "reply"),
        ("resolve", "close"), ("done", "close"), ("take", "assign ID --to me"), ("label", "tag"), ("find", "list --search"),
        ("add", "create"), ("new", "create"), ("open", "create"), ("annotate", "note"), ("release", "unassign"),
        ("resume", "reopen"), ("unlabel", "untag"), ("revert", "undo"), ("files", "attachment list"), ("print", "show ID -f html"),
    ],
)  # fmt: skip
def test_words_of_other_programs_are_named_rightly(program: Runner, typed: str, meant: str) -> None:
    assert f"did you mean: desk ticket {meant}" in program("ticket", typed, code=2).err


def test_a_file_of_ones_own_outside_of_any_desk(desk: Runner, own: Path, home: Path) -> None:
    """It may be a link; a path that isn't whole is none; who has no home is told why nothing can be kept."""
    kept = own.parent.parent / "dotfiles.toml"
    own.parent.mkdir(parents=True)
    kept.write_text("# mine\n", encoding="utf-8")
    own.symlink_to(kept)
    (kept.parent / "dotfiles.toml.999999999.new").write_text("half", encoding="utf-8")
    desk("alias", "set", "a", "next")
    assert own.is_symlink()
    assert kept.read_text(encoding="utf-8").startswith("# mine\n")
    assert sorted(p.name for p in kept.parent.iterdir()) == ["desk", "dotfiles.toml"]
    for name in ("XDG_CONFIG_HOME", "HOME"):
        environ = {"XDG_CONFIG_HOME": "", "HOME": str(home.parent), name: ".config"}
        assert os.path.isabs(env.of_process([])._replace(environ=environ).own_file)
    nowhere = {"XDG_CONFIG_HOME": "/proc/nowhere"}
    assert desk("ticket", "list", env=nowhere).code == 0
    assert "can't write /proc/nowhere/desk/config.toml" in desk("alias", "set", "b", "next", code=8, env=nowhere).err
    assert not (home / ".config").exists()


def test_two_terminals_at_once(process: Callable[..., Any], own: Path, home: Path) -> None:
    """Neither loses what the other keeps."""
    words = [f"w{number}" for number in range(4)]
    with ThreadPoolExecutor() as at_once:
        xdg = {"XDG_CONFIG_HOME": str(own.parent.parent)}
        done = at_once.map(lambda w: process("alias", "set", w, "next", cwd=home, env=xdg).returncode, words)
    assert list(done) == [0] * len(words)
    assert set(tomllib.loads(own.read_text(encoding="utf-8"))["alias"]) == set(words)
