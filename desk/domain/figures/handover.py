"""What one shift tells the next: rows of an index, as plain data, put into the sections of a handover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desk.domain.model import due

Row = Mapping[str, Any]
_HEAD = ("id", "title", "state", "priority", "department", "owner")


def head(row: Row, *more: str) -> dict[str, Any]:
    """What every section says of a ticket, and what this one says beside."""
    return {name: row[name] for name in (*_HEAD, *more)}


def majors(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Major incidents that are not over, the oldest first."""
    return [{**head(row, "coordinator", "created", "update_by", "due")} for row in rows]


def upcoming(rows: Iterable[Row], now: str, until: str) -> list[dict[str, Any]]:
    """What is overdue or will be due before a moment, the most pressing first."""
    found = []
    for row in rows:
        next_due = due.find_pressing(row)
        if next_due is not None and next_due.at < until:
            what = due.SPOKEN[next_due.clock]
            found.append({**head(row), "at": next_due.at, "what": what, "overdue": next_due.at < now})
    return sorted(found, key=lambda one: (one["at"], one["id"]))


def unowned(rows: Iterable[Row], priorities: tuple[str, ...]) -> list[dict[str, Any]]:
    """Tickets nobody owns: the highest priority first, then the oldest."""

    def rank(row: dict[str, Any]) -> tuple[int, str, str]:
        known = row["priority"] in priorities
        return (-priorities.index(row["priority"]) if known else 1, row["created"], row["id"])

    return sorted((head(row, "created") for row in rows), key=rank)


def waiting(rows: Iterable[Row], today: str) -> list[dict[str, Any]]:
    """Pending tickets: those whose day has come first, those without a day last."""
    found = [
        {
            **head(row, "pending_for", "pending_until"),
            "due_back": bool(row["pending_until"]) and row["pending_until"] <= today,
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (one["pending_until"] or "9", one["id"]))


def owed(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Major incidents that are over and not reviewed."""
    return [head(row, "coordinator", "closed") for row in rows]
