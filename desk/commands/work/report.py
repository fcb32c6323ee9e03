"""desk report: reports for people who don't sit at the desk, on the terminal or as a file; made for cron."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import Any

import click

from desk.cli import complete, leaf, periods
from desk.cli.app import App
from desk.domain.figures.report import Label, Report, Section
from desk.domain.figures.statistics import Period
from desk.domain.model.fields import utc_text
from desk.domain.model.query import Query
from desk.errors import NotFound, UsageFault, did_you_mean
from desk.index.index import Index
from desk.local.kept import beside
from desk.queries import tickets
from desk.queries.reports import Reading
from desk.queries.sql import Condition
from desk.reports.table import REPORTS
from desk.store import worktree
from desk.text import _, pgettext, speaking
from desk.view.look import Look
from desk.view.model import Column, Done, Listing, Paper

TEMPLATES = "templates/reports"
_SPOKEN = ("html", "md")
"""Those that people read."""
_WRITTEN = ("html", "md", "csv", "json")
_NAME = r"[a-z0-9][a-z0-9-]{0,63}"


def _complete(_ctx: click.Context, _param: click.Parameter, word: str) -> list[str]:
    return [name for name in REPORTS if name.startswith(word)]


@leaf.leaf(
    "report",
    example="desk report\ndesk report weekly\ndesk report monthly --output july.html\n"
    "desk report sla --department technical --days 90 -f csv",
)
@click.argument("name", metavar="[NAME]", required=False, shell_complete=_complete)
@periods.period_options
@click.option(
    "--output",
    metavar="FILE",
    shell_complete=complete.complete_file,
    help="Write a file; its ending says how: .html, .md, .csv or .json.",
)
@click.option("--section", metavar="S", help="Only this table of it; -f json names them.")
@periods.filters
def report(
    app: App,
    name: str | None,
    days: int | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
    output: str | None,
    section: str | None,
    **given: Any,
) -> Listing | Paper | Done:
    """Print a report, or write it to a file; without a name, list them.

    Each names the commit it speaks for. Figures count everybody's tickets; named are only those that you may see.
    """
    if name is None:
        return _known(app)
    form = _form(output)
    custom = _custom(app, name, form)
    at = periods.read_stand(app, as_of)
    period = _period(app, name, days, since, until)
    question = periods.build_question(app, period, given)
    with periods.open_reading(app, at) as index:
        language = app.config["desk.languages"][0]
        reading = Reading(index, question, app.place, at.commit, readable=_readable(app), language=language)
        sections = REPORTS[name].make(reading) if name in REPORTS else _all(reading)
        if section is not None:
            sections = (_only(sections, section),)
        names = {str(row["id"]): str(row["name"]) for row in index.rows("department")}
        sections += _unread(index) + _cut(app.what_is_cut(periods.begin_of(app, period)))
    title = REPORTS[name].title if name in REPORTS else name.replace("-", " ").capitalize()
    made = Report(
        name,
        title,
        app.config["desk.name"],
        str(period.first),
        str(period.last),
        utc_text(app.now),
        at.commit,
        sections,
        names,
    )
    if not any(section.rows for section in sections if section.id != "figures") and not _moved(made):
        app.notes.append(_("nothing to report"))
    if output is None or form is None:
        app.notes.append(_("the same again: desk report {name} {again}", name=name, again=made.again))
        return Paper("report", made)
    with speaking(app.catalogue if form in _SPOKEN else None):
        text = _text(app, made, form, custom)
    _write(output, text)
    return Done("report", {"id": name, "file": output, "commit": at.commit}, (_("written: {output}", output=output),))


def _known(app: App) -> Listing:
    rows = [{"id": name, "title": row.title, "help": row.help} for name, row in REPORTS.items()]
    rows += [{"id": n, "title": n, "help": _("a template of this desk")} for n in _templates(app) if n not in REPORTS]
    return Listing(
        "reports",
        rows,
        (Column("id", pgettext("column", "NAME"), "id"), Column("help", pgettext("column", "WHAT"), "sentence")),
        _("no reports"),
    )


def _moved(made: Report) -> bool:
    return any(row["count"] or row["before"] for s in made.sections if s.id == "figures" for row in s.rows)


def _all(reading: Reading) -> Any:
    """For a template of a desk's own: the sections of every report, each once."""
    found = {section.id: section for row in reversed(tuple(REPORTS.values())) for section in row.make(reading)}
    return tuple(found.values())


def _only(sections: tuple[Section, ...], wanted: str) -> Section:
    """One section of a report, by its id; NotFound with the known ones."""
    known = [one.id for one in sections]
    if wanted not in known:
        near = did_you_mean(wanted, known)
        raise NotFound(
            _("the report has no section {wanted!r}{near}", wanted=wanted[:60], near=near),
            _("its sections: {known}", known=", ".join(known)),
        )
    return sections[known.index(wanted)]


def _unread(index: Index) -> tuple[Section, ...]:
    """What is in no figure, told in the report itself: who reads a page hears no warning."""
    found = index.broken("records/")
    if not found:
        return ()
    heads = (Label("path", pgettext("column", "File")), Label("problem", pgettext("column", "What is wrong")))
    rows = [{"path": path, "line": line, "problem": problem} for path, line, problem in found]
    return (Section("unread", _("Records that can't be read, and are in no figure"), heads, rows, ""),)


def _cut(texts: tuple[str, ...]) -> tuple[Section, ...]:
    """That figures lack what this clone has no history of, told as `_unread` is."""
    heads = (Label("problem", pgettext("column", "What is wrong")),)
    return tuple(Section("cut", _("History that is not in this clone"), heads, [{"problem": t}], "") for t in texts)


def _period(app: App, name: str, days: int | None, since: str | None, until: str | None) -> Period:
    if days or since or until or name not in REPORTS:
        return periods.period(app, days, since, until, usual=30)
    today: date = app.local(app.now).date()
    return REPORTS[name].usual(today)


def _readable(app: App) -> Condition:
    """Rule 1: of other departments, tickets are counted but not named. Somebody unregistered, as cron is, sees all."""
    return tickets.condition(Query(scope=app.scope()))


# -- files -------------------------------------------------------------------------------------------------------------


def _form(output: str | None) -> str | None:
    if output is None:
        return None
    form = os.path.splitext(output)[1].removeprefix(".").lower()
    if form not in _WRITTEN:
        raise UsageFault(
            _("{output} doesn't say what to write", output=output), _("end it with .html, .md, .csv or .json")
        )
    return form


def _text(app: App, made: Report, form: str, custom: tuple[str, str] | None) -> str:
    look = Look(100, color=False, tty=False, timezone=app.config["desk.timezone"], now=app.now)
    if custom or form == "html":
        from desk.view.pages.page import page  # noqa: PLC0415 - Jinja and charts, for these alone

        return page(made, look, custom, app.language)
    from desk.view.formats import FORMATS  # noqa: PLC0415 - cli has it anyway

    return "".join(FORMATS[form](Paper("report", made), look))


def _write(path: str, text: str) -> None:
    """Whole or not at all: whoever reads the file meanwhile has the old one."""
    fresh = beside(path)
    try:
        with open(fresh, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(fresh, path)
    except OSError as error:
        if os.path.exists(fresh):
            os.unlink(fresh)
        raise UsageFault(
            _("can't write {path}: {why}", path=path, why=error.strerror), _("name a file in a folder that is there")
        ) from None


def _templates(app: App) -> list[str]:
    folder = os.path.join(app.place.root, TEMPLATES)
    found = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted({m[1] for n in found if (m := re.fullmatch(rf"({_NAME})\.(html|md)", n))})


def _custom(app: App, name: str, form: str | None) -> tuple[str, str] | None:
    """The desk's own template of that name and form, its text and its path; NotFound for a name that nobody knows."""
    known = re.fullmatch(_NAME, name) is not None
    if not known or (name not in REPORTS and name not in _templates(app)):
        near = did_you_mean(name, (*REPORTS, *_templates(app)))
        raise NotFound(_("there is no report {name!r}{near}", name=name[:60], near=near), _("desk report lists them"))
    path = f"{TEMPLATES}/{name}.{form}"
    data = worktree.read(app.place, path) if form in ("html", "md") else None
    if data is None:
        if name not in REPORTS and form in ("html", "md"):
            raise NotFound(
                _("there is no template {path}", path=path),
                _("write one, or give --output the ending of the one that is there"),
            )
        return None
    try:
        return data.decode(), path
    except UnicodeDecodeError:
        raise UsageFault(_("{path} is not UTF-8", path=path), _("save it as UTF-8")) from None
