"""A few words around what was searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.domain.matching.endings import STEM
from desk.domain.matching.folding import fold, fold_in_place, narrow, widen
from desk.domain.matching.words import tokens
from desk.named import NamedTuple

WIDTH = 90
"""Characters of a snippet."""
_BEFORE = WIDTH // 4
"""So many of them stand before the first of the words."""
PASSAGE = 20_000
"""Characters that are looked at together: a pasted log of megabytes is read until all the words stand side by side."""
_WORD = re.compile(r"\w+")
_LINK = re.compile(r"!?\[([^][\n]{0,200})\]\([^()\s]{0,300}\)")
_MARKUP = re.compile(r"^[#>\s]+|[|*`]+|^[-=]{3,}$", re.MULTILINE)


class _Place(NamedTuple):
    """Where one of the words stands: places in the passage, and which of those looked for it is."""

    start: int
    end: int
    word: int


class _Passage(NamedTuple):
    """A part of a text on one line, as it is and folded, and whether there is more before and behind it."""

    flat: str
    folded: str
    later: bool
    more: bool


class _Best(NamedTuple):
    """The part of a passage with most of the words; `said`: how many of them."""

    said: int
    start: int
    places: list[_Place]
    passage: _Passage


def snippet(text: str, words: str) -> str:
    """The part of a text with most of the words in it, in any form, on one line without Markdown, words marked by [brackets].

    The first such part; the time grows with the length of the text, not with how often a word stands in it.
    """
    wanted = [
        # A stem of three letters is the beginning of too many other words.
        tuple(dict.fromkeys((fold(word), *(token for token in tokens(word) if len(token) > STEM))))
        for word in dict.fromkeys(_WORD.findall(words))
    ]
    pattern = re.compile(r"\b(?:" + "|".join(f"({'|'.join(map(re.escape, forms))})" for forms in wanted) + r")\w*")
    best: _Best | None = None
    for passage in _passages(text):
        if best is None:
            best = _Best(0, 0, [], passage)
        # Not looked through where it can't hold more of the words than were found side by side before.
        if sum(any(form in passage.folded for form in forms) for forms in wanted) > best.said:
            best = max(best, _best_of(passage, pattern), key=lambda one: one.said)
        if best.said == len(wanted):
            break
    return _shown(best) if best else ""


def _passages(text: str) -> Iterator[_Passage]:
    """The text in parts that overlap by the width of a snippet, cut between words where there is a gap."""
    at = 0
    while at < len(text):
        end = at + PASSAGE
        gap = re.compile(r"\s").search(text, end, end + PASSAGE)
        end = gap.start() if gap else end
        flat = widen(" ".join(_MARKUP.sub(" ", _LINK.sub(r"\1", text[at : end + WIDTH])).split()))
        folded = fold_in_place(flat)
        # Letters that combine: places in one are not places in the other.
        yield _Passage(flat if len(folded) == len(flat) else folded, folded, at > 0, end + WIDTH < len(text))
        at = end


def _best_of(passage: _Passage, pattern: re.Pattern[str]) -> _Best:
    """The first stretch that a snippet has room for in which most of the words stand."""
    places = [_Place(m.start(), m.end(), m.lastindex or 0) for m in pattern.finditer(passage.folded)]
    counts: dict[int, int] = {}
    most, start, ahead = 0, 0, 0
    for number, place in enumerate(places):
        while ahead < len(places) and places[ahead].end <= place.start + WIDTH - _BEFORE:
            counts[places[ahead].word] = counts.get(places[ahead].word, 0) + 1
            ahead += 1
        if len(counts) > most:
            most, start = len(counts), place.start
        if ahead <= number:  # longer than a snippet
            ahead = number + 1
            continue
        counts[place.word] -= 1
        if not counts[place.word]:
            del counts[place.word]
    return _Best(most, start, places, passage)


def _shown(best: _Best) -> str:
    flat = best.passage.flat
    start = max(0, best.start - _BEFORE)
    start = flat.rfind(" ", max(0, start - _BEFORE), start) + 1 or start
    end = start + WIDTH
    out, at = [], start
    for place in best.places:
        if start <= place.start and place.end <= end:
            out += [flat[at : place.start], "[", flat[place.start : place.end], "]"]
            at = place.end
    out.append(flat[at:end])
    more = end < len(flat) or best.passage.more
    return ("…" if start or best.passage.later else "") + narrow("".join(out)).rstrip() + ("…" if more else "")
