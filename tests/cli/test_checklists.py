"""Checklists: templates, the steps copied from them, and the ticks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.domain.model.checklist import Checklist
from desk.domain.model.ticket import Ticket
from desk.domain.tickets import checklists
from tests.cli.conftest import Acts, Refuses
from tests.conftest import NOW, Make, Runner

Events = Callable[[str], Any]
Shown = Callable[[str], Any]


def ticket(**values: Any) -> Ticket:
    fixed = {"id": "260723-7K3Q", "title": "T", "state": "open", "priority": "low", "created": NOW}
    return Ticket.new(**{**fixed, "department": "technical", **values})


def template(name: str, **values: Any) -> Checklist:
    return Checklist.new(**{"id": name, "title": "T", "language": name.rpartition(".")[2], **values})


TEMPLATES = [
    template("any.en"),
    template("incident.el", work="incident"),
    template("incident.en", work="incident"),
    template("leak.en", work="incident", department="security"),
    template("malta.en", work="incident", department="security", tags=["malta"]),
]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"tags": ["problem"]}, None),
        ({"tags": ["incident"]}, "incident.en"),
        ({"tags": ["incident"], "language": "el"}, "incident.el"),
        ({"tags": ["incident"], "language": "fr"}, "incident.en"),
        ({"tags": ["incident"], "department": "security", "language": "el"}, "leak.en"),
        ({"tags": ["incident", "malta"], "department": "security"}, "malta.en"),
    ],
)
def test_the_template_that_says_most_of_a_ticket(values: dict[str, Any], expected: str | None) -> None:
    found = checklists.best(ticket(**values), TEMPLATES, ("en", "el"))
    assert (found.id if found else None) == expected


def test_steps_are_the_task_list_of_the_text() -> None:
    body = "Why.\n\n- [ ] One\n* [x] Two  \n    - [ ] code\n-[ ] none\n- [ ]\n   + [X] Three\n"
    assert Checklist.new(id="a.en", title="T", language="en", body=body).steps == ["One", "Two", "Three"]


def test_a_security_incident_gets_its_own(acts: Acts, make: Make, events: Events) -> None:
    """At create, at the tag, at the move: whatever makes it one."""
    at_once = acts("ticket", "create", "--title", "T", "--department", "information-security", "--tag", "incident")
    assert len(at_once.data["checklist"]) == 13
    assert at_once.commit.values("Desk-Also") == ["checklist"]
    tagged = make("T", "--department", "information-security", "--language", "el")
    assert "Εντός 72 ωρών" in "".join(acts("ticket", "tag", tagged, "incident").data["checklist"])
    moved = make("T", "--tag", "incident")
    acts("ticket", "move", moved, "--to", "information-security")
    assert events(moved)[-1] == ("checklist", None, "security-incident (13 steps)")
    problem = make("T", "--department", "information-security", "--tag", "problem")
    assert acts("ticket", "note", problem, "--body", "x").data["checklist"] == []


def test_steps_are_put_on_and_ticked(acts: Acts, refuses: Refuses, make: Make, events: Events, shown: Shown) -> None:
    one = make("T", "--tag", "incident")
    assert "desk ticket checklist" in refuses(5, "ticket", "check", one, "1")["hint"]
    assert "--from NAME" in refuses(5, "ticket", "checklist", make())["hint"]
    refuses(3, "ticket", "checklist", one, "--from", "incidnet")
    done = acts("ticket", "checklist", one)
    assert done.commit.subject == f"{one} checklist: incident (7 steps)"
    refuses(5, "ticket", "checklist", one, "--from", "incident.en")
    assert len(acts("ticket", "checklist", one, "--from", "problem.el").data["checklist"]) == 14
    acts("--as", "petros", "ticket", "check", one, "1", "3", "3")
    assert [verb for verb, _, _ in events(one)[-2:]] == ["check", "check"]
    assert events(one)[-1][2].startswith("3 Set impact and urgency")
    refuses(5, "ticket", "check", one, "2", "3")
    for number in ("0", "15", "one"):
        refuses(2, "ticket", "check", one, number)
    steps = shown(one)["steps"]
    assert [(s["n"], s["by"], s["at"]) for s in steps if s["done"]] == [(1, "petros", NOW), (3, "petros", NOW)]
    acts("ticket", "check", one, "1", "--undo")
    refuses(5, "ticket", "check", one, "1", "--undo")
    assert [s["n"] for s in shown(one)["steps"] if s["done"]] == [3]
    closed = acts("ticket", "close", one)
    assert closed.result.json["warnings"] == [f"{one} was closed with 13 steps of its checklist open"]


def test_what_people_see(desk: Runner, make: Make) -> None:
    one = make("T", "--tag", "incident")
    desk("ticket", "checklist", one)
    desk("ticket", "check", one, "2")
    out = desk("ticket", "show", one).out
    assert "Checklist: 1 of 7 done\n1 [ ] Confirm with the requester" in out
    assert (
        "2 [x] Look for the same fault: open tickets, known errors, planned maintenance · maria, 2026-07-23 09:12"
        in out
    )
    assert "- [x] Look for the same fault" in desk("ticket", "show", one, "-f", "md").out
    listed = {r["id"]: r for r in desk("checklist", "list", "-f", "json").data}
    assert listed["security-incident.en"]["steps"] == 13
    assert desk("checklist", "show", "incident.en", "-f", "json").data["steps"][0].startswith("Confirm")


def test_templates_and_steps_edited_by_hand(desk: Runner, home: Path, make: Make, events: Events) -> None:
    path = home / "templates/checklists/new.en.md"
    head = "---\nid: new.en\ntitle: New\nlanguage: en\nwork: incident\n---\n\n"
    for text, line, problem in (
        (head + "No steps.\n", 8, "at least one step"),
        (head + "- [ ] Short\n- [ ] " + "x" * 241 + "\n", 9, "at most 240 characters"),
        (head.replace("incident", "request") + "- [ ] One\n", 5, "'request' is not known"),
    ):
        path.write_text(text, encoding="utf-8")
        assert f"new.en.md:{line}: " in (said := desk("commit", code=7).err)
        assert problem in said
    path.write_text(head + "- [ ] One\n", encoding="utf-8")
    desk("commit")
    one = make("T", "--tag", "incident")
    desk("ticket", "checklist", one, "--from", "new")
    path.write_text(head + "- [ ] Another\n", encoding="utf-8")
    desk("commit")
    file = home / f"records/tickets/2026/07/23/{one}.md"
    assert "One" in file.read_text(encoding="utf-8")  # its own copy
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[ ] One", "One"), encoding="utf-8")
    assert "is not a step such as" in desk("commit", code=7).err
    file.write_text(text.replace("[ ] One", "[X] One"), encoding="utf-8")
    desk("commit")
    assert events(one)[-1] == ("check", None, "1 One")


def test_a_deleted_tag_or_department_leaves_no_template_behind(desk: Runner, home: Path) -> None:
    path = home / "templates/checklists/new.en.md"
    text = "---\nid: new.en\ntitle: New\nlanguage: en\nwork: incident\ndepartment: legal\ntags: [security]\nautomatic: true\n---\n\n- [ ] One\n"
    path.write_text(text, encoding="utf-8")
    desk("commit")
    desk("tag", "delete", "security")
    desk("department", "delete", "legal", "--transfer-to", "technical")
    shown = desk("checklist", "show", "new.en", "-f", "json").data
    assert (shown["tags"], shown["automatic"], shown["department"]) == ([], False, "technical")
    assert "nothing found" in desk("doctor").out
