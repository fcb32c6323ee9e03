"""Custom responses and mail texts: Jinja in a sandbox, strict about unknown names. Jinja is imported here and by the rules.

Nothing of a person's or a requester's text is ever read as a template: values are plain text, inserted as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from desk.domain.knowledge.responses import FILTERS, date_in, time_in
from desk.errors import Broken
from desk.templates.rules import WHAT, Part, Rules, Used
from desk.text import _

OUTPUT_MAX = 200_000
"""Characters: an answer longer than that is a mistake in a template, or an attack by one."""
SOURCE_MAX = 32_000
"""Characters of a template with everything it includes."""
_STEPS = 2_000
"""Turns of all loops together."""
Values = Mapping[str, Mapping[str, Any]]


class Budget:
    """What one text may still do; without it, loops in loops and joins of joins would have no end."""

    def __init__(self, path: str, line: int, language: str, *, most: int = _STEPS, longest: int = OUTPUT_MAX) -> None:
        self.path = path
        self.line = line
        self.language = language
        self.most = most
        self.longest = longest
        self.steps = most
        self.characters = 2 * longest

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Broken(
                _("its loops take more than {most:,} turns", most=self.most),
                self.path,
                self.line,
                _("make the text simpler"),
            )

    def made(self, text: str) -> str:
        self.characters -= len(text)
        if self.characters < 0:
            raise self.too_long()
        return text

    def too_long(self) -> Broken:
        return Broken(
            _("the text grows over {most:,} characters", most=self.longest),
            self.path,
            self.line,
            _("make the text simpler"),
        )


def _budget(context: Context) -> Budget:
    found = context.parent["_budget"]
    assert isinstance(found, Budget)  # noqa: S101 - put there by fill; no template can name it
    return found


@pass_context
def _steps(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    budget = _budget(context)
    for item in items:
        budget.step()
        yield item


@pass_context
def _join(context: Context, items: Iterable[Any], between: str = "") -> str:
    budget = _budget(context)
    parts: list[str] = []
    for item in items:
        budget.step()
        parts.append(budget.made(str(item)))
        budget.made(str(between))
    return str(between).join(parts)


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter on a text, whose result is counted; the first argument is the text, the language is at hand."""

    @pass_context
    def use(context: Context, value: Any, *args: Any, **options: Any) -> Any:
        budget = _budget(context)
        made = function(budget.language, value, *args, **options)
        return budget.made(made) if isinstance(made, str) else made

    return use


def _default(_: str, value: Any, other: str = "", boolean: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Jinja's own
    return value if value or not boolean else other


def _truncate(_: str, value: str, length: int = 80) -> str:
    text = str(value)
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "date": _counted(lambda language, value: date_in(str(value), language)),
    "time": _counted(lambda _, value: time_in(str(value))),
    "datetime": _counted(
        lambda lang, value: ", ".join(p for p in (date_in(str(value), lang), time_in(str(value))) if p)
    ),
    "default": _counted(_default),
    "join": _join,
    "upper": _counted(lambda _, value: str(value).upper()),
    "lower": _counted(lambda _, value: str(value).lower()),
    "capitalize": _counted(lambda _, value: str(value)[:1].upper() + str(value)[1:]),
    "trim": _counted(lambda _, value: str(value).strip()),
    "truncate": _counted(_truncate),
    "length": _counted(lambda _, value: len(value)),
}


class Environment(ImmutableSandboxedEnvironment):
    """No loader, no globals, and no filters or tests but those on the list."""


def environment(*, html: bool = False, trim: bool = False) -> Environment:
    """Where a template is filled in. In HTML every value is escaped but what desk marked as its own."""
    made = Environment(
        undefined=StrictUndefined, autoescape=html, keep_trailing_newline=True, optimized=False, trim_blocks=trim
    )
    made.globals.clear()
    made.filters = {**{name: _FILTERS[name] for name in FILTERS}, "_steps": _steps}
    made.tests = {name: made.tests[name] for name in ("defined", "undefined", "none")}
    return made


_ENVIRONMENT = environment()


def _no_part(_: str) -> None:
    return None


def inspect(
    text: str,
    path: str,
    known: Mapping[str, Mapping[str, Any]],
    *,
    line: int = 1,
    part: Callable[[str], Part | None] = _no_part,
) -> Used:
    """What a template names; Broken, with file, line and hint, if it can't be filled in with the `known` variables.

    `line` is that of the file on which the text begins; `part` finds what may be included.
    """
    return _checked(Part(text, path, line), known, part)[1]


def fill(
    text: str,
    path: str,
    values: Values,
    *,
    line: int = 1,
    language: str = "en",
    part: Callable[[str], Part | None] = _no_part,
) -> str:
    """A template with its variables filled in; Broken names the file, the line and what is wrong.

    `values` holds plain text, or lists of it, which is inserted as it is and never read as a template.
    """
    source = Part(text, path, line)
    tree, _ = _checked(source, values, part)
    return filled(_ENVIRONMENT.from_string, tree, values, Budget(path, line, language), WHAT)


def filled(
    compiled: Callable[[nodes.Template], Template],
    tree: nodes.Template,
    values: Mapping[str, Any],
    budget: Budget,
    hint: str,
) -> str:
    """A checked template with its values, within the budget; whatever goes wrong is Broken, with the template's line."""
    pieces: list[str] = []
    length = 0
    try:
        for piece in compiled(tree).generate(**values, _budget=budget):
            pieces.append(piece)
            length += len(piece)
            if length > budget.longest:
                raise budget.too_long()
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        # Python's words for a filter with too many arguments name our functions.
        said = _("a filter has arguments that it can't take") if "argument" in str(error) else str(error)
        line = _line(error) + budget.line - 1
        raise Broken(_("the template can't be filled in: {said}", said=said), budget.path, line, hint) from None
    except (SyntaxError, RecursionError, MemoryError):
        raise Broken(_("the template is too deep"), budget.path, budget.line, _("make the text simpler")) from None
    return "".join(pieces)


def _checked(
    source: Part, known: Mapping[str, Mapping[str, Any]], part: Callable[[str], Part | None]
) -> tuple[nodes.Template, Used]:
    read = 0

    def parse(one: Part) -> nodes.Template:
        nonlocal read
        read += len(one.text)
        if read > SOURCE_MAX:
            hint = _("make it shorter; a long text goes into the reply itself")
            raise Broken(_("a template has at most {most:,} characters", most=SOURCE_MAX), one.path, one.line, hint)
        return parsed(one)

    rules = Rules({group: dict.fromkeys(names, "") for group, names in known.items() if group != "kb"}, part, parse)
    return rules.checked(source), rules.used


def parsed(source: Part, within: Environment | None = None, hint: str = WHAT) -> nodes.Template:
    """A template as a tree; Broken names the line."""
    try:
        return (within or _ENVIRONMENT).parse(source.text)
    except TemplateSyntaxError as error:
        problem = _("not a valid template: {problem}", problem=error.message)
        raise Broken(problem, source.path, error.lineno + source.line - 1, hint) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise Broken(
            _("the template is too deep, or a number in it too long"), source.path, source.line, hint
        ) from None


def _line(error: BaseException) -> int:
    """The template's line: Jinja rewrites the traceback so that its last frame is the template."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
