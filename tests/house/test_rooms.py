"""The house holds together: imports go downward only, no circle, no crowded room, each heavy library with one owner."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import desk
from tests.house.trees import every, tree

TOP = Path(desk.__file__).parent
MODULES = {
    ".".join(("desk", *p.relative_to(TOP).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in sorted(TOP.rglob("*.py"))
    if "starter" not in p.relative_to(TOP).parts
}
SOURCES = {module: path.read_text(encoding="utf-8") for module, path in MODULES.items()}
FLOORS: tuple[tuple[str, ...], ...] = (
    ("commands",),
    ("cli",),
    ("actions",),
    ("guard",),
    ("audit", "doctor", "sync"),
    ("session",),
    ("checks",),
    ("queries", "store"),
    ("local", "index", "view", "intake", "post"),
    ("codec", "git", "templates", "mail", "reports"),
    ("domain",),
    ("config",),
    ("setting",),
    ("errors", "locale"),
    ("text",),
    ("named",),
)
"""From the front end down. A room imports from rooms below its floor; docs/architecture.md draws it."""
HEIGHT = {room: -number for number, floor in enumerate(FLOORS) for room in floor}
APART = {room: {"store", "index", "queries", "git"} for room in ("view", "templates", "mail", "reports")}
APART["intake"] = {"store", "index", "queries", "git", "local"}
APART["post"] = {"store", "index", "queries", "local"}
"""Rooms that know what they are given, and not where it comes from."""
DOMAIN = {
    "merge": {"people", "levels", "knowledge", "tickets", "changes", "rights", "model"},
    "people": {"tickets", "changes", "rights", "model"},
    "levels": {"tickets", "changes", "rights", "model"},
    "knowledge": {"tickets", "changes", "rights", "model"},
    "tickets": {"changes", "rights", "model"},
    "changes": {"rights", "model"},
    "rights": {"model"},
    "matching": {"model"},
    "figures": {"model"},
    "model": set(),
}
"""Which rooms of the domain each of them may import."""
CROWDED = 17
OWNERS = {
    "yaml": {"desk.codec.yaml", "desk.view.formats"},
    "frontmatter": {"desk.codec.yaml"},
    "git": {"desk.git.repo"},
    "gitdb": {"desk.git.repo"},
    "tomlkit": {"desk.codec.toml"},
    "jinja2": {"desk.templates.sandbox", "desk.templates.rules", "desk.templates.pages"},
    "tabulate": {"desk.view.pages.document"},
    "wcwidth": {"desk.view.text.cells"},
    "plotext": {"desk.view.drawing.chart"},
    "pygal": {"desk.view.drawing.svg"},
    "holidays": {"desk.local.holidays"},
    "icalendar": {"desk.codec.ics"},
    "dateutil": {"desk.codec.ics"},
    "imapclient": {"desk.post.imap"},
    "smtplib": {"desk.post.smtp"},
    "nh3": {"desk.intake.html"},
    "html_to_markdown": {"desk.intake.html"},
    "chardet": {"desk.mail.charsets"},
    "prompt_toolkit": {"desk.cli.clerk.picker"},
    "flufl": {"desk.intake.bounces"},
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


@cache
def imports(module: str) -> tuple[str, ...]:
    """Absolute names of the modules that a module imports, anywhere in it, for type checking as well."""
    found: list[str] = []
    for plain in every(ast.Import, SOURCES[module]):
        found += (alias.name for alias in plain.names)
    for node in every(ast.ImportFrom, SOURCES[module]):
        assert node.level == 0, module
        of = node.module or ""
        found += (f"{of}.{a.name}" if f"{of}.{a.name}" in MODULES else of for a in node.names)
    return tuple(found)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def chamber(module: str) -> str:
    """The room inside the domain."""
    parts = module.split(".")
    return parts[2] if len(parts) > 3 else ""


def may_import(module: str, name: str) -> bool:
    mine = room(module)
    theirs = room(name) if name.partition(".")[0] == "desk" else ""
    if theirs not in ("", mine):
        return HEIGHT[theirs] < HEIGHT[mine] and theirs not in APART.get(mine, set())
    if theirs == "domain" and chamber(name) != chamber(module):
        return chamber(name) in DOMAIN[chamber(module)]
    return True


def test_imports_go_down() -> None:
    rooms = [m for m in MODULES if room(m) not in ("", "__main__")]
    assert [f"{m} imports {name}" for m in rooms for name in imports(m) if not may_import(m, name)] == []


def test_every_room_has_a_floor() -> None:
    assert {room(m) for m in MODULES} - {"", "__main__"} == set(HEIGHT)


@pytest.mark.parametrize("of", ["rooms", "files"])
def test_no_circles(of: str) -> None:
    """Between rooms, those of the domain counted one by one, and between files."""

    def place(module: str) -> str:
        parts = module.split(".")
        return module if of == "files" else ".".join(parts[: 3 if chamber(module) and room(module) == "domain" else 2])

    graph: dict[str, set[str]] = {}
    for module in MODULES:
        graph.setdefault(place(module), set()).update(
            place(n) for n in imports(module) if n in MODULES and n != "desk" and place(n) != place(module)
        )
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, (*path, name))
            done.add(name)

    for name in list(graph):
        visit(name, ())


def test_no_room_is_crowded() -> None:
    counted = Counter(path.parent for path in MODULES.values() if path.name != "__init__.py")
    assert {str(folder.relative_to(TOP)): n for folder, n in counted.items() if n > CROWDED} == {}


def test_heavy_libraries_have_one_owner() -> None:
    for module in MODULES:
        for name in imports(module):
            top = name.partition(".")[0]
            assert module in OWNERS.get(top, {module}), f"{module} imports {name}"


def test_click_is_for_the_command_line() -> None:
    for module in MODULES:
        if "click" in {name.partition(".")[0] for name in imports(module)}:
            assert room(module) in ("cli", "commands"), module


OUTSIDE = {"os": {"environ", "getenv", "getcwd", "putenv"}, "sys": {"stdin", "stdout", "stderr", "argv"},
           "time": {"time"}, "datetime": {"now", "today", "utcnow"}}  # fmt: skip
"""What surrounds a run, and the front end alone looks at."""
CLOCKS = {"desk.session.session", "desk.store.store"}
"""Modules in which a clock is the default of a parameter that says so."""


def test_only_the_front_end_looks_around() -> None:
    """Environment, streams, working folder and clock: asked in `cli`, and by the demo, which runs programs."""
    for module, source in SOURCES.items():
        if room(module) in ("cli", "__main__") or module == "desk.commands.care.demo":
            continue
        for node in every(ast.Attribute, source):
            if isinstance(node.value, ast.Name):
                banned = OUTSIDE.get(node.value.id, set())
                allowed = node.value.id == "datetime" and module in CLOCKS
                assert node.attr not in banned or allowed, f"{module}:{node.lineno}: {node.value.id}.{node.attr}"


SQL_ROOMS = ("queries", "index")
SQL = re.compile(
    r"^\s*SELECT |\bSELECT .* FROM |\bINSERT (OR \w+ )?INTO |\bUPDATE \w+ SET |\bDELETE FROM "
    r"|\bCREATE (TEMP |VIRTUAL )?TABLE |^(PRAGMA |(BEGIN|ROLLBACK)( IMMEDIATE)?$)"
)
ASKING = ("db", "execute", "executemany", "executescript")


def sql_in(text: str) -> Iterator[int]:
    """The lines in which a module asks a database itself, or writes SQL."""
    yield from (node.lineno for node in every(ast.Attribute, text) if node.attr in ASKING)
    for constant in every(ast.Constant, text):
        if isinstance(constant.value, str) and SQL.search(constant.value):
            yield constant.lineno


def test_sql_has_two_rooms() -> None:
    for module, source in SOURCES.items():
        if room(module) not in SQL_ROOMS:
            assert list(sql_in(source)) == [], module
    assert list(sql_in("found = index.db.execute(question)\n"))
    assert list(sql_in("question = f'SELECT {name} FROM tickets'\n"))


RUNNERS = {"run", "spawn", "failed", "PIPE", "NULL", "DURABLE", "AS_COMMITTED"}
"""What `git/process` gives to those who know git's command lines and what it prints."""


def git_in(text: str) -> Iterator[int]:
    """The lines in which a module runs git itself: by the runner, or by a list of words that begins with git."""
    runners: set[str] = set()
    for node in every(ast.ImportFrom, text):
        if node.module == "desk.git":
            runners |= {alias.asname or alias.name for alias in node.names if alias.name == "process"}
        elif node.module == "desk.git.process":
            yield from (node.lineno for alias in node.names if alias.name in RUNNERS)
    for read in every(ast.Attribute, text):
        if read.attr in RUNNERS and isinstance(read.value, ast.Name) and read.value.id in runners:
            yield read.lineno
    literals: list[ast.List | ast.Tuple] = [*every(ast.List, text), *every(ast.Tuple, text)]
    for words in literals:
        first = words.elts[0] if words.elts else None
        if isinstance(first, ast.Constant) and first.value == "git":
            yield words.lineno


def test_git_s_command_lines_have_one_room() -> None:
    """But for the demo, which shows people what they would type."""
    for module, source in SOURCES.items():
        if room(module) != "git" and module != "desk.commands.care.demo":
            assert list(git_in(source)) == [], module
    assert list(git_in("from desk.git import process as p\nout = p.run(place, 'log')\n")) == [2]
    assert list(git_in("from desk.git.process import spawn\n")) == [1]
    assert list(git_in("subprocess.run(['git', 'log'])\n")) == [1]


def test_the_domain_is_pure() -> None:
    for module, source in SOURCES.items():
        if room(module) == "domain":
            found = {name.partition(".")[0] for name in imports(module)} & PURE
            assert not found, f"{module} imports {found}"
            assert ".now(" not in source, module


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from every(ast.FunctionDef, source)
    yield from every(ast.AsyncFunctionDef, source)


def test_modules_and_functions_are_short() -> None:
    for module, source in SOURCES.items():
        assert len(source.splitlines()) <= 400, module
        for function in functions(source):
            assert (function.end_lineno or 0) - function.lineno < 60, f"{module}.{function.name}"
        assert MODULES[module].stem not in ("utils", "util", "helpers", "helper", "misc")


def test_every_module_says_what_it_is() -> None:
    for module, source in SOURCES.items():
        assert ast.get_docstring(tree(source)), module


def test_this_test_sees_the_package() -> None:
    assert {"desk.cli.main", "desk.store.store", "desk.domain.model.ticket", "desk.commands.ticket.create"} <= set(
        MODULES
    )


def test_no_two_public_classes_share_a_name() -> None:
    """A name means one thing (docs/glossary.md)."""
    named: dict[str, list[str]] = {}
    for module, source in SOURCES.items():
        for node in tree(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named.setdefault(node.name, []).append(module)
    assert {name: modules for name, modules in named.items() if len(modules) > 1} == {}


def test_no_command_asks_for_a_right() -> None:
    """Whoever else calls an action would not be asked: the right is the action's to ask."""
    asking = {"desk.domain.rights.rights", "desk.checks.rights"}
    assert not [m for m in MODULES if room(m) in ("cli", "commands") and asking & set(imports(m))]


def test_commands_make_no_changes() -> None:
    """They call an action; a Draft, or a Change that is built, is what actions are made of."""
    building = {"desk.actions.draft", "desk.domain.changes.generic", "desk.store.snapshot"}
    assert not [m for m in MODULES if room(m) == "commands" and building & set(imports(m))]
