"""What desk does, and what people do by hand within their rights, is no fault to an auditor."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.ticket import Ticket
from tests.cli.conftest import Git
from tests.conftest import Make, Runner
from tests.mailin.conftest import mail
from tests.store.indexes import git
from tests.store.test_walk import Walk

STEPS = int(os.environ.get("DESK_TEST_STEPS", "30"))
"""With so many, each verb comes once."""
SEEDS = int(os.environ.get("DESK_TEST_SEEDS", "1"))


@pytest.fixture(scope="session")
def _template(few_articles: Path) -> Path:
    return few_articles


class Days(Walk):
    """As the walk, with the organisation changing as well; history is never taken back."""

    def run(self, *args: str) -> Any:
        return self.desk(*args, code=None)

    def do_amend(self) -> None:
        """Nothing either: what was synced isn't written anew."""

    def do_go_back(self) -> None:
        """Nothing: an auditor would rightly object, once it is sealed."""

    def do_organisation(self) -> None:
        tag = self.random.choice(["malta", "outage"])
        self.run("tag", self.random.choice(["create", "delete"]), tag)
        self.run("ticket", "tag", self.one(), tag)
        self.run("staff", "edit", "petros", "--department", self.random.choice(["technical", "legal"]))
        self.run("config", "set", "list.limit", str(self.random.randint(10, 99)))
        self.run("user", "signup", "--name", "A", "--email", "c@x.example", "--group", "patient")

    def do_as_another(self) -> None:
        self.run("--as", "petros", "ticket", "note", self.one(), "--body", self.text())

    def do_major(self) -> None:
        one = self.one()
        self.run("ticket", "tag", one, "incident")
        self.run("ticket", "major", one, "--coordinator", self.random.choice(["maria", "petros"]))
        self.run("ticket", "checklist", one)
        self.run("ticket", "check", one, "1")
        self.run("ticket", self.random.choice(["note", "review"]), one, "--body", self.text())

    def do_end(self) -> None:
        one = self.one()
        self.run("ticket", "pending", one, "--for", "requester", "--until", "2026-07-30")
        self.run("ticket", "escalate", one, "--up")
        self.run("ticket", "close", one, "--resolution", self.random.choice(["workaround", "withdrawn"]))
        self.run("ticket", "major", one, "--off")

    def do_mail(self) -> None:
        """A mail from outside, or by staff, about a ticket or about nothing."""
        sender = self.random.choice(["Eve <eve@y.example>", "Petros <petros@ncpeh.example>", "a@x.example"])
        about = self.random.choice(["A question", f"Re: [{self.one()}] A ticket"])
        kind = self.random.choice([(), ("Auto-Submitted: auto-replied",)])
        path = self.file.with_name("one.eml")
        path.write_bytes(mail(sender, about, self.text(), *kind))
        self.desk("mail", "import", str(path), code=None)

    def do_commit_by_hand(self) -> None:
        path = self.home / Ticket.path_of(self.one())
        if path.exists():
            path.write_bytes(path.read_bytes().replace(b"priority: medium", b"priority: high"))
            self.run("commit")

    def do_sync(self) -> None:
        """Another clone has done something meanwhile; both meet, and the hub hears of it."""
        other = self.home.with_name("other")
        if not other.exists():
            hub = self.home.with_name("hub")
            git(self.home, "clone", "-q", "--bare", str(self.home), str(hub))
            git(self.home, "remote", "add", "origin", str(hub))
            git(self.home, "clone", "-q", str(hub), str(other))
            for key, value in (("user.name", "Petros Ioannou"), ("user.email", "petros@ncpeh.example")):
                git(other, "config", key, value)
        self.run("sync")
        one = self.one()
        for words in (
            ("sync",),
            ("ticket", "note", one, "--body", self.text()),
            ("ticket", "classify", one, "--priority", "low"),
        ):
            self.desk("--desk", str(other), *words, code=None)
        self.run("ticket", "classify", one, "--priority", "high")
        self.desk("--desk", str(other), "sync", code=None)
        self.run("sync")

    def do_several(self) -> None:
        self.run("ticket", "classify", f"{self.one()},{self.one()}", "--priority", "high")


@pytest.mark.parametrize("seed", range(101, 101 + SEEDS))
def test_whatever_desk_does_is_true_and_was_allowed(
    desk: Runner, home: Path, tmp_path: Path, git: Git, seed: int
) -> None:
    desk("config", "set", "mail.machines", "maria@ncpeh.example")
    walk = Days(desk, home, seed, tmp_path)
    walk.begin()
    for _ in range(STEPS):
        walk.step()
    found = desk("audit", "verify", "--full", "-f", "json", code=None).data
    assert [
        f"{f['check']} {f['problem']}\n{git('show', f['commit'])}" for f in found["findings"] if f["level"] == "fault"
    ] == []


def test_settings_that_are_not_committed_make_no_evidence(desk: Runner, home: Path, git: Git) -> None:
    """Due times follow the service levels that everybody can look up, and not an edit of desk.toml that is under way."""
    path = home / "desk.toml"
    text = path.read_text(encoding="utf-8")
    assert "resolve = " in text
    path.write_text(re.sub(r"resolve = .*", 'resolve = "99d"', text), encoding="utf-8")
    ticket = desk("ticket", "create", "--title", "T", "--department", "technical", "-f", "ids").out.strip()
    git("commit", "-q", "-m", "levels", "desk.toml")
    desk("ticket", "reply", ticket, "--body", "x")
    desk("sla", "check", env={"DESK_NOW": "2026-07-24T06:12:44Z"})
    found = desk("audit", "verify", "--full", "-f", "json", code=None).data["findings"]
    assert [f["problem"] for f in found if f["level"] == "fault"] == []


def test_in_whose_name(desk: Runner, make: Make, git: Git) -> None:
    """`staff.as` never: a machine acts for whom it is known to be, and for nobody else."""
    ticket = make()
    desk("--as", "petros", "ticket", "note", ticket, "--body", "told")
    desk("config", "set", "staff.as", "never")
    refused = desk("--as", "petros", "ticket", "note", ticket, "--body", "x", code=5).err
    assert "this machine is not known as one of petros" in refused
    desk("ticket", "note", ticket, "--body", "mine")
    desk("staff", "edit", "petros", "--email", "maria@else.example")
    git("config", "user.email", "maria@else.example")
    desk("--as", "petros", "ticket", "note", ticket, "--body", "as himself")
    git("config", "user.email", "maria@ncpeh.example")
    assert [f["problem"] for f in _findings(desk) if f["level"] == "fault"] == []
    git("-c", "user.email=petros@ncpeh.example", "commit", "-q", "--allow-empty", "-m", "x")
    git("-c", "author.email=maria@else.example", "commit", "-q", "--allow-empty", "-m", "on maria's machine")
    assert [f["problem"] for f in _findings(desk) if f["check"] == "committers" and f["level"] == "fault"] == [
        "made in the name of petros on the machine of maria@ncpeh.example, which staff.as forbids"
    ]


def _findings(desk: Runner) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk("audit", "verify", "-f", "json", code=None).data["findings"]
    return found
