"""Which commit each line of a ticket's file comes from, and which part of the ticket the line belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from desk.codec import records
from desk.git import objects, process
from desk.git.place import Place

_KEY = re.compile(r"([\w.-]+):(?: |$)")


_BLOCK = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+) (\d+)")


class Line(NamedTuple):
    """`number` counts from 1; `field` is a key of the front matter, `body`, or `reply 2`; `text` is without the key."""

    number: int
    field: str
    text: str
    commit: str


def lines(place: Place, path: str, commit: str) -> list[Line] | None:
    """The lines that say something, with the commit that wrote each; None if the commit has no such file."""
    with objects.blobs(place) as blobs:
        content = blobs.get(f"{commit}:{path}")
    if content is None:
        return None
    made = _commits(place, path, commit)
    numbered = enumerate(_parts(content.decode(errors="replace").split("\n")), 1)
    return [
        Line(number, field, text, made[number])
        for number, (field, text) in numbered
        if field and text.strip() and number in made
    ]


def _commits(place: Place, path: str, commit: str) -> dict[int, str]:
    """The commit of each line. Whatever revisions this machine tells git to ignore, an auditor wants to see them."""
    args = ("blame", "--incremental", "--ignore-revs-file=", commit, "--", path)
    found: dict[int, str] = {}
    for text in process.run(place, *args).decode(errors="replace").split("\n"):
        if block := _BLOCK.fullmatch(text):
            first = int(block[2])
            found.update(dict.fromkeys(range(first, first + int(block[3])), block[1]))
    return found


def _parts(texts: list[str]) -> Iterator[tuple[str, str]]:
    """For each line of a file the part it belongs to, empty for the fences, and its text."""
    field, fences, entries = "", 0, 0
    for text in texts:
        if fences < 2 and text == records.FENCE:
            fences += 1
            field = "" if fences == 1 else "body"
            yield "", text
        elif fences == 1:
            key = _KEY.match(text)
            field = key[1] if key else field
            yield field, text[key.end() :] if key else text
        else:
            if kind := records.heading_kind(text):
                entries += 1
                field = f"{kind} {entries}"
            yield field, text
