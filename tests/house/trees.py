"""The package's syntax trees, each parsed and walked once a worker however many tests look at it."""

from __future__ import annotations

import ast
import gc
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
Kind = TypeVar("Kind", bound=ast.AST)

_SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
"""What is one object wherever it stands: whether a name is read or bound, and which sum or comparison one is."""
_WORDS = {
    "ctx",
    "op",
    "ops",
    "id",
    "attr",
    "module",
    "level",
    "asname",
    "kind",
    "conversion",
    "type_comment",
    "is_async",
}
"""What holds no node but those."""
_PLACES = {
    kind: () if kind is ast.Constant else tuple(name for name in kind._fields if name not in _WORDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""Where other nodes may stand in one of a kind."""


def kept(make: Callable[P, T]) -> Callable[P, T]:
    """Made without the collector, which would look through all that is kept of the trees, again and again."""

    @wraps(make)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        gc.disable()
        try:
            return make(*args, **kwargs)
        finally:
            gc.freeze()
            gc.enable()

    return run


@cache
@kept
def tree(source: str) -> ast.Module:
    return ast.parse(source)


@cache
@kept
def parents(source: str) -> Mapping[ast.AST, ast.AST]:
    """What each node stands in, in the order of `ast.walk`; the module stands in none."""
    found: dict[ast.AST, ast.AST] = {}
    waiting: list[ast.AST] = [tree(source)]
    for node in waiting:
        for name in _PLACES[type(node)]:
            value = getattr(node, name, None)
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST) and not isinstance(child, _SHARED):
                    found[child] = node
                    waiting.append(child)
    return found


@cache
@kept
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node, in the order of `ast.walk`, but for those that are one object wherever they stand."""
    return (tree(source), *parents(source))


@cache
@kept
def _by_kind(source: str) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    for node in nodes(source):
        found[type(node)].append(node)
    return found


def every(kind: type[Kind], source: str) -> Sequence[Kind]:
    """The nodes of one kind, such as `ast.Call`, in the order of `nodes`."""
    return cast("Sequence[Kind]", _by_kind(source).get(kind, ()))
