"""Files that are no records, and records that can't be read, which both sides changed."""

from __future__ import annotations

from desk.config import FILE
from desk.domain.merge.merging import weave_lines
from desk.domain.merge.result import Result, name_of
from desk.domain.merge.settings import Setter, meet_settings
from desk.domain.merge.side import Decision, Leaf, TimeStamp, shown
from desk.domain.model.kinds import kind_at
from desk.named import NamedTuple
from desk.text import _

TEMPLATES = "templates/"
_NAMED = 4
"""Characters of a blob's name that tell a variant from others."""


class Dated(NamedTuple):
    """A file as one side has it, and when it was changed there."""

    leaf: Leaf
    stamp: TimeStamp


def ordered(result: Result, key: str) -> tuple[Dated, Dated]:
    """A file that both sides have, the earlier change first."""
    found = [Dated(side.tree[key], side.stamp(key)) for side in result.sides]
    first, second = sorted(found, key=lambda dated: (dated.stamp, dated.leaf.mark))
    return first, second


def meet_files(result: Result, key: str, put: Setter) -> None:
    """Texts by line; what can't be joined is as the later side has it, and of a template the other is kept beside it."""
    first, second = ordered(result, key)
    base = result.base.get(key)
    texts = [_text(leaf) if leaf else "" for leaf in (base, first.leaf, second.leaf)]
    before, earlier, later = texts
    if earlier is not None and later is not None and before is not None:
        if key == FILE:
            _settings(result, (before, earlier, later), (first.stamp, second.stamp), put)
            return
        woven = weave_lines(before, earlier, later)
        if woven is not None:
            result.leaves[key] = Leaf(second.leaf.path, "", second.leaf.mode, data=woven.encode())
            return
    beat(result, key, second, first)
    if key.startswith(TEMPLATES):
        keep_beside(result, first.leaf, "variant")


def _settings(result: Result, texts: tuple[str, str, str], stamps: tuple[TimeStamp, TimeStamp], put: Setter) -> None:
    found = meet_settings(*texts, put)
    result.leaves[FILE] = Leaf(FILE, "", data=found.text.encode())
    for clash in found.clashes:
        loser, winner = stamps if clash.later else stamps[::-1]
        told = shown(clash.kept), winner.by, shown(clash.lost), loser.by
        result.decisions.append(Decision("settings", clash.part, clash.part, *told))


def meet_unread(result: Result, key: str) -> None:
    """Records of which one or both can't be read: the readable one; of two such the later, and the other is kept."""
    first, second = ordered(result, key)
    if first.leaf.record is not None:
        beat(result, key, first, second)
    elif second.leaf.record is not None:
        beat(result, key, second, first)
    else:
        beat(result, key, second, first)
        keep_beside(result, first.leaf, "broken")
        result.unread.append(second.leaf.path)


def beat(result: Result, key: str, kept: Dated, lost: Dated) -> None:
    """One side's file in place of the other's, told."""
    result.leaves[key] = kept.leaf
    kind, record_id = name_of(kept.leaf.path)
    words = [_("the version {oid}", oid=dated.leaf.oid[:_NAMED]) for dated in (kept, lost)]
    result.decisions.append(Decision(kind, record_id, "text", words[0], kept.stamp.by, words[1], lost.stamp.by))


def keep_beside(result: Result, lost: Leaf, word: str) -> None:
    """A beaten file under a name that nothing looks up: `incident-received.el.md.variant-1a2b`."""
    path = f"{lost.path}.{word}-{lost.oid[:_NAMED]}"
    result.leaves[path] = lost._replace(path=path, record=None)


def _text(leaf: Leaf) -> str | None:
    """A file's text; None for one that is none, or that a record can't be made of."""
    data = leaf.data
    if data is None or b"\0" in data or kind_at(leaf.path) is not None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
