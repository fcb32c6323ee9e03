"""Which commit each line of a ticket's file comes from, and which part of the ticket the line belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.codec import locate, records
from desk.domain.changes import salt
from desk.git import log, objects
from desk.git.place import Place
from desk.named import NamedTuple

_KEY = re.compile(r"([\w.-]+):(?: |$)")


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
    made = log.commits_by_line(place, path, commit)
    numbered = enumerate(_parts(content.decode(errors="replace").split("\n")), 1)
    return [
        Line(number, field, text, made[number])
        for number, (field, text) in numbered
        if field and field != salt.KEY and text.strip() and number in made
    ]


def _parts(texts: list[str]) -> Iterator[tuple[str, str]]:
    """For each line of a file the part it belongs to, empty for the fences, and its text."""
    field, fences, entries = "", 0, 0
    for text in texts:
        if fences < 2 and text == locate.FENCE:
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
