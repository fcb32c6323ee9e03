"""Sentences for people: each is a constant template with values, and is said in a language only where it is printed.

    _("{id} assigned to {who}", id=…, who=…)         one sentence, whole: another language orders its words otherwise
    ngettext("{n} ticket", "{n} tickets", n)         one for each number; {n} is the number
    pgettext("column", "PRIO")                       a short word, which means something else elsewhere
    arranged("{id}  {words}", id=…, words=…)             no words of its own, only what stands where: nothing to translate
    listed(parts, "; ")                              several sentences behind each other

Each gives a `Text`: a `str` that *is* the English sentence, so JSON, CSV, commit messages and comparisons have English
whatever the language is, and that remembers template and values, so that `translate` can say it in another. The names are
gettext's own, for the tools that collect templates; nothing is looked up here, and no catalogue is needed for English.

Whoever prints for a person opens `speaking` round it: until it is closed, a text that is put into a line, or given to
`said`, stands there in that language. A text itself never changes, and what is made outside of it is English for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Protocol

_NONE: Mapping[str, object] = MappingProxyType({})


class Text(str):  # noqa: SLOT000 - what most texts have in common stands in the class
    """An English sentence with its template and values. Whatever is made of it by slicing or adding is a plain `str`."""

    one: str = ""
    """The template, for one."""
    many: str = ""
    """The template for several; empty where no number counts."""
    n: int = 1
    context: str = ""
    values: Mapping[str, object] = _NONE
    gaps: tuple[str, ...] | None = None
    """Values that there are none of: see `filled`."""

    def format(self, *args: object, **values: object) -> str:
        """Of a template that stands in a table: the sentence, which remembers it."""
        if args or self.values or not values:
            return super().format(*args, **values)
        text = Text(str(self).format(**_spoken(values)))
        text.one, text.many, text.n, text.context, text.values = self.one, self.many, self.n, self.context, values
        return text

    def __format__(self, spec: str) -> str:
        return format(said(self), spec)

    def __add__(self, other: str) -> str:
        return str.__add__(said(self), said(other))

    def __radd__(self, other: str) -> str:
        return other + said(self)


def _(template: str, /, **values: object) -> Text:
    """A sentence. A value may be a text itself, an error, or a list, which stands there with commas."""
    text = Text(template.format(**_spoken(values)) if values else template)
    text.one = template
    if values:
        text.values = values
    return text


def ngettext(one: str, many: str, n: int, /, **values: object) -> Text:
    """A sentence about a number: `one` for 1, `many` for any other in English; some languages have more."""
    values["n"] = n
    text = Text((one if n == 1 else many).format(**_spoken(values)))
    text.one, text.many, text.n, text.values = one, many, n, values
    return text


def pgettext(context: str, template: str, /, **values: object) -> Text:
    """As `_`, for a word or two that have to be told from the same ones elsewhere."""
    text = _(template, **values)
    text.context = context
    return text


arranged = _
"""As `_`, for a template without words: it is not collected for translation, its values are translated."""


def recalled(text: str, *templates: str) -> Text:
    """A sentence that was kept in English, as if it were new: of the template it was made of, or one without values."""
    for template in templates:
        parts = re.split(r"\{(\w+)\}", template)
        pattern = "".join(f"(?P<{p}>.+)" if at % 2 else re.escape(p) for at, p in enumerate(parts))
        if found := re.fullmatch(pattern, text):
            return _(template, **{name: recalled(value) for name, value in found.groupdict().items()})
    return _(text)


def filled(template: str, gaps: tuple[str, ...], **values: object) -> Text:
    """A template of a table, of whose values there may be none: a colon or a bracket that leads to one of `gaps` goes with it.

    `classified {what} as {after} (was {before})` without `before` is `classified {what} as {after}`.
    """
    text = Text(_without(template, gaps).format(**values).strip())
    text.one, text.context = getattr(template, "one", ""), getattr(template, "context", "")
    text.values, text.gaps = values, gaps
    return text


def _without(template: str, gaps: tuple[str, ...]) -> str:
    for name in gaps:
        template = re.sub(rf": \{{{name}\}}| \([^(){{}}]*\{{{name}\}}\)", "", template)
    return template


def listed(parts: Iterable[object], separator: str = ", ") -> Text:
    """Texts behind each other, each of which stays one."""
    values = {f"p{number}": part for number, part in enumerate(parts)}
    return arranged(separator.join(f"{{{name}}}" for name in values), **values)


def either(first: str, *others: str) -> str:
    """Names that somebody may choose one of: `a or b or c`."""
    for other in others:
        first = _("{one} or {other}", one=first, other=other)
    return first


def _spoken(values: dict[str, object]) -> dict[str, object]:
    """The values as English has them."""
    for value in values.values():
        if type(value) in (list, tuple):
            return {n: ", ".join(map(str, v)) if type(v) in (list, tuple) else v for n, v in values.items()}  # type: ignore[call-overload]
    return values


class Catalogue(Protocol):
    """What gives templates of another language: as `gettext.NullTranslations`."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...

    def pgettext(self, context: str, message: str, /) -> str: ...


class CatalogueFault(Exception):
    """A catalogue can't be read: where, and why, in English."""


_SPOKEN: ContextVar[Catalogue | None] = ContextVar("spoken", default=None)
"""What texts are said by now; None for English."""


@contextmanager
def speaking(catalogue: Catalogue | None) -> Iterator[None]:
    """While this is open, texts are said by that catalogue, in this thread: for printing, and for nothing that is kept."""
    token = _SPOKEN.set(catalogue)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def said(text: str) -> str:
    """The text in the language that is spoken now."""
    if type(text) is str:
        return text
    catalogue = _SPOKEN.get()
    return str.__str__(text) if catalogue is None else translate(text, catalogue)


def looked_up(text: str, context: str = "") -> str:
    """A text that was written as it is (help, a word of a table that is data as well), in the language spoken now."""
    catalogue = _SPOKEN.get()
    if catalogue is None or not text:
        return text
    return catalogue.pgettext(context, text) if context else catalogue.gettext(text)


def numeral(shown: str) -> str:
    """A number as English writes it, `1,234.5`, as the language spoken now does."""
    catalogue = _SPOKEN.get()
    return shown if catalogue is None else _numeral(shown, catalogue)


def _numeral(shown: str, catalogue: Catalogue) -> str:
    written = catalogue.pgettext(_NUMBER.context, _NUMBER.one)
    return shown.translate({ord(","): written[1:2], ord("."): written[-2:-1]})


class _Figure:
    """A number among the values of a text, written as the language does: with its marks where the template wants any."""

    def __init__(self, value: float, catalogue: Catalogue) -> None:
        self.value, self.catalogue = value, catalogue

    def __format__(self, spec: str) -> str:
        shown = format(self.value, spec)
        return _numeral(shown, self.catalogue) if "," in spec or type(self.value) is float else shown

    def __str__(self) -> str:
        return format(self)


_NUMBER = pgettext("number", "1,234.5")
"""How a language writes a thousand, and a half."""


def translate(text: str, catalogue: Catalogue) -> str:
    """The text in the catalogue's language; what is no `Text` was somebody's own words, and stays."""
    if not isinstance(text, Text) or not text.one:
        return str.__str__(text)
    if text.many:
        template = catalogue.ngettext(text.one, text.many, text.n)
    elif text.context:
        template = catalogue.pgettext(text.context, text.one)
    else:
        template = catalogue.gettext(text.one)
    if not text.values:
        return template
    values = {n: _said(v, catalogue) for n, v in text.values.items()}
    if text.gaps is not None:
        return _without(template, text.gaps).format(**values).strip()
    try:
        return template.format(**values)
    except (LookupError, ValueError):  # a place that isn't there, which a catalogue of one's own may have
        return (text.one if text.n == 1 or not text.many else text.many).format(**values)


def _said(value: object, catalogue: Catalogue) -> object:
    if isinstance(value, Text):
        return translate(value, catalogue)
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Text):
        return translate(value.args[0], catalogue)
    if type(value) in (list, tuple):
        return ", ".join(str(_said(part, catalogue)) for part in value)  # type: ignore[attr-defined]
    return _Figure(value, catalogue) if type(value) in (int, float) else value  # type: ignore[arg-type]
