"""Questions to the index for statistics: how long things took, what came back, what waits; grouped as `counting` cuts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from desk.domain.figures.statistics import Facts, Turn, levels
from desk.domain.model.fields import utc_text
from desk.domain.model.states import CLOSED
from desk.index.index import Index
from desk.queries import sql
from desk.queries.counting import DIMENSIONS, Asked, counts, cut, exclude_undone
from desk.queries.sql import LIVE, marks, seconds


def _text(at: int) -> str:
    return utc_text(datetime.fromtimestamp(at, UTC))


class _Found:
    """Facts while they come together, by key."""

    def __init__(self) -> None:
        self.counts: dict[Any, Counter[str]] = {}
        self.lists: dict[str, dict[Any, list[int]]] = {"responses": {}, "resolutions": {}, "ages": {}}

    def add(self, key: Any, name: str, number: int = 1) -> None:
        self.counts.setdefault(key, Counter())[name] += number

    def put(self, key: Any, name: str, value: int) -> None:
        self.lists[name].setdefault(key, []).append(value)

    def facts(self) -> dict[Any, Facts]:
        keys = dict.fromkeys([*self.counts, *(k for found in self.lists.values() for k in found)])
        return {
            key: Facts(self.counts.get(key, Counter()), *(found.get(key, ()) for found in self.lists.values()))
            for key in keys
        }


def gather_facts(index: Index, asked: Asked, by: str | None = None) -> dict[Any, Facts]:
    """Everything that figures are made of, by key of the cut; the one key is '' where nothing is cut."""
    found = _Found()
    found.counts = counts(index, asked, by)
    _responses(index, asked, by, found)
    _resolutions(index, asked, by, found)
    _breaches(index, asked, by, found)
    if by is None or by in DIMENSIONS:
        _waiting(index, asked, by, found)
    if by is None:
        [found.counts.setdefault("", Counter())["backlog"]] = backlog(index, asked, [asked.span[1]])
    return found.facts()


def _responses(index: Index, asked: Asked, by: str | None, found: _Found) -> None:
    how = cut(asked, by)
    at = seconds("t.responded")
    rows = index.db.execute(
        f"SELECT {how.at(at)}, {at} - {seconds('t.created')}, t.responded <= t.respond_by, t.merged_into"
        f" FROM tickets t{how.join} WHERE t.responded >= ? AND t.responded < ?{asked.among('t.id')}",
        (*map(_text, asked.span), *asked.args),
    )
    for key, took, in_time, merged in rows:
        found.put(key, "responses", max(took, 0))
        if in_time and not merged:
            found.add(key, "sla_kept")


def _resolutions(index: Index, asked: Asked, by: str | None, found: _Found) -> None:
    """Tickets closed in the period, and closed still; those merged into another were not resolved but joined."""
    how = cut(asked, by)
    at = seconds("t.closed")
    event = f"(SELECT count(*) FROM events e WHERE e.id = t.id AND e.kind = 'ticket'{exclude_undone(index)} AND e.verb"
    rows = index.db.execute(
        f"SELECT {how.at(at)}, {at} - {seconds('t.created')}, t.closed <= t.due, t.replies, {event} = 'move'),"
        f" {event} IN ('assign', 'escalate') AND e.after IS NOT NULL), {event} = 'reopen' AND e.before = 'closed')"
        f" FROM tickets t{how.join} WHERE t.closed >= ? AND t.closed < ? AND t.state = '{CLOSED}' AND t.merged_into IS NULL"
        f"{asked.among('t.id')}",
        (*map(_text, asked.span), *asked.args),
    )
    for key, took, in_time, replies, moves, owners, again in rows:
        found.put(key, "resolutions", max(took, 0))
        found.add(key, "moves", moves)
        found.add(key, "owners", max(owners - 1, 0))
        found.add(key, "sla_kept", int(in_time or 0))
        found.add(key, "first_contact", int(replies <= 1 and not moves and owners <= 1 and not again))


def _breaches(index: Index, asked: Asked, by: str | None, found: _Found) -> None:
    """Due times of the period that passed before the moment, without what was due, and without the clock standing still."""
    how = cut(asked, by)
    start, end = asked.span
    until = _text(min(end, asked.moment))
    for clock, due in sql.PROMISED.items():
        rows = index.db.execute(
            f"SELECT {how.at(seconds(f't.{due}'))}, count(*) FROM tickets t{how.join} WHERE t.{due} >= ? AND t.{due} < ?"
            f" AND {sql.missed(clock, '?', 't')} AND t.merged_into IS NULL{asked.among('t.id')} GROUP BY 1",
            (_text(start), until, until, *asked.args),
        )
        for key, number in rows:
            if number:
                found.add(key, "sla_breached", number)


def _waiting(index: Index, asked: Asked, by: str | None, found: _Found) -> None:
    how = cut(asked, by)
    rows = index.db.execute(
        f"SELECT {how.key}, t.state, {seconds('t.created')} FROM tickets t{how.join}"
        f" WHERE t.{LIVE}{asked.among('t.id')}",
        asked.args,
    )
    for key, state, created in rows:
        found.add(key, state)
        found.put(key, "ages", max(asked.moment - created, 0))


# -- the backlog as it was ---------------------------------------------------------------------------------------------

_TURNS = ("create", "close", "reopen", "pending", "delete")
"""Events at which a ticket may begin or cease to be live."""


def backlog(index: Index, asked: Asked, moments: list[int]) -> list[int]:
    """How many tickets were not closed at each of some moments in order, none later than the index is."""
    first = min(moments)
    since = (first, *_TURNS, *asked.args)
    turned = f"SELECT id FROM events WHERE at >= ? AND kind = 'ticket' AND verb IN ({marks(_TURNS)}){asked.among('id')}"
    # A ticket that was imported closed has no event of its closing, only the time.
    turned += f" UNION SELECT id FROM tickets WHERE closed >= ?{asked.among('id')}"
    args = (*since, _text(first), *asked.args)
    rows = index.db.execute(
        "SELECT e.id, e.at, e.verb FROM events e JOIN commits c ON c.n = e.n"
        f" WHERE e.kind = 'ticket' AND e.verb IN ({marks(_TURNS)}) AND e.id IN ({turned}) ORDER BY e.at, c.depth, c.oid, e.place",
        (*_TURNS, *args),
    )
    turns = [Turn(str(i), at, verb not in ("close", "delete")) for i, at, verb in rows]
    told = {(turn.ticket, turn.at) for turn in turns if not turn.live}
    now: dict[str, bool] = {}
    for i, state, closed in index.db.execute(
        f"SELECT id, state, {seconds('closed')} FROM tickets WHERE id IN ({turned})", args
    ):
        now[str(i)] = state != CLOSED
        if state == CLOSED and closed is not None and (str(i), closed) not in told:
            turns.append(Turn(str(i), closed, live=False))
    total = index.db.execute(f"SELECT count(*) FROM tickets WHERE {LIVE}{asked.among('id')}", asked.args)
    return levels(sorted(turns, key=lambda turn: turn.at), now, int(total.fetchone()[0]), moments)
