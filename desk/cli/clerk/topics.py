"""The pages of the documentation, for `desk help TOPIC`: packed with the program, or beside it in a checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files as package_files
from pathlib import Path

from desk.view.look import Look
from desk.view.text.markdown import layout

_APART = ("architecture", "performance", "glossary")
"""Pages for whoever works on the program itself."""
_MEASURE = 100
"""Cells of a line at most: longer ones are hard to read."""


def names() -> list[str]:
    """What there is a page on."""
    return sorted(path.stem for path in _folder().glob("*.md") if path.stem not in _APART)


def page(name: str, look: Look) -> Iterator[str]:
    """A page, laid out for a terminal, as it is written for a pipe; nothing where there is none of that name.

    `docs/audit.md` is a name as well: the way to a page that is called like a command.
    """
    name = name.removeprefix("docs/").removesuffix(".md")
    if name not in names():
        return
    text = re.sub(r"(?m)^<!--.*?-->\n", "", (_folder() / f"{name}.md").read_text(encoding="utf-8"))
    lines = layout(text, min(look.width, _MEASURE), look, reflow=True) if look.tty else text.splitlines()
    yield from (f"{line}\n" for line in lines)


def _folder() -> Path:
    package = Path(str(package_files("desk")))
    packed = package / "starter" / "docs"
    return packed if packed.is_dir() else package.parent / "docs"
