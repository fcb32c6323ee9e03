"""Ten working days of a small team, at the hours at which people work; each night it is sealed, verified and examined.

An auditor finds no fault, and nothing to remark but what is so; the doctor nothing at all. The doctor comes on Fridays, and
whoever seals has it verified once more; each night where `DESK_TEST_DAYS` says how many days there are, of which those after
the tenth go on with the first again.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.audit.cast import ANNA, MALLORY, MARIA, NIKOS, PETROS, Scene, Who, cast
from tests.beginnings import gather_packs
from tests.conftest import Runner
from tests.mailin.conftest import mail

NIGHTS = int(os.environ.get("DESK_TEST_DAYS", "10"))
EACH_NIGHT = "DESK_TEST_DAYS" in os.environ
MONDAY = datetime(2026, 7, 27, tzinfo=UTC)
CREATE = "ticket create -f ids --department technical --title"
Step = tuple[str, Who, str]
"""When, who, and what: words of a command. `a=` keeps the id that it prints; `a` in braces puts it in."""

DAYS: tuple[tuple[Step, ...], ...] = (
    (
        ("08:05", PETROS, f"a= {CREATE} The-gateway-is-slow --requester eve@y.example"),
        ("08:20", PETROS, "ticket assign {a} --to me"),
        ("09:00", MALLORY, f"b= {CREATE} No-answer-from-Malta --tag incident"),
        ("10:30", PETROS, "ticket reply {a} --body We-look-into-it."),
        ("16:00", PETROS, "ticket pending {a} --for requester --until 2026-07-29"),
    ),
    (
        ("08:10", MARIA, "mail-in q A-question Where-is-it?"),
        ("09:00", MALLORY, "ticket classify {b} --impact high --urgency high --reason all-of-Malta"),
        ("09:10", MALLORY, "ticket major {b} --coordinator petros --reason all-fail"),
        ("11:00", PETROS, "ticket note {b} --body A-certificate."),
        ("15:00", ANNA, "c= ticket create -f ids --department legal --title A-contract"),
    ),
    (
        ("08:00", MARIA, "sla check"),
        ("08:50", MARIA, "ticket move {q} --to technical"),
        ("09:00", PETROS, "ticket reply {q} --body There. --close"),
        ("09:30", MARIA, "mail-in q A-question Not-there."),
        ("10:00", NIKOS, "ticket assign {c} --to anna"),
        ("17:00", MARIA, "p= problem open -f ids --from {b} --title Certificates-expire"),
    ),
    (
        ("09:00", PETROS, "ticket close {b} --reason renewed"),
        ("09:30", PETROS, "ticket review {b} --body Watch-the-dates."),
        ("10:00", MARIA, "problem cause {p} --body Nobody-watched."),
        ("10:05", MARIA, "by-hand {a}"),
        ("16:55", PETROS, "handover"),
    ),
    (
        ("08:30", MARIA, "user create --name Spam --email spam@x.example --group patient"),
        ("08:40", MARIA, "user ban spam@x.example --reason spam"),
        ("10:00", MALLORY, f"d= {CREATE} By-mistake"),
        ("10:01", MALLORY, "ticket note {d} --body To-nobody."),
        ("10:02", MALLORY, "undo"),
        ("10:03", MALLORY, "ticket close {d} --resolution withdrawn"),
        ("10:30", MARIA, "ticket delete {d}"),
        ("16:00", ANNA, "ticket note {c} --body On-Monday."),
    ),
    (
        ("08:30", MARIA, "user unban spam@x.example"),
        ("09:00", NIKOS, "config set sla.warn 60"),
        ("09:05", MARIA, "config set ticket.channels phone,email,web,counter"),
        ("10:00", PETROS, "elsewhere {a}"),
        ("11:00", MALLORY, "ticket tag {a} incident"),
    ),
    (
        ("08:00", MARIA, "sla check"),
        ("09:00", MARIA, "kb create --slug certificates --topic how-to --title Certificates --body Renew-them."),
        ("09:30", MARIA, "kb publish certificates"),
        ("11:00", ANNA, "ticket move {c} --to technical"),
        ("11:30", PETROS, "ticket escalate {c} --to mallory"),
    ),
    (
        ("09:00", MARIA, "staff create sofia --name Sofia --email s@ncpeh.example --level 1 --department technical"),
        ("09:30", MARIA, "ticket escalate {c} --to sofia"),
        ("10:00", PETROS, "e= ticket create -f ids --department technical --title The-same-again"),
        ("10:10", PETROS, "ticket merge {e} --into {a}"),
        ("11:00", MARIA, "cosign"),
    ),
    (
        ("09:00", MARIA, "--as petros ticket note {a} --body Said-on-the-phone."),
        ("10:00", MARIA, "problem resolve {p} --fix Renewed-a-month-ahead."),
        ("11:00", MARIA, "staff delete sofia --reason left"),
        ("15:00", NIKOS, "department edit legal --description Contracts."),
    ),
    (
        ("09:00", PETROS, "ticket reopen {b}"),
        ("09:30", PETROS, "ticket close {b} --resolution workaround"),
        ("10:00", PETROS, "ticket close {a},{c} --reason done"),
        ("12:00", MARIA, "by-hand-and-git {c}"),
        ("16:00", MARIA, "sla check"),
    ),
)  # fmt: skip
TRUE = {
    8: ("1 commit in the name of petros came from the machine of maria",),
    9: ("made by hand: ticket/",),
}
"""What is remarked of a day, and is so. The machine that runs the tests has a clock of its own: dates aren't asked about."""


class Team:
    """A desk, another clone of it, and what was registered in it so far."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.folder = folder
        self.names: dict[str, str] = {}

    def act(self, at: datetime, who: Who, words: str) -> None:
        self.scene.machine(who)
        kept, _space, rest = words.partition("= ")
        kept, rest = (kept, rest) if rest and len(kept) == 1 else ("", words)
        verb, *args = rest.format(**self.names).split()
        special: dict[str, Callable[..., None]] = {
            "mail-in": self._mail,
            "by-hand": self._hand,
            "by-hand-and-git": self._git,
            "elsewhere": self._clone,
        }
        if verb in special:
            special[verb](at, *args)
            return
        found = self.run(at, "audit" if verb == "cosign" else verb, *(("cosign",) if verb == "cosign" else args))
        if kept:
            self.names[kept] = str(found.out).split()[-1]

    def run(self, at: datetime, *args: str, desk: str = "") -> Any:
        given = ("--desk", desk, *args) if desk else args
        act = self.scene.desk if desk else self.scene.run
        return act(*given, env={"DESK_NOW": at.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _mail(self, at: datetime, name: str, subject: str, body: str) -> None:
        known = f"Re: [{self.names[name]}] {subject}" if name in self.names else subject
        path = self.folder / "one.eml"
        path.write_bytes(mail("Eve <eve@y.example>", known, body))
        self.run(at, "mail", "import", str(path))
        if name not in self.names:
            found = self.run(at, "ticket", "list", "--search", subject, "-f", "ids")
            self.names[name] = str(found.out).split()[0]

    def _edit(self, one: str) -> None:
        self.scene.t = one
        self.scene.swap("T", ("title: ", "title: Again "))

    def _hand(self, at: datetime, one: str) -> None:
        self._edit(one)
        self.run(at, "commit", "--reason", "a better title")

    def _git(self, at: datetime, one: str) -> None:
        self._edit(one)
        self.scene.commit("a title", MARIA, {"at": f"@{int(at.timestamp())} +0000"})

    def _clone(self, at: datetime, one: str) -> None:
        """Petros works in a clone of his own; both meet, by way of a hub."""
        hub, other = self.folder / "hub", self.folder / "other"
        if not hub.exists():
            subprocess.run(["git", "clone", "-q", "--bare", str(self.scene.home), str(hub)], check=True)
            subprocess.run(["git", "clone", "-q", str(hub), str(other)], check=True)
            self.scene.git("remote", "add", "origin", str(hub))
            for name, value in zip(("name", "email"), PETROS, strict=True):
                subprocess.run(["git", "-C", str(other), "config", f"user.{name}", value], check=True)
        self.run(at, "sync")
        self.run(at, "sync", desk=str(other))
        self.run(at, "ticket", "note", one, "--body", "From afar.", desk=str(other))
        self.run(at, "ticket", "classify", one, "--urgency", "high")
        self.run(at, "sync", desk=str(other))
        self.run(at, "sync")

    def night(self, at: datetime) -> Iterator[str]:
        """What is wrong, or worth a look, when nobody is there any more."""
        friday = at.weekday() == 4
        for row in self.run(at, "doctor", "-f", "json").data if EACH_NIGHT or friday else ():
            yield f"doctor: {row['problem']}"
        for row in self.run(at, "audit", "verify", "-f", "json").data["findings"]:
            if row["check"] != "dates":
                yield f"{row['level']}: {row['problem']}"


def _sign(scene: Scene, folder: Path) -> None:
    """A key for whoever sits at the machine, so that a seal can be signed under."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    (folder / "signers").write_text(f"{MARIA[1]} {(folder / 'key.pub').read_text()}")
    scene.git("config", "gpg.format", "ssh")
    scene.git("config", "user.signingKey", str(folder / "key.pub"))
    scene.git("config", "gpg.ssh.allowedSignersFile", str(folder / "signers"))


@pytest.fixture
def team(few_articles: Path, tmp_path: Path, program: Runner) -> Team:
    scene = cast(tmp_path / "desk", few_articles, program)
    _sign(scene, tmp_path)
    scene.run("config", "set", "mail.machines", MARIA[1])
    scene.run("audit", "seal", "--name", "begun")
    return Team(scene, tmp_path)


def test_ten_days(team: Team) -> None:
    day = MONDAY
    for number in range(NIGHTS):
        for clock, who, words in DAYS[number % len(DAYS)]:
            hour, minute = map(int, clock.split(":"))
            team.act(day + timedelta(hours=hour, minutes=minute), who, words)
        night = day + timedelta(hours=22)
        team.scene.machine(MARIA)
        expected = TRUE.get(number % len(DAYS), ())
        told = list(team.night(night))
        assert len(told) == len(expected), (number, told)
        assert all(words in line for words, line in zip(expected, told, strict=True)), (number, told)
        how = () if EACH_NIGHT or night.weekday() == 4 else ("--no-verify",)
        team.run(night, "audit", "seal", "--name", f"night-{number}", *how)
        gather_packs(team.scene.home)
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    found = team.run(day, "audit", "verify", "--full", "-f", "json").data
    assert [f["problem"] for f in found["findings"] if f["level"] == "fault"] == []
