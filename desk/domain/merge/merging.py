"""How two changes of one value meet: a rule for each type of field.

A rule takes the value that both sides knew, the earlier change's and the later one's; None is no value. Sides are told
apart by time alone, so the same comes out whichever clone asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from desk.domain.model.fields import Merge
from desk.domain.model.slafields import parse_pauses
from desk.named import NamedTuple

_LINES_MAX = 4_000_000
"""Lines of one text times lines of the other, beyond which comparing them takes seconds; such texts count as changed whole."""


class Clash(NamedTuple):
    """A value that another one has beaten; `part` is the key inside a mapping, `later` whether the later side's was kept."""

    part: str
    kept: Any
    lost: Any
    later: bool = True


class MetValue(NamedTuple):
    """What two changes have come to, and what was lost on the way."""

    value: Any
    clashes: tuple[Clash, ...] = ()


Rule = Callable[[Any, Any, Any], MetValue]


def meet(base: Any, earlier: Any, later: Any, rule: Rule) -> MetValue:
    """The rule where both sides changed a value, and each to another one; else whatever was changed."""
    if earlier in (later, base):
        return MetValue(later)
    return MetValue(earlier) if later == base else rule(base, earlier, later)


def take_later(_base: Any, earlier: Any, later: Any) -> MetValue:
    """The later change is kept."""
    return MetValue(later, (Clash("", later, earlier),))


def unite(base: Any, earlier: Any, later: Any) -> MetValue:
    """Lists: what either side added, less what either took away."""
    known, one, two = (tuple(value or ()) for value in (base, earlier, later))
    kept = [v for v in two if v in one or v not in known]
    added = [v for v in one if v not in known and v not in two]
    return MetValue(tuple(dict.fromkeys(kept + added)) or None)


def unite_sorted(base: Any, earlier: Any, later: Any) -> MetValue:
    """Sets, which a record keeps in order."""
    return MetValue(tuple(sorted(unite(base, earlier, later).value or ())) or None)


def meet_by_key(base: Any, earlier: Any, later: Any) -> MetValue:
    """Mappings: each key for itself, and of one that both changed the later value."""
    known, one, two = (value or {} for value in (base, earlier, later))
    out: dict[str, Any] = {}
    clashes: list[Clash] = []
    for key in sorted({*one, *two}):
        found = meet(known.get(key), one.get(key), two.get(key), take_later)
        clashes += [clash._replace(part=key) for clash in found.clashes]
        if found.value is not None:
            out[key] = found.value
    return MetValue(MappingProxyType(out) if out else None, tuple(clashes))


def tick(base: Any, earlier: Any, later: Any) -> MetValue:
    """Steps: each is done where either side did it and none undid it; new ones of both."""
    known, one, two = (_marks(value or ()) for value in (base, earlier, later))
    out = []
    for step in (*two, *(s for s in one if s not in two)):
        here, there, was = one.get(step), two.get(step), known.get(step)
        if here is None or there is None:
            mark = here or there
            if mark == was:
                continue  # the other side has taken it out
        elif was is None:
            mark = max(here, there)
        else:
            mark = there if here == was else here
        out.append(f"{mark}{step[0]}")
    return MetValue(tuple(out) or None)


def _marks(steps: Iterable[str]) -> dict[tuple[str, int], str]:
    """Each step and the mark it bears: `[ ] ` or `[x] `; the same words twice are two steps."""
    seen: Counter[str] = Counter()
    found = {}
    for step in steps:
        words = step[4:]
        found[words, seen[words]] = step[:4]
        seen[words] += 1
    return found


def weave(base: Any, earlier: Any, later: Any) -> MetValue:
    """Texts: by line, and where both changed the same place the later text."""
    text = weave_lines(base or "", earlier or "", later or "")
    return take_later(base, earlier, later) if text is None else MetValue(text or None)


def weave_lines(base: str, one: str, two: str) -> str | None:
    """The text with the changes of both sides; None where they changed the same lines, or lines beside each other."""
    old, left, right = (text.split("\n") for text in (base, one, two))
    head = _alike(old, left, right)
    tail = _alike(*(lines[head:][::-1] for lines in (old, left, right)))
    middle = [lines[head : len(lines) - tail] for lines in (old, left, right)]
    if len(middle[0]) * max(len(middle[1]), len(middle[2])) > _LINES_MAX:
        return None
    woven = _weave(*middle)
    return None if woven is None else "\n".join([*old[:head], *woven, *old[len(old) - tail :]])


def _alike(*texts: list[str]) -> int:
    """How many lines all texts begin with alike."""
    count = 0
    for rows in zip(*texts, strict=False):
        if len(set(rows)) > 1:
            break
        count += 1
    return count


def _weave(old: list[str], left: list[str], right: list[str]) -> list[str] | None:
    out: list[str] = []
    at = (0, 0, 0)
    for start, one, two, length in _kept_by_both(old, left, right):
        parts = old[at[0] : start], left[at[1] : one], right[at[2] : two]
        if parts[1] != parts[2] and parts[0] not in parts[1:]:
            return None
        out += parts[2] if parts[1] == parts[0] else parts[1]
        out += old[start : start + length]
        at = start + length, one + length, two + length
    return out


def _kept_by_both(old: list[str], left: list[str], right: list[str]) -> list[tuple[int, int, int, int]]:
    """Runs of lines that neither side changed: where they begin in each text, and how long; an empty one ends the list."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - 3 ms, and a list declares fields without merging any

    one: dict[int, int] = {}
    two: dict[int, int] = {}
    for found, lines in ((one, left), (two, right)):
        for block in SequenceMatcher(None, old, lines, autojunk=False).get_matching_blocks():
            found.update({block.a + n: block.b + n for n in range(block.size)})
    runs: list[tuple[int, int, int, int]] = []
    for n in sorted(one.keys() & two.keys()):
        if runs and _follows(runs[-1], (n, one[n], two[n])):
            runs[-1] = (*runs[-1][:3], runs[-1][3] + 1)
        else:
            runs.append((n, one[n], two[n], 1))
    return [*runs, (len(old), len(left), len(right), 0)]


def _follows(run: tuple[int, int, int, int], place: tuple[int, int, int]) -> bool:
    return all(start + run[3] == here for start, here in zip(run[:3], place, strict=True))


def unite_pauses(base: Any, earlier: Any, later: Any) -> MetValue:
    """Pauses of both sides; those that overlap are one."""
    return MetValue(parse_pauses(unite(base, earlier, later).value or ()) or None)


RULES: Mapping[Merge, Rule] = MappingProxyType(
    {
        "take_later": take_later,
        "unite": unite,
        "unite_sorted": unite_sorted,
        "meet_by_key": meet_by_key,
        "tick": tick,
        "weave": weave,
        "unite_pauses": unite_pauses,
    }
)
"""The rules by the names that field types give them."""
