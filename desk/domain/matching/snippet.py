"""A few words around what was searched for."""

from __future__ import annotations

import re

from desk.domain.matching.folding import fold, fold_in_place

WIDTH = 90
"""Characters of a snippet."""
_WORD = re.compile(r"\w+")


def snippet(text: str, words: str) -> str:
    """The part of a text with most of the words in it, on one line, words marked by [brackets]."""
    flat = " ".join(text.split())
    folded = fold_in_place(flat)
    if len(folded) != len(flat):
        flat = folded  # letters that combine: places in one are not places in the other
    wanted = [fold(w) for w in _WORD.findall(words)]
    places = [m for m in _WORD.finditer(folded) if any(m[0].startswith(w) for w in wanted)]
    if not places:
        return _cut(flat, 0)
    first = max(
        places, key=lambda m: (len({x[0] for x in places if m.start() <= x.start() < m.start() + WIDTH}), -m.start())
    )
    start = max(0, first.start() - WIDTH // 4)
    start = flat.rfind(" ", 0, start) + 1 if start else 0
    end = start + WIDTH
    out, at = [], start
    for place in places:
        if start <= place.start() and place.end() <= end:
            out += [flat[at : place.start()], "[", flat[place.start() : place.end()], "]"]
            at = place.end()
    out.append(flat[at:end])
    return ("…" if start else "") + "".join(out).rstrip() + ("…" if end < len(flat) else "")


def _cut(flat: str, start: int) -> str:
    return flat[start : start + WIDTH].rstrip() + ("…" if len(flat) > WIDTH else "")
