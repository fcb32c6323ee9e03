"""The report on knowledge, which is about the articles of the starter desk."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Runner


@pytest.fixture(scope="session")
def _template(_starter: Path) -> Path:
    return _starter


def test_what_the_desk_knows(desk: Runner, home: Path, make: Callable[..., str]) -> None:
    article = "patient-not-found"
    desk("ticket", "reply", make(), "--body", "See the article.")
    [path] = (home / "records/tickets").rglob("*.md")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Z\n\nSee the", f"Z <!-- {{article: {article}}} -->\n\nSee the"), encoding="utf-8")
    subprocess.run(["git", "-C", str(home), "commit", "-qam", "article"], check=True)
    (home / ".git/desk/searches").write_text(
        "2026-07-22T06:00:00Z\tkb\tpacemaker card\n" * 2 + "2026-01-01T00:00:00Z\tkb\told\nhalf a li", encoding="utf-8"
    )
    data = desk("report", "knowledge", "-f", "json").data
    found = {s["id"]: s["rows"] for s in data["sections"]}
    assert [(r["id"], r["used"], r["languages"]) for r in found["used"]] == [(article, 1, ["en", "el"])]
    assert found["suggested"] == []
    assert article not in [r["id"] for r in found["unused"]]
    assert found["misses"] == [{"words": "pacemaker card", "times": 2}]
    late = desk("report", "knowledge", "-f", "json", env={"DESK_NOW": "2031-07-23T06:12:44Z"}).data
    stale = next(s["rows"] for s in late["sections"] if s["id"] == "stale")
    assert all(row["review"] <= "2031-07-23" for row in stale)


def test_which_articles_the_tickets_of_a_period_ask_for(desk: Runner, make: Callable[..., str]) -> None:
    make("Error 4703: no patient consent, access refused", "--language", "en")
    make("Σφάλμα 4703: δεν υπάρχει συγκατάθεση του ασθενούς", "--language", "el")
    make("The coffee machine is out of order")
    before = {"DESK_NOW": "2026-03-01T06:12:44Z"}
    desk("ticket", "create", "--title", "Error 4703: no patient consent", "--department", "technical", env=before)
    data = desk("report", "knowledge", "--days", "30", "-f", "json").data
    [row] = next(s["rows"] for s in data["sections"] if s["id"] == "suggested")
    assert (row["id"], row["suggested"], row["used"]) == ("consent-or-notice-missing", 2, 0)
