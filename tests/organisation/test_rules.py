"""Rules 3-8 from the command line: what each command refuses, and what follows from it in the same commit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.beginnings import at_work
from tests.conftest import Runner, copy_of

Git = Callable[..., str]
Make = Callable[..., str]


class Known(NamedTuple):
    """A desk with three tickets: two in the department technical, one in semantic."""

    top: Path
    one: str
    two: str
    elsewhere: str


@pytest.fixture(scope="module")
def known(few_articles: Path, tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Known:
    top = copy_of(few_articles, tmp_path_factory.mktemp("rules"))
    with at_work(top, environment) as desk:
        made = [
            desk("ticket", "create", "--title", title, "--department", department, "-f", "ids").out.strip()
            for title, department in (("One", "technical"), ("Two", "technical"), ("Elsewhere", "semantic"))
        ]
    return Known(top, *made)


@pytest.fixture(scope="module")
def _template(known: Known) -> Path:
    return known.top


def trailers(git: Git) -> list[str]:
    return [ln for ln in git("log", "-1", "--format=%B").splitlines() if ln.startswith("Desk-")]


def commits(git: Git) -> int:
    return int(git("rev-list", "--count", "HEAD"))


def ticket(desk: Runner, ticket_id: str) -> Any:
    return desk("ticket", "show", ticket_id, "-f", "json").data


def test_exactly_one_department_is_the_default(desk: Runner, git: Git) -> None:
    before = commits(git)
    desk("department", "edit", "legal", "--default")
    assert commits(git) == before + 1
    desk("department", "create", "training", "--name", "Training", "--default")
    assert [d["id"] for d in desk("department", "list", "-f", "json").data if d["default"]] == ["training"]
    assert "Desk-Record: department/legal" in trailers(git)
    assert git("status", "--porcelain") == ""
    for words in (("edit", "training", "--private"), ("create", "x", "--name", "X", "--private", "--default")):
        assert "private and the default" in desk("department", *words, code=5).err
    assert "can't be deleted" in desk("department", "delete", "training", "--transfer-to", "legal", code=5).err


def test_the_first_department_of_a_desk_is_its_default(desk: Runner, home: Path, git: Git) -> None:
    path = home / "records/departments/operation-services.yaml"
    path.write_text(path.read_text().replace(", default: true", "").replace("default: true\n", ""))
    git("commit", "-qam", "no default")
    desk("department", "create", "training", "--name", "Training")
    assert desk("department", "show", "training", "-f", "json").data["default"] is True


def test_private_departments_and_tickets_of_users(desk: Runner, make: Make, known: Known) -> None:
    of_user, of_staff = make("From a patient", "--requester", "anna@clinic.example"), known.one
    assert "1 tickets of users" in desk("department", "edit", "technical", "--private", code=5).err
    desk("ticket", "close", of_user)
    desk("department", "edit", "technical", "--private", code=5)
    desk("department", "create", "board", "--name", "Board", "--private")
    desk("staff", "edit", "maria", "--department", "board", "--department", "technical")
    assert "user's ticket" in desk("ticket", "move", of_user, "--to", "board", code=5).err
    desk("department", "delete", "technical", "--transfer-to", "board", code=5)
    desk("ticket", "create", "--title", "T", "--department", "board", "--requester", "b@clinic.example", code=5)
    desk("ticket", "move", of_staff, "--to", "board")
    desk("ticket", "move", of_user, "--to", "semantic")
    desk("department", "edit", "technical", "--private")


def test_deleting_a_department_moves_tickets_and_frees_staff(desk: Runner, known: Known, git: Git) -> None:
    desk("field", "create", "node", "--on", "ticket", "--type", "text", "--department", "technical")
    _, mine, theirs, _ = known
    desk("ticket", "assign", mine, "--to", "maria")
    desk("ticket", "assign", theirs, "--to", "petros")
    desk("ticket", "close", theirs)
    before = commits(git)
    desk("department", "delete", "technical", code=2)
    desk("department", "delete", "technical", "--transfer-to", "technical", code=5)
    desk("department", "delete", "technical", "--transfer-to", "nowhere", code=3)
    done = desk("department", "delete", "technical", "--transfer-to", "legal", "-f", "json")
    assert done.data["id"] == "technical"
    assert done.data["deleted"] is True
    assert commits(git) == before + 1
    assert git("status", "--porcelain") == ""
    assert (ticket(desk, mine)["department"], ticket(desk, mine)["owner"]) == ("legal", "maria")
    assert (ticket(desk, theirs)["department"], ticket(desk, theirs)["owner"]) == ("legal", None)
    history = desk("ticket", "history", theirs, "-f", "json").data[-2:]
    assert [(e["verb"], e["from"], e["to"]) for e in history] == [
        ("move", "technical", "legal"),
        ("unassign", "petros", None),
    ]
    assert desk("staff", "show", "petros", "-f", "json").data["departments"] == ["semantic"]
    assert desk("field", "show", "node", "-f", "json").data["departments"] == ["legal"]
    lines = trailers(git)
    assert lines[:4] == [
        "Desk-Verb: delete",
        "Desk-Actor: maria",
        "Desk-Record: department/technical",
        "Desk-From: Technical",
    ]
    assert {"Desk-Effect: move", "Desk-Also: unassign", "Desk-Record: staff/petros", "Desk-Record: field/node"} <= set(
        lines
    )
    assert "never used again" in desk("department", "create", "technical", "--name", "Again", code=5).err


def test_several_departments_go_in_one_commit(desk: Runner, known: Known, git: Git) -> None:
    before = commits(git)
    data = desk("department", "delete", "technical,semantic", "--transfer-to", "legal", "-f", "json").data
    assert [d["id"] for d in data] == ["technical", "semantic"]
    assert commits(git) == before + 1
    assert {ticket(desk, t)["department"] for t in (known.one, known.elsewhere)} == {"legal"}
    assert desk("staff", "show", "petros", "-f", "json").data["departments"] == []
    desk("department", "delete", "legal", "organizational", "--transfer-to", "legal", code=5)


def test_fewer_departments_take_the_owner_off(desk: Runner, known: Known, git: Git) -> None:
    _, dropped, closed, kept = known
    desk("ticket", "assign", kept, dropped, closed, "--to", "petros")
    desk("ticket", "close", closed)
    before = commits(git)
    desk("staff", "edit", "petros", "--department", "semantic")
    assert commits(git) == before + 1
    assert [ticket(desk, t)["owner"] for t in (kept, dropped, closed)] == ["petros", None, "petros"]
    assert f"Desk-Ticket: {dropped}" in trailers(git)
    assert {"Desk-Effect: unassign", "Desk-From: petros"} <= set(trailers(git))
    last = desk("ticket", "history", dropped, "-f", "json").data[-1]
    assert (last["verb"], last["from"], last["by"]) == ("unassign", "petros", "maria")


def test_deleting_staff_unassigns_and_keeps_the_name_in_history(desk: Runner, known: Known, git: Git) -> None:
    _, open_, closed, _ = known
    desk("ticket", "assign", open_, closed, "--to", "petros")
    desk("--as", "petros", "ticket", "reply", closed, "--body", "Solved.", "--close")
    before = commits(git)
    desk("staff", "delete", "petros", "--reason", "retired")
    assert commits(git) == before + 1
    assert git("status", "--porcelain") == ""
    assert "retired" in git("log", "-1", "--format=%B")
    assert "Desk-From: Petros Ioannou" in trailers(git)
    assert ticket(desk, open_)["owner"] is None
    assert ticket(desk, closed)["thread"][0]["by"] == "petros"
    assert (
        "ids are never used again"
        in desk(
            "staff",
            "create",
            "petros",
            "--name",
            "P",
            "--email",
            "p@x.example",
            "--level",
            "1",
            "--department",
            "legal",
            code=5,
        ).err
    )


def test_staff_show_tells_load_and_last_activity(desk: Runner, known: Known) -> None:
    here, elsewhere = known.one, known.elsewhere
    desk("ticket", "assign", here, elsewhere, "--to", "petros")
    desk("--as", "petros", "ticket", "note", here, "--body", "n")
    data = desk("staff", "show", "petros", "-f", "json").data
    assert data["load"] == 2
    assert {t["id"] for t in data["tickets"]} == {here, elsewhere}
    assert data["last_activity"] == "2026-07-23T06:12:44Z"
    assert desk("--as", "eleni", "staff", "show", "petros", "-f", "json").data["tickets"] == []
    assert desk("staff", "show", "nikos", "-f", "json").data["last_activity"] is None
    assert desk("staff", "list", "--department", "legal", "-f", "ids").out.split() == ["eleni", "maria"]
    several = desk("staff", "show", "petros", "eleni", "-f", "json")
    assert [d["name"] for d in several.data] == ["Petros Ioannou", "Ελένη Παύλου"]


def test_deleting_a_tag_takes_it_off_every_ticket_and_article(desk: Runner, make: Make, home: Path, git: Git) -> None:
    desk("tag", "create", "malta", "--color", "#ff0000", "--description", "Malta")
    desk("tag", "create", "gozo")
    tickets = [make(f"T{n}", "--tag", "malta", "--tag", "gozo") for n in range(3)]
    (home / "kb/x").mkdir(parents=True)
    (home / "kb/x/topic.yaml").write_text("id: x\ntitle: X\n")
    (home / "kb/x/a.md").write_text("---\nid: a\ntitle: A\ntopic: x\ntags: [malta, incident]\n---\n\nText\n")
    git("add", ".")
    git("commit", "-qm", "article")
    before = commits(git)
    desk("tag", "delete", "malta", "gozo")
    assert commits(git) == before + 1
    assert git("status", "--porcelain") == ""
    assert all(ticket(desk, t)["tags"] == [] for t in tickets)
    assert "malta" not in (home / "kb/x/a.md").read_text()
    assert "incident" in (home / "kb/x/a.md").read_text()
    assert [e["verb"] for e in desk("ticket", "history", tickets[0], "-f", "json").data] == ["create", "untag", "untag"]
    for reserved in ("incident", "problem"):
        assert "can't be deleted" in desk("tag", "delete", reserved, code=5).err
    desk("tag", "edit", "incident", "--color", "#000000")
    assert "already" in desk("tag", "create", "incident", code=5).err


def test_a_group_with_members_stays(desk: Runner) -> None:
    desk("user", "create", "--name", "A", "--email", "a@x.example", "--group", "vendor")
    assert "1 users belong" in desk("group", "delete", "vendor", code=5).err
    assert desk("group", "show", "vendor", "-f", "json").data["users"] == 1
    desk("field", "create", "contract", "--type", "text", "--on", "user", "--group", "vendor", "--group", "patient")
    desk("user", "edit", "a@x.example", "--group", "patient")
    desk("group", "delete", "vendor")
    assert desk("field", "show", "contract", "-f", "json").data["groups"] == ["patient"]
    desk("user", "edit", "a@x.example", "--group", "foreign-desk")
    assert "contract is for it alone" in desk("group", "delete", "patient", code=5).err


def test_custom_fields_are_checked_and_filterable(desk: Runner) -> None:
    new = ("user", "create", "--name", "A", "--email", "a@x.example", "--group", "patient")
    for words in (
        ("a", "--type", "select"),
        ("a", "--type", "text", "--option", "x"),
        ("a", "--type", "colour"),
        ("a", "--type", "select", "--option", "x", "--option", "X"),
        ("a", "--on", "ticket", "--type", "text", "--group", "patient"),
        ("a", "--type", "text", "--department", "legal"),
    ):
        desk("field", "create", *words, code=2)
    desk("field", "create", "a", "--on", "ticket", "--type", "text", "--department", "nowhere", code=3)
    desk(
        "field",
        "create",
        "country",
        "--type",
        "select",
        "--option",
        "MT",
        "--option",
        "CY",
        "--on",
        "user",
        "--required",
    )
    assert "must be filled in" in desk(*new, code=2).err
    assert "choose from: MT, CY" in desk(*new, "--field", "country=FR", code=2).err
    desk(*new, "--field", "country=mt")
    assert desk("user", "list", "--field", "country=MT", "-f", "json").data[0]["fields"] == {"country": "MT"}
    assert desk("user", "list", "--field", "country=CY", "-f", "json").data == []
    desk("field", "delete", "country")
    assert desk("user", "show", "a@x.example", "-f", "json").data["fields"] == {"country": "MT"}
    desk("user", "edit", "a@x.example", "--phone", "112")
    assert desk("user", "list", "--field", "country=MT", "-f", "json").data[0]["fields"] == {"country": "MT"}
    desk("user", "edit", "a@x.example", "--field", "country=")
    assert desk("user", "show", "a@x.example", "-f", "json").data["fields"] == {}
    desk("field", "create", "node", "--on", "ticket", "--type", "number", "--department", "legal")
    desk("field", "edit", "node", "--everywhere", "--no-required", "--description", "which")
    assert desk("field", "show", "node", "-f", "json").data["departments"] == []
    desk("field", "edit", "node", code=2)


def test_one_address_one_person(desk: Runner) -> None:
    base = ("staff", "create", "zoe", "--name", "Z", "--level", "1", "--department", "legal")
    desk(*base, "--email", "Zoe@ncpeh.example", "--email", "ζωή@ncpeh.example")
    for email in ("PETROS@NCPEH.EXAMPLE", "zoe@NCPEH.example", "ΖΩΉ@ncpeh.example"):
        again = ("staff", "create", "zoe2", "--name", "Z", "--level", "1", "--department", "legal", "--email", email)
        assert "is the address of staff" in desk(*again, code=5).err
        desk("user", "create", "--name", "U", "--group", "patient", "--email", email, code=5)
        desk("user", "signup", "--name", "U", "--group", "patient", "--email", email, code=5)
    desk("user", "create", "--name", "U", "--group", "patient", "--email", "u@x.example")
    desk("user", "create", "--name", "U", "--group", "patient", "--email", "U@X.example", code=5)
    desk("staff", "edit", "zoe", "--email", "U@x.example", code=5)
    desk("user", "edit", "u@x.example", "--email", "maria@ncpeh.example", code=5)
    desk("user", "edit", "u@x.example", "--email", "U@X.EXAMPLE")
    desk("staff", "edit", "zoe", "petros", "--email", "n@x.example", code=2)


def test_who_is_named_for_escalations_serves_there(desk: Runner, home: Path) -> None:
    desk("department", "edit", "technical", "semantic", "--escalation", "petros")
    desk("staff", "delete", "petros")
    for name in ("technical", "semantic"):
        assert desk("department", "show", name, "-f", "json").data["escalation"] is None
    path = home / "records/departments/legal.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "escalation: nikos\n", encoding="utf-8")
    error = desk("commit", code=5).err
    assert (
        f"legal.yaml:{len(path.read_text(encoding='utf-8').splitlines())}: escalation: nikos doesn't serve legal"
        in error
    )
    path.write_text(path.read_text(encoding="utf-8").replace("nikos", "eleni"), encoding="utf-8")
    desk("commit")
    (home / "records/staff/eleni.yaml").unlink()
    assert "still refer to it" in desk("commit", code=5).err


def test_an_option_in_use_stays_on_offer(desk: Runner) -> None:
    desk("field", "create", "dev", "--type", "select", "--option", "A", "--option", "B")
    desk("user", "create", "--name", "N", "--email", "n@x.example", "--group", "patient", "--field", "dev=A")
    assert "A of dev stands in 1 records" in desk("field", "edit", "dev", "--option", "B", "--option", "C", code=5).err
    desk("field", "edit", "dev", "--option", "A", "--option", "C")
    assert desk("field", "list", "-f", "json").data[0]["on"] == "user"
    desk("doctor")
