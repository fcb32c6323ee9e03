"""The auditor's report: who did what, and everything that is out of the ordinary."""

from __future__ import annotations

from desk.domain.figures.report import Label, Section
from desk.domain.figures.statistics import COUNT
from desk.reports.reader import Reader

_EVENT = (
    Label("at", "When", "time"),
    Label("by", "Who"),
    Label("record", "Record"),
    Label("verb", "Verb"),
    Label("from", "From"),
    Label("to", "To"),
    Label("reason", "Reason"),
    Label("commit", "Commit", "commit"),
)


def audit(reader: Reader) -> tuple[Section, ...]:
    """Acts by person; then the events that an auditor looks at one by one."""
    acts = (
        Label("id", "Who"), Label("name", "Name"), Label("acts", "Commits", COUNT), Label("events", "Events", COUNT),
        Label("by_hand", "By hand", COUNT), Label("verbs", "Most often"),
    )  # fmt: skip
    return (
        Section("people", "Who did what", acts, reader.acts(), "nobody did anything"),
        Section(
            "rights",
            "Changes of the desk itself",
            _EVENT,
            reader.notable("rights"),
            "none",
            "records that take level 2 or 3",
        ),
        Section("overrides", "Priorities set against the matrix", _EVENT, reader.notable("overrides"), "none"),
        Section("deleted", "Deleted tickets", _EVENT, reader.notable("deleted"), "none"),
        Section(
            "by-hand", "Commits made by hand", _EVENT, reader.notable("by-hand"), "none", "no desk command made them"
        ),
    )
