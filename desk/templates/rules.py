"""What the text of a template may do: a short list of Jinja's constructs, checked before anything is filled in.

A text may name variables, choose (`if`), repeat (`for`, over lists), include shared parts, and use a few filters. There
are no calls, no calculations, no macros and no slices, so nothing in it can grow: what is left is bounded by the length
of the text and by the budget that `template` counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NoReturn, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from desk.domain.knowledge.responses import ARTICLES, FILTERS, VARIABLES
from desk.errors import Broken, nearest
from desk.named import NamedTuple
from desk.text import _

DEEPEST = 40
"""How deep constructs may stand in each other."""
MOST_PARTS = 20
"""How many parts one text may include, directly or by other parts."""
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.If, nodes.For, nodes.Assign, nodes.Include, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Concat),
    *(nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Tuple, nodes.List),
)
_TESTS = frozenset(("defined", "undefined", "none"))
_LOOP = frozenset(("first", "last", "index"))
_CALLED: Mapping[type[nodes.Node], str] = {
    nodes.Call: _("a call"),
    nodes.Macro: _("macro"),
    nodes.Import: _("import"),
    nodes.FromImport: _("import"),
    nodes.Extends: _("extends"),
    nodes.Block: _("block"),
    nodes.CallBlock: _("call"),
    nodes.FilterBlock: _("filter"),
    nodes.AssignBlock: _("set with a body"),
    nodes.With: _("with"),
    nodes.Slice: _("a slice"),
    nodes.Dict: _("a mapping"),
}
WHAT = _("a text may hold variables, if, for, set, include and filters: desk help responses")


class Part(NamedTuple):
    """A text that may be included: its template, its file, and the line on which it begins there."""

    text: str
    path: str
    line: int


class Used(NamedTuple):
    """What a text names: variables such as `ticket.id`, articles with the file and line, and parts."""

    variables: tuple[str, ...]
    articles: tuple[tuple[str, str, int], ...]
    parts: tuple[str, ...]


class Rules:
    """The check of one text and of what it includes; `known` are the groups of variables, `part` finds a part by name."""

    def __init__(
        self,
        known: Mapping[str, AbstractSet[str] | Mapping[str, str]],
        part: Callable[[str], Part | None],
        parse: Callable[[Part], nodes.Template],
    ) -> None:
        self.known = known
        self.part = part
        self.parse = parse
        self.variables: dict[str, None] = {}
        self.articles: dict[tuple[str, str, int], None] = {}
        self.parts: list[str] = []

    @property
    def used(self) -> Used:
        return Used(tuple(self.variables), tuple(self.articles), tuple(dict.fromkeys(self.parts)))

    def checked(self, source: Part, above: tuple[str, ...] = ()) -> nodes.Template:
        """The template with its parts put in; Broken names file, line and what is wrong."""
        tree = self.parse(source)
        Inspection(self, source).visit(tree, 0)
        whole: nodes.Template = Rewrite(self, source, above).visit(tree)
        return whole


class Inspection:
    """Everything in a text is on the list, and what it names is known."""

    def __init__(self, rules: Rules, source: Part) -> None:
        self.rules = rules
        self.source = source
        self.own: set[str] = set()

    def fail(self, node: nodes.Node, problem: str, hint: str = WHAT) -> NoReturn:
        raise Broken(problem, self.source.path, (node.lineno or 1) + self.source.line - 1, hint)

    def visit(self, node: nodes.Node, depth: int) -> None:
        if depth > DEEPEST:
            self.fail(
                node,
                _("constructs stand in each other more than {most} deep", most=DEEPEST),
                _("make the text simpler"),
            )
        if not isinstance(node, _ALLOWED):
            what = _CALLED.get(type(node))
            if what is None:
                what = (
                    _("a calculation")
                    if isinstance(node, nodes.BinExpr | nodes.UnaryExpr)
                    else type(node).__name__.lower()
                )
            self.fail(node, _("{construct} can't be used in a text", construct=what))
        special = getattr(self, f"_{type(node).__name__.lower()}", None)
        children = node.iter_child_nodes() if special is None else special(node)
        for child in children:
            self.visit(child, depth + 1)

    # Each returns the nodes that are still to be looked at.

    def _name(self, node: nodes.Name) -> Iterator[nodes.Node]:
        if node.ctx == "load" and node.name not in self.own:
            if node.name in self.rules.known:
                names = ", ".join(f"{node.name}.{n}" for n in self.rules.known[node.name])
                self.fail(
                    node, _("{node} alone stands for several values", node=node.name), _("known: {names}", names=names)
                )
            if node.name == ARTICLES and node.name not in self.rules.known:
                self.fail(
                    node,
                    _("{articles} alone is no article", articles=ARTICLES),
                    _("such as {{{{ {articles}['SLUG'].title }}}}", articles=ARTICLES),
                )
            self.unknown(node, node.name)
        return iter(())

    def _getattr(self, node: nodes.Getattr) -> Iterator[nodes.Node]:
        return self.member(node, node.node, node.attr)

    def _getitem(self, node: nodes.Getitem) -> Iterator[nodes.Node]:
        if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, str):
            self.fail(node, _("parts of a text or a list can't be taken"))
        return self.member(node, node.node, node.arg.value)

    def member(self, node: nodes.Node, owner: nodes.Node, name: str) -> Iterator[nodes.Node]:
        if isinstance(owner, nodes.Name):
            if owner.name in self.rules.known and name in self.rules.known[owner.name]:
                self.rules.variables[f"{owner.name}.{name}"] = None
                return iter(())
            if owner.name == "loop" and name in _LOOP:
                return iter(())
            self.unknown(node, f"{owner.name}.{name}")
        if not (
            isinstance(owner, nodes.Getitem) and isinstance(owner.node, nodes.Name) and owner.node.name == ARTICLES
        ):
            self.fail(node, _("nothing here has a part {name!r}", name=name[:60]))
        return self.of_article(owner, name)

    def of_article(self, owner: nodes.Getitem, name: str) -> Iterator[nodes.Node]:
        article = owner.arg.value if isinstance(owner.arg, nodes.Const) else None
        if not isinstance(article, str) or "article" not in self.rules.known:
            self.fail(
                owner,
                _("{articles} is followed by an article's name in quotes", articles=ARTICLES),
                _("{articles}['SLUG'].title", articles=ARTICLES),
            )
        if name not in self.rules.known["article"]:
            self.unknown(owner, f"article.{name}")
        self.rules.articles[article, self.source.path, (owner.lineno or 1) + self.source.line - 1] = None
        return iter(())

    def unknown(self, node: nodes.Node, name: str) -> NoReturn:
        known = [f"{group}.{n}" for group, names in self.rules.known.items() for n in names]
        close = nearest(name, known)
        own = [one for one in known if one.startswith(f"{name.partition('.')[0]}.")]
        groups = [f"{group}.…" for group in self.rules.known]
        hint = _("did you mean {close}? ", close=close) if close else ""
        self.fail(
            node,
            _("there is no variable {name}", name=name[:80]),
            _("{hint}known: {own}", hint=hint, own=", ".join(own or groups)),
        )

    def _filter(self, node: nodes.Filter) -> Iterator[nodes.Node]:
        if node.name not in FILTERS:
            close = nearest(node.name, FILTERS)
            hint = _("did you mean {close}? ", close=close) if close else ""
            self.fail(
                node,
                _("there is no filter {node}", node=node.name[:60]),
                _("{hint}known: {filters}", hint=hint, filters=", ".join(FILTERS)),
            )
        if node.dyn_args is not None or node.dyn_kwargs is not None or node.node is None:
            self.fail(node, _("a filter can't be used so"))
        return node.iter_child_nodes()

    def _test(self, node: nodes.Test) -> Iterator[nodes.Node]:
        if node.name not in _TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.fail(
                node,
                _("there is no test {node}", node=node.name[:60]),
                _("known: {tests}; or compare with ==", tests=", ".join(sorted(_TESTS))),
            )
        return node.iter_child_nodes()

    def _for(self, node: nodes.For) -> Iterator[nodes.Node]:
        if node.recursive:
            self.fail(node, _("a recursive for can't be used in a text"))
        self.take(node.target)
        return node.iter_child_nodes()

    def _assign(self, node: nodes.Assign) -> Iterator[nodes.Node]:
        self.take(node.target)
        return node.iter_child_nodes()

    def take(self, target: nodes.Node) -> None:
        """A name that the text gives itself."""
        if not isinstance(target, nodes.Name) or target.name.startswith("_"):
            self.fail(target, _("one name stands here, which begins with a letter"))
        if target.name in (*self.rules.known, *VARIABLES, ARTICLES, "loop"):
            self.fail(target, _("{target} has a meaning already", target=target.name), _("choose another name"))
        self.own.add(target.name)

    def _include(self, node: nodes.Include) -> Iterator[nodes.Node]:
        if (
            not isinstance(node.template, nodes.Const)
            or not isinstance(node.template.value, str)
            or node.ignore_missing
        ):
            self.fail(node, _("include is followed by one name in quotes"), _("such as {% include 'signature' %}"))
        return iter(())


class Rewrite(NodeTransformer):
    """Parts are put in where they are included; loops and joins are counted while the text is filled in."""

    def __init__(self, rules: Rules, source: Part, above: tuple[str, ...]) -> None:
        self.rules = rules
        self.source = source
        self.above = above

    def visit_Include(self, node: nodes.Include) -> list[nodes.Node]:  # noqa: N802 - Jinja's names
        name = node.template.value if isinstance(node.template, nodes.Const) else ""
        fail = Inspection(self.rules, self.source).fail
        found = self.rules.part(name)
        if found is None:
            fail(node, _("there is no response {name!r} to include", name=name[:60]), _("see: desk response list"))
        if name in self.above:
            fail(node, _("{name} includes itself", name=name), _("take one of the includes out"))
        self.rules.parts.append(name)
        if len(self.rules.parts) > MOST_PARTS:
            fail(node, _("more than {most} parts are included", most=MOST_PARTS), _("make the text simpler"))
        return self.rules.checked(found, (*self.above, name)).body

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - as above
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "_steps")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - as above
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [], [], None, None, lineno=node.lineno)
