"""Every sentence for a person is a constant template with values (desk/text.py), and a catalogue can have it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import desk
from desk.cli.table import COMMANDS
from tests.house import sentences
from tests.house.sentences import MARKS, Message, Module, called, calls, literal, messages, placeholders
from tests.house.trees import every, parents

TOP = Path(desk.__file__).parent
MODULES = {str(path.relative_to(TOP)): path.read_text(encoding="utf-8") for path in sentences.modules(TOP)}
SAID = {name: source for name, source in MODULES.items() if name != "text.py"}
NO_SENTENCES = {
    "queries/": "SQL",
    "domain/changes/message.py": "commit messages, which are English for good",
    "domain/changes/compare.py": "what an event holds, as trailers have it",
    "commands/care/demo.py": "what the demo types",
}
APART = {
    "actions/care/daysoff.py": {"{}.{}: days off, {}"},
    "cli/editor.py": {'exec {} "$@"'},
    "cli/leaf.py": {"{}{}\n{}"},
    "cli/speech/mistakes.py": {"{} --help"},
    "domain/levels/check.py": {"its day has come: {}"},
    "domain/people/departments.py": {"tickets to {}"},
    "domain/tickets/checklists.py": {"{} steps"},
    "domain/tickets/classification.py": {" (override, matrix: {})"},
    "codec/records.py": {"## {} by {}, {}"},
    "commands/care/audit.py": {"Seal of {}, {}"},
    "commands/care/init.py": {'{}desk ticket create --title "My first ticket"\ndesk ticket list\ndesk --help'},
    "domain/rights/moves.py": {" until {}", " for {}"},
    "domain/tickets/problems.py": {"{} incident{} answered and closed", "Opened from {} incidents:\n\n", "an {}"},
    "domain/tickets/relations.py": {"causes {}"},
    "guard/hooks.py": {
        "#!/bin/sh\n{}. Every push is judged by docs/guard.md.\nexec {} guard hook {}\n",
        "# Written by desk guard install",
    },
    "audit/witness.py": {"commit {}, {} commits"},
    "guard/keys.py": {'{}command="{}",restrict {}'},
    "view/drawing/svg.py": {'<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'},
    "view/pages/printed.py": {'<a rel="noreferrer noopener" href="{}">{}</a>'},
    "view/pages/problems.py": {"cause", "workaround", "fix", "{}{}"},
    "view/text/cells.py": {"{} {}"},
}
"""What reads like a sentence and is none: what a record, a commit or a page holds, what is typed."""
BRACES = {
    "such as {% include 'signature' %}",
    "where requesters read articles, with {slug} and, if wanted, {language}; answers link there",
    "an address with {slug} in it, such as https://help.example/kb/{slug}, or nothing",
    'a table impact -> urgency -> priority such as high = { low = "medium", high = "high" }',
}
"""Texts in which braces are braces."""


def left_of(name: str) -> list[str]:
    """What should be a template in a module, by where it stands."""
    raw = Module(SAID[name], edge=name.startswith("view/")).raw()
    shown = {r: (literal(r.node) or ast.unparse(r.node)).replace("\0", "{}") for r in raw}
    return [f"desk/{name}:{r.node.lineno}: {text}" for r, text in shown.items() if text not in APART.get(name, ())]


def test_sentences_are_templates() -> None:
    """No f-string, no joined pieces, no bare string where a person reads: `_("… {name} …", name=…)`."""
    names = [n for n in SAID if not n.startswith(tuple(NO_SENTENCES))]
    assert [line for name in names for line in left_of(name)] == []


def templates(call: ast.Call) -> list[str]:
    """The templates of a call; AssertionError for one that is no constant."""
    given = {"ngettext": call.args[:2], "pgettext": call.args[1:2]}.get(called(call), call.args[:1])
    found = [literal(node) for node in given]
    assert all(text is not None and isinstance(node, ast.Constant) for text, node in zip(found, given, strict=True)), (
        f"{call.lineno}: {ast.unparse(call)}"
    )
    return [str(text) for text in found]


@cache
def marked() -> tuple[tuple[str, ast.Call], ...]:
    every = ((name, call) for name, source in SAID.items() for call in calls(source))
    return tuple((name, call) for name, call in every if called(call) != "listed")


def in_tables() -> Iterator[ast.Call]:
    """Templates of tables: at the top of a module, or gone through by a loop; they get their values by `format`."""
    for source in SAID.values():
        yield from (call for call in calls(source) if is_in_table(call, parents(source)))


def is_in_table(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> bool:
    in_function = False
    while node in above:
        child, node = node, above[node]
        if isinstance(node, ast.For) and child is node.iter:
            return True
        in_function = in_function or isinstance(node, ast.FunctionDef | ast.Lambda)
    return not in_function


def test_values_fit_the_places() -> None:
    tables = {ast.dump(call) for call in in_tables()}
    for name, call in marked():
        where = f"desk/{name}:{call.lineno}"
        names = {str(keyword.arg) for keyword in call.keywords}
        numbered = called(call) == "ngettext"
        for text in templates(call):
            if not names and not numbered:
                assert not placeholders_in(text) or ast.dump(call) in tables, where
            else:
                assert placeholders(text) - {"n"} <= names, where
        used = {n for text in templates(call) for n in placeholders_in(text)}
        assert names <= used, where


def placeholders_in(text: str) -> set[str]:
    return set() if text in BRACES else placeholders(text)


def test_words_are_for_translators_and_layout_is_not() -> None:
    for name, call in marked():
        for text in templates(call):
            bare = re.sub(r"\{[^{}]*\}", "\0", text)
            worded = any(c.isalpha() for c in bare) and not sentences.COMMAND.fullmatch(bare)
            assert worded or called(call) in ("arranged", "pgettext"), f"desk/{name}:{call.lineno}: {text}"
            assert not worded or called(call) != "arranged", f"desk/{name}:{call.lineno}: {text}"


def test_every_template_is_collected() -> None:
    """What a catalogue is made from: by the keywords that Babel takes."""
    found = {name: list(messages(source)) for name, source in SAID.items()}
    for name, call in marked():
        if called(call) != "arranged":
            lines = [m for m in found[name] if m.line == call.lineno]
            assert templates(call)[0] in [m.one for m in lines], f"desk/{name}:{call.lineno}"
    everything = {m.one for rows in found.values() for m in rows}
    assert {row.help for row in COMMANDS.values()} <= everything
    assert {row.section for row in COMMANDS.values() if row.section} <= everything
    assert "Only tickets I own." in everything


def has_a_mark_of_its_own(source: str) -> bool:
    """Whether anything in a module may be called like a mark; what most of them have none of needn't be looked for."""
    return any(node.arg in MARKS for node in every(ast.arg, source)) or any(
        node.id in MARKS and isinstance(node.ctx, ast.Store) for node in every(ast.Name, source)
    )


def test_nothing_hides_the_mark() -> None:
    """A function that has a `_` of its own can't say anything."""
    for name, source in SAID.items():
        scopes: list[ast.FunctionDef | ast.Lambda] = [*every(ast.FunctionDef, source), *every(ast.Lambda, source)]
        for scope in scopes if has_a_mark_of_its_own(source) else ():
            below = list(ast.walk(scope))
            within = {n for c in below if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
            stored = (n for n in below if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            own = {n.id for n in stored if n not in within}
            own |= {n.arg for n in ast.walk(scope.args) if isinstance(n, ast.arg)}
            if own & set(MARKS):
                assert not own & {called(call) for call in calls(scope)}, f"desk/{name}:{scope.lineno}"


SAMPLE = """
def plan(ticket, index, error, lines):
    more = f" and {len(lines)} more" if lines else ""
    hint = "take the line out"
    rows = index.execute(f"SELECT id FROM tickets WHERE id = {ticket}")
    if rows:
        raise Refused(f"{ticket.id} is late{more}", hint)
    if not rows:
        raise Broken("no " + "text here", ticket.path, hint=_("mend it"))
    lines.append("{} is done".format(ticket.id))
    lines.append(told(ticket))
    lines.append(_("{id} is well", id=ticket.id))
    return Event("edit", f"priority of {ticket.id} changed")

def told(ticket):
    return f"{ticket.id} is told"
"""


def test_the_finder_finds() -> None:
    raw = Module(SAMPLE).raw()
    assert sorted((literal(r.node) or ast.unparse(r.node)).replace("\0", "{}") for r in raw) == [
        " and {} more",
        "'no ' + 'text here'",
        "'{} is done'.format(ticket.id)",
        "take the line out",
        "{} is late{}",
        "{} is told",
    ]


def test_the_collector_collects() -> None:
    source = '''
_("{id} is late", id=1)
ngettext("{n} ticket", "{n} tickets", 2)
pgettext("column", "PRIO")
arranged("{id}  {words}", id=1, words=2)

@leaf.leaf("show")
@click.option("--mine", help="Only mine.")
def show():
    """Show it."""
'''
    assert [m._replace(line=0) for m in messages(source)] == [
        Message(0, "{id} is late"),
        Message(0, "{n} ticket", "{n} tickets"),
        Message(0, "PRIO", None, "column"),
        Message(0, "Show it."),
        Message(0, "Only mine."),
    ]
    assert set(MARKS) - {"arranged", "listed"} <= set(sentences.KEYWORDS)
