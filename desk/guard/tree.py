"""What files a push brings: how large, of what kind, and called what; asked before any of them is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from desk.audit.moment import FAULT, AuditFinding
from desk.checks import twins
from desk.git import diff, objects
from desk.git.diff import Delta
from desk.git.log import LoggedStep
from desk.git.place import Place
from desk.store import handedits
from desk.text import _, arranged

CHECK = "push"
_PLAIN, _SUBMODULE = "100644", "160000"
_MIB = 1 << 20


def weigh(place: Place, steps: Iterable[LoggedStep], limit: int) -> Iterator[AuditFinding]:
    """Files above `limit` bytes. Each that a push brings is new to the first parent of some commit of it.

    git could list the objects of a push as well, but reads all folders of the desk for it.
    """
    found = {
        one.new_oid: one.path for step in steps for one in step.deltas if one.new_oid and one.new_mode != _SUBMODULE
    }
    for oid, size in objects.sizes(place, found).items():
        if size > limit:
            problem = _(
                "{size:.1f} MiB, and {most} are allowed (attachment.max_mb)", size=size / _MIB, most=limit // _MIB
            )
            yield AuditFinding(CHECK, FAULT, problem, _("keep it elsewhere, and link to it"), record=found[oid])


def look(place: Place, new: str, steps: Iterable[LoggedStep]) -> Iterator[AuditFinding]:
    """Files that are none of a desk's, or no plain ones, in any of the commits; and names that some systems take for one."""
    added: set[str] = set()
    for step in steps:
        for one in _own(place, step):
            if one.new_oid:
                yield from _file(step.oid, one)
                if not one.oid:
                    added.add(one.path)
    if added:
        yield from _twins(place, new, added)


def _own(place: Place, step: LoggedStep) -> Iterator[Delta]:
    """What a commit changed; of a merge, what no parent has so."""
    others = [{d.path for d in diff.between(place, parent, step.oid, as_committed=True)} for parent in step.parents[1:]]
    return (one for one in step.deltas if all(one.path in paths for paths in others))


def _file(commit: str, one: Delta) -> Iterator[AuditFinding]:
    look = arranged("git show {oid}", oid=commit[:10])
    if one.path.split("/")[0] not in handedits.WATCHED:
        problem = _("not a file of the desk, which has {names}", names=", ".join(handedits.WATCHED))
        yield AuditFinding(CHECK, FAULT, problem, look, commit, record=one.path)
    elif one.new_mode != _PLAIN:
        problem = _("not a plain file (mode {mode})", mode=one.new_mode)
        yield AuditFinding(CHECK, FAULT, problem, look, commit, record=one.path)


def _twins(place: Place, new: str, added: set[str]) -> Iterator[AuditFinding]:
    """Names that differ in case, or in how letters are put together: on some systems they are one file."""
    with objects.blobs(place) as blobs:
        for one in twins.find(sorted(added), lambda name: objects.names_in(blobs, new, name, diff.NAMES), records=True):
            yield AuditFinding(CHECK, FAULT, one.problem, one.hint, record=one.path)
