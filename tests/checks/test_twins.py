"""What some systems can't keep apart, and who is registered twice: refused by hand, found where it was committed past desk."""

from __future__ import annotations

import itertools
import unicodedata
from pathlib import Path

from tests.audit.forge import Forger
from tests.care.editing import Make, file_of
from tests.conftest import Runner

MARIA = ("Maria Georgiou", "maria@ncpeh.example")
NFC, NFD = (unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD"))


def _faults(desk: Runner) -> list[str]:
    found = desk("audit", "verify", "-f", "json", code=None).data["findings"]
    return [f["problem"] for f in found if f["level"] == "fault"]


PAIRS = (
    (f"kb/faq/{NFC}", f"kb/faq/{NFD}"),
    ("kb/faq/a.png", "kb/faq/A.PNG"),
    ("templates/mail/own.txt", "templates/Mail/x.txt"),
)
"""Letters put together, case, a folder."""


def test_two_names_for_one(desk: Runner, home: Path) -> None:
    paths = [[home / path for path in pair] for pair in PAIRS]
    for pair in paths:
        for path in pair:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
        told = desk("commit", code=5)
        assert "which some systems take for the same name" in told.err, pair
        assert "git mv" in told.err
        for path in pair:
            path.unlink()
    for path in itertools.chain(*paths):
        path.write_bytes(b"x")
    Forger(home).commit("both", MARIA)
    found = desk("doctor", "-f", "json", code=7).data
    assert [f["check"] for f in found if "the same name" in f["problem"]] == ["strays"] * 6
    beside = [f.partition(" lies")[0] for f in _faults(desk) if "the same name" in f]
    assert len(beside) <= 6
    assert all({*beside} & names for names in ({NFC, NFD}, {"a.png", "A.PNG"}, {"mail", "Mail"})), beside


def test_twins_of_an_attachment(desk: Runner, home: Path, make: Make, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("x")
    path = file_of(home, make("One", "--attach", str(tmp_path / "plan.txt")))
    (path.with_suffix(".files") / "PLAN.txt").write_text("y")
    assert "plan.txt lies beside it" in desk("commit", code=5).err


def test_one_address_of_two_requesters(desk: Runner, home: Path) -> None:
    desk("user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    head = "id: u-aaaa\nname: B\nemail: A@x.example\ngroup: patient\ncreated: 2026-07-23T06:12:44Z\n"
    path = home / "records/users/u-aaaa.yaml"
    path.write_text(head)
    assert "email: a@x.example belongs to u-" in desk("commit", code=5).err
    Forger(home).commit("twice", MARIA, at="@1784787164 +0000")
    assert [f["check"] for f in desk("doctor", "-f", "json", code=7).data if "as well" in f["problem"]] == ["users"]
    assert [f for f in _faults(desk) if "a@x.example became the address of" in f]
    # Whoever is known twice already may be changed all the same, and put right.
    path.write_text(head.replace("name: B", "name: C"))
    desk("commit")
    path.write_text(head.replace("A@x.example", "b@x.example"))
    desk("commit")


def test_a_breach_is_not_taken_back(desk: Runner, make: Make) -> None:
    ticket = make("Late")
    later = {"DESK_NOW": "2027-07-23T06:12:44Z"}
    desk("sla", "check", env=later)
    assert "stays on record" in desk("ticket", "undo", ticket, env=later, code=5).err
