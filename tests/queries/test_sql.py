"""The SQL that questions share says what the domain says: of what is due and missed, of reviews owed, of whose tickets are seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desk.domain.model import due, states
from desk.domain.model.query import Scope
from desk.queries import sql
from desk.queries.sql import Condition

times = st.integers(1, 9).map(lambda n: f"2026-07-{n:02}T00:00:00Z")
maybe = st.none() | times


def ask(expression: str, row: Mapping[str, Any], args: tuple[Any, ...] = ()) -> Any:
    """What SQL makes of one ticket."""
    names = ", ".join(f'? AS "{name}"' for name in row)
    query = f"SELECT {expression} FROM (SELECT {names}) t"  # noqa: S608 - names are our own
    # The values of the expression stand in front of those of the row.
    [found] = sqlite3.connect(":memory:").execute(query, (*args, *row.values())).fetchone()
    return found


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Tickets as desk writes them: a closed one stands still no more, and a pause that stands begins after the first reply."""
    state = draw(st.sampled_from(states.STATES))
    closed = draw(times) if state == states.CLOSED else None
    paused = draw(times) if state == states.PENDING else None
    ends = [end for end in (closed, paused) if end]
    responded = draw(maybe)
    row: dict[str, Any] = {
        "state": state,
        "closed": closed,
        "paused": paused,
        "responded": min([responded, *ends]) if responded else None,
        **{name: draw(maybe) for name in due.CLOCKS.values()},
    }
    recorded = draw(st.sets(st.sampled_from(sorted(due.CLOCKS))))
    lines = [due.line(due.BREACH, due.Due(clock, row[due.CLOCKS[clock]])) for clock in sorted(recorded)]
    return {**row, "sla": [line for line in lines if not line.endswith("None")]}


@given(rows(), times)
def test_what_was_missed(row: dict[str, Any], now: str) -> None:
    flat = {**row, "sla": "\x1f".join(row["sla"])}
    by_clock = {clock: ask(sql.missed(clock, "?", "t"), flat, (now,)) for clock in sql.PROMISED}
    found = {one.clock for one in due.list_missed(row, now)}
    assert {clock for clock, late in by_clock.items() if late} == found & set(sql.PROMISED)


@given(rows(), times)
def test_nothing_that_is_unrecorded_goes_unseen(row: dict[str, Any], now: str) -> None:
    flat = {**row, "sla": "\x1f".join(row["sla"])}
    seen = bool(ask(sql.UNSETTLED, flat))
    if row["state"] == states.CLOSED:
        assert seen == bool(due.list_unrecorded(row, now))
    else:
        assert seen


@given(rows(), times)
def test_what_is_overdue(row: dict[str, Any], now: str) -> None:
    flat = {**row, "sla": ""}
    late = ask(f"? > {sql.PRESSING} AND {sql.LIVE}", flat, (now,))
    assert bool(late) == bool(due.overdue(row, now))


@given(
    state=st.sampled_from(states.STATES),
    major=st.booleans(),
    review=st.none() | st.just("We had no spare part."),
    merged=st.none() | st.just("260602-7K3Q"),
)
def test_whose_review_is_owed(*, state: str, major: bool, review: str | None, merged: str | None) -> None:
    row = {"state": state, "major": major, "review": review, "merged_into": merged}
    assert bool(ask(sql.REVIEW_OWED, {**row, "major": int(major)})) == states.owes_review(row)


departments = st.sampled_from(("technical", "legal", "semantic"))


@given(st.sets(departments), departments, st.none() | st.sampled_from(("eva", "petros")))
def test_whose_tickets_a_scope_shows(served: set[str], department: str, author: str | None) -> None:
    scope = Scope("eva", tuple(sorted(served)))
    within = sql.scope(scope, "t")
    shown = ask(within.where, {"department": department, "author": author}, within.args)
    assert bool(shown) == scope.shows(department, author)


def test_no_scope_is_everything() -> None:
    assert sql.scope(None) == sql.EVERYTHING
    assert sql.every(sql.EVERYTHING, Condition("a = ?", (1,)), Condition("b", ())) == Condition("a = ? AND b", (1,))
