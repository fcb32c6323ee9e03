"""The command line and the code hold together: every row resolves, every leaf is documented, layers are kept."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import desk
from desk import cli
from desk.commands.common import FORMATS
from desk.commands.table import COMMANDS
from tests.cli.conftest import Make
from tests.conftest import Runner

TOP = Path(desk.__file__).parent
MODULES = {
    ".".join(("desk", *p.relative_to(TOP).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in sorted(TOP.rglob("*.py"))
    if "starter" not in p.relative_to(TOP).parts
}
LEAVES = [path for path, row in COMMANDS.items() if row.target]
GROUPS = [path for path, row in COMMANDS.items() if not row.target]


# -- commands ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LEAVES)
def test_every_leaf(path: str) -> None:
    command = cli.load(COMMANDS[path])
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


def loaded(argv: list[str], cwd: Path, env: dict[str, str]) -> set[str]:
    """Modules in a fresh interpreter after a command."""
    code = f"import sys\nfrom desk import cli\ncli.run({argv!r})\nsys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_no_command(environment: dict[str, str], tmp_path: Path) -> None:
    for argv in ([], ["--help"], ["--version"], ["tikcet"]):
        found = {m for m in loaded(argv, tmp_path, environment) if m.partition(".")[0] == "desk"}
        assert not {m for m in found if layer(m) in ("app", "store", "domain", "config")}
        assert {m for m in found if layer(m) == "commands"} <= {"desk.commands", "desk.commands.table"}
    found = loaded(["ticket", "--help"], tmp_path, environment)
    assert not {m for m in found if m.startswith("desk.commands.ticket")}


def test_a_list_is_lean(environment: dict[str, str], home: Path, make: Make) -> None:
    make()
    found = loaded(["ticket", "list"], home, environment)
    assert not found & {"git", "gitdb", "jinja2", "yaml", "tabulate", "frontmatter", "tomlkit", "importlib.metadata"}


def test_showing_and_writing_import_no_git_library(environment: dict[str, str], home: Path, make: Make) -> None:
    ticket = make()
    for argv in (["ticket", "show", ticket], ["ticket", "note", ticket, "--body", "x"]):
        assert not loaded(argv, home, environment) & {"git", "gitdb", "jinja2", "tabulate", "tomlkit"}


# -- layers ------------------------------------------------------------------------------------------------------------

RIGHT_OF = {
    "cli": {"commands", "app", "store", "mail", "reports", "view", "domain", "config", "errors"},
    "commands": {"app", "store", "mail", "reports", "view", "domain", "config", "errors"},
    "app": {"store", "mail", "reports", "view", "domain", "config", "errors"},
    "store": {"domain", "config", "errors"},
    "mail": {"domain", "config", "errors"},
    "reports": {"domain", "config", "errors"},
    "view": {"domain", "config", "errors"},
    "domain": {"errors"},
    "config": {"errors"},
    "errors": set(),
}
"""Imports point right only; siblings (store, mail, reports, view) don't import each other."""
OWNERS = {
    "yaml": {"desk.store.yaml_text", "desk.view.formats"},
    "frontmatter": {"desk.store.yaml_text"},
    "git": {"desk.store.repo"},
    "gitdb": {"desk.store.repo"},
    "tomlkit": {"desk.store.toml"},
    "jinja2": {"desk.view.template", "desk.view.template_rules", "desk.view.template_page"},
    "tabulate": {"desk.view.document"},
    "wcwidth": {"desk.view.text"},
    "plotext": {"desk.view.chart"},
    "pygal": {"desk.view.svg"},
    "holidays": {"desk.store.days_off"},
}
"""Libraries that take long to import, or are easily misused, and the modules that may."""
PURE = {
    "os",
    "sys",
    "io",
    "pathlib",
    "time",
    "secrets",
    "random",
    "sqlite3",
    "subprocess",
    "click",
    "locale",
    "shutil",
    "tempfile",
}


def imports(path: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports, anywhere in it, but for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and isinstance(test.test, ast.Name) and test.test.id == "TYPE_CHECKING"
        for node in ast.walk(test)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            module = node.module or ""
            yield from (f"{module}.{a.name}" if f"{module}.{a.name}" in MODULES else module for a in node.names)


def layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) not in ("", "__main__")])
def test_imports_point_right(module: str) -> None:
    mine = layer(module)
    for name in imports(MODULES[module]):
        if name.partition(".")[0] == "desk" and layer(name) not in ("", mine):
            assert layer(name) in RIGHT_OF[mine], f"{module} imports {name}"


def test_heavy_libraries_have_one_owner() -> None:
    for module, path in MODULES.items():
        for name in imports(path):
            top = name.partition(".")[0]
            assert module in OWNERS.get(top, {module}), f"{module} imports {name}"


def test_the_domain_is_pure() -> None:
    for module, path in MODULES.items():
        if layer(module) == "domain":
            found = {name.partition(".")[0] for name in imports(path)} & PURE
            assert not found, f"{module} imports {found}"
            assert ".now(" not in path.read_text(encoding="utf-8"), module


def test_no_cycles() -> None:
    graph = {m: {n for n in imports(p) if n in MODULES and n != m} for m, p in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in done:
            for name in graph[module]:
                visit(name, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("module", MODULES)
def test_modules_and_functions_are_short(module: str) -> None:
    path = MODULES[module]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno < 60, f"{module}.{function.name}"
    assert path.stem not in ("utils", "util", "helpers", "helper", "misc")


def test_every_module_says_what_it_is() -> None:
    for module, path in MODULES.items():
        assert path.name == "__init__.py" or ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), module


def test_this_test_sees_the_package() -> None:
    assert {"desk.cli", "desk.store.desk", "desk.domain.ticket", "desk.commands.ticket.create"} <= set(MODULES)
