"""Custom responses and mail texts: Jinja in a sandbox, strict about unknown names. Jinja is imported here and by the rules.

Nothing of a person's or a requester's text is ever read as a template: values are plain text, inserted as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from desk.domain.response import FILTERS, date_in, time_in
from desk.errors import Broken
from desk.view.template_rules import WHAT, Part, Rules, Used

OUTPUT_MAX = 200_000
"""Characters: an answer longer than that is a mistake in a template, or an attack by one."""
SOURCE_MAX = 32_000
"""Characters of a template with everything it includes."""
_STEPS = 2_000
"""Turns of all loops together."""
Values = Mapping[str, Mapping[str, Any]]


class _Budget:
    """What one text may still do; without it, loops in loops and joins of joins would have no end."""

    def __init__(self, path: str, line: int, language: str) -> None:
        self.path = path
        self.line = line
        self.language = language
        self.steps = _STEPS
        self.characters = 2 * OUTPUT_MAX

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Broken(f"its loops take more than {_STEPS:,} turns", self.path, self.line, "make the text simpler")

    def made(self, text: str) -> str:
        self.characters -= len(text)
        if self.characters < 0:
            raise self.too_long()
        return text

    def too_long(self) -> Broken:
        return Broken(f"the text grows over {OUTPUT_MAX:,} characters", self.path, self.line, "make the text simpler")


def _budget(context: Context) -> _Budget:
    found = context.parent["_budget"]
    assert isinstance(found, _Budget)  # noqa: S101 - put there by fill; no template can name it
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


class _Environment(ImmutableSandboxedEnvironment):
    """No loader, no globals, and no filters or tests but those on the list."""


_ENVIRONMENT = _Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, optimized=False)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters = {**{name: _FILTERS[name] for name in FILTERS}, "_steps": _steps}
_ENVIRONMENT.tests = {name: _ENVIRONMENT.tests[name] for name in ("defined", "undefined", "none")}


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
    budget = _Budget(path, line, language)
    pieces: list[str] = []
    length = 0
    try:
        template = _ENVIRONMENT.from_string(tree)
        for piece in template.generate(**values, _budget=budget):
            pieces.append(piece)
            length += len(piece)
            if length > OUTPUT_MAX:
                raise budget.too_long()
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        # Python's words for a filter with too many arguments name our functions.
        said = "a filter has arguments that it can't take" if "argument" in str(error) else str(error)
        raise Broken(f"the template can't be filled in: {said}", path, _line(error) + line - 1, WHAT) from None
    except (SyntaxError, RecursionError, MemoryError):
        raise Broken("the template is too deep", path, line, "make the text simpler") from None
    return "".join(pieces)


def _checked(
    source: Part, known: Mapping[str, Mapping[str, Any]], part: Callable[[str], Part | None]
) -> tuple[nodes.Template, Used]:
    read = 0

    def parse(one: Part) -> nodes.Template:
        nonlocal read
        read += len(one.text)
        if read > SOURCE_MAX:
            hint = "make it shorter; a long text goes into the reply itself"
            raise Broken(f"a template has at most {SOURCE_MAX:,} characters", one.path, one.line, hint)
        return _parsed(one)

    rules = Rules({group: dict.fromkeys(names, "") for group, names in known.items() if group != "kb"}, part, parse)
    return rules.checked(source), rules.used


def _parsed(source: Part) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(source.text)
    except TemplateSyntaxError as error:
        problem = f"not a valid template: {error.message}"
        raise Broken(problem, source.path, error.lineno + source.line - 1, WHAT) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise Broken("the template is too deep, or a number in it too long", source.path, source.line, WHAT) from None


def _line(error: BaseException) -> int:
    """The template's line: Jinja rewrites the traceback so that its last frame is the template."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


# -- reports -----------------------------------------------------------------------------------------------------------

DOCUMENT_MAX = 20_000_000
"""Characters of a report."""


def document(text: str, path: str, values: Mapping[str, Any], *, html: bool) -> str:
    """A report's template filled in. In HTML every value is escaped but what `safe` marked."""
    environment = _Environment(undefined=StrictUndefined, autoescape=html, keep_trailing_newline=True, trim_blocks=True)
    environment.globals.clear()
    known = f"known: {', '.join(values)}"
    try:
        pieces, length = [], 0
        for piece in environment.from_string(text).generate(**values):
            pieces.append(piece)
            length += len(piece)
            if length > DOCUMENT_MAX:
                raise Broken(f"the report grows over {DOCUMENT_MAX:,} characters", path)
    except TemplateSyntaxError as error:
        raise Broken(f"not a valid template: {error.message}", path, error.lineno, known) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Broken(f"the template can't be filled in: {error}", path, _line(error), known) from None
    return "".join(pieces)


def safe(html: str) -> Markup:
    """HTML that desk made itself."""
    return Markup(html)  # noqa: S704 - from numbers and escaped labels
