"""click's own words ("Usage:", "Missing option …") as texts: English to whoever asks for data, and said like any other.

click takes them from `gettext` when it needs one. Its functions of that name are put in place of those of the standard
library, which would look for a catalogue on disk at every word, and give a translation where JSON must have English.
"""

from __future__ import annotations

import sys
from functools import lru_cache

from desk.text import Text, said

_DRAWN_BY = ("gettext", "ngettext", "_")
"""What click's modules call the functions of `gettext`."""


def teach() -> None:
    """Have click make texts from now on, in this process: where another language than English is spoken."""
    _teach(len(sys.modules))


@lru_cache(maxsize=1)
def _teach(loaded: int) -> None:  # noqa: ARG001 - click loads some of its modules late; where none was, none is to be taught
    for name in [n for n in sys.modules if n.partition(".")[0] == "click"]:
        module = sys.modules[name]
        for word in _DRAWN_BY:
            if getattr(getattr(module, word, None), "__module__", "") == "gettext":
                setattr(module, word, _several if word == "ngettext" else _one)


def _one(message: str) -> str:
    return _now_or_later(_template(message))


def _several(one: str, many: str, n: int) -> str:
    text = _template(one if n == 1 else many)
    text.one, text.many, text.n = one, many, n
    return _now_or_later(text)


def _now_or_later(text: Text) -> str:
    """Help is said while it is printed, and click joins its pieces; an error is a text until somebody prints it."""
    words = said(text)
    return text if words == text else words


def _template(message: str) -> Text:
    """A template that gets its values by `format`, as click does."""
    text = Text(message)
    text.one = message
    return text
