"""What reports and statistics are made of, asked of the index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desk.domain.figures import statistics
from desk.domain.figures.statistics import FIGURES, Facts, Period
from desk.domain.matching.suggestion import slug
from desk.domain.model.fields import utc_text
from desk.domain.model.organisation import RESERVED_TAGS
from desk.domain.model.states import CLOSED
from desk.git.place import Place
from desk.index.index import Index
from desk.queries import counting, measuring, sql, usage
from desk.queries import tickets as queries_tickets
from desk.queries.counting import TIMES, Asked
from desk.queries.sql import EVERYTHING, LIVE, PRESSING, PROMISED, WHO, Condition, missed, seconds

if TYPE_CHECKING:
    from desk.domain.model.rows import MissRow

Rows = list[dict[str, Any]]
_MISSED = " OR ".join(
    f"({due} >= :start AND {due} < :end AND {due} < :now AND {missed(clock, ':now')})"
    for clock, due in PROMISED.items()
)
LISTS: Mapping[str, tuple[str, str]] = {
    "created": ("created >= :start AND created < :end", "created"),
    "closed": (f"closed >= :start AND closed < :end AND state = '{CLOSED}'", "closed"),
    "unowned": (f"{LIVE} AND owner IS NULL", "created"),
    "waiting": (LIVE, "created"),
    "pending": ("state = 'pending'", "pending_until IS NULL, pending_until, created"),
    "incidents": (f"{LIVE} AND kind = 'incident'", "created"),
    "overdue": (f"{LIVE} AND {PRESSING} < :now", PRESSING),
    "due": (f"{LIVE} AND {PRESSING} >= :now", PRESSING),
    "breached": (f"merged_into IS NULL AND ({_MISSED})", "coalesce(respond_by, due)"),
}
"""The lists of tickets that reports have: condition and order."""
_AGES = ((1, "under a day"), (3, "1-3 days"), (7, "3-7 days"), (30, "7-30 days"), (90, "30-90 days"))
_OLDER = "over 90 days"
_DAY = 86400
_SHOWN = (
    "id", "title", "priority", "department", "owner", "state", "created", "closed", "responded", "respond_by", "due",
    "pending_until",
)  # fmt: skip
_NOTABLE = {
    "rights": "e.kind NOT IN ('ticket', 'user')",
    "deleted": "e.kind = 'ticket' AND e.verb = 'delete'",
    "overrides": "e.kind = 'ticket' AND e.verb = 'classify' AND e.after LIKE '%override%'",
}
_MOST = 200
"""Events of one section; an auditor who needs more asks `desk log`."""


class Reading:
    """One commit, one moment, one period: the answers to what reports ask."""

    def __init__(
        self,
        index: Index,
        asked: Asked,
        place: Place,
        commit: str,
        *,
        readable: Condition = EVERYTHING,
        language: str = "en",
    ) -> None:
        """`language` is that of tickets and articles which name none; `readable` the tickets a reader may name (rule 1)."""
        self.index = index
        self.asked = asked
        self.place = place
        self.commit = commit
        self.readable = readable
        self.language = language

    @property
    def period(self) -> Period:
        return self.asked.period

    @cached_property
    def _figures(self) -> Rows:
        return figures(self.index, self.asked)

    def figures(self) -> Rows:
        return self._figures

    def grouped(self, by: str) -> Rows:
        return grouped(self.index, self.asked, by)

    def days(self) -> list[str]:
        period = self.period
        return [str(period.first + timedelta(days=period.step * n)) for n in range(period.bars)]

    @cached_property
    def _times(self) -> dict[str, str]:
        start, end = self.asked.span
        moments = {"start": start, "end": end, "now": self.asked.moment}
        return {name: utc_text(datetime.fromtimestamp(at, UTC)) for name, at in moments.items()}

    # -- tickets -----------------------------------------------------------------------------------------------------

    def _condition(self, which: str) -> Condition:
        """SQL with its values in order: the list's own, the filters', and what may be read."""
        own = LISTS[which][0]
        times = tuple(self._times[name] for name in re.findall(r":([a-z]+)", own))
        return self._among(Condition(re.sub(r":[a-z]+", "?", own), times))

    def _among(self, which: Condition) -> Condition:
        """Of these tickets those that fit the filters and may be read."""
        parts = (which, self.asked.which, self.readable)
        return sql.every(*(Condition(f"({c.where})", c.args) for c in parts if c.where))

    def tickets(self, which: str, limit: int) -> Rows:
        where, args = self._condition(which)
        rows = self.index.rows("ticket", where, args, f"ORDER BY {LISTS[which][1]}, id LIMIT {int(limit)}")
        return [{**{n: row[n] for n in _SHOWN}, "age": self._age(row)} for row in rows]

    def _age(self, row: Mapping[str, Any]) -> int:
        """Seconds from registration to the closing, or to now."""
        end = (
            datetime.fromisoformat(row["closed"]).timestamp()
            if row["state"] == CLOSED and row["closed"]
            else self.asked.moment
        )
        return max(int(end - datetime.fromisoformat(row["created"]).timestamp()), 0)

    def count(self, which: str) -> int:
        where, args = self._condition(which)
        return int(self.index.db.execute(f"SELECT count(*) FROM tickets WHERE {where}", args).fetchone()[0])

    def waiting_by_age(self) -> Rows:
        found: dict[str, Counter[str]] = {name: Counter() for name in (*(name for _, name in _AGES), _OLDER)}
        rows = self.index.db.execute(
            f"SELECT state, {seconds('created')} FROM tickets WHERE {LIVE}{self.asked.among('id')}", self.asked.args
        )
        for state, created in rows:
            days = (self.asked.moment - created) / _DAY
            found[next((name for limit, name in _AGES if days < limit), _OLDER)][state] += 1
        return [{"id": name, "open": counted["open"], "pending": counted["pending"]} for name, counted in found.items()]

    # -- people ------------------------------------------------------------------------------------------------------

    def names(self) -> dict[str, str]:
        return {str(i): str(name) for i, name in self.index.db.execute("SELECT id, name FROM staff")}

    def work(self) -> Rows:
        names = self.names()
        found: dict[str, dict[str, Any]] = {}

        def person(who: str) -> dict[str, Any]:
            nothing = {"open": 0, "pending": 0, "oldest": None, "replies": 0, "notes": 0, "closed": 0, "acts": 0}
            return found.setdefault(who, {"id": who, "name": names.get(who), **nothing})

        owned = self.index.db.execute(
            f"SELECT owner, state, count(*), min({seconds('created')}) FROM tickets"
            f" WHERE {LIVE} AND owner IS NOT NULL{self.asked.among('id')} GROUP BY 1, 2",
            self.asked.args,
        )
        for owner, state, number, since in owned:
            row = person(owner)
            row[state] = number
            row["oldest"] = max(row["oldest"] or 0, self.asked.moment - since)
        done = self.index.db.execute(
            f"SELECT {WHO}, e.verb, count(*) FROM {sql.EVENTS}"
            f" WHERE e.at >= ? AND e.at < ? AND e.kind = 'ticket'{self.asked.among('e.id')}"
            f"{counting.exclude_undone(self.index)} GROUP BY 1, 2",
            (*self.asked.span, *self.asked.args),
        )
        for who, verb, number in done:
            row = person(str(who))
            row["acts"] += number
            if verb in ("reply", "note", "close"):
                row[{"reply": "replies", "note": "notes", "close": "closed"}[verb]] += number
        return sorted(found.values(), key=lambda row: (-(row["open"] + row["pending"]), -row["acts"], row["id"]))

    # -- what the desk knows -----------------------------------------------------------------------------------------

    def problems(self) -> Rows:
        where = f"kind = 'problem' AND ({LIVE} OR (closed >= ? AND closed < ?)) AND merged_into IS NULL"
        which = self._among(Condition(where, (self._times["start"], self._times["end"])))
        rows = self.index.rows("ticket", which.where, which.args, "ORDER BY created, id")
        return [
            {
                **{n: row[n] for n in _SHOWN},
                "incidents": len(
                    {*queries_tickets.linking(self.index, row["id"]), *(ln.split()[1] for ln in row["links"])}
                ),
                "cause_known": bool(row["cause"]),
                "workaround_known": bool(row["workaround"]),
                "age": self._age(row),
            }
            for row in rows
        ]

    def recurring(self) -> Rows:
        now, before = (self._tags(asked) for asked in (self.asked, self.asked.before()))
        rows = [{"id": tag, "incidents": number, "before": before[tag]} for tag, number in now.items()]
        return sorted(rows, key=lambda row: (-row["incidents"], row["id"]))

    def _tags(self, asked: Asked) -> Counter[str]:
        start, end = (utc_text(datetime.fromtimestamp(at, UTC)) for at in asked.span)
        rows = self.index.db.execute(
            "SELECT m.value, count(*) FROM tickets t JOIN members m ON m.path = t.path AND m.kind = 'ticket' AND m.field = 'tags'"
            f" WHERE t.kind = 'incident' AND t.created >= ? AND t.created < ?{asked.among('t.id')} GROUP BY 1",
            (start, end, *asked.args),
        )
        return Counter({str(tag): int(number) for tag, number in rows if tag not in RESERVED_TAGS})

    def articles(self) -> Rows:
        return self._articles

    @cached_property
    def _articles(self) -> Rows:
        used = usage.count_used(self.index, self.place, self.commit, self.asked.span)
        today = datetime.fromtimestamp(self.asked.moment, self.asked.zone).date().isoformat()
        names = ("id", "title", "topic", "type", "state", "published", "review")
        found: dict[str, dict[str, Any]] = {}
        # The variants of an article in several languages are one article; the desk's first language speaks for it.
        rows = self.index.rows("article", tail="ORDER BY topic, id")
        for row in sorted(
            rows, key=lambda r: (r["topic"], slug(r["id"], r["language"]), r["language"] != self.language)
        ):
            name = slug(row["id"], row["language"])
            stale = row["state"] == "published" and row["review"] is not None and row["review"] <= today
            one = found.setdefault(
                name, {**{n: row[n] for n in names}, "id": name, "languages": [], "used": 0, "stale": False}
            )
            one["languages"].append(row["language"] or self.language)
            one["used"] += used[row["id"]]
            one["stale"] = one["stale"] or stale
        return list(found.values())

    def suggested(self) -> Mapping[str, int]:
        asked = self.asked
        among = (asked.among("t.id"), asked.args)
        span = (self._times["start"], self._times["end"])
        return usage.count_suggested(self.index, span, among, self.language)

    def misses(self) -> list[MissRow]:
        return usage.misses(self.place, self.asked.span)

    # -- what auditors look at ---------------------------------------------------------------------------------------

    def acts(self) -> Rows:
        names = self.names()
        rows = self.index.db.execute(
            f"SELECT {WHO}, count(*), sum(c.verb IS NULL) FROM commits c WHERE c.at >= ? AND c.at < ? GROUP BY 1",
            self.asked.span,
        )
        verbs: dict[str, Counter[str]] = {}
        for who, verb, number in self.index.db.execute(
            f"SELECT {WHO}, e.verb, count(*) FROM {sql.EVENTS} WHERE e.at >= ? AND e.at < ? GROUP BY 1, 2",
            self.asked.span,
        ):
            verbs.setdefault(str(who), Counter())[verb] = number
        found = [
            {
                "id": str(who),
                "name": names.get(str(who)),
                "acts": int(number),
                "events": sum(verbs.get(str(who), Counter()).values()),
                "by_hand": int(by_hand),
                "verbs": [f"{verb} {times}" for verb, times in verbs.get(str(who), Counter()).most_common(3)],
            }
            for who, number, by_hand in rows
        ]
        return sorted(found, key=lambda row: (-row["acts"], row["id"]))

    def notable(self, which: str) -> Rows:
        if which == "by-hand":
            return self._by_hand()
        names = ("at", "by", "kind", "id", "verb", "from", "to", "reason", "commit")
        rows = self.index.db.execute(
            f"SELECT {sql.told(*names)} FROM {sql.EVENTS} WHERE e.at >= ? AND e.at < ? AND {_NOTABLE[which]}"
            " ORDER BY e.at DESC, c.depth DESC, c.oid, e.place LIMIT ?",
            (*self.asked.span, _MOST),
        )
        found = sql.as_rows(names, rows)
        return [{"record": r["id"] if r["kind"] == "ticket" else f"{r['kind']}/{r['id']}", **r} for r in found]

    def _by_hand(self) -> Rows:
        rows = self.index.db.execute(
            f"SELECT {sql.utc('c.at')}, {WHO},"
            " (SELECT group_concat(DISTINCT e.id) FROM events e WHERE e.n = c.n),"
            " (SELECT group_concat(DISTINCT e.verb) FROM events e WHERE e.n = c.n), c.oid"
            " FROM commits c WHERE c.at >= ? AND c.at < ? AND c.verb IS NULL ORDER BY c.at DESC, c.depth DESC, c.oid LIMIT ?",
            (*self.asked.span, _MOST),
        )
        return [
            {"at": at, "by": by, "record": ids, "verb": verbs, "from": None, "to": None, "reason": None, "commit": oid}
            for at, by, ids, verbs, oid in rows
        ]


def figures(index: Index, asked: Asked) -> list[dict[str, Any]]:
    """Every figure against the period before, with its trend. Sign-ups belong to no ticket, so a filter leaves them out."""
    now, before = (measuring.gather_facts(index, q).get("", Facts()) for q in (asked, asked.before()))
    values, earlier = statistics.figures(now), statistics.figures(before)
    trends = {**counting.trends(index, asked), "backlog": _backlog(index, asked)}
    names = [n for n in FIGURES if not (n == "signups" and asked.which.where)]
    return [statistics.row(name, values, earlier, trends.get(name, ())) for name in names]


def _backlog(index: Index, asked: Asked) -> list[int]:
    """Up to the moment: days to come have none yet."""
    edges = asked.period.edges(asked.zone)
    starts = [asked.span[0], *edges]
    past = [end for start, end in zip(starts, edges, strict=False) if start <= asked.moment]
    return measuring.backlog(index, asked, past) if past else []


def grouped(index: Index, asked: Asked, by: str) -> list[dict[str, Any]]:
    """The figures of each group in which anything happened or waits; those without one last."""
    found = measuring.gather_facts(index, asked, by)
    without = {"backlog", *(n for n, f in FIGURES.items() if f.level)} if by in TIMES else {"backlog", "signups"}
    without |= {"signups"} if asked.which.where else set()
    names = [n for n in FIGURES if n not in without]
    rows = []
    for key in sorted(found, key=lambda key: counting.place(key, by, asked)):
        values = statistics.figures(found[key])
        if any(values[n] for n in names):
            rows.append({"id": counting.label_key(key, by), **{n: values[n] for n in names}})
    return rows
