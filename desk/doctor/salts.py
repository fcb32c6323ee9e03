"""Records and folders of attachments that have no salt yet, as those of a desk from before there was one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from desk.doctor.exam import Exam, Finding
from desk.domain.changes import salt
from desk.domain.model.kinds import KINDS, kind_at
from desk.domain.model.ticket import Ticket
from desk.domain.rights.words import word
from desk.git import cone
from desk.git.place import Place
from desk.text import _, arranged, ngettext

_LINE = f"{salt.KEY}: {salt.PATTERN}"
_SALTED = tuple(cls for cls in KINDS.values() if cls.salted)


def without(exam: Exam) -> Iterator[Finding]:
    """How many there are: nothing to worry about, since each gets one when it changes next."""
    counted = Counter((cls.kind, cls.plural) for path in records(exam.place) if (cls := kind_at(path)) is not None)
    shown: list[str] = [arranged("{n:,} {kind}", n=n, kind=word(words[n != 1])) for words, n in counted.items()]
    if lacking := len(folders(exam)):
        shown.append(ngettext("{n:,} folder of attachments", "{n:,} folders of attachments", lacking))
    if shown:
        problem = _("without a salt, by which they could be forgotten: {shown}", shown=shown)
        yield Finding("salts", "records", None, problem, _("desk doctor --fix adds it"), exam.salting, info=True)


def records(place: Place) -> list[str]:
    """Paths of records that should have a salt and have none."""
    found = cone.files_without(place, _LINE, [cls.folder for cls in _SALTED])
    return sorted(path for path in found if (cls := kind_at(path)) is not None and cls.salted)


def folders(exam: Exam) -> list[str]:
    """Ids of the tickets that have attachments, and a folder without a salt."""
    lacking = sorted(exam.walk.attached.keys() - exam.walk.salted)
    return [ticket for ticket in lacking if exam.index.path_of(Ticket.kind, ticket) is not None]
