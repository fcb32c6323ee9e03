"""When and to whom what is written in a ticket went by mail, as far as this machine has sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from desk.domain.changes.notices import QUOTING
from desk.git.place import Place
from desk.local import maillog

_TOLD = ("sent", "later", "failed", "held")


def by_entry(place: Place, ticket: str, created: datetime, entries: Iterable[datetime]) -> list[list[dict[str, Any]]]:
    """What became of the messages about each entry, by when they were written: one row a recipient, as it stands now.

    Of entries of one second the first belongs to the first commit, and so on.
    """
    commits: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for row in maillog.about(place, ticket, created):
        if row.get("event") in QUOTING and row.get("state") in _TOLD and {"id", "commit", "to"} <= row.keys():
            second = row["id"].partition("-")[0]
            commits.setdefault(second, {}).setdefault(row["commit"], {})[row["to"]] = _status(row)
    found = []
    taken: dict[str, int] = {}
    for at in entries:
        second = f"{at:%Y%m%dT%H%M%S}"
        number = taken[second] = taken.get(second, -1) + 1
        of_second = list(commits.get(second, {}).values())
        found.append(list(of_second[number].values()) if number < len(of_second) else [])
    return found


def _status(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"to": row["to"], "state": row["state"], "at": row["at"], "reason": row.get("reason") or None}
