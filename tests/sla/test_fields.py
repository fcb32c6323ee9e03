"""What a ticket's file says of its service level: hostile lines, who counts as staff, and the same answer from SQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.levels import clocks
from desk.domain.model import due
from desk.domain.model.fields import parse_time
from desk.domain.model.record import Entry
from desk.domain.model.slafields import parse_pauses, parse_records
from desk.domain.model.ticket import Ticket
from desk.queries.sql import PRESSING
from tests.conftest import Runner
from tests.sla.story import policies, time_of

DAY = "2026-07-{:02}T00:00:00Z"


def day(n: int) -> str:
    return DAY.format(n)


def test_pauses_are_in_order_and_apart() -> None:
    given = [f"{day(5)} {day(7)}", f"{day(1)} {day(2)}", f"{day(6)} {day(9)}", f"{day(1)} {day(2)}"]
    assert parse_pauses(given) == (f"{day(1)} {day(2)}", f"{day(5)} {day(9)}")


@pytest.mark.parametrize(
    ("parse", "line", "problem"),
    [
        (parse_pauses, "yesterday", "not two times"),
        (parse_pauses, day(1), "not two times"),
        (parse_pauses, f"{day(2)} {day(1)}", "ends before it begins"),
        (parse_pauses, f"{day(1)} {day(1)}", "ends before it begins"),
        (parse_records, "breach resolve", "not a breach or a warning"),
        (parse_records, f"breach solve {day(1)}", "not a breach or a warning"),
        (parse_records, "breach resolve soon", "not a time"),
        (parse_records, f"breach resolve {day(1)} \x1b[2J", "control characters"),
    ],
)
def test_what_can_t_be_meant(parse: Any, line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse([line])


def test_a_spoiled_line_is_named(desk: Runner, home: Path, make: Any) -> None:
    ticket = make("High", "--priority", "high")
    path = next((home / "records/tickets").rglob("*.md"))
    path.write_text(
        path.read_text(encoding="utf-8").replace("\nrespond_by", "\nsla: [breach]\nrespond_by"), encoding="utf-8"
    )
    error = desk("commit", code=7).err
    assert f"{ticket}.md" in error
    assert "'breach' is not a breach or a warning such as" in error


def test_only_staff_s_replies_count() -> None:
    values: dict[str, Any] = {
        "id": "260602-7K3Q",
        "title": "T",
        "state": "open",
        "priority": "high",
        "department": "technical",
    }
    ticket = Ticket.new(**values, created="2026-06-02T06:00:00Z", requester="u-4f9x2")
    for who in ("u-4f9x2", "u-other"):
        entry = Entry("reply", who, time_of("Tue 2 Jun 09:10"), "Still waiting.")
        ticket = ticket.evolve(thread=(*ticket.thread, entry))
    assert ticket.responded is None
    assert clocks.last_reply(ticket) is None


def test_times_at_the_end_of_time() -> None:
    """A date near the year 9999, which only a hand edit gives, is no crash."""
    values: dict[str, Any] = {"id": "260602-7K3Q", "title": "T", "state": "open", "department": "technical"}
    for priority in ("low", "high"):
        ticket = Ticket.new(**values, priority=priority, created="9999-12-31T23:00:00Z")
        after, events = clocks.follow(None, ticket, parse_time(day(1)), policies(), lambda _: None)
        assert (after, events) == (ticket, ())


times = st.one_of(st.none(), st.integers(1, 9).map(day))


@given(st.sampled_from(("open", "pending", "closed")), times, times, times, times, times)
def test_sql_says_the_same(state: str, paused: Any, responded: Any, respond_by: Any, update_by: Any, end: Any) -> None:
    row = {
        "state": state,
        "paused": paused,
        "responded": responded,
        "respond_by": respond_by,
        "update_by": update_by,
        "due": end,
    }
    names = ", ".join(f":{name} AS {name}" for name in row)
    sql = f"SELECT CASE WHEN state <> 'closed' THEN {PRESSING} END FROM (SELECT {names})"  # noqa: S608 - names are our own
    [found] = sqlite3.connect(":memory:").execute(sql, row).fetchone()
    one = due.find_pressing(row)
    assert found == (one.at if one else None)
