"""Text in terminal cells, and text that can't give the terminal orders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from desk.text import said

ELLIPSIS = "…"
_JOINTS = "-/@"
"""Where a word is broken that is too long for its line: ids, addresses, paths."""
ZWNJ, ZWJ = "\u200c", "\u200d"
# Format characters that a script or an emoji is spelled with: joiners, Arabic and Kaithi number signs (which have a
# shape of their own), and the joiners of Egyptian hieroglyphs.
_SIGNS = (0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)
_SPELLING = frozenset((ZWNJ, ZWJ, *map(chr, (*range(0x600, 0x606), *_SIGNS, *range(0x13430, 0x13440)))))
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Western European and Greek letters, dashes and quotes, which a list in those languages is made of.
_USUAL = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100), *range(0x384, 0x3CF))))
_USUAL |= frozenset("–—‘’“”„•…€")
# Latin, Greek, Cyrillic, dashes and quotes, currency: one cell each, whatever stands beside them. Compiled at
# the first use, by re's own cache: few lists need it.
_NARROW = "[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*"
# Halves of flags, skin tones, parts of Hangul syllables, fillers, line separators, and the hexagrams that Unicode 16
# made wide: what these take depends on their neighbours or on the year.
_UNSURE = (
    "[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\u1160-\u11ff\ud7b0-\ud7ff\u3164\uffa0\u2028\u2029"
    "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff]"
)
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_SKIN = ("\U0001f3fb", "\U0001f3ff")
_JAMO = ("\u1160", "\u11ff")


def hidden(text: str) -> set[str]:
    """The characters of a text that steer a terminal or can't be seen, newline and tab among them."""
    if text.isprintable():
        return set()
    return {c for c in set(text) if not c.isprintable() and c not in _SPELLING and unicodedata.category(c) in _HIDDEN}


def visible(text: str, *, keep_newlines: bool = True) -> str:
    """The text with terminal escapes, bidi overrides and invisible characters shown instead of obeyed.

    `keep_newlines` keeps newlines and tabs; without it they are shown as ^J and ^I.
    """
    text = said(text)
    found = hidden(text)
    if keep_newlines:
        found -= {"\n", "\t"}
    return text.translate({ord(c): _notation(c) for c in found}) if found else text


def _notation(char: str) -> str:
    if char < " " or char == "\x7f":
        return f"^{chr(ord(char) ^ 0x40)}"
    return f"<U+{ord(char):04X}>"


def capitals(text: str) -> str:
    """A heading in capitals, which have no accents in Greek: Τίτλος is ΤΙΤΛΟΣ."""
    upper = said(text).upper()
    if upper.isascii():
        return upper
    parts = unicodedata.normalize("NFD", upper).replace("\u0301", "") if re.search("[\u0370-\u03ff]", upper) else upper
    return unicodedata.normalize("NFC", parts)


def width(text: str) -> int:
    """How many terminal cells a line takes; control characters, which `visible` removes, count one."""
    text = said(text)
    if _narrow(text):
        return len(text)
    simple = _simple_width(text)
    return _exact_width(text) if simple is None else simple


def _narrow(text: str) -> bool:
    """Whether each of its characters takes one cell, whatever stands beside it."""
    return text.isascii() or _USUAL.issuperset(text) or re.fullmatch(_NARROW, text) is not None


def _simple_width(text: str) -> int | None:
    """Cells of a text in which each character stands for itself, as CJK and most emoji do; None for any other."""
    if re.search(_UNSURE, text):
        return None
    cells = 0
    for char in text:
        if unicodedata.category(char)[0] in "MC":
            return None
        cells += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return cells


def _exact_width(text: str) -> int:
    from wcwidth import wcswidth, wcwidth  # noqa: PLC0415 - 40 ms, and only joined or combined characters need it

    cells = wcswidth(text)
    # wcswidth gives up with -1 on a control character anywhere.
    return cells if cells >= 0 else sum(1 if wcwidth(c) < 0 else wcwidth(c) for c in text)


def clusters(text: str) -> Iterator[str]:
    """What a reader takes for one character: a letter with its accents, a flag, a family emoji."""
    start = regional = 0
    for at in range(1, len(text)):
        regional = regional + 1 if _REGIONAL[0] <= text[at - 1] <= _REGIONAL[1] else 0
        flag = regional % 2 == 1 and _REGIONAL[0] <= text[at] <= _REGIONAL[1]
        if not flag and not _joined(text[at - 1], text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _joined(before: str, char: str) -> bool:
    if char < "\u0300":
        return before == ZWJ
    return (
        before == ZWJ
        or char in (ZWJ, ZWNJ)
        or unicodedata.category(char)[0] == "M"
        or _SKIN[0] <= char <= _SKIN[1]
        or _JAMO[0] <= char <= _JAMO[1]
    )


def _take(text: str, cells: int) -> str:
    """The longest start of a text that fits, without half a cluster."""
    if _narrow(text):
        return text[: max(cells, 0)]
    taken: list[str] = []
    used = 0
    for cluster in clusters(text):
        used += width(cluster)
        if used > cells:
            break
        taken.append(cluster)
    # Neighbours may take more together than one by one (a sign that turns wide before a selector).
    while taken and width("".join(taken)) > cells:
        taken.pop()
    return "".join(taken)


def fit(text: str, cells: int) -> str:
    """The text in at most that many cells, with … where something was cut off."""
    text = said(text)
    if width(text) <= cells:
        return text
    if cells < 1:
        return ""
    start = _take(text, cells - 1).rstrip()
    while start and width(start + ELLIPSIS) > cells:
        start = start[:-1]
    return start + ELLIPSIS


def wrap(text: str, cells: int) -> list[str]:
    """One paragraph as lines of at most that many cells; words that are longer are broken."""
    lines: list[str] = []
    line = ""
    for word in said(text).split():
        joined = f"{line} {word}" if line else word
        if width(joined) <= cells:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, cells)
        lines.extend(full)
    return [*lines, line] if line else lines


def _cut(word: str, cells: int) -> Iterator[str]:
    start = 0
    while len(word) - start > cells:
        joint = max(word.rfind(sign, start + cells // 2, start + cells) for sign in _JOINTS)
        end = joint + 1 if joint >= 0 else start + cells
        yield word[start:end]
        start = end
    yield word[start:]


def _pieces(word: str, cells: int) -> list[str]:
    """A word cut to size, in one pass, behind a hyphen where it has one; a cluster wider than a whole line stays whole."""
    if word.isascii():
        return [*_cut(word, max(cells, 1))]
    pieces = [""]
    for cluster in clusters(word):
        if pieces[-1] and width(pieces[-1] + cluster) > cells:
            pieces.append("")
        pieces[-1] += cluster
    return pieces
