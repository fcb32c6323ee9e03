"""Statistics, held against a count made from `git log` alone."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.figures import statistics
from desk.domain.figures.statistics import FIGURES, Period
from desk.git import place
from desk.index import build
from desk.index.index import Index
from desk.queries import counting
from desk.store import asof
from desk.store.store import Store
from tests.beginnings import at_work
from tests.conftest import Runner, copy_of
from tests.copies import copy_desk
from tests.store.indexes import contents
from tests.tools.ledger import Ledger, days

Git = Callable[..., str]
Make = Callable[..., str]
ZONE = ZoneInfo("Asia/Nicosia")
STEPS = int(os.environ.get("DESK_TEST_STEPS", "45"))
"""How often something happens in the weeks: of each sort at least once in so many. In others a figure may stay 0, which one test tells."""


@pytest.fixture(scope="session")
def _template(promising_nothing: Path) -> Path:
    return promising_nothing


def _clock(at: datetime) -> dict[str, str]:
    return {"DESK_NOW": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _some(rng: random.Random, tickets: list[str], most: int = 2) -> str:
    return ",".join(rng.sample(tickets, min(len(tickets), rng.randint(1, most))))


def _act(desk: Runner, rng: random.Random, tickets: list[str], step: int, now: dict[str, str]) -> None:
    """One thing that may happen in a desk; refusals are part of life."""
    verb = rng.choice(["create", *MOVES, "create", "reply", *(OFTEN * 2)])
    if verb == "user":
        words: tuple[str, ...] = (
            "user",
            "create",
            "--name",
            "X",
            "--email",
            f"u{step}@x.example",
            "--group",
            "patient",
        )
    elif verb == "create" or len(tickets) < 5:
        more = ("--requester", f"p{step}@x.example") if rng.random() < 0.3 else ()
        department = rng.choice(["technical", "legal", "semantic"])
        words = ("ticket", "create", "--title", f"T{step}", "--department", department, *more, "-f", "ids")
        tickets.append(desk(*words, env=now).out.strip())
        return
    else:
        words = (
            "ticket",
            *(word.format(some=_some(rng, tickets[-14:]), one=rng.choice(tickets[-6:])) for word in MOVES[verb]),
        )
    desk(*words, env=now, code=None)


def _begin(desk: Runner, now: dict[str, str]) -> None:
    """What few steps may leave out: a ticket of two owners, one of two departments, one that is solved at once, one that waits."""
    create = ("create", "--title", "First", "--department", "technical", "-f", "ids")
    owned, moved, solved, waiting = (desk("ticket", *create, env=now).out.strip() for _ in range(4))
    desk("user", "create", "--name", "X", "--email", "first@x.example", "--group", "patient", env=now)
    for words in (
        ("assign", f"{owned},{solved}", "--to", "maria"),
        ("escalate", owned, "--to", "petros"),
        ("move", moved, "--to", "legal"),
        ("close", f"{owned},{moved}"),
        ("reply", solved, "--body", "x", "--close"),
        ("pending", waiting),
        ("tag", waiting, "incident"),
    ):
        desk("ticket", *words, env=now)


MOVES = {
    "user": (),
    "reply": ("reply", "{some}", "--body", "x"),
    "answer": ("reply", "{one}", "--body", "x", "--close"),
    "note": ("note", "{some}", "--body", "x"),
    "close": ("close", "{one}"),
    "close-some": ("close", "{some}"),
    "reopen": ("reopen", "{some}"),
    "pending": ("pending", "{one}"),
    "assign": ("assign", "{one}", "--to", "maria"),
    "petros": ("escalate", "{one}", "--to", "petros"),
    "maria": ("escalate", "{one}", "--to", "maria"),
    "move": ("move", "{one}", "--to", "legal"),
    "back": ("move", "{one}", "--to", "technical"),
    "transfer": ("transfer", "{one}"),
    "merge": ("merge", "{one}", "--into", "{one}"),
    "delete": ("delete", "{one}"),
    "tag": ("tag", "{some}", "incident"),
}
OFTEN = ("create", "reply", "answer", "close", "reopen", "petros", "maria")


def _created(text: str) -> str:
    return text.partition("\ncreated: ")[2].partition("\n")[0]


def _with_due_times(home: Path, rng: random.Random, at: datetime) -> None:
    """Due times as a policy would have set them, some of a clock that stands still; a commit by hand."""
    texts = {path: path.read_text(encoding="utf-8") for path in (home / "records/tickets").rglob("*.md")}
    when = {path: datetime.fromisoformat(_created(text)) for path, text in texts.items()}
    for path, created in sorted(when.items(), key=itemgetter(1)):  # their names are drawn by lot
        lines = "".join(
            f"{name}: {(created + timedelta(hours=rng.randint(*hours))).strftime('%Y-%m-%dT%H:%M:%SZ')}\n"
            for name, hours in (("respond_by", (1, 60)), ("due", (10, 300)), ("paused", (10, 400)))
            if rng.random() < 0.6
        )
        path.write_text(texts[path].replace("created: ", f"{lines}created: ", 1), encoding="utf-8")
    date = at.isoformat()
    for words in (["add", "."], ["commit", "-q", "-m", "due times", "--date", date]):
        subprocess.run(["git", "-C", str(home), *words], check=True)


class Weeks(NamedTuple):
    """A desk of some weeks around the change of clocks in Europe and America, its tickets, and when the weeks ended."""

    top: Path
    tickets: list[str]
    end: datetime


@pytest.fixture(scope="module")
def weeks(promising_nothing: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Weeks:
    top = copy_of(promising_nothing, tmp_path_factory.mktemp("weeks"))
    rng = random.Random(16)
    at = datetime(2026, 10, 12, 8, tzinfo=UTC)
    tickets: list[str] = []
    with at_work(top, environment) as desk:
        _begin(desk, _clock(at))
        for step in range(STEPS):
            at += timedelta(minutes=rng.randrange(20, 260) * 280 // STEPS)  # as many weeks, however much happens
            _act(desk, rng, tickets, step, _clock(at))
            if step == STEPS * 5 // 7:
                _with_due_times(top, rng, at)
    return Weeks(top, tickets, at)


@pytest.fixture
def history(home: Path, weeks: Weeks) -> tuple[list[str], datetime]:
    """Its tickets, and its end; the desk of the test is a copy."""
    shutil.rmtree(home)
    copy_desk(weeks.top, home)
    os.chdir(home)
    return weeks.tickets, weeks.end


@pytest.mark.parametrize("name", ["Asia/Nicosia", "America/New_York", "Australia/Lord_Howe"])
def test_the_clock_of_a_zone_in_sql(name: str) -> None:
    zone, period = ZoneInfo(name), Period(date(2026, 1, 1), date(2026, 12, 31))
    start, end = period.seconds(zone)
    db = sqlite3.connect(":memory:")
    moments = [*range(start, end, 7919), *(end - 1, start)]
    clock = counting.local("value", zone, period)
    found = db.execute(f"SELECT {clock} FROM json_each(?)", (str(moments),))  # noqa: S608 - our own expression
    for at, (local,) in zip(moments, found, strict=True):
        shown = datetime.fromtimestamp(at, zone)
        assert local == at + (shown.utcoffset() or timedelta()).total_seconds()


def test_every_figure_equals_one_from_git_log_and_the_files(
    desk: Runner, home: Path, git: Git, history: tuple[list[str], datetime]
) -> None:
    _, end = history
    commits = git("rev-list", "--first-parent", "HEAD").split()
    for name in ("Asia/Nicosia", "America/New_York", "Australia/Lord_Howe"):
        toml = (home / "desk.toml").read_text(encoding="utf-8")
        (home / "desk.toml").write_text(re.sub('timezone = ".*"', f'timezone = "{name}"', toml), encoding="utf-8")
        for moment in (end, end - timedelta(days=9)):
            commit = commits[0 if moment == end else len(commits) // 2]
            ledger = Ledger(home, commit, int(moment.timestamp()), ZoneInfo(name))
            today = moment.astimezone(ledger.zone).date()
            for number in (1, 7, 16, 70):
                first, last = days(today, number)
                as_of = f"{commit}@{_clock(moment)['DESK_NOW']}"
                shown = desk("stats", "--days", str(number), "--as-of", as_of, "-f", "json", env=_clock(end)).data
                rows = {row["id"]: row for row in shown}
                assert rows.keys() == FIGURES.keys()
                wanted = {**ledger.figures(first, last), **ledger.levels()}
                assert {n: rows[n]["count"] for n in rows} == {n: wanted[n] for n in rows}, (name, number, moment)
                before = ledger.figures(first - timedelta(days=number), first - timedelta(days=1))
                assert {n: rows[n]["before"] for n in before} == before
                _check_trends(rows, ledger, first, number)
                assert number < 70 or moment < end or not [n for n in rows if not rows[n]["count"]]
                assert {(row["commit"], row["since"], row["until"]) for row in shown} == {
                    (commit, str(first), str(last))
                }


def _check_trends(rows: dict[str, Any], ledger: Ledger, first: date, number: int) -> None:
    step = 7 if number > 60 else 1
    starts = [first + timedelta(days=n) for n in range(0, number, step)]
    for name in ("created", "closed", "replies", "reopened", "signups"):
        assert sum(rows[name]["trend"]) == rows[name]["count"]
        assert len(rows[name]["trend"]) == len(starts)
    last = first + timedelta(days=number - 1)
    assert rows["created"]["trend"] == [
        ledger.times("create", start, min(last, start + timedelta(days=step - 1))) for start in starts
    ]
    assert rows["backlog"]["trend"] == [ledger.backlog(min(last, start + timedelta(days=step - 1))) for start in starts]


def test_what_was_taken_back_does_not_count(desk: Runner, make: Make) -> None:
    """Of closings, replies, splits and undoings of undoings: only what stands."""

    def counted() -> dict[str, int]:
        rows = desk("stats", "-f", "json").data
        return {row["id"]: row["count"] for row in rows if row["id"] in ("created", "closed", "reopened", "replies")}

    ticket = make()
    before = counted()
    desk("ticket", "close", ticket)
    closed = counted()
    desk("ticket", "undo", ticket)
    assert counted() == before
    desk("ticket", "undo", ticket)
    assert counted() == closed == {**before, "closed": before["closed"] + 1}
    desk("ticket", "undo", ticket)
    desk("ticket", "reply", ticket, "--body", "x")
    desk("ticket", "split", ticket, "--at", "1")
    desk("ticket", "undo", ticket)
    assert counted() == {**before, "replies": before["replies"] + 1}
    desk("ticket", "undo", ticket)
    desk("ticket", "undo", ticket)
    desk("ticket", "undo", ticket, code=None)
    said = desk("activity", "--all", "-f", "json").data
    assert all(
        row["verb"] == "undo" for row in said if row["commit"] in {r["commit"] for r in said if r["verb"] == "undo"}
    )


@pytest.mark.parametrize("words", [("stats", "--by", "priority"), ("report", "monthly")])
def test_priorities_stand_from_the_lowest_on(desk: Runner, make: Make, words: tuple[str, ...]) -> None:
    for priority in ("low", "high", "medium"):
        make(priority, "--priority", priority, "--reason", "x")
    env = {"DESK_NOW": "2026-08-02T06:12:44Z"}
    data = desk(*words, *(("--days", "30") if "monthly" not in words else ()), "-f", "json", env=env).data
    rows = data if words[0] == "stats" else next(p for p in data["sections"] if p["id"] == "by-priority")["rows"]
    assert [row["id"] for row in rows] == ["low", "medium", "high"]


def test_groups_and_filters_add_up(desk: Runner, home: Path, git: Git, history: tuple[list[str], datetime]) -> None:
    _, end = history
    env = _clock(end)
    whole = {r["id"]: r for r in desk("stats", "--days", "30", "-f", "json", env=env).data}
    ledger = Ledger(home, git("rev-parse", "HEAD").strip(), int(end.timestamp()), ZONE)
    first, last = days(end.astimezone(ZONE).date(), 30)
    for by in (
        "day",
        "hour",
        "weekday",
        "department",
        "owner",
        "kind",
        "group",
        "channel",
        "priority",
        "service",
        "tag",
    ):
        grouped = desk("stats", "--days", "30", "--by", by, "-f", "json", env=env).data
        for name in ("created", "closed", "replies", "first_contact", "sla_kept", "sla_breached"):
            assert sum(g[name] for g in grouped) == whole[name]["count"], (by, name)
        if by in ("hour", "weekday"):
            pattern = {"hour": "%H", "weekday": "%A"}[by]
            closings = Counter(
                datetime.fromtimestamp(e.at, ZONE).strftime(pattern)
                for e in ledger.events
                if e.verb == "close" and e.counts and ledger.inside(e.at, first, last)
            )
            assert {g["id"]: g["closed"] for g in grouped if g["closed"]} == closings
    live = [f.head for f in ledger.files.values()]
    for department in ("technical", "legal", "semantic"):
        words = ("--days", "30", "--department", department, "-f", "json")
        rows = {r["id"]: r for r in desk("stats", *words, env=env).data}
        assert "signups" not in rows
        assert rows["open"]["count"] == sum(h["department"] == department and h["state"] == "open" for h in live)
        [group] = [g for g in desk("stats", *words, "--by", "department", env=env).data if g["id"] == department]
        for name in ("created", "response_average", "resolution_p90", "age_p90", "staff_hops"):
            assert group[name] == rows[name]["count"], name


def test_the_same_commit_gives_the_same_bytes_on_another_clone_and_another_day(
    desk: Runner, home: Path, tmp_path: Path, history: tuple[list[str], datetime]
) -> None:
    tickets, end = history
    first = desk("stats", "--days", "20", "-f", "json", env=_clock(end))
    again = desk("stats", "--days", "20", env=_clock(end)).err.partition("the same again: ")[2].split()
    desk("ticket", "create", "--title", "later", env=_clock(end + timedelta(hours=1)))
    desk("ticket", "delete", tickets[-1], env=_clock(end + timedelta(hours=2)), code=None)
    subprocess.run(["git", "clone", "-q", str(home), str(tmp_path / "clone")], check=True)
    later = _clock(end + timedelta(days=100))
    for top in (home, tmp_path / "clone"):
        for _ in range(2):  # the second time from the file that was kept
            assert desk("--desk", str(top), "stats", *again, "-f", "json", env=later).out == first.out
    for number in range(6):
        desk("stats", "--as-of", f"HEAD~{number + 3}", env=later)
    assert len(list((home / ".git/desk").glob("then-*"))) == asof.KEPT


def test_an_index_taken_back_equals_one_built_there(home: Path, git: Git, history: tuple[list[str], datetime]) -> None:
    del history
    store = Store(place.find(str(home), os.environ))
    commits = git("rev-list", "--first-parent", "HEAD").split()
    for oid in (commits[len(commits) * part // 100] for part in (1, 24, 54)):
        built = Index(sqlite3.connect(":memory:", isolation_level=None))
        build.build(built, store.place, oid)
        with asof.index_at(store, oid) as index:
            writable = Index(sqlite3.connect(":memory:", isolation_level=None))
            index.db.backup(writable.db)
            assert contents(writable) == contents(built)
            assert index.commit == oid


def test_as_of(desk: Runner, make: Callable[..., str], git: Git) -> None:
    make()
    commit = git("rev-parse", "HEAD").strip()
    desk("ticket", "create", "--title", "x", env={"DESK_NOW": "2026-07-25T10:00:00Z"})
    late = {"DESK_NOW": "2026-08-01T10:00:00Z"}

    def created(as_of: str) -> Any:
        return next(r["count"] for r in desk("stats", "--as-of", as_of, "-f", "json", env=late).data)

    assert [created(word) for word in ("2026-07-24", commit[:8], "HEAD~1", "2026-07-25T10:00", "7d", "2026-07-25")] == [
        *([1] * 5),
        2,
    ]
    row = desk("stats", "--as-of", "2026-07-24", "-f", "json", env=late).data[0]
    assert (row["until"], row["commit"], row["as_of"]) == ("2026-07-24", commit, "2026-07-24T20:59:59Z")
    assert "future" in desk("stats", "--as-of", "2026-09-01T10:00", code=2, env=late).err
    assert desk("stats", "--as-of", "2026-08-01", env=late).code == 0  # today, so far
    for wrong in ("nonsense", "--output=x", "2001-01-01", "HEAD@x", f"{commit}@2026", "@2026-01-01T00:00:00Z"):
        desk("stats", "--as-of", wrong, code=3, env=late)


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
    assert desk("stats", "-f", "csv").out.startswith("id,count,before,change,trend,unit,since,until,as_of,commit\n")


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_a_trend_has_a_bar_for_each_count_and_more_is_never_lower(counts: list[int]) -> None:
    bars = statistics.spark(counts)
    assert len(bars) == len(counts)
    order = sorted(range(len(counts)), key=counts.__getitem__)
    assert all(bars[a] <= bars[b] for a, b in pairwise(order))
    assert all((bar == "▁") == (count == 0 or not any(counts)) for bar, count in zip(bars, counts, strict=True))


@given(st.lists(st.integers(0, 1000), max_size=400), st.integers(1, 30))
def test_a_picture_is_short_and_leaves_nothing_out(counts: list[int], most: int) -> None:
    sums, last = (statistics.condense(counts, most, level=level) for level in (False, True))
    assert len(sums) == len(last) <= most
    assert sum(sums) == sum(counts)
    assert last[-1:] == counts[-1:]


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_period_covers_its_days_whole(first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))
    start, end = period.seconds(ZONE)
    assert period.before().seconds(ZONE)[1] == start
    for at, inside in ((start, True), (end - 1, True), (start - 1, False), (end, False)):
        day = datetime.fromtimestamp(at, ZONE).date()
        assert (period.first <= day <= period.last) is inside


def _on(day: str) -> dict[str, str]:
    return {"DESK_NOW": f"{day}T09:00:00Z"}


def _commit_dated(home: Path, day: str) -> None:
    dated = {**os.environ, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "by hand"], cwd=home, check=True, env=dated)


def test_what_is_dated_back_entered_when_it_was_committed(desk: Runner, home: Path) -> None:
    """An import brings old tickets, and stands for none of the days that it tells of; nor does a commit that lies."""
    ticket = desk("ticket", "create", "--title", "T", "-f", "ids", env=_on("2027-01-10")).out.strip()
    desk("ticket", "close", ticket, env=_on("2027-02-10"))
    old = {"record": "ticket", "id": "250601-AAAA", "title": "Old", "state": "closed", "priority": "low",
           "department": "technical", "created": "2025-06-01T06:12:44Z", "closed": "2025-06-02T06:12:44Z"}  # fmt: skip
    then = desk("stats", "--as-of", "2027-01-15", "-f", "json", env=_on("2027-03-19")).data
    desk("import", "-", stdin=json.dumps(old) + "\n", env=_on("2027-03-20"))
    later = _on("2027-03-21")
    assert desk("stats", "--as-of", "2027-01-15", "-f", "json", env=later).data == then
    assert desk("ticket", "show", ticket, "--as-of", "2027-01-15", "-f", "json", env=later).data["state"] == "open"
    desk("ticket", "show", "250601-AAAA", "--as-of", "2027-01-15", code=3, env=later)
    _commit_dated(home, "2020-01-01T00:00:00Z")
    assert desk("audit", "verify", "--since", "2027-01-15", "-f", "json", env=later).data["commits"] == 3
    _commit_dated(home, "2035-01-01T00:00:00Z")
    desk("ticket", "reopen", ticket, env=_on("2027-03-22"))
    assert (
        desk("ticket", "show", ticket, "--as-of", "2027-03-22", "-f", "json", env=_on("2027-03-23")).data["state"]
        == "open"
    )
    assert desk("audit", "verify", "--since", "2027-03-23", "-f", "json", env=_on("2027-03-24")).data["commits"] == 2


def test_changes_are_numbers_for_machines_and_words_for_people(desk: Runner, make: Make) -> None:
    for _ in range(3):
        make()
    later = {"DESK_NOW": "2026-07-31T06:12:44Z"}
    rows = {row["id"]: row for row in desk("stats", "--days", "20", "-f", "json", env=later).data}
    assert (rows["created"]["change"], rows["created"]["before"]) == (None, 0)
    rows = {row["id"]: row for row in desk("stats", "--days", "7", "-f", "json", env=later).data}
    assert rows["created"]["change"] == -100
    assert ",-100," in desk("stats", "--days", "7", "-f", "csv", env=later).out
    assert "-100 %" in desk("stats", "--days", "7", env=later).out
    report = desk("report", "weekly", "--until", "2026-07-31", "--days", "7", "-f", "json", env=later).data
    figures = next(s for s in report["sections"] if s["id"] == "figures")["rows"]
    assert next(row for row in figures if row["id"] == "created")["change"] == -100
    assert "-100 %" in desk("report", "weekly", "--until", "2026-07-31", "--days", "7", env=later).out
