"""The package's syntax trees, each parsed and walked once a worker however many tests look at it."""

from __future__ import annotations

import ast
import gc
from collections.abc import Mapping
from functools import cache

_SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
"""What is one object wherever it stands: whether a name is read or bound, and which sum or comparison one is."""


@cache
def tree(source: str) -> ast.Module:
    """Parsed without the collector, which would look through all the trees that are kept, again and again."""
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


@cache
def parents(source: str) -> Mapping[ast.AST, ast.AST]:
    """What each node stands in, in the order of `ast.walk`; the module stands in none."""
    found: dict[ast.AST, ast.AST] = {}
    waiting: list[ast.AST] = [tree(source)]
    for node in waiting:
        for name in node._fields:
            value = getattr(node, name, None)
            for child in value if isinstance(value, list) else (value,):
                if isinstance(child, ast.AST) and not isinstance(child, _SHARED):
                    found[child] = node
                    waiting.append(child)
    return found


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Every node, in the order of `ast.walk`, but for those that are one object wherever they stand."""
    return (tree(source), *parents(source))
