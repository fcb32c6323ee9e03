"""SQL that many questions share, each piece compiled here alone: who, when, whose tickets, and what is due or was missed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from desk.domain.model.due import CLOCKS
from desk.domain.model.query import Scope
from desk.named import NamedTuple


class Condition(NamedTuple):
    """SQL that a row must fit, and its values in order; an empty one is fit by every row."""

    where: str = ""
    args: tuple[Any, ...] = ()

    def joined(self) -> str:
        """As it stands behind another condition."""
        return f" AND {self.where}" if self.where else ""


EVERYTHING = Condition()


def every(*conditions: Condition) -> Condition:
    """What fits all of these."""
    parts = [c for c in conditions if c.where]
    return Condition(" AND ".join(c.where for c in parts), tuple(value for c in parts for value in c.args))


def marks(values: Collection[Any]) -> str:
    """A question mark for each value."""
    return ",".join("?" * len(values))


def is_one_of(column: str, values: Collection[str]) -> Condition:
    """Whether a column has one of a few values; EVERYTHING for none."""
    return Condition(f"{column} IN ({marks(values)})", tuple(values)) if values else EVERYTHING


LISTED = "(SELECT value FROM json_each(?))"
"""Any number of values given as `listed` gives them: not one question mark a value, as SQLite counts those."""


def listed(values: Iterable[str]) -> str:
    """Ids or object names as one value."""
    return f"[{','.join(f'{chr(34)}{value}{chr(34)}' for value in values)}]"


# -- who and when ------------------------------------------------------------------------------------------------------

WHO = "coalesce(c.actor, (SELECT id FROM staff WHERE lower(email) = lower(c.email)), c.author)"
"""Who made a commit `c`: whom its trailer names, else the staff member with the author's address, else the author."""


def utc(column: str) -> str:
    """Epoch seconds as RFC 3339 UTC."""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {column}, 'unixepoch')"


def seconds(text: str) -> str:
    """A time of a record, or a value in RFC 3339, as epoch seconds."""
    return f"CAST(strftime('%s', {text}) AS INTEGER)"


_EVENT = {
    "at": utc("c.at"),
    "by": WHO,
    "kind": "e.kind",
    "id": "e.id",
    "title": "t.title",
    "verb": "coalesce(e.verb, c.verb)",
    "from": "e.before",
    "to": "e.after",
    "reason": "c.reason",
    "commit": "c.oid",
    "by_hand": "c.verb IS NULL",
    "state": "t.state",
    "priority": "t.priority",
    "department": "t.department",
    "owner": "t.owner",
}
"""What is told of an event `e`, its commit `c` and its ticket `t`, by the names that rows have."""
EVENTS = "events e JOIN commits c ON c.n = e.n"
TICKETS_OF_EVENTS = "LEFT JOIN tickets t ON e.kind = 'ticket' AND t.id = e.id"


def told(*names: str) -> str:
    """The columns of rows that tell of events, by name."""
    return ", ".join(_EVENT[name] for name in names)


def told_of_commits(*names: str) -> str:
    """The columns of rows that tell of whole commits, by name."""
    return ", ".join({**_EVENT, "verb": "c.verb"}[name] for name in names)


def as_rows(names: tuple[str, ...], found: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Rows by name; `by_hand` is a truth."""
    rows = [dict(zip(names, row, strict=True)) for row in found]
    if "by_hand" in names:
        for row in rows:
            row["by_hand"] = bool(row["by_hand"])
    return rows


# -- whose tickets -----------------------------------------------------------------------------------------------------


def scope(of: Scope | None, table: str = "") -> Condition:
    """The tickets that a scope shows (rule 1): `Scope.shows` in SQL."""
    if of is None:
        return EVERYTHING
    name = f"{table}." if table else ""
    where = f"({name}department IN ({marks(of.departments)}) OR {name}author = ?)"
    return Condition(where, (*of.departments, of.author))


# -- what is due -------------------------------------------------------------------------------------------------------

LIVE = "state <> 'closed'"
"""As the partial indexes say it."""
PROMISED = {clock: CLOCKS[clock] for clock in ("respond", "resolve")}
"""The clocks that are promised once, and when their time is up. An `update` begins anew with each reply."""
_DONE = {"respond": ("responded", "closed"), "resolve": ("closed",)}
"""What ends such a clock: who is done with a ticket owes no first reply any more."""


def _pressing() -> str:
    ended = {"respond_by": " AND responded IS NULL"}
    times = (
        f"coalesce(CASE WHEN (paused IS NULL OR {name} < paused){ended.get(name, '')} THEN {name} END, '~')"
        for name in CLOCKS.values()
    )
    return f"nullif(min({', '.join(times)}), '~')"


PRESSING = _pressing()
"""When the next thing is due on a ticket that isn't closed, NULL for nothing: `due.pressing` in SQL."""


def missed(clock: str, now: str, table: str = "") -> str:
    """Whether the time of a clock, `respond` or `resolve`, was up before what it waits for happened, or hasn't happened by
    `now` (SQL): `due.missed` in SQL.
    """
    name = f"{table}." if table else ""
    ends = ", ".join(f"{name}{column}" for column in (*_DONE[clock], "paused"))
    return f"{name}{CLOCKS[clock]} < coalesce({ends}, {now})"


def _unrecorded(clock: str) -> str:
    return f"({missed(clock, NOTHING)} AND instr(sla, 'breach {clock} ' || {CLOCKS[clock]}) = 0)"


NOTHING = "''"
"""Before all times."""
UNSETTLED = f"({LIVE} OR paused IS NOT NULL OR {_unrecorded('resolve')} OR {_unrecorded('respond')})"
"""Live tickets, and closed ones with something that isn't recorded: those on which `due.unrecorded` can find anything."""
REVIEW_OWED = "major = 1 AND state = 'closed' AND review IS NULL AND merged_into IS NULL"
"""`states.owes_review` in SQL."""
