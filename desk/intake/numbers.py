"""The ticket numbers of other desks, found by the pattern that is kept for each: `INC{n}`, `Ticket#{n}`, `[MT-{x}]`."""

from __future__ import annotations

import re
from functools import lru_cache

from desk.text import _

_GAPS = {"{n}": r"\d{1,20}", "{x}": r"[0-9A-Za-z]{1,20}"}
_GAP = re.compile(r"(\{[nx]\})")
_LONGEST = 80
_MOST = 20
"""Numbers of one mail; a list of tickets is no reference to one."""


def check(pattern: str) -> str:
    """The pattern, fit for use; ValueError says what is expected.

    Not a regular expression: what a record says must not be able to hold up the program.
    """
    text = pattern.strip()
    words = _GAP.sub("", text)
    if not _GAP.search(text) or "{" in words or "}" in words or len(text) > _LONGEST or "\n" in text:
        raise ValueError(
            _(
                "a number as that desk writes it, with {number} for its digits or {letters} for digits and letters: {example}",
                number="{n}",
                letters="{x}",
                example="INC{n}",
            )
        )
    if not re.search(r"\w", words) and not re.search(r"[^\w\s]", words):
        raise ValueError(
            _(
                "something beside the digits, or every number would be taken for it: {example}, {other}",
                example="INC{n}",
                other="[{n}]",
            )
        )
    return text


def find(pattern: str, *texts: str) -> tuple[str, ...]:
    """The numbers in these texts that fit, each once, first things first, as that desk spells them."""
    compiled = _compiled(check(pattern))
    found = (m[0] for text in texts for m in compiled.finditer(text))
    return tuple(dict.fromkeys(found))[:_MOST]


@lru_cache(100)
def _compiled(pattern: str) -> re.Pattern[str]:
    body = "".join(_GAPS.get(piece, re.escape(piece)) for piece in _GAP.split(pattern))
    return re.compile(
        rf"(?<!\w){body}(?!\w)" if pattern[0].isalnum() or pattern[0] == "{" else rf"{body}(?!\w)", re.IGNORECASE
    )
