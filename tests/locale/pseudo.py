"""A language for tests: each sentence stands between ⟦ and ⟧, its letters with marks. What is seen outside is not translated."""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from docs import catalogues

LANGUAGE = "qps"
_MARKED = str.maketrans("aceilnorstuyACEILNORSTUY", "ăçëïĺñöŕşťüÿĂÇËÏĹÑÖŔŞŤÜŸ")
_PLACE = re.compile(r"(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})")
_INSIDE = re.compile(r"⟦[^⟦⟧]*⟧")


def spoken(message: str) -> str:
    """A message in it, which stays within its lines: `{id}` stays, and so do the blanks around and the line breaks."""
    parts = _PLACE.split(message)
    words = "".join(part if number % 2 else part.translate(_MARKED) for number, part in enumerate(parts))
    inner = words.strip()
    start = words[: len(words) - len(words.lstrip())]
    return f"{start}⟦{inner}⟧{words[len(start) + len(inner) :]}"


def outside(text: str) -> str:
    """What is left when all that was said is taken out, sentences within sentences included."""
    while (left := _INSIDE.sub("", text)) != text:
        text = left
    return text


def write(folder: Path) -> Path:
    """A folder with its catalogue, for DESK_LOCALE."""
    path = folder / LANGUAGE / "LC_MESSAGES/desk.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(_catalogue())
    return folder


@functools.cache
def _catalogue() -> bytes:
    made = Catalog(locale="en")
    for message in catalogues.read_template():
        if message.id:
            several = isinstance(message.id, tuple | list)
            strings = tuple(map(spoken, message.id)) if several else spoken(str(message.id))
            made.add(message.id, strings, context=message.context)
    file = io.BytesIO()
    write_po(file, made, width=0)
    return file.getvalue()
