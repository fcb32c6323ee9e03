"""Three trees → one: what both sides come to, the same on every machine and in both directions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from desk.config import FILE, load
from desk.domain.merge.attachments import carry_on, drop_orphans, keep_named, name_apart
from desk.domain.merge.files import keep_beside, meet_files, meet_unread
from desk.domain.merge.record import Meeting, Relevel, meet_records
from desk.domain.merge.references import mend
from desk.domain.merge.result import Result, name_of
from desk.domain.merge.rules import keep_rules
from desk.domain.merge.settings import Setter
from desk.domain.merge.side import Decision, Leaf, Renamed, Side, Tree, same
from desk.domain.merge.twins import Taken, set_apart
from desk.domain.merge.units import Ranks
from desk.domain.model.article import Article, Response, base_of
from desk.domain.model.checklist import Checklist
from desk.domain.model.kinds import kind_at
from desk.errors import ConfigError
from desk.named import NamedTuple

_LEVELS = ("ticket.priorities", "ticket.impacts", "ticket.urgencies")
VARIANT = "variant"
Levels = Callable[[], tuple[Ranks, Relevel | None]]
"""What desk.toml says of priorities and of service levels."""


class Circumstances(NamedTuple):
    """What the merge asks of its surroundings. Each answer depends on the three trees alone.

    `put` writes settings into the text of desk.toml; `taken` knows ticket ids; `relevel` gives, from the text of desk.toml,
    what works out due times, or None where there are no service levels.
    """

    put: Setter
    taken: Taken
    relevel: Callable[[bytes], Relevel | None] = lambda _text: None


class Merged(NamedTuple):
    """What two sides come to. `files` has every path of the three trees: the file, or None where there is none.

    A leaf without `oid` is new: its record is to be encoded, or its data written.
    """

    files: dict[str, Leaf | None]
    decisions: tuple[Decision, ...]
    renamed: tuple[Renamed, ...]
    unread: tuple[str, ...]
    both: tuple[str, ...]
    """Paths that both sides changed, each in its own way."""


def merge(base: Tree, ours: Side, theirs: Side, around: Circumstances) -> Merged:
    """What two sides come to that have a tree in common. Nothing that either wrote to a thread is lost."""
    apart = set_apart(base, ours, theirs, around.taken)
    sides = name_apart(apart.base, apart.ours, apart.theirs)
    result = Result(apart.base, sides)
    result.renamed += apart.renamed
    result.decisions += apart.decisions
    keys = sorted({*apart.base, *sides[0].tree, *sides[1].tree}, key=lambda key: (key != FILE, key))

    @cache
    def levels() -> tuple[Ranks, Relevel | None]:
        """Of desk.toml as it comes out: it is the first to be met."""
        settings = result.leaves.get(FILE)
        text = (settings.data if settings else None) or b""
        return _ranks(text), around.relevel(text)

    both = [key for key in keys if _meet(result, key, around.put, levels)]
    carry_on(result)
    mend(result)
    keep_rules(result)
    mend(result)
    keep_named(result)
    drop_orphans(result)
    return Merged(
        _files(result, (base, ours.tree, theirs.tree)),
        _told(result),
        tuple(result.renamed),
        tuple(result.unread),
        tuple(both),
    )


def _meet(result: Result, key: str, put: Setter, levels: Levels) -> bool:
    """One key; whether both sides had changed it, and differently."""
    base = result.base.get(key)
    ours, theirs = (side.tree.get(key) for side in result.sides)
    if same(ours, theirs):
        result.leaves[key] = min((leaf for leaf in (ours, theirs) if leaf), key=lambda leaf: leaf.mark, default=None)
        return False
    if same(ours, base) or same(theirs, base):
        result.leaves[key] = theirs if same(ours, base) else ours
        return False
    if ours is None or theirs is None:
        _edited_stays(result, key)
    elif kind_at(ours.path) is None:
        meet_files(result, key, put)
    elif ours.record is None or theirs.record is None:
        meet_unread(result, key)
    else:
        _meet_records(result, key, levels)
    return True


def _edited_stays(result: Result, key: str) -> None:
    """What one side deleted and the other changed stays; who deleted it can do so again."""
    here = next(n for n, side in enumerate(result.sides) if key in side.tree)
    leaf = result.sides[here].tree[key]
    result.leaves[key] = leaf
    kind, record_id = name_of(leaf.path)
    stayed, deleted = (result.sides[n].stamp(key) for n in (here, 1 - here))
    result.decisions.append(Decision(kind, record_id, "deletion", "changed", stayed.by, "deleted", deleted.by))


def _meet_records(result: Result, key: str, levels: Levels) -> None:
    leaves = result.sides[0].tree[key], result.sides[1].tree[key]
    met = meet_records(Meeting(key, result.base.get(key), leaves, result.sides), *levels())
    result.decisions += met.decisions
    beaten = leaves[met.variant] if met.variant is not None else None
    result.put(met.record)
    if beaten is not None and isinstance(beaten.record, Article):
        result.put(_variant(beaten.record, beaten.oid))
    elif beaten is not None and isinstance(beaten.record, Response | Checklist):
        keep_beside(result, beaten, VARIANT)


def _ranks(text: bytes) -> Ranks:
    try:
        found = load(text.decode(errors="replace"))
    except ConfigError:
        return dict.fromkeys(_LEVELS, ())
    return {name: found[name] for name in _LEVELS}


def _variant(article: Article, oid: str) -> Article:
    """A beaten text as a draft beside the article that it leads to."""
    base = base_of(article.id)
    ending = article.id.removeprefix(base)
    link = f"[{article.title}]({article.id}.md)"
    draft = article.evolve(
        state="draft", published=None, review=None, approved_by=None, body=f"{link}\n\n{article.body}"
    )
    return draft.evolve(id=f"{base}-{VARIANT}-{oid[:4]}{ending}")


def _files(result: Result, trees: tuple[Tree, Tree, Tree]) -> dict[str, Leaf | None]:
    """Every path as it comes out: a file that a side has already keeps its name there."""
    found: dict[str, Leaf | None] = {leaf.path: None for tree in trees for leaf in tree.values()}
    for key, leaf in sorted(result.leaves.items()):
        if leaf is not None:
            known = [tree[key] for tree in trees if key in tree and same(tree[key], leaf)]
            found[leaf.path] = leaf if leaf.oid else min(known, key=lambda one: one.mark, default=leaf)
    return found


def _told(result: Result) -> tuple[Decision, ...]:
    """Each decision once, in an order that doesn't depend on who asks."""
    return tuple(sorted(dict.fromkeys(result.decisions)))
