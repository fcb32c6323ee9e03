"""A desk with a history from before: messages with titles, a requester's commit signed with name and address, and a seal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Runner
from tests.store import indexes

ADDRESS = "anna@clinic.example"
ANNA = ("--name", "Anna Georgiou", "--email", ADDRESS, "--group", "patient")


def work(desk: Runner, title: str) -> list[dict[str, Any]]:
    """A bit of everything whose message has changed; what the log tells of it, without what differs each time."""
    ticket, gone = (desk("ticket", "create", "--title", title, "-f", "ids").out.split()[0] for _ in range(2))
    desk("ticket", "edit", ticket, "--title", f"{title}, twice  over")
    desk("ticket", "tag", ticket, "problem")
    desk("problem", "cause", ticket, "--body", "A long\ncause")
    desk("problem", "cause", ticket, "--body", "word " * 40)
    desk("problem", "workaround", ticket, "--body", "By phone")
    desk("ticket", "checklist", ticket, "--from", "incident")
    desk("ticket", "check", ticket, "2", "1")
    desk("ticket", "check", ticket, "2", "--undo")
    desk("problem", "known-error", ticket, "--slug", title.lower(), "--title", title)
    desk("kb", "edit", title.lower(), "--title", f"{title} again")
    desk("problem", "resolve", ticket, "--fix", "Other  cable\nand more")
    desk("ticket", "delete", gone)
    names = {ticket: "ticket", gone: "gone", title.lower(): "article"}
    told = [row for row in desk("log", "-f", "json").data if row["id"] in names]
    assert len(told) > len(names) * 2
    kept = ("verb", "from", "to", "title")
    return [
        {"id": names[row["id"]], **{k: str(row[k]).replace(title, "T").replace(ticket, "ticket") for k in kept}}
        for row in told
    ]


def test_an_old_desk_goes_on(desk: Runner, git: Callable[..., str], home: Path) -> None:
    """And its log tells the same of the new commits as of the old ones."""
    desk("config", "set", "history.titles", "true")
    old = work(desk, "Old")
    assert "create: Old" in git("log", "--format=%s")
    git("config", "user.email", "somebody@elsewhere.example")
    user = desk("user", "signup", *ANNA, "-f", "ids").out.strip()
    git("commit", "-q", "--amend", "--no-edit", "--author", f"Anna Georgiou <{ADDRESS}>")
    git("config", "--unset", "user.email")
    desk("audit", "seal")
    desk("config", "set", "history.titles", "false")
    assert work(desk, "New") == old
    assert "New" not in git("log", "--format=%s%b", "-12")
    assert "no fault" in desk("audit", "verify").out
    assert "no fault" in desk("audit", "verify", "--full").out
    assert user in desk("log", "--limit", "0").out
    indexes.assert_index_is_exact(home)


def test_a_forged_author_is_caught(desk: Runner, git: Callable[..., str]) -> None:
    git("config", "user.email", "somebody@elsewhere.example")
    desk("user", "signup", *ANNA)
    git("commit", "-q", "--amend", "--no-edit", "--author", "X <u-00000@users.desk.invalid>")
    assert "with the address of somebody else" in desk("audit", "verify", code=7).out
