"""Markdown within a line: links spelled out, emphasis and code where the terminal can show them, wrapped to a width.

Styles never enter the text that is measured: words are wrapped first, and painted character by character after that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from desk.named import NamedTuple
from desk.view.look import Look
from desk.view.text.cells import width, wrap

# No pattern here may take quadratic time: a text comes from outside, and is up to four million characters long.
# Code spans come first, so that a link inside one stays as written.
_LINK = r"(?<!`)(?P<code>`+)(?!`)[^`]+(?P=code)|!?\[(?P<text>[^\[\]\n]*)\]\((?P<url>[^()\s]+)\)|<(?P<auto>https?://[^<>\s]+)>"
_EMPHASIS = (
    r"|(?<![\w*])\*\*(?=[^\s*])(?P<strong>[^*\n]+)(?<!\s)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?=[^\s*])(?P<star>[^*\n]+)(?<!\s)\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<under>[^_\n]+)(?<!\s)_(?![\w_])"
)
_LINKS, _ALL = re.compile(_LINK), re.compile(_LINK + _EMPHASIS)
_CODES = {"strong": "1", "emphasis": "3", "code": "36", "dim": "2", "heading": "1"}


class Run(NamedTuple):
    """A piece of a line and how it is shown."""

    text: str
    style: str = ""


def links(text: str) -> str:
    """`[text](url)` as `text (url)`, so that where a link leads is always seen."""
    return "".join(run.text for run in _runs(text, _LINKS, "", marks=True))


def runs(text: str, look: Look, style: str = "") -> list[Run]:
    """A line in pieces. Without styles the marks have to stay: they are all that tells emphasis."""
    if not look.color:
        return [Run(links(text))]
    return list(_runs(text, _ALL, style, marks=False))


def _runs(text: str, pattern: re.Pattern[str], style: str, *, marks: bool) -> Iterator[Run]:
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            yield Run(text[at : found.start()], style)
        yield from _piece(found, style, marks=marks)
        at = found.end()
    if at < len(text):
        yield Run(text[at:], style)


def _piece(found: re.Match[str], style: str, *, marks: bool) -> Iterator[Run]:
    if found["code"]:
        yield Run(found[0] if marks else found[0].strip("`").strip(" ") or found[0], style if marks else "code")
        return
    name, url = found["text"], found["url"] or found["auto"]
    if url:
        if name and name != url:
            yield Run(name, style)
            yield Run(f" ({url})", style if marks else "dim")
        else:
            yield Run(str(url), style)
        return
    inner = found["strong"] or found["star"] or found["under"]
    # One level: what is emphasised may hold code and links, not emphasis again.
    yield from _runs(inner, _LINKS, style or ("strong" if found["strong"] else "emphasis"), marks=False)


def wrap_runs(pieces: list[Run], cells: int, look: Look) -> list[str]:
    """The pieces as lines of at most that many cells, painted."""
    text = "".join(run.text for run in pieces)
    # A line that fits keeps its blanks: somebody may have aligned something with them.
    lines = [text] if width(text) <= cells else wrap(text, cells)
    if not look.color or not any(run.style for run in pieces):
        return lines
    styles = iter([run.style for run in pieces for char in run.text if not char.isspace()])
    return [_painted(line, styles) for line in lines]


def _painted(line: str, styles: Iterator[str]) -> str:
    """A line with its characters in their styles; a blank has that of the character before, when the next agrees."""
    own = [None if char.isspace() else next(styles, "") for char in line]
    for at, style in enumerate(own):
        if style is None:
            before = own[at - 1] if at else ""
            after = own[at + 1] if at + 1 < len(own) else ""
            own[at] = before if before == after else ""
    out, at = [], 0
    for style, group in groupby(own):
        length = len(list(group))
        part = line[at : at + length]
        at += length
        code = _CODES.get(style or "", "")
        out.append(f"\x1b[{code}m{part}\x1b[0m" if code else part)
    return "".join(out)
