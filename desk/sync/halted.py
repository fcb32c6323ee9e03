"""A merge by git itself that stopped at conflicts, as after `git pull`: brought to what `desk sync` would have made of it."""

from __future__ import annotations

import os
from contextlib import suppress

from desk.codec import locate
from desk.errors import Conflict, NotFound
from desk.git import diff, objects, refs, write
from desk.git.place import Place
from desk.named import NamedTuple
from desk.session.session import Session
from desk.store import journal, worktree
from desk.store.store import MERGE_HEAD
from desk.sync import apply, plan
from desk.sync.plan import Plan
from desk.text import _

_LEFT = (MERGE_HEAD, "MERGE_MSG", "MERGE_MODE", "AUTO_MERGE", "MERGE_AUTOSTASH")
"""What git keeps in its folder while a merge is not finished."""


class Continued(NamedTuple):
    """What the merge came to, the commit it became, and the files that somebody had mended by hand: they stay hand edits."""

    plan: Plan
    commit: str
    kept: tuple[str, ...]


def finish(session: Session) -> Continued:
    """Make the merge that git has begun, by desk's own rules; NotFound where there is none."""
    store, place = session.store, session.place
    with store.writing() as hold:
        theirs = _theirs(place)
        ref, ours = store.head().ref, store.commit_now()
        if ref is None:
            raise Conflict(
                _("HEAD is detached: a merge would belong to no branch"),
                _("give it up: git merge --abort   and then: {way}", way=refs.way_back(place)),
            )
        found = plan.plan(place, theirs[:10], ours, theirs)
        new = apply.merge_commit(session, found, hold) if found.way == "merge" else str(found.theirs)
        taken, kept = _sorted(place, ours, theirs)
        paths = {d.path for d in diff.between(place, ours, new, names=diff.BYTES)}
        told = apply.untold_of(place, found, new)
        journal.begin(place, ours, sorted({*paths, *taken, *kept}), taken, told)
        # From here on a crash leaves the desk as one side has it, or as both have it: the journal writes the files.
        for name in _LEFT:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(place.gitdir, name))
        write.move_ref(place, ref, ours, new, reason="desk sync --continue", hold=hold)
        journal.finish(place, hold)
        if store.teller is not None:
            store.teller().catch_up()
        apply.forget_side(place, hold)
    store.ask(lambda index: index.commit)
    return Continued(found, new, tuple(sorted(kept)))


def _theirs(place: Place) -> str:
    try:
        with open(os.path.join(place.gitdir, MERGE_HEAD), encoding="ascii") as file:
            found = file.read().split()
    except FileNotFoundError:
        raise NotFound(_("git has no unfinished merge in this desk"), _("to meet another clone: desk sync")) from None
    if len(found) != 1:
        raise Conflict(
            _("git has begun a merge of {n} histories, and desk merges two", n=len(found) + 1),
            _("give it up: git merge --abort   and meet one after the other: desk sync REMOTE"),
        )
    return found[0]


def _sorted(place: Place, ours: str, theirs: str) -> tuple[dict[str, bytes | None], set[str]]:
    """Files that differ from our side, with what stands in them: those that git's merge left, and those mended by hand."""
    automatic = refs.merge_tree(place, ours, theirs)
    taken: dict[str, bytes | None] = {}
    kept: set[str] = set()
    with objects.blobs(place) as blobs:
        for path, edited in diff.against_head(place, ()).items():
            present = worktree.standing(place, path)
            known = [blobs.get(f"{tree}:{path}") for tree in (ours, theirs, automatic)]
            if edited.mark == "??" and known == [None, None, None]:
                continue  # nothing of the merge's
            # The names behind git's marks say where it was merged, so they can't be compared.
            if present in known or locate.conflict_line(present) is not None:
                taken[path] = present
            else:
                kept.add(path)
    return taken, kept
