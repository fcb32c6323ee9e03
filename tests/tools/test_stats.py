"""Statistics, held against a count made from `git log` alone."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain import statistics
from desk.domain.statistics import Event, Period
from tests.conftest import Runner

Git = Callable[..., str]
ZONE = ZoneInfo("Asia/Nicosia")
FIGURE = {"create": "created", "close": "closed", "reopen": "reopened", "reply": "replies"}


def _by_git(home: Path, first: date, last: date) -> Counter[str]:
    """The figures from commit messages, written without the index."""
    out = subprocess.run(
        ["git", "-C", str(home), "log", "--format=%at%x00%B%x01"], capture_output=True, text=True, check=True
    ).stdout
    found: Counter[str] = Counter()
    for entry in out.split("\x01"):
        at, _, message = entry.strip().partition("\0")
        if not at or not first <= datetime.fromtimestamp(int(at), UTC).astimezone(ZONE).date() <= last:
            continue
        main, kind, has_ticket = "", "", "Desk-Ticket: " in message
        verbs: list[tuple[str, str]] = []
        for line in message.splitlines():
            key, _, value = line.partition(": ")
            if key == "Desk-Verb":
                main = value
            elif key in ("Desk-Ticket", "Desk-Record"):
                kind = "ticket" if key == "Desk-Ticket" else value.partition("/")[0]
                verbs.append((kind, main))
            elif key == "Desk-Effect":
                verbs[-1] = (kind, value)
            elif key == "Desk-Also":
                verbs.append((kind, value))
        for kind, verb in verbs:
            if kind == "ticket" and verb in FIGURE:
                found[FIGURE[verb]] += 1
            elif kind == "user" and verb in ("create", "signup") and not has_ticket:
                found["signups"] += 1
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_equal_a_count_from_git_log(desk: Runner, home: Path, seed: int) -> None:
    rng = random.Random(seed)
    start = datetime(2026, 10, 20, 8, tzinfo=UTC)  # the clocks go back on the 25th
    tickets: list[str] = []
    for step in range(70):
        now = {"DESK_NOW": (start + timedelta(hours=4 * step + rng.randrange(4))).strftime("%Y-%m-%dT%H:%M:%SZ")}
        verb = rng.choice(["create", "create", "reply", "reply-close", "close", "reopen", "note", "transfer", "user"])
        if verb == "user":
            desk(
                "user",
                "create",
                "--name",
                "X",
                "--email",
                f"u{step}@x.example",
                "--group",
                "patient",
                env=now,
                code=None,
            )
        elif verb == "create" or not tickets:
            more = ("--requester", f"p{step}@x.example") if rng.random() < 0.3 else ()
            tickets.append(desk("ticket", "create", "--title", f"T{step}", *more, "-f", "ids", env=now).out.strip())
        elif verb.startswith("reply"):
            desk(
                "ticket",
                "reply",
                rng.choice(tickets),
                "--body",
                "x",
                *(["--close"] * verb.endswith("close")),
                env=now,
                code=None,
            )
        else:
            words = ("--body", "x") if verb == "note" else ()
            desk("ticket", verb, rng.choice(tickets), *words, env=now, code=None)
    late = {"DESK_NOW": "2026-11-01T20:00:00Z"}
    for days, first, last in ((7, date(2026, 10, 26), date(2026, 11, 1)), (13, date(2026, 10, 20), date(2026, 11, 1))):
        rows = desk("stats", "--days", str(days), "-f", "json", env=late).data
        wanted, before = (
            _by_git(home, first, last),
            _by_git(home, first - timedelta(days=days), first - timedelta(days=1)),
        )
        assert {r["id"]: r["count"] for r in rows} == {r["id"]: wanted[r["id"]] for r in rows}
        assert {r["id"]: r["before"] for r in rows} == {r["id"]: before[r["id"]] for r in rows}
        assert all(sum(r["trend"]) == r["count"] and len(r["trend"]) == days for r in rows)
        for by in ("day", "hour", "weekday", "department", "owner"):
            grouped = desk("stats", "--days", str(days), "--by", by, "-f", "json", env=late).data
            assert sum(g["created"] for g in grouped) == wanted["created"]
            assert sum(g["closed"] for g in grouped) == wanted["closed"]


def test_a_period_by_dates(desk: Runner) -> None:
    desk("ticket", "create", "--title", "x", env={"DESK_NOW": "2026-07-22T22:30:00Z"})  # 01:30 on the 23rd in Nicosia

    def counted(*words: str) -> Any:
        return desk("stats", *words, "-f", "json").data[0]["count"]

    assert counted("--since", "2026-07-23", "--until", "2026-07-23") == 1
    assert counted("--since", "2026-07-22", "--until", "2026-07-22") == 0
    assert counted("--since", "2026-07-01") == 1
    assert "before it begins" in desk("stats", "--since", "2026-07-23", "--until", "2026-07-01", code=2).err
    assert "--days can't" in desk("stats", "--since", "2026-07-23", "--days", "7", code=2).err


def test_what_people_see(desk: Runner, make: Callable[..., str]) -> None:
    make()
    shown = desk("stats")
    assert shown.out.splitlines()[0].split() == ["FIGURE", "COUNT", "BEFORE", "TREND"]  # nothing before: no change
    assert "▁▁▁▁▁▁█" in shown.out
    assert "2026-07-17 to 2026-07-23 (7 days), as of commit" in shown.err
    assert desk("stats", "-f", "csv").out.startswith("id,count,before,change,trend\n")


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_a_trend_has_a_bar_for_each_count_and_more_is_never_lower(counts: list[int]) -> None:
    bars = statistics.spark(counts)
    assert len(bars) == len(counts)
    order = sorted(range(len(counts)), key=counts.__getitem__)
    assert all(bars[a] <= bars[b] for a, b in pairwise(order))
    assert all((bar == "▁") == (count == 0 or not any(counts)) for bar, count in zip(bars, counts, strict=True))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_period_covers_its_days_whole(first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))
    start, end = period.seconds(ZONE)
    assert period.before().seconds(ZONE)[1] == start
    for at, inside in ((start, True), (end - 1, True), (start - 1, False), (end, False)):
        day = statistics.local(Event("created", at, "x"), ZONE).date()
        assert (period.first <= day <= period.last) is inside
