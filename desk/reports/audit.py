"""The auditor's report: who did what, and everything that is out of the ordinary."""

from __future__ import annotations

from desk.domain.figures.report import Head, Section
from desk.domain.figures.statistics import COUNT
from desk.reports.reader import Reader

_EVENT = (
    Head("at", "When", "time"), Head("by", "Who"), Head("record", "Record"), Head("verb", "Verb"), Head("from", "From"),
    Head("to", "To"), Head("reason", "Reason"), Head("commit", "Commit", "commit"),
)  # fmt: skip


def audit(reader: Reader) -> tuple[Section, ...]:
    """Acts by person; then the events that an auditor looks at one by one."""
    acts = (
        Head("id", "Who"), Head("name", "Name"), Head("acts", "Commits", COUNT), Head("events", "Events", COUNT),
        Head("by_hand", "By hand", COUNT), Head("verbs", "Most often"),
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
