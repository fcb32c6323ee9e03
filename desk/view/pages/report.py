"""A report for people: sections with headings, on a terminal with charts, in Markdown as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from desk.domain.figures import statistics
from desk.domain.figures.report import Label, Report, Row, Section
from desk.domain.figures.statistics import AVERAGE, COUNT, PERCENT, SECONDS
from desk.text import _, arranged
from desk.view.labels import OF_WORDS
from desk.view.look import Look, moment, paint
from desk.view.model import Column, Listing, Paper
from desk.view.table import COMMIT, table
from desk.view.text.cells import visible

_STYLES = {"id": "id", "title": "title", "commit": "commit", "time": "moment", "text": "plain"}
_NUMBERS = (COUNT, PERCENT, SECONDS, AVERAGE, "figure", "change")


def people(view: Paper, look: Look) -> Iterator[str]:
    """On a terminal: a heading, a chart where there is one, and the table."""
    report = view.report
    yield paint(visible(arranged("{desk}: {title}", desk=report.desk, title=report.title)), "heading", look) + "\n"
    yield paint(describe_stand(report, look), "dim", look) + "\n"
    for section in report.sections:
        yield (
            "\n"
            + paint(section.title, "heading", look)
            + (f"  ({section.note})" if section.note and section.rows else "")
            + "\n"
        )
        if not section.rows:
            yield paint(section.empty, "dim", look) + "\n"
            continue
        if look.tty or view.drawn:
            for drawn in section.charts:
                from desk.view.drawing.chart import chart  # noqa: PLC0415 - 90 ms of a library, for terminals alone

                yield from chart(drawn, look)
        if not (section.drawn and (look.tty or view.drawn)):
            yield from table(listing(section), look)


def markdown(view: Paper, look: Look) -> Iterator[str]:
    """A document with a table under each heading."""
    from desk.view.pages.document import document  # noqa: PLC0415 - for this format alone

    report = view.report
    yield f"# {report.desk}: {report.title}\n\n{describe_stand(report, look)}\n"
    for section in report.sections:
        note = f" ({section.note})" if section.note and section.rows else ""
        yield f"\n## {section.title}{note}\n\n"
        yield from document(listing(section), look) if section.rows else (f"{section.empty}\n",)


def describe_stand(report: Report, look: Look) -> str:
    """The period, the moment and the commit in a line."""
    days = (
        report.since
        if report.since == report.until
        else _("{since} to {until}", since=report.since, until=report.until)
    )
    return _(
        "{days}, as of {at}, commit {commit}", days=days, at=moment(report.as_of, look), commit=report.commit[:COMMIT]
    )


def length(report: Report) -> int:
    """Days of the period."""
    return (date.fromisoformat(report.until) - date.fromisoformat(report.since)).days + 1


def listing(section: Section) -> Listing:
    """A section as a plain table: each value in words."""
    heads = [head for head in section.heads if any(row.get(head.name) not in (None, "", []) for row in section.rows)]
    rows = [{head.name: words(row, head) for head in heads} for row in section.rows]
    grouped = section.id.startswith("by-")
    columns = tuple(Column(h.name, h.label, _style(h, grouped=grouped)) for h in heads)
    return Listing(section.id, rows, columns, section.empty)


def _style(head: Label, *, grouped: bool) -> str:
    if head.unit in _NUMBERS:
        return "number"
    if head.name in OF_WORDS or (grouped and head.name == "id"):
        return "word"
    return _STYLES[head.unit]


def words(row: Row, head: Label) -> Any:
    """A cell for people: durations and shares in words, yes and no; texts as they are."""
    value = row.get(head.name)
    if head.unit == "change":
        return statistics.describe_change(value, str(row.get("unit")))
    unit = str(row.get("unit")) if head.unit == "figure" else head.unit
    if unit in (PERCENT, SECONDS, AVERAGE) and isinstance(value, int | float):
        return statistics.words(value, unit)
    return value
