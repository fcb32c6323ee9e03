"""The pages of the documentation, as they come with the program: packed into the wheel, or at the top of a checkout."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import desk
from desk.text import _

_ELSEWHERE = ("architecture", "glossary", "glossary.el")
"""Pages for those who change the program, or translate it."""
_MARK = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\(([a-z-]+)\.md(?:#[^)\s]*)?\)")


def _folder() -> str:
    packed = os.path.join(os.path.dirname(desk.__file__), "manual")
    return packed if os.path.isdir(packed) else os.path.join(os.path.dirname(os.path.dirname(desk.__file__)), "docs")


def topics() -> Mapping[str, str]:
    """Names of pages, with their titles."""
    try:
        names = sorted(name.removesuffix(".md") for name in os.listdir(_folder()) if name.endswith(".md"))
    except OSError:
        return {}
    return {name: _read(name).partition("\n")[0].lstrip("# ") for name in names if name not in _ELSEWHERE}


def page(name: str) -> str:
    """A page as people read it here: what leads to another page names the command that shows it."""
    text, known = _MARK.sub("", _read(name)), topics()

    def led(found: re.Match[str]) -> str:
        return _("{name} (desk help {topic})", name=found[1], topic=found[2]) if found[2] in known else found[1]

    return _LINK.sub(led, text)


def _read(name: str) -> str:
    with open(os.path.join(_folder(), f"{name}.md"), encoding="utf-8") as file:
        return file.read()
