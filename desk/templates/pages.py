"""Templates of reports, in the same sandbox as custom responses: larger budgets, and data of any depth to walk through.

What a page may name is seen only when it is filled in, because a section's rows have the columns of their report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import nodes
from markupsafe import Markup

from desk.errors import Broken
from desk.templates.rules import Inspection, Part, Rewrite, Rules
from desk.templates.sandbox import Budget, Environment, environment, filled, parsed
from desk.text import _

LONGEST = 20_000_000
"""Characters of a report."""
_STEPS = 2_000_000
"""Turns of all its loops together."""
_SOURCE = 200_000
"""Characters of a template."""


class _Pages(Inspection):
    """The list of constructs is that of responses; names are judged when the page is filled in, and parts of data taken."""

    def _name(self, node: nodes.Name) -> Iterator[nodes.Node]:
        if node.name.startswith("_"):
            self.fail(node, _("there is no variable {node}", node=node.name[:80]))
        return iter(())

    def _getattr(self, node: nodes.Getattr) -> Iterator[nodes.Node]:
        return node.iter_child_nodes()

    def _getitem(self, node: nodes.Getitem) -> Iterator[nodes.Node]:
        return node.iter_child_nodes()

    def take(self, target: nodes.Node) -> None:
        """A name, or several for the parts of an item, that the page gives itself."""
        for name in target.items if isinstance(target, nodes.Tuple) else [target]:
            if not isinstance(name, nodes.Name) or name.name.startswith("_"):
                self.fail(target, _("names stand here, which begin with a letter"))

    def _include(self, node: nodes.Include) -> Iterator[nodes.Node]:
        self.fail(node, _("include can't be used in a report"))


def document(text: str, path: str, values: Mapping[str, Any], *, html: bool) -> str:
    """A report's template filled in; Broken names the file, the line and what is wrong."""
    hint = _(
        "known: {values}; a page may hold variables, if, for, set and filters: desk help reports",
        values=", ".join(values),
    )
    within = environment(html=html, trim=True)
    whole = _checked(text, path, within, hint)
    return filled(within.from_string, whole, values, Budget(path, 1, "en", most=_STEPS, longest=LONGEST), hint)


def each(text: str, path: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A template filled in for one row after another, all within one budget; Broken as for a report's."""
    within = environment()
    hint = _("it may hold variables, if, for, set and filters: desk help reports")
    whole = _checked(text, path, within, hint)
    compiled, budget = within.from_string(whole), Budget(path, 1, "en", most=_STEPS, longest=LONGEST)
    for row in rows:
        yield filled(lambda _: compiled, whole, row, budget, hint)


def _checked(text: str, path: str, within: Environment, hint: str) -> nodes.Template:
    if len(text) > _SOURCE:
        raise Broken(_("a template has at most {most:,} characters", most=_SOURCE), path, 1, _("make it shorter"))
    source = Part(text, path, 1)
    tree = parsed(source, within, hint)
    rules = Rules({}, lambda _: None, lambda part: parsed(part, within, hint))
    _Pages(rules, source).visit(tree, 0)
    whole: nodes.Template = Rewrite(rules, source, ()).visit(tree)
    return whole


def safe(html: str) -> Markup:
    """HTML that desk made itself."""
    return Markup(html)  # noqa: S704 - from numbers and escaped labels
