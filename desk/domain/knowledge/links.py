"""Links and pictures in the Markdown of an article: where they stand, where they lead, and how they follow a move."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from desk.named import NamedTuple

# None of these may take quadratic time: the text is up to four million characters long.
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`]+\1")
_INLINE = re.compile(
    r"(?P<picture>!)?\[(?P<text>[^\[\]\n]*)\]\((?P<url><[^<>\n]*>|[^()\s]+)(?P<title>\s+\"[^\"\n]*\")?\)"
)
_REFERENCE = re.compile(r" {0,3}\[(?P<text>[^\[\]\n]+)\]:\s*(?P<url>\S+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|#|$")
_TRIED = 8_000
"""Characters of a line that are looked at: longer ones are data, not prose."""


class Link(NamedTuple):
    """`line` counts from 1 within the text; `url` is as written."""

    line: int
    text: str
    url: str
    picture: bool


def links(text: str) -> Iterator[Link]:
    """Every link of a text outside of code, in order."""
    for number, line in prose(text):
        for found in _found(line):
            yield Link(number, found["text"], found["url"].strip("<>"), bool(found.groupdict().get("picture")))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside of fenced code, with their numbers."""
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if fence:
            closing = line.strip()
            fence = "" if len(closing) >= len(fence) and set(closing) == {fence[0]} else fence
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def _found(line: str) -> Iterator[re.Match[str]]:
    if "](" not in line and "]:" not in line:
        return
    code = [m.span() for m in _CODE.finditer(line[:_TRIED])]
    reference = _REFERENCE.match(line)
    for match in [reference] if reference else _INLINE.finditer(line[:_TRIED]):
        if not any(start <= match.start() < end for start, end in code):
            yield match


def is_relative(url: str) -> bool:
    """Whether a link leads to a file beside the text, rather than to the web or within the page."""
    return _SCHEME.match(url) is None


def target(folder: str, url: str) -> str | None:
    """The path in the desk that a relative link in a file of `folder` leads to; None if it leads out of the desk."""
    from urllib.parse import unquote  # noqa: PLC0415 - 5 ms, where an article has links

    path = unquote(re.split(r"[#?]", url, maxsplit=1)[0])
    if path.startswith("/"):
        return None
    found = posixpath.normpath(posixpath.join(folder, path))
    return None if found == ".." or found.startswith("../") else found


def relative_link(folder: str, path: str, url: str) -> str:
    """A link from a file of `folder` to a path in the desk, with the anchor that `url` had."""
    from urllib.parse import quote  # noqa: PLC0415 - as above

    mark = re.search(r"[#?]", url)
    return quote(posixpath.relpath(path, folder), safe="/!$&'*+,;=:@~-._") + (url[mark.start() :] if mark else "")


def relink_text(text: str, change: Callable[[str], str]) -> str:
    """The text with every relative link as `change` wants it."""
    lines = text.split("\n")
    for number, line in prose(text):
        spans = [m.span("url") for m in _found(line)]
        for start, end in reversed(spans):
            url = line[start:end].strip("<>")
            new = change(url) if is_relative(url) else url
            if new != url:
                line = line[:start] + new + line[end:]  # noqa: PLW2901 - from the last link to the first
        lines[number - 1] = line
    return "\n".join(lines)
