"""What staff tell the desk to do, on the first lines of a mail. Only read here: whether it counts is decided elsewhere.

`#close`, `#note`, `#reply`, `#assign me`, `#assign HANDLE`, `#tag TAG…`, a line each, in any case, above all text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from desk.errors import UsageFault
from desk.named import NamedTuple
from desk.text import _, listed

MOST = 10
"""Commands that one mail may give."""
_ORDER = re.compile(r"#[^\W\d_]\S*(?:\s.*)?")
"""`# Heading` and `#12` are text."""
_FORMS: Mapping[str, str] = MappingProxyType(
    {"close": "#close", "note": "#note", "reply": "#reply", "assign": "#assign me|HANDLE", "tag": "#tag TAG…"}
)
_WORDS: Mapping[str, tuple[int, int]] = MappingProxyType({"assign": (1, 1), "tag": (1, MOST)})
"""How many words a command takes at least and at most; the others take none."""
_SHOWN = 60
"""Characters of a line that is told back."""


class Parted(NamedTuple):
    """The lines that look like commands, as they were typed, and the text below them."""

    lines: tuple[str, ...]
    rest: str


class Orders(NamedTuple):
    """What the lines ask for, nothing where they don't say. `owner` as typed, in lower case: a handle, or me."""

    kind: Literal["", "note", "reply"] = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    closes: bool = False


def split(text: str) -> Parted:
    """Part the lines at the very top from the text; empty lines between them are nothing."""
    lines = text.split("\n")
    bare = [line.strip() for line in lines]
    start = next((n for n, line in enumerate(bare) if line and not _ORDER.fullmatch(line)), len(lines))
    return Parted(tuple(filter(None, bare[:start])), "\n".join(lines[start:]).strip("\n"))


def read(lines: Sequence[str]) -> Orders:
    """What the lines ask for; UsageFault for one that is no command, and for two that contradict each other."""
    if len(lines) > MOST:
        raise UsageFault(_("a mail has at most {most} commands, this one has {n}", most=MOST, n=len(lines)), _hint())
    asked = Orders()
    for line in lines:
        verb, *words = line[1:].lower().split()
        least, most = _WORDS.get(verb, (0, 0))
        shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
        if verb not in _FORMS:
            raise UsageFault(_("{line} is no command by mail", line=shown), _hint())
        if not least <= len(words) <= most:
            raise UsageFault(
                _("{line} is not how it is written: {form}", line=shown, form=_FORMS[verb]),
                _("a command stands on a line of its own, and the text below"),
            )
        asked = _with(asked, verb, words)
    return asked


def _with(asked: Orders, verb: str, words: Sequence[str]) -> Orders:
    if verb == "close":
        return asked._replace(closes=True)
    if verb == "tag":
        return asked._replace(tags=tuple(dict.fromkeys((*asked.tags, *words))))
    if verb == "assign":
        if asked.owner not in ("", words[0]):
            raise UsageFault(
                _("a ticket has one owner, not {first} and {second}", first=asked.owner, second=words[0]),
                _("leave one of them out"),
            )
        return asked._replace(owner=words[0])
    kind: Literal["note", "reply"] = "reply" if verb == "reply" else "note"
    if asked.kind not in ("", kind):
        raise UsageFault(_("a mail is a note or a reply, not both"), _("leave one of them out"))
    return asked._replace(kind=kind)


def kind_of(lines: Sequence[str]) -> Literal["", "note", "reply"]:
    """Whether the lines say that the text is a note or a reply, whatever else is wrong with them. A note is the safer one."""
    verbs = {line[1:].lower() for line in lines}
    return "note" if "note" in verbs else "reply" if "reply" in verbs else ""


def _hint() -> str:
    return _("commands by mail are: {forms}", forms=listed(_FORMS.values()))
