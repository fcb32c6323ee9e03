"""The checks of `desk doctor`: adding one takes a function and a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from desk.doctor import articles, files, records, repository, salts
from desk.doctor.exam import Exam, Finding, Mend
from desk.domain.changes import compare
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.rights import rights
from desk.queries import records as queries_records
from desk.store.snapshot import Snapshot
from desk.text import _

VERB = "doctor"


class Check(NamedTuple):
    """`title` says what is looked at; `find` yields what is not as it should be."""

    title: str
    find: Callable[[Exam], Iterator[Finding]]


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "git": Check(_("git is new enough"), repository.git_version),
        "configuration": Check(_("git's configuration"), repository.configuration),
        "attributes": Check(_("records come back byte for byte"), files.attributes),
        "settings": Check(_("desk.toml"), files.desk_toml),
        "broken": Check(_("records that can't be read"), records.broken),
        "edited": Check(_("hand edits"), records.edited),
        "conflicts": Check(_("left-overs of a merge"), records.conflicts),
        "symlinks": Check(_("symbolic links"), files.symlinks),
        "strays": Check(_("files that are no records"), files.strays),
        "references": Check(_("what records name exists, and the rules hold"), records.faults),
        "links": Check(_("links between tickets stand on both"), records.one_sided),
        "departments": Check(_("the default department"), records.departments),
        "staff": Check(_("levels and addresses of staff"), records.staff),
        "users": Check(_("addresses of users"), records.users),
        "tags": Check(_("the tags incident and problem"), records.tags),
        "checklists": Check(_("templates of checklists"), records.checklists),
        "reviews": Check(_("reviews of major incidents"), records.reviews),
        "endings": Check(_("closed tickets say when"), records.endings),
        "attachments": Check(_("attachments"), records.attachments),
        "salts": Check(_("what lets records be forgotten"), salts.without),
        "texts": Check(_("texts of responses and mails can be filled in"), files.texts),
        "articles": Check(_("published articles, their links and pictures"), articles.published),
        "names": Check(_("each article has a name of its own"), articles.twice),
        "approvals": Check(_("approvals of articles"), articles.approvals),
        "left-overs": Check(_("what killed commands left"), repository.left_overs),
        "drafts": Check(_("old drafts"), repository.drafts),
        "untold": Check(_("everybody was told"), repository.untold),
        "index": Check(_("the index"), repository.index),
    }
)


def examine(exam: Exam) -> list[Finding]:
    """Everything that any check finds."""
    return [finding for check in CHECKS.values() for finding in check.find(exam)]


def mends(findings: Iterable[Finding]) -> list[Mend]:
    """The fixes of records."""
    return [f.fix for f in findings if isinstance(f.fix, Mend)]


def mend(snapshot: Snapshot, wanted: list[Mend], *, by: Actor, at: datetime) -> Change | None:
    """The fixes of records as one change; it takes the level of settings, since it touches every department's.

    None when somebody has mended it meanwhile.
    """
    rights.require_level(by, "settings")
    grouped: dict[tuple[str, str], list[Mend]] = {}
    for one in wanted:
        grouped.setdefault((one.kind, one.id), []).append(one)
    edits = []
    for (kind, record_id), group in grouped.items():
        before = after = snapshot.get(kind, record_id)
        for one in group:
            after = one.how(after)
        if after != before:
            edits.append(Edit(before, after, compare.events(before, after) or (Event("edit"),)))
    return Change(VERB, by, at, tuple(edits), summary=_summary(edits)) if edits else None


def _summary(edits: list[Edit]) -> str:
    found = {" ".join(e.verb for e in edit.events) for edit in edits}
    return found.pop() if len(found) == 1 else ""


def count(exam: Exam) -> int:
    """How many records were looked at."""
    return queries_records.count(exam.index)


__all__ = ["CHECKS", "Check", "Exam", "Finding", "count", "examine", "mend", "mends"]
