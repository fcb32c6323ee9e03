"""The command line and the code hold together: every row resolves, every leaf is documented, start-up is lean."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from desk.cli import main
from desk.cli.leaf import FORMATS
from desk.cli.table import COMMANDS
from tests.conftest import Make, Runner

LEAVES = [path for path, row in COMMANDS.items() if row.target]
GROUPS = [path for path, row in COMMANDS.items() if not row.target]


# -- commands ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LEAVES)
def test_every_leaf(path: str) -> None:
    command = main.load(COMMANDS[path])
    assert isinstance(command, click.Command)
    assert command.name == path.rsplit(maxsplit=1)[-1]
    ctx = click.Context(command, info_name=f"desk {path}")
    text = command.get_help(ctx)
    assert "Example:" in text
    assert f"desk {path}" in text.partition("Example:")[2]
    if path.startswith("ticket "):
        assert max(map(len, text.partition("Example:")[2].splitlines())) <= 80
    options = {word for param in command.params for word in param.opts}
    assert {"-f", "--format"} <= options
    [formatted] = [p for p in command.params if "--format" in p.opts]
    assert isinstance(formatted.type, click.Choice)
    assert tuple(formatted.type.choices) == FORMATS
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, f"{path} {param.opts[0]}"


def test_groups_have_commands_and_commands_have_groups() -> None:
    for path in GROUPS:
        assert any(leaf.startswith(f"{path} ") for leaf in LEAVES), path
    for path in COMMANDS:
        parent = path.rpartition(" ")[0]
        assert not parent or parent in GROUPS
    assert all(row.help.endswith(".") or row.help.endswith("…") for row in COMMANDS.values())
    assert all(row.section for path, row in COMMANDS.items() if " " not in path)


def test_all_of_the_contract_is_there() -> None:
    verbs = (
        "create list show history edit assign unassign escalate move classify tag untag reply note pending close reopen "
        "delete transfer link unlink merge split"
    )
    assert {f"ticket {v}" for v in verbs.split()} <= set(LEAVES)
    assert {
        "incident list",
        "problem list",
        "init",
        "demo",
        "status",
        "doctor",
        "config get",
        "config set",
        "config list",
    } <= set(LEAVES)
    assert {"commit", "search", "index rebuild", "index status", "maintain"} <= set(LEAVES)


def test_help_of_every_command(program: Runner) -> None:
    for path in ("", *GROUPS):
        text = program(*path.split(), "--help").out
        for leaf in COMMANDS:
            if leaf.rpartition(" ")[0] == path:
                assert f"  {leaf.rpartition(' ')[2]} " in text


# -- start-up ----------------------------------------------------------------------------------------------------------


def loaded(cwd: Path, env: dict[str, str], *commands: list[str]) -> list[set[str]]:
    """Modules in a fresh interpreter after each of some commands, one after the other."""
    code = f"import sys\nfrom desk.cli import main\nfor argv in {commands!r}:\n    main.run(argv)\n"
    code += "    sys.stderr.write('\\nloaded: ' + ' '.join(sys.modules) + '\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=True)
    lines = (line.partition("loaded: ") for line in done.stderr.splitlines())
    found = [set(names.split()) for before, mark, names in lines if mark and not before]
    assert len(found) == len(commands)
    return found


def test_help_imports_no_command(environment: dict[str, str], tmp_path: Path) -> None:
    *_, asked, helped = loaded(tmp_path, environment, [], ["--help"], ["--version"], ["tikcet"], ["ticket", "--help"])
    found = {m for m in asked if m.partition(".")[0] == "desk"}
    # The words of other programs are looked up when there is no such command, and words of tables with what renders.
    words = {"desk.domain.rights.synonyms", "desk.domain.rights.words", "desk.domain.model.states"}
    assert not {
        m
        for m in found - {"desk.domain", "desk.domain.rights", "desk.domain.model", *words}
        if m.split(".")[1:2] and m.split(".")[1] in ("session", "store", "domain", "config")
    }
    assert not {m for m in helped if m.startswith("desk.commands")}


def test_listing_showing_and_writing_are_lean(environment: dict[str, str], home: Path, make: Make) -> None:
    ticket = make()
    commands = ["ticket", "list"], ["ticket", "show", ticket], ["ticket", "note", ticket, "--body", "x"]
    listed, *_, written = loaded(home, environment, *commands)
    assert not listed & {"git", "gitdb", "jinja2", "yaml", "tabulate", "frontmatter", "tomlkit", "importlib.metadata"}
    assert not written & {"git", "gitdb", "jinja2", "tabulate", "tomlkit"}
