"""What is due on a ticket, from a row as lists and `data.head` have it: times are RFC 3339 UTC text, which sorts as time does.

Three clocks: `respond` until the first reply, `update` until the next one, `resolve` until the ticket is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from desk.domain.model.states import CLOSED
from desk.named import NamedTuple
from desk.text import _

CLOCKS: Mapping[str, str] = MappingProxyType({"respond": "respond_by", "update": "update_by", "resolve": "due"})
"""Each clock and the field that holds when its time is up."""
SPOKEN: Mapping[str, str] = MappingProxyType(
    {"respond": _("first reply"), "update": _("next reply"), "resolve": _("resolution")}
)
RESUME = "resume"
RENEW = "renew"
WARNING = "warning"
BREACH = "breach"

Row = Mapping[str, Any]


class Due(NamedTuple):
    """A clock and when its time is up."""

    clock: str
    at: str


def running(row: Row) -> list[Due]:
    """The clocks of a ticket that have not ended, paused or not: none of a closed one, no `respond` after the first reply."""
    if row["state"] == CLOSED:
        return []
    ended = {"respond"} if row["responded"] else set()
    return [Due(clock, str(row[name])) for clock, name in CLOCKS.items() if row[name] and clock not in ended]


def find_pressing(row: Row) -> Due | None:
    """What is due next; of a paused ticket only what had run out before."""
    paused = row["paused"]
    found = [due for due in running(row) if not paused or due.at < paused]
    return min(found, key=lambda due: due.at, default=None)


def overdue(row: Row, now: str) -> bool | None:
    """Whether the time of any clock that hasn't ended is up; None where no clock runs or stands."""
    if not running(row):
        return None
    found = find_pressing(row)
    return found is not None and found.at < now


def list_missed(row: Row, now: str) -> list[Due]:
    """The clocks whose time was up before what they wait for happened, or hasn't happened by now."""
    late = [due for due in running(row) if due.at < (row["paused"] or now)]
    if row["respond_by"] and (done := row["responded"] or row["closed"]) and row["respond_by"] < done:
        late.append(Due("respond", str(row["respond_by"])))
    if row["due"] and row["closed"] and row["due"] < row["closed"]:
        late.append(Due("resolve", str(row["due"])))
    return late


def line(what: str, due: Due) -> str:
    """`breach resolve 2026-07-23T10:12:44Z`: as the ticket's file keeps it; the time is when it was due."""
    return f"{what} {due.clock} {due.at}"


def list_unrecorded(row: Row, now: str) -> list[Due]:
    """The breaches that the ticket's file doesn't name yet."""
    return [due for due in list_missed(row, now) if line(BREACH, due) not in row["sla"]]


def list_recordable(row: Row, now: str) -> list[Due]:
    """Those to be noted now. What a clock that is ahead has dated, such as a pause to come, makes nothing late before its time."""
    return [due for due in list_unrecorded(row, now) if due.at < now]


def add_due(row: Row, now: str) -> dict[str, Any]:
    """A row with what lists and `show` say beside the fields."""
    found = find_pressing(row)
    return {**row, "next_due": found.at if found else None, "overdue": overdue(row, now)}
