"""A ticket's past: old and new values, differences, earlier states, and who wrote each line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.care.editing import by_hand, file_of, swap
from tests.cli.conftest import Git
from tests.conftest import Make, Runner

LATER = {"DESK_NOW": "2026-07-24T08:00:00Z"}


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


def test_edits_say_old_and_new(desk: Runner, make: Make) -> None:
    ticket = make("One", "--body", "first\nsecond", "--channel", "phone")
    desk("ticket", "edit", ticket, "--body", "first\nthird\nfourth")
    last = desk("ticket", "history", ticket, "-f", "json").data[-1]
    assert last["changes"] == [{"field": "body", "from": None, "to": "+2 -1 lines"}]
    assert "body +2 -1 lines" in desk("ticket", "history", ticket).out
    assert desk("ticket", "history", ticket, "-f", "json").data[0]["changes"] == []


def test_diffs(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make("One")
    desk("ticket", "note", ticket, "--file", "-", stdin="\x1b[2J red")
    swap(file_of(home, ticket), ("title: One", "title: Two"))
    by_hand(git)
    rows = desk("ticket", "history", ticket, "--diff", "-f", "json").data
    assert [r["verb"] for r in rows] == ["create", "note", None]
    assert rows[2]["by_hand"]
    assert "-title: One\n+title: Two" in rows[2]["diff"]
    out = desk("ticket", "history", ticket, "--diff").out
    assert "^[[2J red" in out
    assert "\x1b" not in out
    assert f"commit {rows[1]['commit'][:10]}  2026-07-23 09:12  maria  {ticket} note\n" in out


def test_as_of(desk: Runner, make: Make, git: Git) -> None:
    git("tag", "before")
    ticket = make("One")
    created = git("rev-parse", "HEAD").strip()
    desk("ticket", "edit", ticket, "--title", "Two", env=LATER)
    desk("ticket", "delete", ticket, env=LATER)
    then = desk("ticket", "show", ticket, "--as-of", "2026-07-23", "-f", "json").data
    assert (then["title"], then["as_of"]) == ("One", {"commit": created, "at": "2026-07-23T06:12:44Z"})
    assert desk("ticket", "show", ticket, "--as-of", "HEAD~1", "-f", "json").data["title"] == "Two"
    assert desk("ticket", "show", ticket, "--as-of", created[:8]).out.startswith(
        f"As it was 2026-07-23 09:12, at commit {created[:10]}\n{ticket}  One\n"
    )
    error = desk("ticket", "show", ticket, "--as-of", "before", "-f", "json", code=3).json["error"]
    assert f"{ticket} wasn't there" in error["message"]
    desk("ticket", "show", ticket, "--as-of", "2026-07-22", code=3)
    desk("ticket", "show", ticket, "--as-of", "no/such", code=3)
    desk("ticket", "show", ticket, code=3)


def test_blame(desk: Runner, make: Make, home: Path, git: Git) -> None:
    ticket = make("One", "--body", "first\nsecond")
    desk("--as", "petros", "ticket", "assign", ticket, "--to", "petros", env=LATER)
    desk("--as", "petros", "ticket", "reply", ticket, "--body", "an answer\n\n---", env=LATER)
    swap(file_of(home, ticket), ("second", "2nd"))
    by_hand(git)
    head = git("rev-parse", "HEAD").strip()
    # What a machine ignores in its own blame is no less true.
    git("config", "blame.ignoreRevsFile", "ignored")
    (home / "ignored").write_text(f"{head}\n", encoding="utf-8")
    rows = desk("ticket", "blame", ticket, "-f", "json").data
    by = {(r["field"], r["text"]): r for r in rows}
    assert list(rows[0]) == ["id", "line", "field", "text", "at", "by", "verb", "reason", "commit", "by_hand"]
    assert (by["title", "One"]["by"], by["title", "One"]["verb"]) == ("maria", "create")
    assert (by["owner", "petros"]["by"], by["owner", "petros"]["at"]) == ("petros", "2026-07-24T08:00:00Z")
    assert by["body", "first"]["by"] == "maria"
    assert (by["body", "2nd"]["commit"], by["body", "2nd"]["by_hand"]) == (head, True)
    assert by["reply 1", "an answer"]["verb"] == "reply"
    assert by["reply 1", "---"]["field"] == "reply 1"
    assert {r["line"] for r in rows} >= {2, 3}
    past = desk("ticket", "blame", ticket, "--as-of", "HEAD~3", "-f", "json").data
    assert "owner" not in {r["field"] for r in past}
    assert "owner" in desk("ticket", "blame", ticket).out
    desk("ticket", "blame", ticket, "--as-of", "HEAD~4", code=3)
