"""The rules over the desk as a whole: each once, on records in memory, and at every door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from desk.checks import together
from desk.checks.world import BeforeAfter
from desk.domain.model.organisation import Department, Machine, Tag
from desk.domain.model.person import Staff, User
from desk.domain.model.ticket import Ticket
from desk.errors import Refused
from tests.audit.forge import Forger
from tests.care.editing import Make, file_of, swap
from tests.conftest import Runner


def member(handle: str, level: int = 3, *more: str) -> Staff:
    address = f"{handle}@ncpeh.example"
    return Staff.new(id=handle, name=handle, email=address, emails=list(more), level=level, departments=["legal"])


def department(name: str, **values: Any) -> Department:
    return Department.new(id=name, name=name, **values)


def ticket(number: str, where: str, requester: str | None = "u-4f9x2", state: str = "open") -> Ticket:
    return Ticket.new(
        id=f"260723-{number}",
        title="T",
        department=where,
        requester=requester,
        author="maria",
        state=state,
        impact="single",
        urgency="low",
        priority="low",
        language="en",
        channel="phone",
        created="2026-07-23T06:12:44Z",
    )


class Small(NamedTuple):
    """A desk of a few records."""

    people: Sequence[Staff] = (member("maria"),)
    offices: Sequence[Department] = (department("legal", default=True), department("board", private=True))
    users: int = 0
    paths: Sequence[str] = ()
    having: Sequence[str] = ()
    engines: Sequence[Machine] = ()

    def requesters_with(self, _address: str) -> Sequence[str]:
        return self.having

    def machines(self) -> Sequence[Machine]:
        return self.engines

    def staff(self) -> Sequence[Staff]:
        return self.people

    def departments(self) -> Sequence[Department]:
        return self.offices

    def users_tickets(self, _department: str) -> int:
        return self.users

    def referring(self, _kind: str, _record_id: str) -> tuple[int, Sequence[str]]:
        return len(self.paths), self.paths


def user(one: str, **values: Any) -> User:
    return User.new(id=f"u-{one}", created="2026-07-23T06:12:44Z", **values)


MARIA, PETROS = member("maria"), member("petros", 1)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "B"
KEYED = member("petros", 1).evolve(keys=[f"{KEY} at work", f"valid-before=20270101 {KEY}"])
RELAY = Machine.new(id="relay", keys=[f"{KEY} relay"])
LEGAL, BOARD = department("legal", default=True), department("board", private=True)
CASES: tuple[tuple[str, BeforeAfter, Small, str | None], ...] = (
    ("one of level 3 is left", (member("nikos"), None), Small(), None),
    ("the last of level 3 goes", (MARIA, None), Small(people=[PETROS]), "level"),
    ("the last of level 3 is lowered", (MARIA, member("maria", 2)), Small(people=[member("maria", 2)]), "level"),
    ("an address of one's own", (None, PETROS), Small(people=[MARIA, PETROS]), None),
    (
        "another's address, in other letters",
        (None, member("petros", 1, "MARIA@ncpeh.example")),
        Small(people=[MARIA, member("petros", 1, "MARIA@ncpeh.example")]),
        "address",
    ),
    (
        "a shared address that was there before",
        (member("petros", 2, "maria@ncpeh.example"), member("petros", 1, "maria@ncpeh.example")),
        Small(people=[MARIA, member("petros", 1, "maria@ncpeh.example")]),
        None,
    ),
    ("a key of one's own, twice", (PETROS, KEYED), Small(people=[MARIA, KEYED]), None),
    ("another's key, called otherwise", (None, RELAY), Small(people=[MARIA, KEYED], engines=[RELAY]), "key"),
    ("a shared key that was there before", (KEYED, KEYED.evolve(level=2)), Small(people=[MARIA, KEYED], engines=[RELAY]), None),
    ("no default left", (LEGAL, department("legal")), Small(offices=[department("legal")]), "default"),
    ("two defaults", (None, department("it", default=True)), Small(offices=[LEGAL, department("it", default=True)]), "default"),
    ("users' tickets in what becomes private", (department("board"), BOARD), Small(users=2), "private"),
    ("no users' tickets in what becomes private", (department("board"), BOARD), Small(), None),
    ("private before", (BOARD, BOARD.evolve(name="The board")), Small(users=2), None),
    ("a user's ticket into a private department", (ticket("7K3Q", "legal"), ticket("7K3Q", "board")), Small(), "public"),
    ("a new one there", (None, ticket("7K3Q", "board")), Small(), "public"),
    ("it was there before", (ticket("7K3Q", "board"), ticket("7K3Q", "board", state="closed")), Small(), None),
    ("staff's own there", (None, ticket("7K3Q", "board", None)), Small(), None),
    ("a requester's own address", (None, user("a", email="a@x.example")), Small(having=["u-a"]), None),
    ("another requester's", (None, user("a", email="A@x.example")), Small(having=["u-a", "u-b"]), "registered"),
    (
        "another's that was there before",
        (user("a", email="a@x.example"), user("a", email="A@x.example", name="A")),
        Small(having=["u-a", "u-b"]),
        None,
    ),
    ("no address", (None, user("a", phone="123456")), Small(having=["u-b"]), None),
    ("a tag that decides the kind", (Tag.new(id="incident"), None), Small(), "reserved"),
    ("a tag that is still used", (Tag.new(id="vpn"), None), Small(paths=["records/tickets/x.md"]), "referred"),
    ("a tag that nobody uses", (Tag.new(id="vpn"), None), Small(), None),
)  # fmt: skip


@pytest.mark.parametrize(("sides", "desk", "rule"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_rule(sides: BeforeAfter, desk: Small, rule: str | None) -> None:
    assert [b.rule for b in together.breaches([sides], desk)] == ([rule] if rule else [])
    if rule:
        with pytest.raises(Refused) as caught:
            together.require([sides], desk)
        assert caught.value.hint


def test_a_users_ticket_by_hand_into_a_private_department(desk: Runner, make: Make, home: Path) -> None:
    """Refused by hand, found where it was committed past desk, a fault in the audit."""
    desk("department", "create", "board", "--name", "Board", "--private")
    desk("staff", "edit", "maria", *(w for d in ("technical", "semantic", "board") for w in ("--department", d)))
    path = file_of(home, one := make("One", "--requester", "a@b.example", "--department", "technical"))
    swap(path, ("department: technical", "department: board"))
    result = desk("commit", code=5)
    assert f"{path.relative_to(home)}: department: a user's ticket can't be in board" in result.err
    Forger(home).commit("moved", ("Maria Georgiou", "maria@ncpeh.example"))
    found = desk("doctor", "-f", "json", code=7).data
    assert [f["problem"] for f in found if f["check"] == "departments"] == ["private: board holds tickets of users (1)"]
    faults = [
        f["problem"] for f in desk("audit", "verify", "-f", "json", code=7).data["findings"] if f["check"] == "rules"
    ]
    assert faults == [f"{one} is a user's ticket and can't be in board: only staff's own go there"]
