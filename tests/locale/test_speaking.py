"""The program in Greek: asked for in every way there is; and what programs read is the same, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from desk.cli import main
from desk.cli.speech import clickwords
from desk.cli.table import COMMANDS
from tests.cli.test_meta import loaded as loaded_modules
from tests.conftest import Runner
from tests.store.indexes import head

MACHINE = ("json", "jsonl", "csv", "yaml", "ids")
READS = (
    "ticket list", "ticket show T", "ticket history T", "today", "next", "sla list", "stats", "stats --by department", "log",
    "handover", "activity", "report daily", "report list", "kb list", "kb review", "department list", "staff list", "tag list",
    "config list", "status", "doctor", "audit verify", "audit seals", "index status", "whoami", "problem candidates",
    "ticket list --state nope", "ticket show 9ZZZ", "ticket list --nope", "ticket list --limit x", "nope", "ticket create",
)  # fmt: skip


def test_greek_is_spoken_when_asked_for(desk: Runner, git: Callable[..., str]) -> None:
    words = {"before": ("--lang", "el", "ticket", "list"), "behind": ("ticket", "list", "--lang", "el")}
    env = {"environment": {"DESK_LANG": "el"}, "system": {"LC_ALL": "el_GR.UTF-8"}}
    desk("ticket", "create", "--title", "Fax")
    assert "TITLE" in desk("ticket", "list").out
    for way in ("before", "behind", "environment", "system", "git"):
        if way == "git":
            git("config", "desk.lang", "el")
        typed = words.get(way, ("ticket", "list"))
        assert "ΤΙΤΛΟΣ" in desk(*typed, env=env.get(way)).out, way
        assert "Χρήση: desk ticket list" in desk(*typed, "--help", env=env.get(way)).out, way
        wrong = desk(*typed, "--nope", code=2, env=env.get(way)).err
        assert wrong.startswith("σφάλμα: η εντολή desk ticket list δεν έχει επιλογή --nope\nυπόδειξη: "), way


def test_a_language_that_is_not_there_is_named(desk: Runner) -> None:
    for words in (("--lang", "xx", "today"), ("today", "--lang", "xx"), ("--lang", "xx", "--help")):
        assert desk(*words, code=2).err == "error: there is no language xx\nhint: there are: el, en\n"


def test_english_comes_back_after_greek(desk: Runner) -> None:
    """Two runs of one process share nothing."""
    first = desk("ticket", "list", "--limit", "x", code=2).err
    assert desk("--lang", "el", "ticket", "list", "--limit", "x", code=2).err.startswith("σφάλμα: μη έγκυρη τιμή")
    assert desk("ticket", "list", "--limit", "x", code=2).err == first
    assert first.startswith("error: invalid value for '-n' / '--limit': 'x' is not a valid integer")
    assert "Usage: desk" in desk("--help").out


def test_english_imports_no_catalogue(environment: dict[str, str], home: Path) -> None:
    commands = ["ticket", "list"], ["--help"], ["nope"], ["--lang", "el", "ticket", "list"]
    *_, english, greek = loaded_modules(home, environment, *commands)
    assert not {m for m in english if m.startswith("desk.locale.c")}
    assert "desk.locale.catalogue" in greek


def test_programs_read_the_same(desk: Runner, home: Path) -> None:
    """Every machine format, and every exit code; what is said beside it may differ."""
    ticket = desk(*STEPS[0], "-f", "ids").out.strip()
    desk("ticket", "pending", ticket, "--for", "requester")
    for words in READS:
        typed = [ticket if word == "T" else word for word in words.split()]
        for form in MACHINE:
            english, greek = (desk(*typed, "-f", form, code=None, env={"DESK_LANG": name}) for name in ("en", "el"))
            assert (greek.code, greek.out) == (english.code, english.out), (words, form)
    assert head(home)


STEPS = (
    ("ticket", "create", "--title", "Fax", "--tag", "incident", "--requester", "a@b.example", "--department", "technical"),
    ("ticket", "assign", "T", "--to", "petros"), ("ticket", "reply", "T", "--body", "hello"),
    ("ticket", "classify", "T", "--priority", "high"), ("ticket", "pending", "T", "--for", "requester"),
    ("ticket", "close", "T", "--resolution", "workaround"), ("ticket", "reopen", "T"), ("ticket", "undo", "T"),
    ("tag", "create", "malta"), ("config", "set", "list.limit", "7"), ("user", "ban", "x@y.example"),
)  # fmt: skip


def test_history_is_the_same(desk: Runner, home: Path, git: Callable[..., str]) -> None:
    """Messages and records, as commits have them; ids and salts are drawn by lot."""

    def played(language: str) -> str:
        start = git("rev-parse", "HEAD").strip()
        ticket = ""
        for words in STEPS:
            out = desk(
                *(ticket if word == "T" else word for word in words), "-f", "ids", env={"DESK_LANG": language}
            ).out
            ticket = ticket or out.strip()
        told = git("log", "-p", "--format=%B%an%ae", f"{start}..HEAD")
        git("reset", "-q", "--hard", start)
        user = re.search(r"u-[0-9a-z]{5}", told)
        assert user
        told = told.replace(ticket, "T").replace(user[0], "U")
        return re.sub(r"[0-9a-f]{7,40}|[0-9A-Z]{12,}|salt: \S+|id-\S+", "", told)

    assert played("el") == played("en")
    assert home.exists()


# -- click's own words -----------------------------------------------------------------------------------------------------


def test_all_words_of_click_are_texts() -> None:
    """A new version that takes them from elsewhere is noticed here."""
    clickwords.teach()
    import click._termui_impl  # noqa: F401, PLC0415 - loaded when click asks something
    from click import core, decorators, exceptions, formatting, parser, types, utils  # noqa: PLC0415

    for module in (core, decorators, exceptions, formatting, parser, types, utils):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name in re.findall(r"^from gettext import (?:\w+ as )?(\w+)$", source, re.MULTILINE):
            assert getattr(module, name).__module__ == clickwords.__name__, f"{module.__name__}.{name}"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ticket", "show"), "λείπει το όρισμα 'ID…'"),
        (("ticket", "list", "--limit"), "η επιλογή '--limit' χρειάζεται τιμή"),
        (
            ("ticket", "list", "--limit", "x"),
            "μη έγκυρη τιμή για '-n' / '--limit': το 'x' δεν είναι ακέραιος αριθμός σε όρια",
        ),
        (("ticket", "list", "-f", "xml"), "μη έγκυρη τιμή για '-f' / '--format': το 'xml' δεν είναι ένα από τα"),
        (("department", "create", "x"), "λείπει η επιλογή '--name'"),
    ],
)
def test_mistakes_are_told_in_greek(program: Runner, words: tuple[str, ...], message: str) -> None:
    assert program("--lang", "el", *words, code=2).err.startswith(f"σφάλμα: {message}")


def test_no_help_is_english(program: Runner) -> None:
    """Beside what is typed: options, their values, examples."""
    for path in ("", *COMMANDS):
        text = program(*path.split(), "--help", env={"DESK_LANG": "el"}).out.partition("Παράδειγμα:")[0]
        lines = [
            re.sub(r"`[^`]*`|\"[^\"]*\"|--?[a-z-]+|\b[A-Z_]+\b|\S*[./=,]\S*", "", line) for line in text.split("\n")
        ]
        assert [
            line for line in lines if not re.search("[α-ωά-ώ]", line) and re.search("[a-z]{2,} +[a-z]{2,}", line)
        ] == [], path


def test_a_command_keeps_its_help(desk: Runner) -> None:
    """Looked up while it is printed, and English again afterwards."""
    command: Any = main.load(COMMANDS["ticket list"])
    before = [param.help for param in command.params if isinstance(param, click.Option)]
    desk("--lang", "el", "ticket", "list", "--help")
    assert [param.help for param in command.params if isinstance(param, click.Option)] == before
