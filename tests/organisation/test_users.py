"""Requesters: sign-up, search, deletion, bans (rows 2 and 4.7; rules 5 and 7)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Begin, Runner

Git = Callable[..., str]
ANNA = ("--name", "Άννα Γεωργίου", "--email", "anna@clinic.example", "--group", "health-professional")


@pytest.fixture
def anna(begin: Begin) -> str:
    """A requester whom staff have registered."""
    return begin("user", "create", *ANNA, "-f", "ids").out.strip()


@pytest.fixture
def stranger(desk: Runner, git: Git) -> Runner:
    """The program in the hands of somebody who isn't staff."""
    git("config", "user.email", "somebody@elsewhere.example")
    return desk


def test_signing_up_is_signed_without_name_and_address(stranger: Runner, git: Git) -> None:
    data = stranger("user", "signup", *ANNA, "--phone", "112", "-f", "json").data
    assert data["registered"] is True
    nobody = f"{data['id']} <{data['id']}@users.desk.invalid>"
    assert git("log", "-1", "--format=%an <%ae>%n%cn <%ce>").split("\n")[:2] == [nobody, nobody]
    message = git("log", "-1", "--format=%B")
    assert message.splitlines()[0] == f"user/{data['id']} signup"
    assert f"Desk-Actor: {data['id']}" in message
    assert git("status", "--porcelain") == ""
    assert "already registered" in stranger("user", "signup", *ANNA, code=5).err
    stranger("user", "signup", "--name", "X", "--email", "x@x.example", "--group", "nowhere", code=3)
    stranger("user", "signup", "--name", "X", "--email", "x@x.example", code=2)


def test_somebody_known_from_a_ticket_keeps_the_id(desk: Runner, make: Callable[..., str], git: Git) -> None:
    ticket = make("On behalf", "--requester", "anna@clinic.example")
    user_id = desk("ticket", "show", ticket, "-f", "json").data["requester"]
    assert desk("user", "show", user_id, "-f", "json").data["registered"] is False
    git("config", "user.email", "somebody@elsewhere.example")
    data = desk(
        "user", "signup", "--name", "Anna", "--email", "ANNA@clinic.example", "--group", "patient", "-f", "json"
    ).data
    assert (data["id"], data["registered"], data["name"], data["group"]) == (user_id, True, "Anna", "patient")


@pytest.mark.usefixtures("anna")
def test_no_personal_data_in_commit_messages_of_staff(desk: Runner, git: Git) -> None:
    desk("user", "edit", "anna@clinic.example", "--phone", "99 123456")
    desk("user", "ban", "anna@clinic.example")
    desk("user", "unban", "Anna@Clinic.example")
    desk("user", "delete", "anna@clinic.example")
    messages = git("log", "-5", "--format=%B", "--name-only").lower()
    assert not [word for word in ("anna", "clinic", "γεωργ", "123456") if word in messages]


def test_search_knows_neither_accents_nor_case(desk: Runner) -> None:
    desk("field", "create", "licence", "--type", "text", "--on", "user")
    desk("user", "create", "--name", "Γιώργος Παπαδόπουλος", "--email", "g.papa@clinic.example", "--group", "patient",
         "--organisation", "Γενικό Νοσοκομείο", "--field", "licence=MT-77")  # fmt: skip
    desk("user", "create", *ANNA)
    for words in ("παπαδοπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ γιωρ", "Παπαδοπούλος", "g.papa@", "νοσοκομειο", "mt-77"):
        found = desk("user", "list", "--search", words, "-f", "json").data
        assert [u["name"] for u in found] == ["Γιώργος Παπαδόπουλος"], words
        assert desk("user", "list", "--search", words, "--group", "vendor", "-f", "json").data == []


def test_lists_are_by_name_whatever_the_case(desk: Runner) -> None:
    for number, name in enumerate(("βασίλης", "Άννα", "Γιώργος")):
        desk("user", "create", "--name", name, "--email", f"u{number}@x.example", "--group", "patient")
    assert [u["name"] for u in desk("user", "list", "-f", "json").data] == ["Άννα", "βασίλης", "Γιώργος"]
    assert "users 1-2 of 3" in desk("user", "list", "--limit", "2").err


def test_deleting_leaves_a_nameless_placeholder(
    desk: Runner, make: Callable[..., str], home: Path, git: Git, anna: str
) -> None:
    user_id, ticket = anna, make("Hers", "--requester", anna)
    assert ticket in desk("user", "delete", user_id, code=5).err
    assert [t["id"] for t in desk("user", "show", user_id, "-f", "json").data["tickets"]] == [ticket]
    desk("ticket", "close", ticket)
    desk("user", "delete", user_id)
    left = (home / f"records/users/{user_id}.yaml").read_text(encoding="utf-8")
    assert re.fullmatch(rf"id: {user_id}\nregistered: false\ndisabled: true\nsalt: s[0-9a-z]{{16}}\n", left)
    assert git("status", "--porcelain") == ""
    assert desk("user", "list", "-f", "json").data == []
    assert desk("user", "show", user_id, "-f", "json").data["name"] is None
    assert desk("ticket", "show", ticket, "-f", "json").data["requester"] == user_id
    for words in (("delete", user_id), ("edit", user_id, "--name", "New")):
        desk("user", *words, code=5)
    again = desk("user", "create", *ANNA, "-f", "ids").out.strip()
    assert again != user_id


def test_a_ban_blocks_sign_up_and_tickets(anna: str, stranger: Runner, home: Path) -> None:
    ban = ("--as", "nikos", "user", "ban", "ANNA@clinic.example", "--reason", "abuse")
    data = stranger(*ban, "-f", "json").data
    assert (data["by"], data["reason"]) == ("nikos", "abuse")
    assert "already" in stranger(*ban, code=5).err
    assert [p.name for p in (home / "records/bans").iterdir()] == [f"{data['id']}.yaml"]
    assert "banned: abuse" in stranger("user", "signup", *ANNA, code=5).err
    for requester in (anna, "anna@clinic.example"):
        create = ("ticket", "create", "--title", "T", "--requester", requester)
        assert "banned" in stranger("--as", "maria", *create, code=5).err
    assert stranger("user", "show", anna, "-f", "json").data["banned"] is True
    assert [b["email"] for b in stranger("user", "bans", "-f", "json").data] == ["ANNA@clinic.example"]
    stranger("--as", "maria", "user", "unban", "anna@CLINIC.example")
    stranger("--as", "maria", "user", "unban", "anna@clinic.example", code=3)
    stranger(*ban)
    stranger("--as", "maria", "user", "ban", "no-address", code=2)
    stranger("user", "ban", "x@y.example", code=5)


def test_a_disabled_user_opens_no_tickets(desk: Runner, anna: str) -> None:
    desk("user", "edit", anna, "--disabled")
    desk("ticket", "create", "--title", "T", "--requester", anna, code=5)
    assert "disabled" in desk("user", "signup", *ANNA, code=5).err
    desk("user", "edit", anna, "--no-disabled")
    desk("ticket", "create", "--title", "T", "--requester", anna)


def test_what_a_requester_must_have(desk: Runner) -> None:
    desk("user", "create", "--name", "By phone", "--group", "patient", code=2)
    user_id = desk(
        "user", "create", "--name", "By phone", "--group", "patient", "--phone", "112", "-f", "ids"
    ).out.strip()
    desk("user", "edit", user_id, "--phone", "", code=2)
    desk("user", "edit", user_id, "--name", "", code=2)
    desk("user", "edit", user_id, "--group", "", code=2)
    desk("user", "edit", user_id, "--language", "fr", code=2)
    desk("user", "edit", user_id, code=2)
    assert "nothing" in desk("user", "edit", user_id, "--phone", "112", code=5).err
    desk("user", "edit", user_id, "--email", "p@x.example", "--phone", "", "--language", "EL")
    data = desk("user", "show", "P@X.EXAMPLE", "-f", "json").data
    assert (data["phone"], data["language"]) == (None, "el")


def test_several_at_once_are_one_commit(desk: Runner, git: Git) -> None:
    ids = [f"u-aaaa{n}" for n in range(5)]
    users = [{"record": "user", "id": i, "name": i, "email": f"{i}@x.example", "group": "patient"} for i in ids]
    desk("import", "-", "--strict", stdin="".join(json.dumps(user) + "\n" for user in users))
    before = int(git("rev-list", "--count", "HEAD"))
    desk("user", "edit", "-", "--disabled", stdin="\n".join(ids))
    assert int(git("rev-list", "--count", "HEAD")) == before + 1
    assert git("log", "-1", "--format=%s").strip() == "5 users edit: disabled"
    assert len(desk("user", "show", *ids, "-f", "json").data) == 5
