"""What a report is made of, before anybody decides how it looks: sections of rows, some with a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from desk.named import NamedTuple

Row = Mapping[str, Any]


class Label(NamedTuple):
    """A column. `unit` is one of statistics' units, or id, title, time or text."""

    name: str
    label: str
    unit: str = "text"


class Chart(NamedTuple):
    """Numbers to be drawn: a label and a value of each series for every place, in order."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[int | float | None]]
    line: bool = False
    """A level over time is a line; amounts are bars."""


class Section(NamedTuple):
    """A table under a heading. Rows may have more than the columns: machines get them whole."""

    id: str
    title: str
    heads: tuple[Label, ...]
    rows: Sequence[Row]
    empty: str
    """What a person reads when there are no rows."""
    note: str = ""
    charts: tuple[Chart, ...] = ()
    drawn: bool = False
    """The charts say it all to people who see them; the table is for everybody else."""


class Report(NamedTuple):
    """All of a report, and what it speaks for; times RFC 3339 UTC, days in the desk's zone."""

    id: str
    title: str
    desk: str
    since: str
    until: str
    as_of: str
    commit: str
    sections: tuple[Section, ...]
    names: Mapping[str, str] = MappingProxyType({})
    """What people call the departments, by id, for a page."""

    @property
    def again(self) -> str:
        """The options that give the same report on any clone."""
        return f"--since {self.since} --until {self.until} --as-of {self.commit[:12]}@{self.as_of}"

    def data(self) -> dict[str, Any]:
        """The report for machines."""
        about = {"id": self.id, "title": self.title, "desk": self.desk, "since": self.since, "until": self.until}
        sections = [{"id": s.id, "title": s.title, "rows": [dict(row) for row in s.rows]} for s in self.sections]
        return {**about, "as_of": self.as_of, "commit": self.commit, "sections": sections}

    def flat(self) -> list[dict[str, Any]]:
        """Every row of every section, each with the section it stands in: for CSV, lines and ids."""
        return [{"section": section.id, **row} for section in self.sections for row in section.rows]
