"""A report as a page of HTML that needs nothing else: styles and charts inside, no script, no request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from desk.domain.figures.report import Report, Section
from desk.templates import pages
from desk.text import _, said
from desk.view.drawing.svg import svg
from desk.view.labels import say_word
from desk.view.look import Look
from desk.view.model import Column
from desk.view.pages import report as pages_report
from desk.view.table import COMMIT
from desk.view.values import say

_NARROW = 5
"""A table with more columns takes the whole width of the page."""
_OWN = os.path.join(os.path.dirname(__file__), "report.html")


_BY_DEPARTMENT = "by-department"
"""The section whose rows are departments."""


def page(report: Report, look: Look, custom: tuple[str, str] | None = None, language: str = "en") -> str:
    """The page, from desk's own template or from a custom one (its text and its path)."""
    text, path = custom or (_own(), "report.html")
    html = custom is None or path.endswith(".html")
    return pages.document(text, path, context(report, look, language), html=html)


def _own() -> str:
    with open(_OWN, encoding="utf-8") as file:
        return file.read()


def context(report: Report, look: Look, language: str = "en") -> dict[str, Any]:
    """What a report template may name. Charts are the one thing that is HTML already."""
    about = {n: v for n, v in report.data().items() if n != "sections"}
    sections = [_section(section, look, report.names) for section in report.sections]
    return {
        "report": {
            **about,
            "title": said(report.title),
            "again": report.again,
            "spoken": said(pages_report.describe_stand(report, look)),
        },
        "language": language,
        "words": {
            "to": said(_("{since} to {until}", since=report.since, until=report.until)),
            "table": said(_("as a table")),
            "again": said(_("The same again, on any clone:")),
        },
        "sections": sections,
        "section": {section["id"]: section for section in sections},
    }


def _section(section: Section, look: Look, names: Mapping[str, str]) -> Mapping[str, Any]:
    listing = pages_report.listing(section)
    named = {"department", "id"} if section.id == _BY_DEPARTMENT else {"department"}
    return {
        "id": section.id,
        "title": said(section.title),
        "note": said(section.note),
        "empty": said(section.empty),
        "drawn": section.drawn,
        "wide": len(listing.columns) > _NARROW,
        "rows": [dict(row) for row in section.rows],
        "columns": [{"name": c.name, "label": said(c.label), "number": c.style == "number"} for c in listing.columns],
        "cells": [
            [_cell(_named(row.get(c.name), names if c.name in named else {}), c, look) for c in listing.columns]
            for row in listing.rows
        ],
        "charts": [
            {"title": said(chart.title), "svg": pages.safe(svg(chart, f"chart-{section.id}-{number}"))}
            for number, chart in enumerate(section.charts if section.rows else (), 1)
        ],
    }


def _named(value: Any, names: Mapping[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def _cell(value: Any, column: Column, look: Look) -> str:
    if column.style == "commit" and isinstance(value, str):
        value = value[:COMMIT]
    shown = say_word(value) if column.style == "word" else say(value, look)
    return "–" if shown == "-" else shown
