"""Markdown laid out lightly for a terminal: wrapped, links readable, headings bold, tables aligned; never a renderer.

Line breaks are kept as written, as GitHub keeps them in issues: a ticket holds addresses, signatures and log lines more
often than prose. An article is prose: `reflow` joins the lines of a paragraph and sets them anew.

A parser of CommonMark would have to give its source back for all of this, and costs 32 ms to import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.view.look import Look, paint
from desk.view.text.cells import visible
from desk.view.text.grid import grid, is_delimiter
from desk.view.text.inline import Run, links, runs, wrap_runs

TAB = 4
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NESTED_FENCE = re.compile(r" *(`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6} +(\S.*)")
_ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)]) +(?=\S)")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_RULE = re.compile(r" {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+) *")
_LONGEST_RULE = 200
"""Characters of a line that may be a rule: these patterns are not tried on longer ones."""


def layout(text: str, cells: int, look: Look, *, reflow: bool = False) -> Iterator[str]:
    """Lines of at most that many cells, except code, and tables with too many columns, which stay as they are."""
    yield from _Page(visible(text).strip("\n").split("\n"), cells, look, reflow=reflow).lines()


class _Page:
    """The lines of a text, and where the layout has come to."""

    def __init__(self, source: list[str], cells: int, look: Look, *, reflow: bool) -> None:
        self.source = source
        self.cells = cells
        self.look = look
        self.reflow = reflow
        self.at = 0
        self.in_list = False

    def lines(self) -> Iterator[str]:
        while self.at < len(self.source):
            yield from self._block()

    def _block(self) -> Iterator[str]:
        line = self.source[self.at]
        mark = (_NESTED_FENCE if self.in_list else _FENCE).match(line)
        if mark:
            yield from self._code(mark[1])
        elif self._is_table():
            yield from self._table()
        else:
            yield from self._prose(line.expandtabs(TAB).rstrip())

    def _code(self, fence: str) -> Iterator[str]:
        yield paint(self.source[self.at], "dim", self.look)
        self.at += 1
        while self.at < len(self.source):
            line = self.source[self.at]
            self.at += 1
            if _closes(line, fence):
                yield paint(line, "dim", self.look)
                return
            yield line

    def _is_table(self) -> bool:
        following = self.source[self.at + 1] if self.at + 1 < len(self.source) else ""
        return self.source[self.at].lstrip(" ").startswith("|") and is_delimiter(following.strip(" "))

    def _table(self) -> Iterator[str]:
        start = self.at
        while self.at < len(self.source) and self.source[self.at].lstrip(" ").startswith("|"):
            self.at += 1
        lines = self.source[start : self.at]
        indent = " " * (len(lines[0]) - len(lines[0].lstrip(" ")))
        yield from (indent + row for row in grid(lines, self.cells - len(indent), self.look))

    def _prose(self, line: str) -> Iterator[str]:
        indented = line.startswith(" ")
        before = self.source[self.at - 1].strip() if self.at else ""
        self.at += 1
        if not before and _is_rule(line):
            yield paint("─" * self.cells, "dim", self.look)
            return
        self.in_list = bool(_ITEM.match(line)) or (self.in_list and (indented or not line))
        code = line.startswith(" " * TAB) and not self.in_list
        if code or line.startswith("|"):
            yield line
            return
        if self.reflow and line and not _HEADING.fullmatch(line):
            yield from self._paragraph(line)
        else:
            yield from _lines(line, self.cells, self.look)

    def _paragraph(self, first: str) -> Iterator[str]:
        """A paragraph, or an item of a list, set anew from its lines; two blanks or a backslash at the end break one."""
        quote = _QUOTE.match(first)
        parts = [first]
        while self.at < len(self.source) and self._goes_on(self.source[self.at], quoted=quote is not None):
            line = self.source[self.at]
            # The line before, as it was written: `first` has lost its blanks.
            broken = self.source[self.at - 1].endswith(("  ", "\\"))
            self.at += 1
            if _is_underline(line) and not quote and not self.in_list and len(parts) == 1:
                yield from _lines(f"# {first.strip()}", self.cells, self.look)
                return
            words = _QUOTE.sub("", line, count=1).strip() if quote else line.strip()
            if broken:
                yield from _lines(
                    parts[0].rstrip("\\") if len(parts) == 1 else " ".join(parts).rstrip("\\"), self.cells, self.look
                )
                indent = quote[0] if quote else " " * _indent(parts[0])
                parts = [indent + words]
            else:
                parts.append(words)
        yield from _lines(" ".join(parts), self.cells, self.look)

    def _goes_on(self, line: str, *, quoted: bool) -> bool:
        """Whether a line continues the paragraph before it."""
        if not line.strip() or _NESTED_FENCE.match(line) or _HEADING.match(line) or _ITEM.match(line):
            return False
        if quoted != (_QUOTE.match(line) is not None):
            return False
        if quoted:
            return bool(_QUOTE.sub("", line, count=1).strip())
        return not (line.lstrip(" ").startswith("|") or (_is_rule(line) and not _is_underline(line)))


def _indent(line: str) -> int:
    item = _ITEM.match(line)
    return item.end() if item else len(line) - len(line.lstrip(" "))


def _closes(line: str, fence: str) -> bool:
    closing = line.strip()
    return len(closing) >= len(fence) and set(closing) == {fence[0]}


def _is_rule(line: str) -> bool:
    return len(line) <= _LONGEST_RULE and _RULE.fullmatch(line) is not None


def _is_underline(line: str) -> bool:
    return len(line) <= _LONGEST_RULE and _UNDERLINE.fullmatch(line) is not None


def _lines(line: str, cells: int, look: Look) -> Iterator[str]:
    """One line, or a paragraph joined to one, outside of fenced code, as lines of output."""
    heading = _HEADING.fullmatch(line)
    if heading:
        # Without bold type the marks have to stay: they are all that tells a heading from a sentence.
        title = runs(_title(heading[1]), look, "heading") if look.color else [Run(line)]
        yield from wrap_runs([run._replace(style="heading") for run in title], cells, look)
        return
    quote = _QUOTE.match(line)
    if quote:
        prefix = quote[0].rstrip() + " "
        yield from (
            paint(part, "dim", look) for part in _hang(line, prefix, quote.end(), cells, look._replace(color=False))
        )
        return
    item = _ITEM.match(line)
    indent = item.end() if item else len(line) - len(line.lstrip())
    yield from _hang(line, " " * indent, indent, cells, look)


def _title(text: str) -> str:
    """A heading without its closing marks; `About C#` has none."""
    text = text.rstrip()
    start = text.rstrip("#")
    return start.rstrip() if start.endswith(" ") else text


def _hang(line: str, prefix: str, start: int, cells: int, look: Look) -> Iterator[str]:
    """A line whose first `start` characters stand once, and whose further lines begin with the prefix."""
    first, rest = line[:start], runs(line[start:], look)
    parts = wrap_runs(rest, max(cells - len(prefix), TAB), look) or [""]
    for number, part in enumerate(parts):
        yield (prefix if number else first) + part


__all__ = ["layout", "links"]
