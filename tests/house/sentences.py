"""Finds the sentences for people in a module: those that are templates, and those that should be.

A text position is an argument that a person reads (an error's message and hint, a finding, a line of an answer, a note), and
whatever flows into one within its module: a name that is assigned, what a function of the module returns or yields.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from tests.house.trees import every, nodes, parents, tree

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    # Help is looked up when it is printed, so it stands in tables as it is.
    "CommandRow": (2,),
    "_ticket": (3,),
    "_problem": (3,),
    "_kb": (3,),
    "_kind": (3,),
    "DemoStep": (2,),
}
"""As Babel takes them (`babel.messages.extract`, argument `keywords`): the functions whose arguments are collected."""
CLICK: dict[str, tuple[int | tuple[int, str], ...] | None] = {"_": None, "ngettext": (1, 2)}
"""The same of click, whose functions are those of `gettext`."""
MARKS = ("_", "ngettext", "pgettext", "arranged", "listed")
"""The functions of desk/text.py that make a text."""

TEXT: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        (
            *("DeskError", "Interrupted", "UsageFault", "NotFound", "Ambiguous", "Refused", "Conflict", "ConfigError"),
            *("GitError", "MailError", "Untimely", "Approval", "Untold"),
        ),
        (0, 1),
    ),
    "Broken": (0, 3),
    "ValueError": (0,),
    "UsageError": (0,),
    "SettingFault": (1, 2),
    "Finding": (3, 4),
    "Fault": (3, 4),
    "LinkFault": (1, 2),
    "AuditFinding": (2, 3),
    "finding": (2, 4),
    "fail": (1, 2),
    "Done": (2, 3, 4),
    "Listing": (3, 4, 5),
    "Detail": (2, 3),
    "Words": (0, 1),
    "Check": (0,),
    "Setting": (2,),
    "Figure": (0,),
    "Section": (1, 4, 5),
    "Chart": (0,),
    "warn": (0,),
    "echo": (0,),
    "confirm": (0, 1),
    "tell": (1,),
    "ask": (1,),
    "prompt": (0,),
    "progress": (2,),
    "paint": (0,),
    "ConstructorError": (2,),
    "tickets": (2, 3),
    "Row": (0, 1),
}
"""Whose arguments people read, by the last name of what is called."""
TALK = {"warnings", "notes", "lines"}
"""Lists that people read, when something is appended to them."""
TEXT_KEYWORDS = {"hint", "empty", "note", "notes", "warnings", "problem"}
UNWRAPPED = "\b\n"
"""click's mark before a paragraph whose lines stay as they are."""
HELP = {"help", "epilog", "short_help"}
HELPING = {"flag": {"create", "edit"}, "build_delete": {"reason"}}
"""Functions of `cli/records.py`, and their arguments that become help."""

SQL = re.compile(
    r"<>|\b(SELECT|INSERT|DELETE FROM|UPDATE|PRAGMA|CREATE|WHERE|ORDER BY|GROUP BY|COLLATE|IS NULL|LIMIT)\b|\? ?$"
)
_ARGUMENT = r"(-[^ ,;:]+( [^ ,;:]+)?|[A-Z]+…?|[^ ,;:]*[^ ,;:a-z'][^ ,;:]*)"
COMMAND = re.compile(rf" *(desk|git|rm|ls|chmod|cd)( [a-z\0-]+){{0,2}}( {_ARGUMENT})*")
"""What is typed as it stands, in any language: a program, its verbs, then options, names in capitals, and values."""
_WORD = re.compile(r"(?:(?<=\s)|^)[A-Za-z][a-z']+[,;:.?!]? |\s[A-Za-z][a-z']+\b")
_APART = {
    *("Event", "Change", "Entry", "Changed", "evolve", "replace", "startswith", "endswith", "removeprefix", "removesuffix"),
    *("partition", "rpartition", "split", "find", "encode", "execute", "rows", "join_path", "own", "getattr", "keep", "get"),
    *("search", "match", "fullmatch", "compile", "sub", "findall", "spawn", "run", "open", "write", "each", "option", "leaf"),
    *("command", "group", "entry_text", "edit", "chosen", "require", "require_act", "safe", "connect", "index", "glob", "argument"),
}  # fmt: skip
"""Calls whose arguments are no sentences."""


class Raw(NamedTuple):
    """A string in a text position that is no template yet."""

    node: ast.expr
    why: str


def called(node: ast.expr) -> str:
    """The last name of what a call calls."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def literal(node: ast.expr) -> str | None:
    """The constant text of a string, with \\0 for what is put in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(p.value if isinstance(p, ast.Constant) else "\0" for p in node.values)  # type: ignore[misc]
    return None


def is_prose(text: str) -> bool:
    """Whether a string has words that a person reads; not SQL, not what is typed as it stands."""
    if SQL.search(text) or COMMAND.fullmatch(text):
        return False
    return _WORD.search(text) is not None


def has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{2}", text) is not None and not COMMAND.fullmatch(text)


class Module:
    """One file: which expressions of it are text positions."""

    def __init__(self, source: str, *, edge: bool = False) -> None:
        """`edge`: a module that lays texts out for a terminal or a page."""
        self.edge = edge
        self.nodes = nodes(source)
        self.tree = tree(source)
        self.parents = parents(source)
        self.functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        for function in every(ast.FunctionDef, source):
            self.functions[function.name].append(function)
        self.found: dict[ast.expr, str] = {}
        self._seen: set[tuple[ast.AST, int | None]] = set()

    def raw(self) -> list[Raw]:
        """The strings that should be templates, as they stand."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.FunctionDef):
                self._defaults(node)
            elif isinstance(node, ast.JoinedStr) and is_prose(literal(node) or "") and not self._apart(node):
                self._text(node, "prose")
        return [Raw(node, why) for node, why in self.found.items() if not self._marked(node)]

    def _call(self, node: ast.Call) -> None:
        name = called(node)
        if name in ("append", "extend", "insert") and isinstance(node.func, ast.Attribute):
            if called(node.func.value) in TALK:
                self._text(node.args[-1], name)
            return
        for at in (*TEXT.get(name, ()), *self._parameters(name)):
            if at < len(node.args) and not any(isinstance(a, ast.Starred) for a in node.args[: at + 1]):
                self._text(node.args[at], name)
        for keyword in node.keywords:
            helps = keyword.arg in HELP and isinstance(keyword.value, ast.JoinedStr | ast.Name)
            if helps or (keyword.arg in TEXT_KEYWORDS and name not in MARKS):
                self._text(keyword.value, name)

    def _parameters(self, name: str) -> Iterator[int]:
        """Which arguments of a function of this module are texts, by the names of its parameters."""
        for function in self.functions.get(name, ())[:1]:
            names = [a.arg for a in function.args.args if a.arg != "self"]
            yield from (at for at, one in enumerate(names) if one in TEXT_KEYWORDS)

    def _defaults(self, function: ast.FunctionDef) -> None:
        """A text that a parameter has by default."""
        arguments = function.args
        pairs = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
        for parameter, default in (*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
            if parameter.arg in TEXT_KEYWORDS and default is not None:
                self._text(default, "default")

    def _text(self, node: ast.expr, why: str, at: int | None = None) -> None:
        """Take what an expression gives for a text; `at` is the place in the tuple that it gives."""
        if (node, at) in self._seen:
            return
        self._seen.add((node, at))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            self._joined(node, why)
        elif isinstance(node, ast.Name):
            self._name(node, why, at)
        elif isinstance(node, ast.Call):
            self._result(node, why, at)
        elif (text := literal(node)) is not None:
            self._string(node, text, why)
        else:
            for part in _parts(node, at):
                self._text(part, why, None if isinstance(node, ast.Tuple | ast.List) else at)

    def _string(self, node: ast.expr, text: str, why: str) -> None:
        if why == "value":
            if " " in text.strip() and has_words(text):
                self.found.setdefault(node, why)
        elif isinstance(node, ast.JoinedStr) or has_words(text):
            self.found.setdefault(node, why)
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                    self._text(part.value, "value")

    def _joined(self, node: ast.BinOp, why: str) -> None:
        """Lists may be added; strings make a sentence that no language but English has."""
        if isinstance(node.left, ast.List | ast.Tuple) or isinstance(node.right, ast.List | ast.Tuple):
            self._text(node.left, why)
            self._text(node.right, why)
        elif any(self._is_sentence(leaf) for leaf in _leaves(node)):
            self.found.setdefault(node, why)

    def _is_sentence(self, node: ast.expr) -> bool:
        """Whether an operand has words; what is laid out at the edge may be put beside a text."""
        if isinstance(node, ast.Call):
            return called(node) in MARKS and not self.edge
        text = literal(node)
        return text is not None and is_prose(f" {text}")

    def _result(self, node: ast.Call, why: str, at: int | None) -> None:
        name = called(node)
        if name in ("tuple", "list", "map", "sorted", "str") and node.args:
            self._text(node.args[-1], why, at)
        elif name == "join" and node.args:
            self._text(node.args[0], why)
        elif name == "format" and isinstance(node.func, ast.Attribute) and literal(node.func.value) is not None:
            self.found[node] = why
        elif name in self.functions and name not in MARKS:
            for function in self.functions[name]:
                for part in ast.walk(function):
                    if isinstance(part, ast.Return | ast.Yield | ast.YieldFrom) and part.value is not None:
                        self._text(part.value, why, at)

    def _name(self, node: ast.Name, why: str, at: int | None) -> None:
        scope: ast.AST = node
        while not isinstance(scope, ast.FunctionDef | ast.Module):
            scope = self.parents[scope]
        for part in (*ast.walk(scope), *(self.tree.body if scope is not self.tree else ())):
            if isinstance(part, ast.Assign):
                for target in part.targets:
                    self._bound(target, part.value, node.id, why, at)
            elif isinstance(part, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and part.value is not None:
                self._bound(part.target, part.value, node.id, why, at)
            elif isinstance(part, ast.For | ast.comprehension):
                each = part.iter.elts if isinstance(part.iter, ast.Tuple | ast.List) else [part.iter]
                for item in each:
                    self._bound(part.target, item, node.id, why, at)

    def _bound(self, target: ast.expr, value: ast.expr, name: str, why: str, at: int | None) -> None:
        if isinstance(target, ast.Name) and target.id == name:
            self._text(value, why, at)
        elif isinstance(target, ast.Tuple):
            for number, part in enumerate(target.elts):
                if isinstance(part, ast.Name) and part.id == name:
                    self._text(value, why, number)

    def _apart(self, node: ast.expr) -> bool:
        """Whether a string is something else than a sentence: a file, a pattern, what git is told, part of another string."""
        child: ast.AST = node
        while not isinstance(child, ast.stmt):
            parent = self.parents[child]
            if isinstance(parent, ast.Call) and child is not parent.func and called(parent) in _APART:
                return True
            if isinstance(parent, ast.Attribute) and parent.attr in _APART:
                return True
            if isinstance(parent, ast.Compare | ast.Subscript | ast.FormattedValue):
                return True
            if isinstance(parent, ast.Dict) and child in parent.keys:
                return True
            child = parent
        return False

    def _marked(self, node: ast.expr) -> bool:
        parent = self.parents[node]
        return isinstance(parent, ast.Call) and called(parent) in MARKS


def _parts(node: ast.expr, at: int | None) -> list[ast.expr]:
    """What an expression may give, of which each is a text."""
    if isinstance(node, ast.Tuple | ast.List):
        return [part for number, part in enumerate(node.elts) if at in (None, number)]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return [node.elt]
    return [node.value] if isinstance(node, ast.NamedExpr | ast.Starred) else []


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """What a chain of additions is made of."""
    if isinstance(node, ast.BinOp):
        yield from _leaves(node.left)
        yield from _leaves(node.right)
    elif isinstance(node, ast.IfExp | ast.BoolOp):
        for part in _parts(node, None):
            yield from _leaves(part)
    else:
        yield node


class Message(NamedTuple):
    """A template to be translated, as a catalogue has it."""

    line: int
    one: str
    many: str | None = None
    context: str | None = None


def calls(of: str | ast.AST, names: Iterable[str] = MARKS) -> Iterator[ast.Call]:
    """Every call that makes a text, in a source or below a node."""
    wanted = frozenset(names)
    for node in every(ast.Call, of) if isinstance(of, str) else ast.walk(of):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in wanted:
            yield node


def messages(
    source: str, keywords: Mapping[str, tuple[int | tuple[int, str], ...] | None] = KEYWORDS
) -> Iterator[Message]:
    """The templates of a module, and the help of its commands and options: what a catalogue must have."""
    for call in calls(source, keywords):
        context, one, *many = _arguments(call)
        if one:
            yield Message(call.lineno, one, many[0] if many else None, context)
    if keywords is KEYWORDS:
        yield from _helps(source)


def _helps(source: str) -> Iterator[Message]:
    """In the order in which they stand, which is that of the catalogues."""
    for node in (node for node in nodes(source) if type(node) in _HELPERS):
        if (
            isinstance(node, ast.keyword)
            and node.arg in HELP
            and isinstance(node.value, ast.Constant)
            and (text := literal(node.value))
        ):
            yield Message(node.value.lineno, _help(text))
        if isinstance(node, ast.Call):
            given = [k.value for k in node.keywords if k.arg in HELPING.get(called(node), ())]
            given += node.args[1:2] if called(node).startswith("build_") else []
            given += node.args[:1] if called(node) in ("body_options", "requester_option") else []
            yield from (Message(value.lineno, _help(text)) for value in given if (text := literal(value)))
        if isinstance(node, ast.FunctionDef) and any(_is_command(d) for d in node.decorator_list):
            yield from (Message(node.lineno, text) for text in [ast.get_docstring(node)] if text)


_HELPERS = {ast.keyword, ast.Call, ast.FunctionDef}
"""Where the help of a command may stand."""


def _help(text: str) -> str:
    """As it is looked up: without its indentation, and without click's mark in front."""
    return inspect.cleandoc(text).removeprefix(UNWRAPPED)


def _arguments(call: ast.Call) -> list[str | None]:
    """The context of a call, None for most, and its templates."""
    context: str | None = None
    found: list[str | None] = []
    for part in KEYWORDS[called(call)] or (1,):
        place = part[0] if isinstance(part, tuple) else part
        text = literal(call.args[place - 1]) if place <= len(call.args) else None
        if isinstance(part, tuple):
            context = text
        else:
            found.append(text)
    return [context, *found]


def _is_command(decorator: ast.expr) -> bool:
    return called(decorator) in ("leaf", "command", "group")


def placeholders(template: str) -> set[str]:
    """The names in a template, those within a width included."""
    names: set[str] = set()
    for _, name, spec, _ in Formatter().parse(template):
        if name is not None:
            names |= {name} | placeholders(spec or "")
    return names


def modules(top: Path) -> list[Path]:
    """The files of the program."""
    return sorted(p for p in top.rglob("*.py") if "starter" not in p.relative_to(top).parts)
