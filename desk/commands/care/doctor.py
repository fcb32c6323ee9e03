"""desk doctor: every check over the records and the repository, and what it finds mended."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any, cast

import click

from desk.actions.care import handedits, salting
from desk.cli import leaf
from desk.cli.app import App, config_error
from desk.doctor import files, table
from desk.doctor.exam import Mend
from desk.doctor.table import CHECKS, Exam, Finding
from desk.domain.model.person import Staff
from desk.errors import DeskError
from desk.text import _, arranged, ngettext
from desk.view.model import Done

FOUND = 7
"""The exit code when something is left: that of a broken record."""


@leaf.leaf("doctor", example="desk doctor\ndesk doctor --fix")
@click.option(
    "--fix", is_flag=True, help="Mend what can be mended without a decision; records as one commit (level 3)."
)
def doctor(app: App, fix: bool) -> Done:
    """Check every record, every reference and the repository.

    Ends with 0 if nothing was found, or all of it mended, and with 7 if something is left.
    """
    wrong = config_error(app)
    exam = Exam(app.store, None if wrong else app.config, wrong)
    if not wrong:
        from desk.actions import rendering  # noqa: PLC0415 - 40 ms of Jinja

        exam.fault = partial(rendering.fault, app)
        handle = app.handle()
        exam.by = cast("Staff", app.store.read(Staff.kind, handle)) if handle else None
    exam.salting = partial(_add_salts, app)
    findings = table.examine(exam)
    counted = table.count(exam)
    fixed = _fix(app, findings) if fix else set()
    serious = [f for f in findings if not f.info]
    left = [f for f in serious if id(f) not in fixed]
    app.exit_code = FOUND if left else 0
    rows = [_row(f, fixed=id(f) in fixed) for f in findings]
    return Done("doctor", rows, tuple(_lines(findings, fixed, counted, tried=fix)), answer=bool(left))


def _add_salts(app: App) -> None:
    salting.add(app)


def _row(finding: Finding, *, fixed: bool) -> dict[str, Any]:
    return {
        "check": finding.check,
        "path": _path(finding),
        "line": finding.line,
        "problem": finding.problem,
        "hint": finding.hint,
        "fixable": finding.fix is not None,
        "fixed": fixed,
        "info": finding.info,
    }


def _path(finding: Finding) -> str:
    return finding.path.encode(errors="surrogateescape").decode(errors="replace")


def _fix(app: App, findings: list[Finding]) -> set[int]:
    """Mend what has a fix; which findings were mended. Records come first: a refusal then leaves all as it was."""
    fixed: set[int] = set()
    wanted = table.mends(findings)
    if wanted:
        handedits.mend(app, wanted)
        fixed |= {id(f) for f in findings if isinstance(f.fix, Mend)}
    for finding in findings:
        if finding.fix is not None and not isinstance(finding.fix, Mend):
            try:
                finding.fix()
            except (DeskError, OSError) as error:
                app.warnings.append(_("{path}: not mended: {error}", path=finding.path, error=error))
            else:
                fixed.add(id(finding))
    if any(f.check == "attributes" for f in findings):
        try:
            handedits.commit_attributes(app)
        except DeskError as error:
            app.warnings.append(
                _(
                    "{attributes} is mended but not committed: {problem}",
                    attributes=files.ATTRIBUTES,
                    problem=error.message,
                )
            )
    return fixed


# -- for people --------------------------------------------------------------------------------------------------------


def _lines(findings: list[Finding], fixed: set[int], counted: int, *, tried: bool) -> list[str]:
    lines: list[str] = []
    order = {name: number for number, name in enumerate(CHECKS)}
    found = sorted(findings, key=lambda f: order.get(f.check, len(order)))
    for check, group in groupby(found, key=lambda f: f.check):
        lines += [CHECKS[check].name if check in CHECKS else check, *_of_check(list(group), fixed), ""]
    return [*lines, _last(findings, fixed, counted, tried=tried)]


_NAMED = 3
"""Of findings that are all alike, so many are named."""


def _of_check(findings: list[Finding], fixed: set[int]) -> list[str]:
    """Findings of one check; of many that say the same, and have the same remedy, a few stand for all."""
    alike: dict[tuple[str, str, bool], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.problem, finding.hint, id(finding) in fixed), []).append(finding)
    lines: list[str] = []
    for (problem, hint, done), group in alike.items():
        shown = group if len(group) <= _NAMED + 1 else group[:_NAMED]
        lines += [arranged("  {where}: {problem}", where=_where(f), problem=problem) for f in shown]
        if len(group) > len(shown):
            lines.append(_("  and {n} more that say the same (-f csv names all)", n=len(group) - len(shown)))
        lines.append(_("    mended") if done else arranged("    -> {hint}", hint=hint))
    return lines


def _where(finding: Finding) -> str:
    path = _path(finding)
    return f"{path}:{finding.line}" if finding.line else path


def _last(findings: list[Finding], fixed: set[int], counted: int, *, tried: bool) -> str:
    checked = ngettext("checked {n:,} record", "checked {n:,} records", counted)
    serious = [f for f in findings if not f.info]
    left = [f for f in serious if id(f) not in fixed]
    if not serious:
        return _("{checked}: nothing found", checked=checked)
    if tried:
        return _(
            "{checked}: {n} found, {mended} mended, {left} left",
            checked=checked,
            n=len(serious),
            mended=len(serious) - len(left),
            left=len(left),
        )
    fixable = sum(f.fix is not None for f in serious)
    if not fixable:
        return _("{checked}: {n} found", checked=checked, n=len(serious))
    return _(
        "{checked}: {n} found; desk doctor --fix mends {fixable} of them",
        checked=checked,
        n=len(serious),
        fixable=fixable,
    )
