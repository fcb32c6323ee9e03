"""Every list in 80 columns, in both languages: nothing wider, and cut only where less of a cell is enough."""

from __future__ import annotations

import functools
import io
import os
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from desk.cli import main
from desk.cli.env import Env, read_clock
from desk.text import pgettext
from desk.view.text.cells import capitals, width
from tests.conftest import Runner
from tests.locale.test_columns import headings, in_greek
from tests.privacy.test_canary import Story

LISTS = """
today | ticket list | ticket list --state any | ticket list --all --columns id,state,requester,title,age | incident list
problem list | problem candidates | ticket history T | ticket history T P | ticket blame T | ticket escalations T
ticket attachment list T | mail outbox | mail held | mail log | mail trust | sla list | caller papakonstantinou | log --limit 60
handover | handover --since 2d | stats | stats --by department | stats --by tag | stats --by priority
activity | report | response list | kb list --state any | kb review | kb suggest T | kb topic list
kb history A | machine list | department list | department list --staff | staff list | user list | user bans
group list | tag list | field list | checklist list | alias list | filter list | draft list | audit seals | config list
"""
CUT = frozenset(("TITLE", "SUBJECT", "ORGANISATION", "ALSO", "WHERE"))
"""Headings of what a person knows again by its beginning: in any list."""
CUT_IN = {
    "ticket list": {"REQUESTER"},
    "ticket blame": {"VALUE"},
    "department list": {"DESCRIPTION"},
    "group list": {"DESCRIPTION"},
    "user list": {"NAME", "E-MAIL"},
    "user bans": {"E-MAIL"},
    "mail held": {"FROM"},
    "mail log": {"WHO"},
    "mail outbox": {"TO"},
}
"""Headings of what may be cut in one: a line of a file, what its own page tells, long names, and addresses of half a line."""
LONG = "The printer on the second floor of the pharmacy prints nothing since the morning"
REASON = "they have waited since the morning, and nobody has called them back so far"


LABELS = frozenset(str.__str__(column.label) for columns in headings() for column in columns)


class Screen(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def shown(words: list[str], language: str) -> str:
    """What a command writes to a terminal of 80 columns."""
    screen = Screen()
    surroundings = {**os.environ, "COLUMNS": "80", "DESK_LANG": language, "DESK_TERMINAL": "test", "PAGER": "cat"}
    env = Env(tuple(words), surroundings, io.StringIO(), screen, io.StringIO(), read_clock)
    assert main.run(words, env) == 0
    return screen.getvalue()


@functools.cache
def told(labels: frozenset[str], language: str) -> set[str]:
    """Headings as they stand above a table."""
    return {capitals((in_greek if language == "el" else str)(pgettext("column", label))) for label in labels}


def cut(text: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Headings of cells that end in …, and their lines. `known`: what headings there are."""
    heads = list[tuple[int, str]]()
    for line in text.split("\n"):
        found = [(m.start(), m[0]) for m in re.finditer(r"\S+(?: \S+)*", line)]
        if len(found) > 1 and {name for _, name in found} <= known:
            heads = found
        for mark in re.finditer("…(?=  |$)", line):
            yield max((head for head in heads if head[0] <= mark.start()), default=(0, ""))[1], line


@pytest.fixture
def busy(desk: Runner, home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A desk in which each list has something to say, and something long; the ids that its lists are about."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home.parent / "own"))
    story = Story(desk, home)
    scan = home.parent / "a scan of what the printer on the second floor last printed.txt"
    scan.write_text("x", encoding="utf-8")
    desk("user", "create", "--name", "Αναστασία Παπακωνσταντίνου", "--email",
         "anastasia.papakonstantinou@general-hospital.example", "--group", "health-professional", "--phone", "+357 22 123456",
         "--organisation", "Γενικό Νοσοκομείο Λευκωσίας")  # fmt: skip
    ticket = story.ticket("--requester", "papakonstantinou", "--tag", "incident", "--attach", str(scan))
    problem, article = story.problem(), story.article()
    for words in (
        ("ticket", "edit", ticket, "--title", LONG),
        ("ticket", "escalate", ticket, "--to", "petros", "--reason", REASON),
        ("ticket", "major", ticket, "--coordinator", "maria"),
        ("ticket", "pending", ticket, "--for", "third-party", "--until", "2026-07-30", "--reason", REASON),
        ("ticket", "link", ticket, problem, "--as", "caused-by"),
        ("problem", "cause", problem, "--body", REASON),
        ("ticket", "close", problem),
        ("user", "ban", "an.address.that.goes.on@advertising-company.example", "--reason", REASON),
        ("field", "create", "ward-of-the-hospital", "--type", "select", "--on", "ticket", "--description", LONG,
         "--option", "cardiology", "--option", "internal medicine", "--option", "paediatrics"),
        ("machine", "create", "mailhost", "--description", LONG),
        ("alias", "set", "new", "ticket create --assign me --channel phone --department operation-services --tag incident"),
        ("filter", "save", "late", "--mine", "--overdue", "--department", "operation-services", "--priority", "high"),
        ("config", "set", "mail.machines", "maria@ncpeh.example"),
        ("config", "set", "mail.smtp.host", "mail.a-rather-long-name.ncpeh.example"),
        ("audit", "seal"),
    ):  # fmt: skip
        desk(*words)
    mail = f"From: Somebody <somebody.else@a-rather-long-domain.example>\nSubject: {LONG}\nMessage-ID: <1@x.example>\n"
    desk("mail", "import", "-", stdin=f"{mail}Auto-Submitted: auto-replied\n\nx\n", code=10)
    return {"T": ticket, "P": problem, "A": article}


def test_only_what_is_known_by_its_beginning_is_cut(busy: dict[str, str]) -> None:
    wrong = dict[tuple[str, str], object]()
    for language, line in product(("en", "el"), re.split(r" \| |\n", LISTS.strip())):
        text = shown([busy.get(word, word) for word in line.split()], language)
        more = next((names for command, names in CUT_IN.items() if f"{line} ".startswith(f"{command} ")), set[str]())
        known, may = frozenset(told(LABELS, language) | {"@"}), told(CUT | more, language)
        if found := [(name, row) for name, row in cut(text, known) if name not in may]:
            wrong[language, line] = found
        if wide := [row for row in text.split("\n") if width(row) > 80]:
            wrong[language, f"{line}: too wide"] = wide
    assert wrong == {}, "\n".join(map(str, wrong.items()))


def test_what_is_cut_is_found() -> None:
    text = "ID           OWNER   TITLE\n260723-7K3Q  mari…   A long tit…\n\nID  WHY\n1   for…\n"
    assert [name for name, _ in cut(text, frozenset({"ID", "OWNER", "TITLE", "WHY"}))] == ["OWNER", "TITLE", "WHY"]
