"""Whether history is one, whole, and in order: nothing hidden or replaced, merges as expected, dates that fit."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

from desk.audit.moment import FAULT, REMARK, AuditFinding, Moment, name
from desk.git import refs
from desk.git.place import Place

_AHEAD = 300
"""Seconds by which two clocks may differ."""


def repository(place: Place) -> Iterator[AuditFinding]:
    """What makes git show another history than the one that was committed."""
    for path, problem, hint in (
        ("shallow", "this clone is shallow: the beginning of its history is cut off", "git fetch --unshallow"),
        (os.path.join("info", "grafts"), "grafts show commits with other parents than they have", "remove the file"),
    ):
        whole = os.path.join(place.common, path)
        if os.path.exists(whole) and os.path.getsize(whole):
            yield AuditFinding("repository", FAULT, f"{problem} ({os.path.join('.git', path)})", hint)
    for ref in refs.below(place, "refs/replace/"):
        oid = ref.rpartition("/")[2]
        problem = f"the object {oid[:10]} is replaced by another one wherever git shows it"
        yield AuditFinding("repository", FAULT, problem, f"git replace -d {oid[:10]}", oid)


class History:
    """What is remembered of the commits gone by."""

    def __init__(self) -> None:
        self._times: dict[str, tuple[int, int]] = {}
        self._begun: str | None = None
        self.names: Counter[tuple[str, str]] = Counter()
        """Commits by whose machine made them and in whose name, where these are two people."""

    def shape(self, moment: Moment) -> Iterator[AuditFinding]:
        """One beginning; merges of two."""
        step = moment.step
        if not step.parents:
            if self._begun:
                problem = f"a second beginning of history; the first is {self._begun[:10]}"
                yield moment.finding("history", FAULT, problem)
            self._begun = self._begun or step.oid
        if len(step.parents) > 2:
            yield moment.finding("history", FAULT, f"a merge of {len(step.parents)} histories, two are expected")
        if step.merge and moment.edits:
            names = ", ".join(name(e) for e in moment.edits[:3])
            problem = f"the merge says of {names} what neither side said"
            yield moment.finding("history", REMARK, problem, name(moment.edits[0]), f"git show -c {step.oid[:10]}")

    def dates(self, moment: Moment) -> Iterator[AuditFinding]:
        """Nothing is dated before what it follows, nor after it was committed. Clocks go wrong: never a fault."""
        step = moment.step
        known = [self._times[p] for p in step.parents if p in self._times]
        if known and step.committed < max(committed for _, committed in known):
            yield moment.finding("dates", REMARK, "committed, by its date, before the commit it follows")
        if step.at > step.committed + _AHEAD:
            problem = f"dated {_span(step.at - step.committed)} after it was committed"
            yield moment.finding("dates", REMARK, problem)
        elif known and not moment.importer and not step.merge and step.at < max(at for at, _ in known):
            problem = f"dated {_span(max(at for at, _ in known) - step.at)} before the commit it follows"
            yield moment.finding("dates", REMARK, problem)
        self._times[step.oid] = (step.at, step.committed)

    def committers(self, moment: Moment) -> Iterator[AuditFinding]:
        """Remembers who commits in another's name (desk --as); told at the end, one line for each pair."""
        if moment.staff is not None and not moment.importer:
            machine = moment.step.committer.lower()
            if machine not in moment.staff.addresses:
                others = (s for s in moment.world.staff() if machine in s.addresses)
                for other in others:
                    self.names[other.id, moment.staff.id] += 1
        yield from ()

    def in_name(self) -> Iterator[AuditFinding]:
        """Who committed in whose name, and how often."""
        for (machine, actor), count in sorted(self.names.items()):
            times = f"{count} {'commit' if count == 1 else 'commits'}"
            problem = f"{times} in the name of {actor} came from the machine of {machine}"
            hint = "desk --as does so, on a machine that several use"
            yield AuditFinding("committers", REMARK, problem, hint, by=actor)


def _span(seconds: int) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
