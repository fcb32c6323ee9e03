"""Markdown laid out lightly for a terminal: wrapped, links readable, headings bold; never a renderer.

Line breaks are kept as written, as GitHub keeps them in issues: a ticket holds addresses, signatures and log lines more
often than prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.view.look import Look, paint
from desk.view.text import visible, width, wrap

TAB = 4
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6} +(\S.*)")
_ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)]) +(?=\S)")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
# No pattern here may take quadratic time: a text comes from outside, and is up to four million characters long.
# Code spans come first, so that a link inside one stays as written.
_LINK = re.compile(
    r"(?<!`)(?P<code>`+)(?!`)[^`]+(?P=code)|!?\[(?P<text>[^\[\]\n]*)\]\((?P<url>[^()\s]+)\)|<(?P<auto>https?://[^<>\s]+)>"
)


def layout(text: str, cells: int, look: Look) -> Iterator[str]:
    """Lines of at most that many cells, except code and table rows, which stay as they are."""
    fence = ""
    in_list = False
    for line in visible(text).strip("\n").split("\n"):
        mark = _FENCE.match(line)
        if fence:
            yield paint(line, "dim", look) if _closes(line, fence) else line
            fence = "" if _closes(line, fence) else fence
        elif mark:
            fence = mark[1]
            yield paint(line, "dim", look)
        else:
            plain = line.expandtabs(TAB).rstrip()
            indented = plain.startswith(" ")
            in_list = bool(_ITEM.match(plain)) or (in_list and (indented or not plain))
            yield from _lines(plain, cells, look, in_list=in_list)


def _closes(line: str, fence: str) -> bool:
    closing = line.strip()
    return len(closing) >= len(fence) and set(closing) == {fence[0]}


def _lines(line: str, cells: int, look: Look, *, in_list: bool) -> Iterator[str]:
    """One source line, outside of fenced code, as lines of output."""
    heading = _HEADING.fullmatch(line)
    if heading:
        # Without bold type the marks have to stay: they are all that tells a heading from a sentence.
        title = links(_title(heading[1])) if look.color else line
        yield from (paint(part, "heading", look) for part in wrap(title, cells))
        return
    quote = _QUOTE.match(line)
    if quote:
        yield from (paint(part, "dim", look) for part in _hang(line, quote[0].rstrip() + " ", quote.end(), cells))
        return
    item = _ITEM.match(line)
    code = line.startswith(" " * TAB) and not in_list
    if code or line.startswith("|"):
        yield line
    elif item:
        yield from _hang(line, " " * item.end(), item.end(), cells)
    else:
        indent = len(line) - len(line.lstrip())
        yield from _hang(line, " " * indent, indent, cells)


def _title(text: str) -> str:
    """A heading without its closing marks; `About C#` has none."""
    text = text.rstrip()
    start = text.rstrip("#")
    return start.rstrip() if start.endswith(" ") else text


def _hang(line: str, prefix: str, start: int, cells: int) -> Iterator[str]:
    """A line whose first `start` characters stand once, and whose further lines begin with the prefix."""
    first, rest = line[:start], links(line[start:])
    if width(first + rest) <= cells:
        yield first + rest
        return
    for number, part in enumerate(wrap(rest, max(cells - width(prefix), TAB))):
        yield (prefix if number else first) + part


def links(text: str) -> str:
    """`[text](url)` as `text (url)`, so that where a link leads is always seen."""
    return _LINK.sub(_spelled, text)


def _spelled(link: re.Match[str]) -> str:
    if link["code"]:
        return link[0]
    url = link["url"] or link["auto"]
    name = link["text"]
    return f"{name} ({url})" if name and name != url else str(url)
