"""Names in folders of a commit: none stands twice, and none is taken for another one by some systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from desk.audit.moment import FAULT, AuditFinding, Moment
from desk.checks import twins
from desk.domain.model.kinds import kind_at
from desk.git import diff, objects
from desk.text import _

CHECK = "records"


def twice(moment: Moment) -> Iterator[AuditFinding]:
    """A tree may have a name twice, of which git shows one here and the other there; asked before the commit is gone through."""
    step = moment.step
    paths = [d.path for d in step.deltas]
    counted = Counter(paths) if len(set(paths)) < len(paths) else None
    for delta in step.deltas:
        come = step.parents and delta.new_oid and not delta.oid
        if (counted and counted[delta.path] > 1) or (come and _was_there(delta.path, moment)):
            problem = _("{path} stands twice in its folder", path=delta.path)
            yield moment.finding(CHECK, FAULT, problem, delta.path)


def _was_there(path: str, moment: Moment) -> bool:
    if kind_at(path) is not None:
        return moment.world.holds(path)
    return moment.world.blobs.get(f"{moment.step.parents[0]}:{path}") is not None


def alike(moment: Moment) -> Iterator[AuditFinding]:
    """New files lie beside none that some systems take for the same."""
    step, blobs = moment.step, moment.world.blobs
    come = [d.path for d in step.deltas if d.new_oid and not d.oid]
    for one in twins.find(come, lambda folder: objects.names_in(blobs, step.oid, folder, diff.NAMES)):
        yield moment.finding(CHECK, FAULT, one.problem, one.path, one.hint)
