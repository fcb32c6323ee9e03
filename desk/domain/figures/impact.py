"""What a problem's incidents cost together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from desk.domain.model.fields import parse_time, utc_text
from desk.domain.model.states import CLOSED

HOUR = 3600


def total(incidents: Sequence[Mapping[str, Any]], groups: Sequence[str], now: datetime) -> dict[str, Any]:
    """The sum over a problem's incidents, given as plain data.

    `requesters` are different people; incidents that staff registered for nobody count as none. `hours` is what all
    incidents together were open, by the calendar, from registration to closing, for open ones until now.
    """
    spans = [_hours(row, now) for row in incidents]
    created = sorted(str(row["created"]) for row in incidents)
    return {
        "incidents": len(incidents),
        "open": sum(row["state"] != CLOSED for row in incidents),
        "requesters": len({row["requester"] for row in incidents if row["requester"]}),
        "groups": list(groups),
        "departments": sorted({str(row["department"]) for row in incidents}),
        "first": created[0] if created else None,
        "last": created[-1] if created else None,
        "hours": round(sum(spans), 1),
    }


def _hours(row: Mapping[str, Any], now: datetime) -> float:
    end = parse_time(row["closed"]) if row["closed"] else parse_time(utc_text(now))
    return max((end - parse_time(row["created"])).total_seconds(), 0) / HOUR
