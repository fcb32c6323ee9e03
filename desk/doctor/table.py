"""The checks of `desk doctor`: adding one takes a function and a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from desk.doctor import articles, files, records, repository, salts
from desk.doctor.exam import Exam, Finding, Mend
from desk.domain.changes import compare
from desk.domain.model.actor import Actor
from desk.domain.model.change import Change, Edit, Event
from desk.domain.rights import rights
from desk.named import NamedTuple
from desk.queries import records as queries_records
from desk.store.snapshot import Snapshot
from desk.text import _, pgettext

VERB = "doctor"


class Check(NamedTuple):
    """`name` stands above what was found; `title` says what is looked at; `find` yields what is not as it should be."""

    name: str
    title: str
    find: Callable[[Exam], Iterator[Finding]]


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "git": Check(pgettext("check", "git"), _("git is new enough"), repository.git_version),
        "configuration": Check(pgettext("check", "configuration"), _("git's configuration"), repository.configuration),
        "attributes": Check(pgettext("check", "attributes"), _("records come back byte for byte"), files.attributes),
        "settings": Check(pgettext("check", "settings"), _("desk.toml"), files.desk_toml),
        "broken": Check(pgettext("check", "broken"), _("records that can't be read"), records.broken),
        "edited": Check(pgettext("check", "edited"), _("hand edits"), records.edited),
        "conflicts": Check(pgettext("check", "conflicts"), _("left-overs of a merge"), records.conflicts),
        "symlinks": Check(pgettext("check", "symlinks"), _("symbolic links"), files.symlinks),
        "strays": Check(pgettext("check", "strays"), _("files that are no records"), files.strays),
        "references": Check(
            pgettext("check", "references"), _("what records name exists, and the rules hold"), records.faults
        ),
        "links": Check(pgettext("check", "links"), _("links between tickets stand on both"), records.one_sided),
        "departments": Check(pgettext("check", "departments"), _("the default department"), records.departments),
        "staff": Check(pgettext("check", "staff"), _("levels and addresses of staff"), records.staff),
        "users": Check(pgettext("check", "users"), _("addresses of users"), records.users),
        "tags": Check(pgettext("check", "tags"), _("the tags incident and problem"), records.tags),
        "checklists": Check(pgettext("check", "checklists"), _("templates of checklists"), records.checklists),
        "reviews": Check(pgettext("check", "reviews"), _("reviews of major incidents"), records.reviews),
        "endings": Check(pgettext("check", "endings"), _("closed tickets say when"), records.endings),
        "attachments": Check(pgettext("check", "attachments"), _("attachments"), records.attachments),
        "salts": Check(pgettext("check", "salts"), _("what lets records be forgotten"), salts.without),
        "texts": Check(pgettext("check", "texts"), _("texts of responses and mails can be filled in"), files.texts),
        "articles": Check(
            pgettext("check", "articles"), _("published articles, their links and pictures"), articles.published
        ),
        "names": Check(pgettext("check", "names"), _("each article has a name of its own"), articles.twice),
        "approvals": Check(pgettext("check", "approvals"), _("approvals of articles"), articles.approvals),
        "left-overs": Check(pgettext("check", "left-overs"), _("what killed commands left"), repository.left_overs),
        "drafts": Check(pgettext("check", "drafts"), _("old drafts"), repository.drafts),
        "untold": Check(pgettext("check", "untold"), _("everybody was told"), repository.untold),
        "index": Check(pgettext("check", "index"), _("the index"), repository.index),
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
