"""Checks of the repository: git itself, its configuration, left-overs of killed commands, the index, drafts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from glob import escape, glob

from desk.doctor.exam import Exam, Finding
from desk.errors import DeskError
from desk.git import process, repo
from desk.index import drift
from desk.local import untold as local_untold
from desk.local.kept import UNFINISHED, is_abandoned, runs
from desk.text import _

HOUR, DAY, WEEK = 3600, 86400, 7 * 86400
"""Seconds."""


def git_version(exam: Exam) -> Iterator[Finding]:
    """The version of git."""
    try:
        process.check_version(exam.place)
    except DeskError as error:
        yield Finding("git", ".git", None, error.message, error.hint or _("update git"))


def configuration(exam: Exam) -> Iterator[Finding]:
    """The settings of git that a desk needs are in force in this clone."""
    wrong = repo.misconfigured(exam.place)
    if wrong:
        problem = _("git's configuration differs from what a desk needs: {wrong}", wrong=", ".join(wrong))
        yield Finding(
            "configuration", ".git/config", None, problem, _("desk doctor --fix sets it"), partial(_configure, exam)
        )


def _configure(exam: Exam) -> None:
    found = repo.open_repo(exam.place)
    repo.configure(found)
    found.close()


_LOCKS = ("index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "refs/heads/**/*.lock")
_REPORTS = ("fast_import_crash_*", "desk/crash*")
_TEMPORARY = ("desk/tmp/*", "objects/pack/tmp_*", "objects/pack/.tmp-*")
_OWN = (f"desk/*{UNFINISHED}", f"desk/*{UNFINISHED}-journal", f"desk/outbox/*{UNFINISHED}")
"""Small files that are written beside the ones they replace; each names the process that writes it."""


def left_overs(exam: Exam) -> Iterator[Finding]:
    """Files that killed commands left in the git directory; what is younger than a day may still be in use."""
    for whole in (*filter(is_abandoned, _matching(exam, _OWN)), *_indexes(exam)):
        path = os.path.relpath(whole, exam.place.root)
        what = _("an unfinished file that a killed command left")
        yield Finding("left-overs", path, None, what, _("desk doctor --fix removes it"), partial(_remove, whole))
    now = exam.store.clock().timestamp()
    for patterns, what, patience in (
        (_LOCKS, _("a lock that a git command left behind"), HOUR),
        (_REPORTS, _("the report of a crash"), 0),
        (_TEMPORARY, _("an unfinished file that a killed command left"), DAY),
    ):
        for whole in _matching(exam, patterns):
            try:
                age = now - os.stat(whole).st_mtime
            except OSError:
                continue
            if age < patience:
                continue
            old = age > DAY
            hint = (
                _("desk doctor --fix removes it")
                if old
                else _("if no git or desk command is at work, remove it; --fix does when it is a day old")
            )
            path = os.path.relpath(whole, exam.place.root)
            yield Finding("left-overs", path, None, what, hint, partial(_remove, whole) if old else None)


def _indexes(exam: Exam) -> Iterator[str]:
    """Indexes that killed commands built, or were about to put in their place; not the one in use, nor what is at work."""
    yield from (path for path, builder in exam.store.keeper.unused() if not runs(builder))


def _matching(exam: Exam, patterns: tuple[str, ...]) -> list[str]:
    folders = dict.fromkeys((exam.place.gitdir, exam.place.common))
    return sorted({f for base in folders for p in patterns for f in glob(f"{escape(base)}/{p}", recursive=True)})


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def drafts(exam: Exam) -> Iterator[Finding]:
    """Texts that were begun a week ago or longer, and never sent."""
    now = exam.store.clock().timestamp()
    for whole in sorted(glob(f"{escape(exam.place.own('drafts'))}/*")):
        with suppress(OSError):
            days = int((now - os.stat(whole).st_mtime) / DAY)
            if days >= WEEK // DAY:
                path = os.path.relpath(whole, exam.place.root)
                yield Finding(
                    "drafts",
                    path,
                    None,
                    _("a draft that was begun {days} days ago", days=days),
                    _("its writer: desk draft resume, or drop; or: rm {path}", path=path),
                    info=True,
                )


def untold(exam: Exam) -> Iterator[Finding]:
    """Commits of which somebody is still to be told; opening the desk has just tried it again."""
    if waiting := local_untold.load(exam.place):
        path = os.path.relpath(exam.place.own(local_untold.FILE), exam.place.root)
        problem = _(
            "nobody has been told yet of {counted}: messages can't be written",
            counted=local_untold.counted(len(waiting)),
        )
        yield Finding(
            "untold", path, None, problem, _("clear away what the warning names; the next desk command tells them")
        )


def index(exam: Exam) -> Iterator[Finding]:
    """The index kept step by step holds what one built anew holds."""
    found = drift.differences(exam.index, exam.place, exam.store.keeper.progress)
    if found:
        more = _(" and {n} more tables", n=len(found) - 1) if len(found) > 1 else ""
        problem = _("differs from one built anew: {found}{more}", found=found[0], more=more)
        path = os.path.relpath(exam.store.keeper.path, exam.place.root)
        yield Finding("index", path, None, problem, _("desk doctor --fix builds it anew"), partial(_rebuild, exam))


def _rebuild(exam: Exam) -> None:
    exam.store.keeper.rebuild(exam.store.commit_now())
