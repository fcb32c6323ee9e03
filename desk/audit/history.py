"""Whether history is one, whole, and in order: nothing hidden or replaced, merges as expected, dates that fit."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator

from desk.audit.actors import mails
from desk.audit.actors.requesters import requester_of
from desk.audit.moment import DESK, FAULT, REMARK, AuditFinding, Moment, name
from desk.errors import GitError
from desk.git import objects, process, refs
from desk.git.place import Place
from desk.text import _, arranged, ngettext

_SHOWN = 20
_OF_FORM = r"error in (?:commit|tag) \w+: \w*(Date|Timezone|Email|Name)\w*: "
"""What git finds wrong with how a commit or a tag says who and when, such as a date beyond all calendars."""
_REQUESTERS = _("requesters")
"""There may be very many of them."""
_REMEMBERED = 4_000
"""Commits whose times are kept."""
_AHEAD = 300
"""Seconds by which two clocks may differ."""


def repository(place: Place) -> Iterator[AuditFinding]:
    """What makes git show another history than the one that was committed."""
    for path, problem, hint in (
        ("shallow", _("this clone is shallow: the beginning of its history is cut off"), "git fetch --unshallow"),
        (
            os.path.join("info", "grafts"),
            _("grafts show commits with other parents than they have"),
            _("remove the file"),
        ),
    ):
        whole = os.path.join(place.common, path)
        if os.path.exists(whole) and os.path.getsize(whole):
            yield AuditFinding(
                "repository",
                FAULT,
                arranged("{problem} ({path})", problem=problem, path=os.path.join(".git", path)),
                hint,
            )
    shown = refs.below(place, "refs/notes/", "refs/replace/")
    if notes := [ref for ref in shown if ref.startswith("refs/notes/")]:
        problem = _("git shows notes beside commits, which are no part of them: {notes}", notes=", ".join(notes[:3]))
        yield AuditFinding("repository", REMARK, problem, "git log --no-notes")
    for ref in (ref for ref in shown if ref.startswith("refs/replace/")):
        oid = ref.rpartition("/")[2]
        problem = _("the object {oid} is replaced by another one wherever git shows it", oid=oid[:10])
        yield AuditFinding("repository", FAULT, problem, arranged("git replace -d {oid}", oid=oid[:10]), oid)


def objects_as_named(place: Place) -> Iterator[AuditFinding]:
    """Objects are read and named anew: a seal rests on their names."""
    if passed_over := process.settings_below(place, "fsck"):
        problem = _("git fsck is told to pass over what it finds: {names}", names=", ".join(passed_over))
        yield AuditFinding("repository", FAULT, problem, arranged("git config --unset {name}", name=passed_over[0]))
    found = objects.find_damaged(place)
    for line in found[:_SHOWN]:
        level = REMARK if re.match(_OF_FORM, line) else FAULT
        yield AuditFinding("repository", level, _("git fsck: {line}", line=line), "git fsck --full")
    if len(found) > _SHOWN:
        more = _("git fsck: {n} more", n=len(found) - _SHOWN)
        yield AuditFinding("repository", FAULT, more, "git fsck --full")


class History:
    """What is remembered of the commits gone by."""

    def __init__(self, now: int, begun: str | None) -> None:
        self.now = now
        """In epoch seconds: nothing is dated later."""
        self._times: dict[str, tuple[int, int]] = {}
        self._begun = begun
        self._imported: Counter[str] = Counter()
        self.names: Counter[tuple[str, str]] = Counter()
        """Commits by whose machine made them and in whose name, where these are two people."""

    def shape(self, moment: Moment) -> Iterator[AuditFinding]:
        """One beginning; merges of two."""
        step = moment.step
        if not step.parents:
            if self._begun:
                problem = _("a second beginning of history, beside that of {begun}", begun=self._begun[:10])
                yield moment.finding("history", FAULT, problem)
            self._begun = self._begun or step.oid
        if len(step.parents) > 2:
            yield moment.finding("history", FAULT, _("a merge of {n} histories, two are expected", n=len(step.parents)))
        if step.merge and moment.edits:
            names = ", ".join(name(e) for e in moment.edits[:3])
            problem = _("the merge says of {names} what neither side said", names=names)
            yield moment.finding(
                "history", REMARK, problem, name(moment.edits[0]), arranged("git show -c {oid}", oid=step.oid[:10])
            )

    def dates(self, moment: Moment) -> Iterator[AuditFinding]:
        """Nothing is dated before what it follows, nor after it was committed. Clocks go wrong: never a fault."""
        step = moment.step
        known = [times for parent in step.parents if (times := self._time(parent, moment))]
        if known and step.committed < max(committed for _, committed in known):
            yield moment.finding("dates", REMARK, _("committed, by its date, before the commit it follows"))
        if step.at > step.committed + _AHEAD:
            problem = _("dated {span} after it was committed", span=_span(step.at - step.committed))
            yield moment.finding("dates", REMARK, problem)
        elif step.at > self.now + _AHEAD:
            problem = _("dated {span} from now", span=_span(step.at - self.now))
            yield moment.finding("dates", REMARK, problem)
        elif known and not moment.importer and not step.merge and step.at < max(at for at, _ in known):
            problem = _("dated {span} before the commit it follows", span=_span(max((at for at, _ in known)) - step.at))
            yield moment.finding("dates", REMARK, problem)
        self._times[step.oid] = (step.at, step.committed)
        if len(self._times) > _REMEMBERED:
            # Most commits follow one that was just looked at; of others git is asked.
            self._times = dict(list(self._times.items())[-_REMEMBERED // 2 :])

    def _time(self, commit: str, moment: Moment) -> tuple[int, int] | None:
        """When a commit says that it was made, and committed; of one before the first that is looked at git is asked."""
        if commit not in self._times:
            try:
                header, _text = objects.parse_commit(moment.world.blobs.get(commit) or b"")
            except GitError:
                return None
            self._times[commit] = (header.at, header.committed_at)
        return self._times[commit]

    def committers(self, moment: Moment) -> Iterator[AuditFinding]:
        """Remembers who commits in another's name (desk --as), or imports; told at the end, one line for each."""
        if moment.importer:
            self._imported[moment.importer] += 1
        machine = moment.step.committer.lower()
        by_mail = mails.received(moment) is not None
        if moment.step.parents and moment.staff is not None and not moment.importer and not by_mail:
            if machine not in moment.staff.addresses:
                if moment.world.config is not None and moment.world.config["staff.as"] == "never":
                    problem = _(
                        "made in the name of {actor} on the machine of {machine}, which staff.as forbids",
                        actor=moment.staff.id,
                        machine=machine or _("nobody"),
                    )
                    yield moment.finding("committers", FAULT, problem)
                others = [s.id for s in moment.world.staff() if machine in s.addresses]
                for other in others or [f"<{machine}>"]:
                    self.names[other, moment.staff.id] += 1
        elif not moment.by_hand and not by_mail and moment.staff is None:
            others = [s.id for s in moment.world.staff() if machine in s.addresses]
            if requester_of(moment) is not None:
                for other in others or [f"<{machine}>"]:
                    self.names[other, _REQUESTERS] += 1
            elif moment.actor == DESK and not others:
                self.names[f"<{machine}>", DESK] += 1

    def in_name(self) -> Iterator[AuditFinding]:
        """Who committed in whose name, or imported, and how often."""
        for importer, count in sorted(self._imported.items()):
            problem = _(
                "{times} imported by {importer}: when, and by whom, the records say alone",
                times=ngettext("{n} commit", "{n} commits", count),
                importer=importer,
            )
            yield AuditFinding("committers", REMARK, problem, _("git log --grep='^Desk-Import: {who}'", who=importer))
        for (machine, actor), count in sorted(self.names.items()):
            times = ngettext("{n} commit", "{n} commits", count)
            problem = _(
                "{times} in the name of {actor} came from the machine of {machine}",
                times=times,
                actor=actor,
                machine=machine,
            )
            if machine.startswith("<"):
                problem = _(
                    "{times} in the name of {actor} came from the machine of nobody here: {machine}",
                    times=times,
                    actor=actor,
                    machine=machine,
                )
            hint = _(
                "desk --as does so, on a machine that several use; to require one's own: desk config set staff.as never"
            )
            yield AuditFinding("committers", REMARK, problem, hint, by=actor)


def _span(seconds: int) -> str:
    for size, spoken in ((86400, _("{n} days")), (3600, _("{n} hours")), (60, _("{n} minutes"))):
        if seconds >= 2 * size:
            return spoken.format(n=seconds // size)
    return _("{seconds} seconds", seconds=seconds)
