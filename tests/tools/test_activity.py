"""desk activity: sentences, whose, since when, and what was shown already."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

Make = Callable[..., str]


@pytest.fixture(scope="session")
def _template(promising_nothing: Path) -> Path:
    return promising_nothing


def sentences(desk: Runner, *words: str, env: dict[str, str] | None = None) -> list[str]:
    return [row["sentence"] for row in desk("activity", *words, "-f", "json", env=env).data]


def test_what_people_see(desk: Runner, make: Make) -> None:
    ticket = make("No patient summary from Malta")
    desk("ticket", "assign", ticket, "--to", "me", env={"DESK_NOW": "2026-07-24T07:00:00Z"})
    desk("ticket", "close", ticket, "--reason", "solved", env={"DESK_NOW": "2026-07-24T08:30:00Z"})
    lines = desk("activity").out.splitlines()
    assert lines[0].split() == ["DAY", "TIME", "WHAT"]
    # The staff of the fixture joined on the day on which the tests run, whenever that is.
    shown = [line for line in lines if ticket in line]
    assert shown == [
        f"Fri 24 Jul 2026  11:30  Maria Georgiou closed {ticket} No patient summary from Malta (solved)",
        f"                 10:00  Maria Georgiou assigned {ticket} No patient summary from Malta to maria",
        f"Thu 23 Jul 2026  09:12  Maria Georgiou registered {ticket} No patient summary from Malta in technical",
    ]


def test_json_has_everything(desk: Runner, make: Make) -> None:
    ticket = make("A title")
    [row] = [row for row in desk("activity", "-f", "json").data if row["kind"] == "ticket"]
    keys = {"at", "by", "kind", "id", "title", "verb", "from", "to", "reason", "commit", "name", "sentence"}
    assert keys == row.keys()
    assert (row["id"], row["title"], row["by"], row["name"]) == (ticket, "A title", "maria", "Maria Georgiou")
    assert len(desk("activity", "-f", "json", "--limit", "2").data) == 2


def test_mine_are_those_i_own_or_watch(desk: Runner, make: Make) -> None:
    owned, watched, other = make("Owned"), make("Watched"), make("Other")
    desk("ticket", "assign", owned, "--to", "petros")
    desk("--as", "petros", "ticket", "watch", watched)
    desk("ticket", "note", other, "--body", "x")
    seen = {row["id"] for row in desk("--as", "petros", "activity", "--mine", "-f", "json").data}
    assert seen == {owned, watched}
    assert "not registered" in desk("activity", "--mine", code=5, env={"GIT_AUTHOR_EMAIL": "x@x", **_nobody()}).err


def _nobody() -> dict[str, str]:
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "nobody@nowhere.example"}


def test_of_the_whole_desk_only_what_one_may_read(desk: Runner, make: Make) -> None:
    ticket = make("Secret of the technicians")
    assert ticket not in desk("--as", "eleni", "activity").out
    assert "Secret" not in desk("--as", "eleni", "activity", "-f", "json").out
    assert ticket in desk("--as", "petros", "activity").out
    desk("ticket", "delete", ticket)
    assert "Secret" not in desk("--as", "eleni", "activity", "-f", "json").out
    desk("tag", "create", "new-tag")
    assert any("new-tag" in text for text in sentences(desk, "--all"))


def test_since_last_remembers(desk: Runner, make: Make, home: Path, tmp_path: Path) -> None:
    first = make("First")
    assert any(first in text for text in sentences(desk, "--since", "last"))  # never asked: everything
    assert desk("activity", "--since", "last").err == "nothing new since last time\n"
    second = make("Second")
    assert sentences(desk) != sentences(desk, "--mine", "--since", "last")
    [text] = sentences(desk, "--since", "last")
    assert second in text
    assert sentences(desk, "--since", "last") == []
    # Work of another clone that arrives late is new, however old it is.
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(home), str(clone)], check=True)
    old = {"DESK_NOW": "2026-01-01T08:00:00Z"}
    late = desk("--desk", str(clone), "ticket", "create", "--title", "Late", "-f", "ids", env=old).out.strip()
    third = make("Third")
    subprocess.run(["git", "-C", str(home), "pull", "-q", "--no-rebase", "--no-edit", str(clone)], check=True)
    found = sentences(desk, "--since", "last")
    assert {late, third} == {word for text in found for word in text.split() if word in (late, third)}
    assert len(found) == 2
    (home / ".git/desk/activity-maria-all").write_text("junk\n", encoding="utf-8")
    assert any(first in text for text in sentences(desk, "--since", "last"))


def test_since_a_day_and_more_than_fits(desk: Runner, make: Make) -> None:
    ticket = make("Old")
    for number in range(3):
        desk("ticket", "note", ticket, "--body", "x", env={"DESK_NOW": f"2026-07-2{number + 4}T08:00:00Z"})
    late: Any = {"DESK_NOW": "2026-07-27T08:00:00Z"}
    assert len([text for text in sentences(desk, "--since", "2026-07-25", env=late) if ticket in text]) == 2
    result = desk("activity", "--limit", "1", env=late)
    assert len(result.out.splitlines()) == 2
    assert "the newest 1; more: --limit N, 0 for all" in result.err
    assert desk("activity", "--since", "2030-01-01").err == "nothing happened\n"
    desk("activity", "--since", "nonsense", code=2)
