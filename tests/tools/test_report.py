"""Reports: every one in every form, pages that need nothing from elsewhere, templates of a desk's own, and cron."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from desk.domain.figures.report import Chart
from desk.reports.table import REPORTS, last_month
from desk.view.drawing import chart, svg
from desk.view.look import Look
from tests.beginnings import at_work
from tests.conftest import NOW, Runner, copy_of

HOSTILE = "<script>alert(1)</script> </svg> {{ 7*7 }} \" onload='x' =cmd|'/C calc'!A0"
LATER = {"DESK_NOW": "2026-08-03T08:00:00Z"}


class Month(NamedTuple):
    """A desk with a few tickets of July, some answered and closed, one by each kind of trouble."""

    top: Path
    ids: list[str]


@pytest.fixture(scope="module")
def played(promising_nothing: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Month:
    top = copy_of(promising_nothing, tmp_path_factory.mktemp("month"))
    with at_work(top, environment) as desk:
        return Month(top, play(desk))


@pytest.fixture(scope="module")
def _template(played: Month) -> Path:
    return played.top


@pytest.fixture
def month(played: Month) -> list[str]:
    return played.ids


def play(desk: Runner) -> list[str]:
    ids = []
    for day, department in enumerate(("technical", "legal", "semantic", "technical", "technical"), 3):
        env = {"DESK_NOW": f"2026-07-{day:02}T08:00:00Z"}
        title = HOSTILE if day == 3 else f"Ticket of the {day}th"
        words = ("--department", department, "--tag", "incident", "--tag", "patient-summary")
        ids.append(desk("ticket", "create", "--title", title, *words, "-f", "ids", env=env).out.strip())
    env = {"DESK_NOW": "2026-07-10T09:30:00Z"}
    desk("ticket", "assign", ",".join(ids[:3]), "--to", "maria", env=env)
    desk("ticket", "reply", ids[1], "--body", "Done.", "--close", env=env)
    desk("ticket", "transfer", ids[2], env=env)
    desk("ticket", "delete", ids[4], env=env)
    return ids


class Page(HTMLParser):
    """What a browser would load, run, or stumble over."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open
    return page


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_in_every_form(desk: Runner, month: list[str], tmp_path: Path, name: str) -> None:
    shown = desk("report", name, env=LATER)
    assert shown.out.startswith("NCPeH Cyprus contact point: ")
    data = desk("report", name, "-f", "json", env=LATER).data
    assert {"id", "title", "desk", "since", "until", "as_of", "commit", "sections"} == data.keys()
    assert all({"id", "title", "rows"} == section.keys() for section in data["sections"])
    assert len({section["id"] for section in data["sections"]}) == len(data["sections"])
    again = shown.err.rpartition("the same again: desk ")[2].split()
    for ending in ("html", "md", "csv", "json"):
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        assert desk("report", name, "--output", str(first), env=LATER).out == f"written: {first}\n"
        desk(*again, "--output", str(second), env={"DESK_NOW": "2027-01-01T00:00:00Z"})
        assert first.read_bytes() == second.read_bytes()
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["data"] == data
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    assert len(rows) == sum(len(section["rows"]) for section in data["sections"])
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+@\t\r]|-[^0-9]", cell or "")]
    assert month


@pytest.mark.parametrize("name", ["monthly", "backlog", "workload", "problems"])
def test_a_page_needs_nothing_from_elsewhere(desk: Runner, month: list[str], tmp_path: Path, name: str) -> None:
    file = tmp_path / "page.html"
    desk("report", name, "--since", "2026-07-01", "--until", "2026-07-31", "--output", str(file), env=LATER)
    text = file.read_text(encoding="utf-8")
    page = page_of(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in page.seen}
    for tag, values in page.seen:
        for key, value in values.items():
            assert not key.startswith("on"), (tag, key)
            assert key not in ("src", "href", "xlink:href", "srcset", "action"), (tag, key)
            assert not re.search(r"//", value or "") or key.startswith("xmlns"), (tag, key, value)
    assert not re.search(r"@import|url\(|<!--", text)
    [policy] = [v["content"] for tag, v in page.seen if tag == "meta" and v.get("http-equiv")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("html", {"lang": "en"}) in page.seen
    charts = [values for tag, values in page.seen if tag == "svg"]
    assert charts
    known = {values["id"] for _, values in page.seen if "id" in values}
    for values in charts:
        assert values["role"] == "img"
        assert set(str(values["aria-labelledby"]).split()) <= known
    assert len([1 for tag, _ in page.seen if tag == "table"]) >= 1
    assert "7*7" in page.text or name not in ("monthly", "backlog")
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert month[0] in page.text or name in ("workload", "problems")


def test_sections_tell_what_happened(desk: Runner, month: list[str]) -> None:
    def rows(name: str, section: str, *words: str) -> list[dict[str, Any]]:
        data = desk("report", name, *words, "-f", "json", env=LATER).data
        return next(s["rows"] for s in data["sections"] if s["id"] == section)

    july = ("--since", "2026-07-01", "--until", "2026-07-31")
    created = next(r for r in rows("monthly", "figures") if r["id"] == "created")
    assert created["count"] == 6  # five, and the problem
    assert [r["id"] for r in rows("daily", "closed", *july)] == [month[1]]
    [problem] = rows("problems", "live", *july)
    assert {r["id"] for r in rows("daily", "unowned", *july)} == {month[3], problem["id"]}
    maria = next(r for r in rows("workload", "people", *july) if r["id"] == "maria")
    assert (maria["replies"], maria["closed"], maria["open"]) == (1, 1, 2)
    assert (problem["incidents"], problem["cause_known"]) == (1, False)
    assert rows("problems", "recurring", *july) == [{"id": "patient-summary", "incidents": 4, "before": 0}]
    assert [r["record"] for r in rows("audit", "deleted", *july)] == [month[4]]
    words = ("--impact", "low", "--urgency", "low", "--priority", "high", "--reason", "the minister asked")
    desk("ticket", "classify", month[3], *words, env=LATER)
    [override] = rows("audit", "overrides")
    assert (override["record"], override["by"], override["reason"]) == (month[3], "maria", "the minister asked")
    desk("tag", "create", "a-new-tag", env=LATER)
    assert ("tag/a-new-tag", "create") in [(r["record"], r["verb"]) for r in rows("audit", "rights")]
    ages = {r["id"]: r["open"] for r in rows("backlog", "by-age")}
    assert sum(ages.values()) == 4
    assert ages["7-30 days"] + ages["30-90 days"] == 4


def test_due_times(desk: Runner, home: Path, month: list[str], git: Callable[..., str]) -> None:
    path = f"records/tickets/2026/07/03/{month[0]}.md"
    text = (home / path).read_text(encoding="utf-8")
    due = "respond_by: 2026-07-04T08:00:00Z\ndue: 2026-09-05T08:00:00Z\n"
    (home / path).write_text(text.replace("created: ", f"{due}created: ", 1), encoding="utf-8")
    git("commit", "-qam", "due")
    data = desk("report", "sla", "--since", "2026-07-01", "--until", "2026-07-31", "-f", "json", env=LATER).data
    found = {s["id"]: [r["id"] for r in s["rows"]] for s in data["sections"]}
    assert (found["breached"], found["overdue"], found["due"]) == ([month[0]], [month[0]], [])
    assert found["by-department"] == ["technical"]
    earlier = desk("report", "sla", "-f", "json", env={"DESK_NOW": "2026-07-04T07:00:00Z"}).data
    assert [r["id"] for s in earlier["sections"] if s["id"] == "due" for r in s["rows"]] == [month[0]]


def test_named_are_only_tickets_that_one_may_see(desk: Runner, month: list[str]) -> None:
    seen = desk("--as", "eleni", "report", "backlog", env=LATER).out
    assert month[1] not in seen  # closed
    assert month[0] not in seen
    assert "technical" in seen  # counted all the same
    assert month[0] in desk("report", "backlog", env=LATER).out


def test_nothing_to_report_is_said(desk: Runner) -> None:
    desk("ticket", "close", *desk("ticket", "list", "-f", "ids").out.split(), env=LATER)
    result = desk("report", "weekly", "--since", "2020-01-01", "--until", "2020-01-07")
    assert "nothing waits" in result.out
    desk("report", "knowledge")
    assert desk("report", "problems", "--since", "2020-01-01", "--until", "2020-01-07").code == 0


def test_the_list_and_wrong_words(desk: Runner, tmp_path: Path) -> None:
    assert desk("report", "-f", "ids").out.split() == list(REPORTS)
    assert "desk report lists" in desk("report", "mnthly", code=3).err
    desk("report", "../../etc/passwd", code=3)
    assert ".html, .md, .csv or .json" in desk("report", "daily", "--output", "x.pdf", code=2).err
    assert "can't write" in desk("report", "daily", "--output", str(tmp_path / "none" / "x.csv"), code=2).err
    assert not list(tmp_path.glob("*.new"))
    assert "--until goes with both" in desk("report", "daily", "--days", "3", "--since", "7d", code=2).err


def test_the_usual_periods(desk: Runner) -> None:
    def period(name: str, now: str) -> tuple[str, str]:
        data = desk("report", name, "-f", "json", env={"DESK_NOW": now}).data
        return data["since"], data["until"]

    assert period("daily", "2026-08-01T06:00:00Z") == ("2026-07-31", "2026-07-31")
    assert period("daily", "2026-07-31T21:30:00Z") == ("2026-07-31", "2026-07-31")  # after midnight in Nicosia
    assert period("weekly", "2026-08-01T06:00:00Z") == ("2026-07-25", "2026-07-31")
    assert period("monthly", "2026-08-01T06:00:00Z") == ("2026-07-01", "2026-07-31")
    assert period("monthly", "2027-01-15T06:00:00Z") == ("2026-12-01", "2026-12-31")
    assert last_month.__doc__


def test_templates_of_a_desks_own(desk: Runner, home: Path, month: list[str], tmp_path: Path) -> None:
    folder = home / "templates/reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weekly.md").write_text("{{ report.title }}: {{ section.waiting.rows[0].title }}\n", encoding="utf-8")
    (folder / "board.html").write_text(
        "<p>{{ section['by-age'].rows | length }} {{ section.waiting.cells[0][1] }}</p>{{ section.trend.charts[0].svg }}",
        encoding="utf-8",
    )
    out = tmp_path / "x.md"
    desk("report", "weekly", "--output", str(out), env=LATER)
    assert out.read_text(encoding="utf-8") == f"Weekly report: {HOSTILE}\n"
    assert "board" in desk("report", "-f", "ids").out.split()
    page = tmp_path / "x.html"
    july = ("--since", "2026-07-01", "--until", "2026-07-31")
    desk("report", "board", *july, "--output", str(page), env=LATER)
    text = page.read_text(encoding="utf-8")
    assert "<p>6 &lt;script&gt;" in text
    assert "<svg " in text
    desk("report", "board", "--output", "x.md", code=3, env=LATER)
    (folder / "board.html").write_text("a\n{{ nonsense }}", encoding="utf-8")
    error = desk("report", "board", "--output", str(page), code=7, env=LATER).err
    assert "templates/reports/board.html" in error
    assert "nonsense" in error
    (folder / "board.html").write_text("{{ ''.__class__.__mro__ }}", encoding="utf-8")
    desk("report", "board", "--output", str(page), code=7, env=LATER)
    assert page.read_text(encoding="utf-8") == text  # the old one stays
    assert month


LOOK = Look(80, color=False, tty=True, timezone="UTC", now=__import__("datetime").datetime(2026, 7, 1))


@pytest.mark.parametrize("cells", [40, 80, 200])
@pytest.mark.parametrize("number", [1, 7, 31, 53, 366])
def test_charts_fit_the_terminal(cells: int, number: int) -> None:
    days = [f"{n % 28 + 1}.{n % 12 + 1}." for n in range(number)]
    look = LOOK._replace(width=cells)
    drawn = Chart("Created and closed", days, {"created": list(range(number)), "closed": [0] * number})
    lines = "".join(chart.chart(drawn, look)).splitlines()
    assert max(map(len, lines)) <= max(cells, number + 4)
    assert "\x1b" not in "".join(lines)
    assert lines[0] == "Created and closed"
    named = Chart(
        "By department", ["technical", "a" * 80, "Οργανωτικό"], {"created": [3, 0, None], "closed": [1.5, 2, 9]}
    )
    lines = "".join(chart.chart(named, look)).splitlines()
    assert max(map(len, lines[1:])) <= cells
    assert lines[1].startswith("technical")


def test_a_chart_is_the_same_bytes_for_the_same_numbers_and_valid_xml() -> None:
    drawn = Chart(HOSTILE, ["1.7.", "2.7."], {"<b>": [1, None], "closed": [0, 2]})
    text = svg.svg(drawn, "a")
    assert text == svg.svg(drawn, "a")
    tree = ET.fromstring(text)  # noqa: S314 - our own
    title = tree.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == HOSTILE
    assert not [e for e in tree.iter() if "script" in str(e.tag)]


def test_a_terminal_sees_charts(desk: Runner, month: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    shown = desk("report", "weekly", "--since", "2026-07-01", "--until", "2026-07-10", env=LATER).out
    assert "█" in shown
    assert month[0] in shown
    assert "2026-07-05 " not in shown  # the days are drawn
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here")
def test_a_browser_shows_the_page_without_a_complaint(desk: Runner, month: list[str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    desk("report", "monthly", "--since", "2026-07-01", "--until", "2026-07-31", "--output", str(file), env=LATER)
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    )
    command = ["chromium", *flags, "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}"]
    shot = tmp_path / "page.png"
    done = subprocess.run(
        [*command, f"--screenshot={shot}", f"--log-net-log={tmp_path / 'net.json'}", file.as_uri()],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert shot.stat().st_size > 10_000
    assert "CONSOLE" not in done.stderr
    log = (tmp_path / "net.json").read_text(encoding="utf-8", errors="replace")
    # The browser has errands of its own; those of a page have it for their origin.
    asked = re.findall(r'"initiator":"(?!not an origin)[^"]*"[^{}]*"url":"(?!file:)[^"]*"', log)
    assert not asked
    assert month
    assert os.environ["DESK_NOW"] == NOW
