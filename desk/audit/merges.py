"""Merges that say they are desk's own, worked out again: whoever has both sides comes to the same tree, and the same decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.audit.moment import FAULT, AuditFinding, Moment
from desk.audit.walk import Step
from desk.domain.changes import message
from desk.domain.merge.side import VERSION
from desk.domain.merge.telling import TRAILER, Told, discreet, merge_message, without_texts
from desk.git import diff, objects
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _, arranged

if TYPE_CHECKING:
    from desk.store.sides import Brought

CHECK = "history"
_SHOWN = 3

State = tuple[str, str] | None
"""Mode and object name of a file; None where there is none."""


def is_own(step: Step) -> bool:
    """Whether a merge says that `desk sync` has made it, by rules that this version of desk knows."""
    return len(step.parents) == 2 and message.trailer(step.message, TRAILER) == str(VERSION)


class Reworked(NamedTuple):
    """What is wrong with such a merge, and whether its files are what its sides give, whatever it tells."""

    findings: tuple[AuditFinding, ...]
    files_as_given: bool


def rework(moment: Moment) -> Reworked:
    """Work a merge out again from its two sides, and hold it against that."""
    from desk.store import sides  # noqa: PLC0415 - what merges are made of takes 20 ms, and most pushes have none

    step, place = moment.step, moment.place
    theirs, ours = step.parents
    base = sides.common_base(place, ours, theirs)
    if base is None:
        problem = _("the merge joins two histories that have no beginning in common")
        return Reworked((moment.finding(CHECK, FAULT, problem),), files_as_given=False)
    found = []
    merged, brought = sides.meet(place, base, ours, theirs)
    unlike = sorted(_unlike(place, step, brought))
    if unlike:
        more = _(" and {n} more", n=len(unlike) - _SHOWN) if len(unlike) > _SHOWN else ""
        problem = _(
            "the merge is not what its sides give: {unlike}{more}", unlike=", ".join(unlike[:_SHOWN]), more=more
        )
        found.append(moment.finding(CHECK, FAULT, problem, unlike[0], arranged("git show -m {oid}", oid=step.oid[:10])))
    told = Told("", 0, 0, len(merged.both), merged.decisions, merged.renamed)
    actor = step.told.actor or ""
    # A desk with history.titles tells texts as well; what it was set to is not asked: each is true.
    forms = discreet(told), without_texts(told), told
    if step.told.events not in [message.parse(merge_message(one, actor)).events for one in forms]:
        problem = _("the merge's message doesn't tell what was decided, or something else")
        found.append(moment.finding(CHECK, FAULT, problem))
    return Reworked(tuple(found), not unlike)


def _unlike(place: Place, step: Step, brought: Brought) -> set[str]:
    """Paths at which the commit has something else than the merge of its parents."""
    there: dict[str, State] = {d.path: (d.new_mode, d.new_oid) if d.new_oid else None for d in step.deltas}
    due: dict[str, State] = {
        _shown(path): None if data is None else ("100644", objects.blob_id(data, step.oid))
        for path, data in brought.files.items()
    }
    due |= {_shown(path): leaf for path, leaf in brought.blobs.items()}
    # A merge that leaves a file as the first parent has it doesn't change it.
    quiet = sorted(due.keys() - there.keys())
    kept = objects.files(place, step.parents[0], quiet, names=diff.NAMES) if quiet else []
    found = {**{f.path: (f.mode, f.oid) for f in kept}, **there}
    return (there.keys() - due.keys()) | {path for path, state in due.items() if found.get(path) != state}


def _shown(path: str) -> str:
    """A path as the walk has it: bytes that are not UTF-8 are written out."""
    return path.encode(errors=diff.BYTES).decode(errors=diff.NAMES)
