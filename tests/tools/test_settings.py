"""Settings: whatever desk.toml is allowed to say, every command can live with; and no list or text gets out of hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from desk import config, setting
from desk.cli.clerk.columns import KNOWN
from desk.cli.main import load
from desk.cli.table import COMMANDS
from desk.domain.model.query import SORTABLE
from desk.errors import ConfigError
from tests.conftest import Runner

Make = Callable[..., str]

NASTY: tuple[Any, ...] = (
    *(
        "x",
        "0",
        "é" * 300,
        "\x1b[31m",
        "{x}",
        "%s",
        "../x",
        "a@b.example",
        "https://x.example/{slug}",
        "id,title",
        "off",
    ),
    *(0, 1, 10**9, True, ["x"], ["id", "title"]),
)
_APART = ("ticket.", "priority.", "desk.languages", "sla.", "command.aliases", "list.filters", "mail.departments")
"""Settings that hold each other, or are tables: tried where they are checked together."""
READS = (
    *(
        "ticket list",
        "today",
        "ticket show {t}",
        "status",
        "stats",
        "kb review",
        "response render more-information {t}",
    ),
    *("ticket create --title x", "mail send --dry-run"),
)


def accepted(name: str) -> list[Any]:
    """What a setting may be, by itself."""
    found = []
    for value in NASTY:
        try:
            config.check(name, value)
        except ConfigError:
            continue
        if name != "desk.timezone" or setting.zone(value) is not None:
            found.append(value)  # a zone is known to a machine or not, which is asked where it is used
    return found


def at_once() -> Iterator[dict[str, Any]]:
    """Each value that each setting may have, as many at once as there are settings."""
    values = {name: accepted(name) for name in config.SETTINGS if not name.startswith(_APART)}
    for number in range(max(map(len, values.values()))):
        yield {name: found[number] for name, found in values.items() if number < len(found)}


def test_what_is_accepted_breaks_no_command(desk: Runner, make: Make, home: Path) -> None:
    ticket = make("T", "--requester", "x@y.example")
    words = [command.format(t=ticket).split() for command in READS]
    before = (home / "desk.toml").read_text(encoding="utf-8")
    usual = {tuple(w): desk(*w, code=None).code for w in words}
    tried = 0
    for given in at_once():
        tried += len(given)
        kept = {name: v for name, v in config.parse(before) if name not in given and name.startswith(_APART[:3])}
        text = "".join(f"{name} = {_toml(v)}\n" for name, v in {**kept, **given}.items())
        (home / "desk.toml").write_text(text, encoding="utf-8")
        for command in words:
            done = desk(*command, code=None)
            said = f"{given}: desk {' '.join(command)}\n{done.out}{done.err}"
            assert "settings of the newest commit" not in done.err, said
            assert done.code in (
                usual[tuple(command)],
                10 if command[0] == "mail" else 0,
                8 if command[0] == "mail" else 0,
            ), said
            assert "\x1b" not in done.out + done.err, said
            assert "unexpected" not in done.err, said
    assert tried > 100


def _toml(value: Any) -> str:
    if hasattr(value, "items"):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=True)


def test_columns_and_fields_are_those_that_lists_have() -> None:
    assert set(config.COLUMNS) == set(KNOWN)
    assert config.SORT_KEYS == SORTABLE


def _numbers() -> Iterator[tuple[str, click.Parameter]]:
    for path, row in COMMANDS.items():
        if row.target is not None:
            yield from ((path, param) for param in load(row).params if isinstance(param.type, click.IntRange))


@pytest.mark.parametrize(("path", "param"), list(_numbers()), ids=lambda one: getattr(one, "name", one))
def test_no_number_is_larger_than_an_index_can_hold(path: str, param: click.Parameter) -> None:
    assert isinstance(param.type, click.IntRange)
    assert param.type.max is not None, path
    assert param.type.max <= 10**9


def test_what_nobody_can_read_leaves_the_committed_settings_in_force(desk: Runner, make: Make, home: Path) -> None:
    ticket = make()
    for text in (
        f"x = {'[' * 3000}{']' * 3000}",
        f"list.limit = {'9' * 5000}",
        "list.sort = 'nosuch'",
        "[",
        "\x00",
    ):
        (home / "desk.toml").write_text(text, encoding="utf-8")
        listed = desk("ticket", "list", "-f", "ids")
        assert "the settings of the newest commit are in force" in listed.err, text[:20]
        assert listed.out.split() == [ticket]
        desk("commit", code=8)


def test_texts_without_an_end_are_not_read_to_it(desk: Runner, make: Make) -> None:
    ticket = make()
    assert "NUL character" in desk("ticket", "note", ticket, "--file", "/dev/zero", code=2).err
    assert "more than 25 MiB" in desk("ticket", "note", ticket, "--body", "x", "--attach", "/dev/zero", code=2).err


def test_a_clock_of_long_ago_is_refused_and_a_time_of_long_ago_comes_back(
    desk: Runner, git: Callable[..., str], home: Path, make: Make
) -> None:
    assert "1970" in desk("ticket", "create", "--title", "x", code=8, env={"DESK_NOW": "0900-01-01T00:00:00Z"}).err
    ticket = make()
    [path] = (home / "records/tickets").rglob(f"{ticket}.md")
    path.write_text(path.read_text().replace("created: 2026-07-23T06:12:44Z", "created: 0900-01-01T00:00:00Z"))
    git("commit", "-qam", "by hand")
    assert desk("ticket", "show", ticket, "-f", "json").data["created"] == "0900-01-01T00:00:00Z"
    for command in (
        "stats",
        "report daily",
        "report backlog",
        "sla check",
        "ticket list",
        "ticket list --sort created",
    ):
        desk(*command.split())


def test_a_folder_is_called_what_it_is_called(program: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "a$HOME"
    program("init", str(home), "--empty")
    monkeypatch.chdir(home)
    program("doctor")
    program("ticket", "create", "--title", "x")
    bad = str(tmp_path / "bad\udcff")
    Path(bad).mkdir()
    assert "not UTF-8" in program("init", bad, code=8).err
    assert "not UTF-8" in program("--desk", bad, "ticket", "list", code=8).err
