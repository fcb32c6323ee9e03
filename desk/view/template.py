"""Custom responses and mail texts: Jinja in a sandbox, strict about unknown names. Jinja is imported here alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from desk.errors import Broken

OUTPUT_MAX = 200_000
"""Characters: an answer longer than that is a mistake in a template, or an attack by one."""


class _Environment(ImmutableSandboxedEnvironment):
    """No loader, so nothing can be included; no globals, so no range(), cycler() or lipsum()."""


_ENVIRONMENT = _Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
_ENVIRONMENT.globals.clear()


def fill(text: str, path: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """A template with its variables filled in; Broken names the file, the line and what is wrong.

    `values` holds plain text only, which is inserted as it is and never read as a template.
    """
    try:
        template = _ENVIRONMENT.from_string(text)
        pieces, length = [], 0
        for piece in template.generate(**values):
            pieces.append(piece)
            length += len(piece)
            if length > OUTPUT_MAX:
                raise Broken(f"the text grows over {OUTPUT_MAX:,} characters", path)
    except TemplateSyntaxError as error:
        raise Broken(f"not a valid template: {error.message}", path, error.lineno, _hint(values)) from None
    except (TemplateError, SecurityError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Broken(f"the template can't be filled in: {error}", path, _line(error), _hint(values)) from None
    return "".join(pieces)


def _line(error: BaseException) -> int:
    """The template's line: Jinja rewrites the traceback so that its last frame is the template."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _hint(values: Mapping[str, Mapping[str, str]]) -> str:
    return "known: " + ", ".join(f"{group}.{name}" for group, names in values.items() for name in names)


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
    except (TemplateError, SecurityError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise Broken(f"the template can't be filled in: {error}", path, _line(error), known) from None
    return "".join(pieces)


def safe(html: str) -> Markup:
    """HTML that desk made itself."""
    return Markup(html)  # noqa: S704 - from numbers and escaped labels
