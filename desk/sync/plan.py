"""What there is to do when a desk meets another clone's, as a value: shown by a dry run, and carried out by `apply`."""

from __future__ import annotations

from typing import Literal

from desk.domain.merge.telling import Told
from desk.domain.merge.tree import Merged
from desk.errors import GitError
from desk.git import log, refs
from desk.git.place import Place
from desk.named import NamedTuple
from desk.store import sides
from desk.store.sides import Brought
from desk.text import _

Way = Literal["same", "ahead", "behind", "merge"]
"""Nothing to do, only to publish, only to check out, or both have moved on."""


class Plan(NamedTuple):
    """`theirs` is None for a branch that isn't there yet. `merged` and `written` are for the way `merge` alone."""

    way: Way
    remote: str
    ours: str
    theirs: str | None
    fetched: int
    pushed: int
    merged: Merged | None = None
    written: Brought | None = None

    @property
    def told(self) -> Told:
        """The merge as its message tells it."""
        decisions = self.merged.decisions if self.merged else ()
        renamed = self.merged.renamed if self.merged else ()
        both = len(self.merged.both) if self.merged else 0
        return Told(self.remote, self.fetched, self.pushed, both, decisions, renamed)


def plan(place: Place, remote: str, ours: str, theirs: str | None) -> Plan:
    """What it takes for two commits to come together; GitError where they have no beginning in common."""
    if theirs is None:
        return Plan("ahead", remote, ours, None, 0, log.count(place, None, ours))
    if theirs == ours:
        return Plan("same", remote, ours, theirs, 0, 0)
    bases = refs.merge_bases(place, ours, theirs)
    if not bases:
        raise _apart(place, remote, ours, theirs)
    pushed, fetched = log.count_apart(place, ours, theirs)
    if bases == [theirs]:
        return Plan("ahead", remote, ours, theirs, 0, pushed)
    if bases == [ours]:
        return Plan("behind", remote, ours, theirs, fetched, 0)
    base = sides.one_base(place, bases)
    if base is None:
        raise _apart(place, remote, ours, theirs)
    merged, written = sides.meet(place, base, ours, theirs)
    return Plan("merge", remote, ours, theirs, fetched, pushed, merged, written)


def _apart(place: Place, remote: str, ours: str, theirs: str) -> GitError:
    roots = [log.root(place, oid)[:10] for oid in (ours, theirs)]
    return GitError(
        _(
            "this desk and that of {remote} have no beginning in common: {ours} and {theirs}",
            remote=remote,
            ours=roots[0],
            theirs=roots[1],
        ),
        _("they are two desks; is this the right one? git remote get-url {remote}", remote=remote),
    )
