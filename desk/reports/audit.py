"""The auditor's report: who did what, and everything that is out of the ordinary."""

from __future__ import annotations

from desk.domain.figures.report import Label, Section
from desk.domain.figures.statistics import COUNT
from desk.reports.reader import Reader
from desk.text import _, pgettext

_EVENT = (
    Label("at", pgettext("column", "When"), "time"),
    Label("by", pgettext("column", "Who")),
    Label("record", pgettext("column", "Record")),
    Label("verb", pgettext("column", "Verb")),
    Label("from", pgettext("column", "From")),
    Label("to", pgettext("column", "To")),
    Label("reason", pgettext("column", "Reason")),
    Label("commit", pgettext("column", "Commit"), "commit"),
)


def audit(reader: Reader) -> tuple[Section, ...]:
    """Acts by person; then the events that an auditor looks at one by one."""
    acts = (
        Label("id", pgettext("column", "Who")),
        Label("name", pgettext("column", "Name")),
        Label("acts", pgettext("column", "Commits"), COUNT),
        Label("events", pgettext("column", "Events"), COUNT),
        Label("by_hand", pgettext("column", "By hand"), COUNT),
        Label("verbs", pgettext("column", "Most often")),
    )
    return (
        Section("people", _("Who did what"), acts, reader.acts(), _("nobody did anything")),
        Section(
            "rights",
            _("Changes of the desk itself"),
            _EVENT,
            reader.notable("rights"),
            _("none"),
            _("records that take level 2 or 3"),
        ),
        Section("overrides", _("Priorities set against the matrix"), _EVENT, reader.notable("overrides"), _("none")),
        Section("deleted", _("Deleted tickets"), _EVENT, reader.notable("deleted"), _("none")),
        Section(
            "by-hand",
            _("Commits made by hand"),
            _EVENT,
            reader.notable("by-hand"),
            _("none"),
            _("no desk command made them"),
        ),
    )
