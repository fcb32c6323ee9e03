"""The text of a mail as people read it: on whole lines, in composed letters, nothing invisible, nothing without end."""

from __future__ import annotations

import binascii
import re
import unicodedata

from desk.named import NamedTuple

LONGEST = 1 << 20
"""Characters of text that are kept in an entry; the whole of it goes along as a file."""
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile("(?<![ \t\u00a0])[ \t\u00a0]++(?=\n|$)")
_UU = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[!-`][ -`]{0,84}\n)*)[`\x20]?\n?end[ \t]*$", re.MULTILINE)


class Enclosed(NamedTuple):
    """A file that stood in the text itself, as uuencode writes it."""

    name: str
    data: bytes


def clean(text: str) -> str:
    """Lines end with a newline, letters are composed, control and direction characters out, edges trimmed."""
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return re.sub(r"\n{4,}", "\n\n\n", _BLANKS.sub("", text)).strip("\n")


def unflow(text: str, *, spaces: bool) -> str:
    """`format=flowed` (RFC 3676) as whole lines; `spaces` is DelSp: the space at a soft break isn't part of the text."""
    done: list[str] = []
    depth, open_line = 0, False
    for line in _BREAKS.sub("\n", text).split("\n"):
        bare = line.lstrip(">")
        level = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if open_line and level == depth and bare != "-- ":
            done[-1] += bare
        else:
            done.append(f"{'>' * level} {bare}" if level else bare)
        depth, open_line = level, bare.endswith(" ") and bare != "-- "
        if open_line and spaces:
            done[-1] = done[-1][:-1]
    return "\n".join(done)


def enclosed(text: str) -> tuple[str, list[Enclosed]]:
    """The text without uuencoded files, each replaced by its name, and the files."""
    files: list[Enclosed] = []

    def take(found: re.Match[str]) -> str:
        try:
            data = b"".join(binascii.a2b_uu(line) for line in found[2].splitlines())
        except binascii.Error:
            return found[0]
        files.append(Enclosed(found[1].strip(), data))
        return f"[{found[1].strip()}]"

    return (_UU.sub(take, text), files) if "\nend" in text else (text, files)


def says_something(text: str) -> bool:
    """Whether there is a letter or a figure in it."""
    return re.search(r"\w", text) is not None
