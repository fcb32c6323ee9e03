"""Questions to the index for statistics: events counted by day, by hour, or by what their tickets are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any

from desk.domain.figures.statistics import VERBS, WEEKDAYS, Period, midnight
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries.events import LastChange
from desk.queries.sql import EVENTS, EVERYTHING, Condition, marks

_DAY = 86400
_EPOCH = date(1970, 1, 1)
_SIGNED_UP = (
    "FROM events e WHERE e.at >= ? AND e.at < ? AND e.kind = 'user' AND e.verb IN ('create', 'signup')"
    # Whoever becomes known by a ticket registered for them has not signed up.
    " AND NOT EXISTS (SELECT 1 FROM events o WHERE o.n = e.n AND o.kind = 'ticket')"
)


class Asked(NamedTuple):
    """A period in a time zone, up to a moment (epoch seconds), of the tickets that fit a condition; all for an empty one.

    `ranks` are the words that desk.toml has an order of, by what is grouped: groups stand in it.
    """

    period: Period
    zone: tzinfo
    moment: int
    which: Condition = EVERYTHING
    ranks: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    @property
    def args(self) -> tuple[Any, ...]:
        return self.which.args

    @property
    def span(self) -> tuple[int, int]:
        return self.period.seconds(self.zone)

    def among(self, column: str) -> str:
        """A condition on a column that holds ticket ids."""
        return f" AND {column} IN (SELECT id FROM tickets WHERE {self.which.where})" if self.which.where else ""

    def before(self) -> Asked:
        return self._replace(period=self.period.before())


# -- local time --------------------------------------------------------------------------------------------------------


def local(column: str, zone: tzinfo, period: Period) -> str:
    """SQL for epoch seconds as the zone's clock shows them: the offsets of the period, each from its own moment on."""
    offsets = _offsets(zone, period)
    cases = "".join(f" WHEN {column} < {until} THEN {offset}" for until, offset in offsets[:-1])
    last = offsets[-1][1]
    return f"({column} + {f'CASE{cases} ELSE {last} END' if cases else last})"


def _offsets(zone: tzinfo, period: Period) -> list[tuple[int, int]]:
    """Until when (epoch seconds) which offset holds."""
    found: list[tuple[int, int]] = []
    days = (period.first + timedelta(days=n) for n in range(period.days + 1))
    for start in (midnight(day, zone) for day in days):
        offset = _offset(start, zone)
        if found and found[-1][1] != offset:
            found[-1] = (_turning(start - 2 * _DAY, start, zone), found[-1][1])
        if not found or found[-1][1] != offset:
            found.append((0, offset))
    return found


def _turning(early: int, late: int, zone: tzinfo) -> int:
    """The second at which the offset changes between two moments."""
    target = _offset(late, zone)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if _offset(middle, zone) == target else (middle, late)
    return late


def _offset(at: int, zone: tzinfo) -> int:
    shift = datetime.fromtimestamp(at, zone).utcoffset()
    return int(shift.total_seconds()) if shift else 0


# -- what to count by --------------------------------------------------------------------------------------------------

TIMES = ("day", "hour", "weekday")
_COLUMNS = ("department", "owner", "kind", "channel", "priority", "service", "language")
DIMENSIONS = (*_COLUMNS, "tag", "group")
"""What tickets can be grouped by, as they are at the commit."""


class Cut(NamedTuple):
    """How rows are grouped: a join on `tickets t`, and SQL for the key, in which {at} is the moment that counts."""

    join: str = ""
    key: str = "''"

    def at(self, moment: str) -> str:
        return self.key.replace("{at}", moment)


def cut(asked: Asked, by: str | None) -> Cut:
    """A cut for one of TIMES, of DIMENSIONS, or for everything together."""
    if by in TIMES:
        clock = local("{at}", asked.zone, asked.period)
        return Cut(
            "",
            {"day": f"{clock} / {_DAY}", "hour": f"{clock} % {_DAY} / 3600", "weekday": f"({clock} / {_DAY} + 3) % 7"}[
                by
            ],
        )
    if by == "tag":
        return Cut(
            " LEFT JOIN members m ON m.path = t.path AND m.kind = 'ticket' AND m.field = 'tags'",
            "coalesce(m.value, 'none')",
        )
    if by == "group":
        return Cut(" LEFT JOIN users u ON u.id = t.requester", "coalesce(u.\"group\", 'none')")
    return Cut("", f"coalesce(t.{by}, 'none')") if by else Cut()


def label_key(key: Any, by: str) -> str:
    """A key of a cut as people and scripts read it."""
    if by == "day":
        return (_EPOCH + timedelta(days=int(key))).isoformat()
    if by == "hour":
        return f"{int(key):02}"
    return WEEKDAYS[int(key)] if by == "weekday" else str(key)


def place(key: Any, by: str, asked: Asked) -> tuple[bool, int, Any]:
    """Where a key stands among the others: those without one last, what desk.toml has an order of in that, the rest by itself."""
    ranks = asked.ranks.get(by, ())
    return key == "none", ranks.index(key) if key in ranks else len(ranks), key


# -- counting ----------------------------------------------------------------------------------------------------------


def exclude_undone(index: Index) -> str:
    """SQL by which an event `e` counts: its commit took nothing back, and wasn't taken back, or that was taken back itself."""
    undone = list(
        index.db.execute(
            "SELECT c.n, (SELECT o.n FROM commits o WHERE o.oid >= u.named AND o.oid < u.named || 'g') FROM"
            " (SELECT DISTINCT n, depth, substr(e.after, instr(e.after, ' ') + 1) named FROM commits JOIN events e USING (n)"
            " WHERE commits.verb = 'undo' AND e.verb = 'undo') u JOIN commits c USING (n) ORDER BY c.depth DESC, c.n DESC"
        )
    )
    taken_back: set[int] = set()
    for n, other in undone:
        if n not in taken_back and other is not None:
            taken_back.add(int(other))
    nothing = sorted(taken_back | {int(n) for n, _ in undone})
    return f" AND e.n NOT IN ({', '.join(map(str, nothing))})" if nothing else ""


def standing(index: Index, limit: int, *, by: str | None = None, ticket: str | None = None) -> list[LastChange]:
    """The last changes that somebody made, or that a ticket saw, newest first, as far as they weren't taken back."""
    whose, value = ("c.actor = ?", by) if ticket is None else ("e.kind = 'ticket' AND e.id = ?", ticket)
    rows = index.db.execute(
        f"SELECT DISTINCT c.n, c.oid, c.verb FROM {EVENTS} WHERE {whose}{exclude_undone(index)}"
        " ORDER BY c.depth DESC, c.n DESC LIMIT ?",
        (value, limit),
    )
    return [LastChange(*row) for row in rows]


def counts(index: Index, asked: Asked, by: str | None) -> dict[Any, Counter[str]]:
    """Key of the cut → figure → events of the period; `again` counts re-openings of closed tickets."""
    how, counted = cut(asked, by), exclude_undone(index)
    tickets = " LEFT JOIN tickets t ON t.id = e.id" if by in DIMENSIONS else ""
    rows = index.db.execute(
        f"SELECT {how.at('e.at')}, e.verb, count(*) FROM events e{tickets}{how.join}"
        f" WHERE e.at >= ? AND e.at < ? AND e.kind = 'ticket' AND e.verb IN ({marks(VERBS)})"
        f"{asked.among('e.id')}{counted} GROUP BY 1, 2",
        (*asked.span, *VERBS, *asked.args),
    )
    found: dict[Any, Counter[str]] = {}
    for key, verb, number in rows:
        found.setdefault(key, Counter())[VERBS[verb]] += number
    again = index.db.execute(
        f"SELECT {how.at('e.at')}, count(*) FROM events e{tickets}{how.join} WHERE e.at >= ? AND e.at < ? AND e.kind = 'ticket'"
        f" AND e.verb = 'reopen' AND e.before = 'closed'{asked.among('e.id')}{counted} GROUP BY 1",
        (*asked.span, *asked.args),
    )
    for key, number in again:
        found.setdefault(key, Counter())["again"] += number
    if by not in DIMENSIONS and not asked.which.where:
        for key, number in index.db.execute(
            f"SELECT {how.at('e.at')}, count(*) {_SIGNED_UP}{counted} GROUP BY 1", asked.span
        ):
            if number:
                found.setdefault(key, Counter())["signups"] += number
    return found


def trends(index: Index, asked: Asked) -> dict[str, list[int]]:
    """Figure → events by day, or by week (the last one may be shorter) when the period is long."""
    first = (asked.period.first - _EPOCH).days
    found = {name: [0] * asked.period.bars for name in (*VERBS.values(), "signups")}
    for day, by_figure in counts(index, asked, "day").items():
        for name, number in by_figure.items():
            if name in found:
                found[name][(int(day) - first) // asked.period.step] += number
    return found
