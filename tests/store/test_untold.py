"""Whoever should hear of a commit hears of it once, whatever happens between the commit and the outbox."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.store.indexes import head
from tests.store.test_crash import imported, killed_at, victim

Make = Callable[..., str]
Git = Callable[..., str]
AFTER_THE_COMMIT = [
    "desk.git.write:fast_import:after:1:self",
    "desk.store.worktree:write:after:1:self",
    "desk.git.write:update_index:after:1:self",
    "desk.index.filling:Filling.set_commit:after:1:self",
    "desk.session.notify:Notifier.stage:before:1:self",
    "desk.local.outbox:stage:before:1:self",
    "desk.local.outbox:_to_disk:before:1:self",
    "desk.local.outbox:_to_disk:after:1:self",
    "desk.local.outbox:stage:after:1:self",
    "desk.session.notify:Notifier.stage:after:1:self",
    "desk.store.journal:end:before:1:self",
    "desk.store.journal:end:after:1:self",
    "desk.local.outbox:publish:before:1:self",
    "os:rmdir:before:1:self",
    "desk.local.outbox:publish:after:1:self",
]


@pytest.fixture
def ticket(make: Make, desk: Runner) -> str:
    made = make("Needs an answer", "--requester", "anna@clinic.example")
    for message in desk("mail", "outbox", "-f", "ids").out.split():
        desk("mail", "drop", message)
    return made


def messages(desk: Runner) -> list[dict[str, Any]]:
    return [{k: m[k] for k in ("event", "to", "ticket", "commit")} for m in desk("mail", "outbox", "-f", "json").data]


def files(home: Path) -> dict[str, Any]:
    folder = home / ".git/desk/outbox"
    return {p.name: json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))}


def test_killed_after_the_commit(desk: Runner, home: Path, environment: dict[str, str]) -> None:
    """Each on a ticket of its own, whose requester is to hear of its reply alone."""
    anna = desk("user", "create", "--name", "Anna", "--email", "anna@clinic.example", "--group", "patient", "-f", "ids")
    tickets = imported(desk, len(AFTER_THE_COMMIT), requester=anna.out.strip())
    expected: list[dict[str, Any]] = []
    for step, ticket in zip(AFTER_THE_COMMIT, tickets, strict=True):
        killed_at(step, home, environment, "ticket", "reply", ticket, "--body", "Try again.", "--close")
        desk("ticket", "list")  # whoever comes next, and if it only reads
        expected += [{"event": "reply", "to": "Anna <anna@clinic.example>", "ticket": ticket, "commit": head(home)}]
        assert sorted(messages(desk), key=itemgetter("ticket")) == expected, step
        assert not (home / ".git/desk/outbox/new").exists()
        assert not (home / ".git/desk/untold").exists()
        desk("ticket", "note", ticket, "--body", "after")
    assert sorted(messages(desk), key=itemgetter("ticket")) == expected


def test_what_is_told_later_is_what_would_have_been_told(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str
) -> None:
    desk("ticket", "watch", ticket, "--who", "petros")
    words = ("ticket", "reply", ticket, "--body", "Ελληνικά: try again.", "--close")
    killed_at("desk.session.notify:Notifier.stage:before:1:self", home, environment, *words)
    desk("ticket", "list")
    late = files(home)
    assert len(late) == 2
    for path in (home / ".git/desk/outbox").iterdir():
        path.unlink()
    # The same commit, told at once: its command is killed when that is done.
    desk("ticket", "reopen", ticket)
    for path in (home / ".git/desk/outbox").iterdir():
        path.unlink()
    desk(*words)
    soon = files(home)
    apart = ("id", "commit")
    assert [{k: v for k, v in m.items() if k not in apart} for m in late.values()] == [
        {k: v for k, v in m.items() if k not in apart} for m in soon.values()
    ]


def test_what_changed_no_file_is_told_as_well(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str
) -> None:
    """Escalated to somebody who watches the ticket already: there is an event, and no difference."""
    desk("department", "edit", "technical", "--escalation", "petros")
    desk("ticket", "watch", ticket, "--who", "petros")
    words = ("ticket", "escalate", ticket, "--up", "--reason", "it takes long")
    killed_at("desk.session.notify:Notifier.stage:before:1:self", home, environment, *words)
    told = [m for m in messages(desk) if m["event"] == "escalate-up"]
    assert [m["to"] for m in told] == ["Petros Ioannou <petros@ncpeh.example>"]


def test_what_was_dropped_stays_dropped(desk: Runner, home: Path, environment: dict[str, str], ticket: str) -> None:
    killed_at("desk.store.journal:end:before:1:self", home, environment, "ticket", "reply", ticket, "--body", "x")
    [message] = desk("mail", "outbox", "-f", "ids").out.split()
    desk("mail", "drop", message)
    desk("ticket", "note", ticket, "--body", "after")
    assert "reply" not in {m["event"] for m in messages(desk)}


def test_an_outbox_that_cant_be_written_is_filled_later(desk: Runner, home: Path, ticket: str) -> None:
    folder = home / ".git/desk/outbox"
    folder.rmdir()
    folder.write_text("in the way", encoding="utf-8")
    assert "later" in desk("ticket", "reply", ticket, "--body", "x").err
    assert "later" in desk("ticket", "reply", ticket, "--body", "y").err
    folder.unlink()
    assert [m["event"] for m in messages(desk)] == ["reply", "reply"]
    assert [m["event"] for m in messages(desk)] == ["reply", "reply"]
    assert not (home / ".git/desk/untold").exists()


def test_killed_while_what_waited_is_told(desk: Runner, home: Path, environment: dict[str, str], ticket: str) -> None:
    """What waits is crossed off when it has been told, not before."""
    folder = home / ".git/desk/outbox"
    folder.rmdir()
    folder.write_text("in the way", encoding="utf-8")
    desk("ticket", "reply", ticket, "--body", "x")
    folder.unlink()
    killed_at("desk.session.notify:Notifier.tell_late:before:1:self", home, environment, "ticket", "list")
    assert [m["event"] for m in messages(desk)] == ["reply"]
    assert not (home / ".git/desk/untold").exists()


def test_nobody_is_told_twice_by_clones(
    desk: Runner, home: Path, environment: dict[str, str], ticket: str, tmp_path: Path, git: Git
) -> None:
    """What came by a pull was told where it was made, also when it came right after a command was killed."""
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(home), str(other)], check=True, env=environment)
    killed_at("desk.git.write:fast_import:before:1:self", home, environment, "ticket", "reply", ticket, "--body", "x")
    done = victim(other, environment, "many", "1", "made elsewhere")
    assert done.returncode == 0, done.stderr
    (home / ".git/index.lock").unlink()  # as git asks of whoever pulls before the next desk command has cleared it
    git("pull", "-q", "--ff-only", str(other), "main")
    desk("ticket", "list")
    assert messages(desk) == []
    assert not (home / ".git/desk/journal").exists()


def test_who_is_told_of_nothing(desk: Runner, home: Path, git: Git, ticket: str, tmp_path: Path) -> None:
    path = next(home.glob(f"records/tickets/**/{ticket}.md"))
    path.write_text(path.read_text(encoding="utf-8").replace("Needs an answer", "By hand"), encoding="utf-8")
    desk("commit")
    path.write_text(path.read_text(encoding="utf-8").replace("By hand", "By git"), encoding="utf-8")
    git("commit", "-qam", "by hand")
    lines = desk("export", "--record", "ticket").out.replace(ticket, "260101-AAAA")
    (tmp_path / "more.jsonl").write_text(lines, encoding="utf-8")
    assert desk("import", str(tmp_path / "more.jsonl"), "-f", "json").data["created"] == 1
    assert messages(desk) == []
    desk("config", "set", "mail.notify", "false")
    desk("ticket", "reply", ticket, "--body", "x")
    assert messages(desk) == []
    desk("config", "set", "mail.notify", "true")
    desk("ticket", "list")
    assert messages(desk) == []


def test_two_writers_at_once(home: Path, environment: dict[str, str], desk: Runner) -> None:
    made = victim(home, environment, "crowd", "2", "4").stdout.split()
    assert len(made) == 8
    told = [m["ticket"] for m in messages(desk) if m["event"] == "create"]
    assert sorted(set(told)) == sorted(made)
    assert os.listdir(home / ".git/desk/outbox")
